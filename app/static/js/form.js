// Forms: Ctrl+S saves, a double click posts once, unsaved text is not lost by leaving.
let sending = false;

function state(form) {
  return new URLSearchParams([...new FormData(form)].map(([k, v]) => [k, v.name ?? v])).toString();
}

const WAIT = 3000; // for a file that was asked for to begin

function keep(form) {
  let first = state(form);
  addEventListener("beforeunload", (event) => {
    const changed = form.hasAttribute("data-dirty") || state(form) !== first;
    if (!sending && changed) event.preventDefault();
  });
  form.addEventListener("submit", () => "stays" in form.dataset && (first = state(form)));
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    form.requestSubmit();
  });
}

function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    sending = true;
    event.submitter?.setAttribute("aria-disabled", "true");
    if ("stays" in form.dataset) setTimeout(fresh, WAIT);
  });
}

/** A page taken back from the browser's memory, or that stays because the answer was a file, may be sent again. */
function fresh() {
  sending = false;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
  }
}

document.querySelectorAll("form[data-keep]").forEach(keep);
document.querySelectorAll("form[data-once]").forEach(once);
addEventListener("pageshow", (event) => event.persisted && fresh());
