// The log-out takes along what the phone kept for that member. What was never sent goes only when the member was asked for it:
// a foreign page can lead anybody to the log-out.
import { able } from "./seal.js";
import { nameOf, Store } from "./store.js";

export const SURE = "visit-leave"; // in this tab: the member was asked

async function opened(who) {
  const known = indexedDB.databases ? await indexedDB.databases() : [];
  return known.some((one) => one.name === nameOf(who)) ? Store.open(Number(who)) : null;
}

/** How many ticks and photos wait to be sent on this phone. */
export async function unsent(who) {
  const store = able() ? await opened(who) : null;
  const ops = (await store?.ops()) ?? [];
  store?.base.close();
  return ops.length;
}

function erase(who) {
  return new Promise((done) => {
    const request = indexedDB.deleteDatabase(nameOf(who));
    request.onsuccess = request.onerror = request.onblocked = done;
  });
}

export async function forget(who) {
  const sure = sessionStorage.getItem(SURE);
  sessionStorage.removeItem(SURE);
  if (localStorage.getItem("visit-who") === who) localStorage.removeItem("visit-who");
  if (!able() || !who) return;
  if (sure || !(await unsent(who))) {
    await erase(who);
    return;
  }
  const store = await opened(who);
  await store.leaveAll(); // the schools; what was filled in waits for its member's next log-in
  store.base.close();
}
