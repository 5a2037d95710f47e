// My downloads, and the page of one job: asks every second and a half how far the open jobs are, and stops when none is,
// or when nobody answers.
const EVERY = 1_500; // milliseconds
const PATIENCE = 40; // looks in a row without an answer
const list = document.querySelector("[data-jobs]");
const told = document.querySelector("[data-told]");

function show(item, job) {
  const bar = item.querySelector("progress");
  if (bar && job.total) {
    bar.max = job.total;
    bar.value = job.done;
  }
  item.querySelector("[data-note]").textContent = job.note;
}

/** What has another state now gets its new face from the page itself: buttons, words and sizes are made there. */
async function renew(items) {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const item of items) {
    const made = page.querySelector(`[data-job="${item.dataset.job}"]`);
    if (!made) continue;
    const focused = item.contains(document.activeElement);
    item.replaceWith(made);
    told.textContent = `${made.querySelector("h2").textContent} ${made.querySelector(".pill").textContent}`;
    if (focused) made.querySelector("a,button")?.focus();
  }
}

async function look() {
  const answer = await fetch(list.dataset.jobs, { headers: { Accept: "application/json" }, redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  const { jobs } = await answer.json();
  const turned = [];
  for (const job of jobs) {
    const item = list.querySelector(`[data-job="${job.id}"]`);
    if (!item) continue;
    if (item.dataset.state === job.state) show(item, job);
    else turned.push(item);
  }
  if ("result" in list.dataset && turned.length && !jobs.some((job) => job.open && list.querySelector(`[data-job="${job.id}"]`))) {
    location.reload(); // the page of a job that is over is its result
    return false;
  }
  if (turned.length) await renew(turned);
  return jobs.some((job) => job.open);
}

let missed = 0;

async function watch() {
  let more = true;
  try {
    if (!document.hidden) more = await look();
    missed = 0;
  } catch {
    missed += 1; // the server is away, or the log-in has ended
  }
  if (more && missed < PATIENCE) setTimeout(watch, EVERY);
}

setTimeout(watch, EVERY);
