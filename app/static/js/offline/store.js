// What this phone keeps for one member, all of it sealed: the schools taken along, and what waits to be sent, in order.
// After seven days nothing of it is shown or sent any more. Schools taken along are taken away as soon as the store is opened;
// what was never sent, its photos with it, once the server has told the time, so that a phone whose clock runs wild loses nothing.
import { Cover } from "./cover.js";
import { newKey, open, openBytes, seal, sealBytes } from "./seal.js";

const LIFE = 7 * 24 * 3600 * 1000; // milliseconds
export const nameOf = (who) => `visit-${who}`;

const done = (request) =>
  new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });

const ended = (work) =>
  new Promise((yes, no) => {
    work.oncomplete = () => yes();
    work.onerror = work.onabort = () => no(work.error);
  });

async function keyOf(base) {
  const found = await done(base.transaction("own").objectStore("own").get("key"));
  if (found) return found;
  const made = await newKey();
  const work = base.transaction("own", "readwrite");
  const own = work.objectStore("own");
  const other = await done(own.get("key")); // another tab was quicker
  if (!other) own.put(made, "key");
  await ended(work);
  return other ?? made;
}

export class Store {
  keeps = true;
  cover = new Cover();

  static async open(who) {
    const request = indexedDB.open(nameOf(who), 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("own");
      request.result.createObjectStore("visits");
      request.result.createObjectStore("ops", { keyPath: "seq", autoIncrement: true });
    };
    const made = new Store();
    made.base = await done(request);
    made.base.onversionchange = () => made.base.close(); // logged out in another tab
    made.key = await keyOf(made.base);
    made.lag = (await made.read("own").get("lag")) ?? 0;
    await made.purge("visits");
    return made;
  }

  /** The server's time, as far as the phone knows. */
  get now() {
    return Date.now() + this.lag;
  }

  read(name) {
    const place = this.base.transaction(name).objectStore(name);
    return { get: (key) => done(place.get(key)), all: () => done(place.getAll()), keys: () => done(place.getAllKeys()) };
  }

  write(name, change) {
    const work = this.base.transaction(name, "readwrite", { durability: "strict" });
    try {
      change(work.objectStore(name));
    } catch (error) {
      work.abort(); // all of it or nothing
      throw error;
    }
    return ended(work);
  }

  alive(row) {
    return row.at > this.now - LIFE;
  }

  /** The server has told its time: keep how far the clock lags, and take away what is over. */
  async tuned(now) {
    this.lag = now - Date.now();
    await this.write("own", (place) => place.put(this.lag, "lag"));
    await this.purge("visits");
    return this.purge("ops");
  }

  /** Take away what is over; how many there were. */
  async purge(name) {
    const place = this.read(name);
    const [keys, rows] = await Promise.all([place.keys(), place.all()]);
    const old = keys.filter((_key, number) => !this.alive(rows[number]));
    if (old.length) await this.write(name, (found) => old.forEach((key) => found.delete(key)));
    return old.length;
  }

  // Schools taken along ----------------------------------------------------------------------
  async visits() {
    const rows = (await this.read("visits").all()).filter((row) => this.alive(row));
    return Promise.all(rows.map((row) => open(this.key, row)));
  }

  async visit(pk) {
    const row = await this.read("visits").get(pk);
    return row && this.alive(row) ? open(this.key, row) : null;
  }

  async keep(visit) {
    const sealed = await seal(this.key, visit);
    await this.write("visits", (place) => place.put({ at: visit.taken, ...sealed }, visit.pk));
  }

  leave(pk) {
    return this.write("visits", (place) => place.delete(pk));
  }

  leaveAll() {
    return this.write("visits", (place) => place.clear());
  }

  // What waits to be sent --------------------------------------------------------------------
  /** In order; the bytes of photos stay sealed. */
  async ops() {
    const rows = (await this.read("ops").all()).filter((row) => this.alive(row));
    return Promise.all(rows.map(async ({ seq, at, iv, bytes }) => ({ ...this.opened(await open(this.key, { iv, bytes })), seq, kept: at })));
  }

  /** A tick as the phone keeps it, as this page has it. */
  opened(op) {
    return this.cover.opened(op);
  }

  /** Add one, in place of others; in one stroke. */
  async swap(gone, op, photo = null) {
    const row = { at: this.now, ...(await seal(this.key, op)) };
    if (photo) row.photo = await sealBytes(this.key, photo);
    await this.write("ops", (place) => {
      for (const seq of gone) place.delete(seq);
      place.add(row);
    });
  }

  /** What the server told of an item. */
  told(pk, code, answer) {
    this.cover.told(pk, code, answer);
  }

  /** Add a tick, in place of others; ``first``: what the first one that waits for its item started from. */
  tick(gone, op, first = op.base) {
    return this.swap(gone, this.cover.laid(op, first));
  }

  /** The server did not take a tick. */
  stick(op, stuck) {
    return this.change(op.seq, { stuck: this.cover.stuck(op, stuck) });
  }

  /** More is known of one; one that is gone stays gone. */
  async change(seq, more) {
    const row = await this.read("ops").get(seq);
    if (!row) return;
    const sealed = await seal(this.key, { ...(await open(this.key, row)), ...more });
    await this.write("ops", (place) => {
      const request = place.get(seq);
      request.onsuccess = () => request.result && place.put({ ...request.result, ...sealed });
    });
  }

  async photo(seq) {
    const row = await this.read("ops").get(seq);
    return row?.photo ? openBytes(this.key, row.photo) : null;
  }

  drop(seqs) {
    return this.write("ops", (place) => seqs.forEach((seq) => place.delete(seq)));
  }
}
