// Between the pages of the visit and the network. ``KEPT`` stands above: the files, the page without a network, its addresses.
// Pages come from the network; where it gives none, the one page that draws what the phone has taken along.
const NAME = `visit-${KEPT.marked.join().split("").reduce((sum, one) => (Math.imul(sum, 31) + one.charCodeAt(0)) | 0, 7)}`;
const PATIENCE = 8_000; // milliseconds for a page
const MODULE = 4_000; // for a module whose address does not say its content
const OFFLINE = new RegExp(`^${KEPT.root}(\\d+|phone)?$`);

addEventListener("install", (event) => event.waitUntil(fill()));
addEventListener("activate", (event) => event.waitUntil(settle()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (pathname.startsWith(KEPT.root)) event.respondWith(page(request, pathname));
  } else if (KEPT.files.includes(pathname + search)) event.respondWith(file(request, search));
});

async function fill() {
  const cache = await caches.open(NAME);
  await cache.addAll([...KEPT.files, KEPT.shell].map((url) => new Request(url, { cache: "reload", redirect: "error" })));
  await skipWaiting();
}

async function settle() {
  for (const name of await caches.keys()) if (name.startsWith("visit-") && name !== NAME) await caches.delete(name);
  await clients.claim();
}

const within = (request, patience) =>
  new Promise((yes, no) => {
    setTimeout(() => no(new Error("slow")), patience);
    fetch(request).then(yes, no);
  });

async function page(request, pathname) {
  let answer = null;
  try {
    answer = await within(request, PATIENCE);
    if (![502, 503, 504].includes(answer.status)) return answer;
  } catch {
    // no network: what the phone has
  }
  if (!OFFLINE.test(pathname)) return Response.redirect(KEPT.root);
  return (await (await caches.open(NAME)).match(KEPT.shell)) ?? answer ?? Response.error();
}

async function file(request, search) {
  const kept = await (await caches.open(NAME)).match(request.url);
  if (search && kept) return kept; // its address says its content
  try {
    return await within(request, MODULE);
  } catch {
    return kept ?? Response.error();
  }
}
