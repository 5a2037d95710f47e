// The service worker, where the browser has one: pages of the visit open without a network too.
export function work(root) {
  if (navigator.serviceWorker) navigator.serviceWorker.register(`${root}worker.js`, { updateViaCache: "none" }).catch(() => {});
}
