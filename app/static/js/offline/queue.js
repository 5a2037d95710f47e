// What waits goes up in its order, one message at a time, from one tab at a time, until the server has said what became of it.
import { bare, setAgainst } from "./cover.js";
import { items, merged, ready, same, textsOf } from "./ops.js";

const FIRST = 2_000; // milliseconds until it is tried again; doubled each time
const LONGEST = 120_000;
const BATCH = 30; // ticks in one message

const newId = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));

export class Queue {
  constructor(store, line, heard) {
    this.store = store;
    this.line = line;
    this.uploads = new Map(); // item → where its photos go
    this.turns = Promise.resolve();
    this.tries = 0;
    this.channel = new BroadcastChannel(`visit-queue-${line.who}`);
    this.heard = (event) => {
      if (event.answer) store.told(event.pk, event.code, event.answer);
      heard(event.id ? store.opened(event) : event); // told of everything that happens, in this tab or another
    };
    this.channel.onmessage = ({ data }) => this.heard(data);
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.hurry());
  }

  tell(event) {
    this.heard(event);
    this.channel.postMessage(event);
  }

  /** One change of what waits after the other. */
  turn(work) {
    this.turns = this.turns.then(work, work);
    return this.turns;
  }

  /** Keep a tick, true where it changes anything; ``base()`` tells what it was changed from: what was kept before may have gone up by the time it is this one's turn. */
  async add({ pk, code, base, values, own = false }) {
    const kept = await this.turn(async () => {
      const mine = items(await this.store.ops(), pk, code);
      const gone = mine.some((op) => op.stuck) ? mine.map((op) => op.seq) : [];
      return this.put(gone, { pk, code, base: gone.length ? mine[0].base : base(), values, own, at: Date.now() }, mine[0]?.base);
    });
    this.tell({ kind: "kept", pk, code });
    this.hurry();
    return kept;
  }

  /** A tick in place of these, none where it says what stood before; true where there is one. */
  async put(gone, tick, first = tick.base) {
    if (same(tick.base, tick.values)) return this.store.drop(gone).then(() => false);
    const { digests } = first; // of what the dots stand for in all that waits for an item
    const made = { ...tick, base: { ...tick.base, digests }, values: { ...tick.values, digests } };
    return this.store.tick(gone, { kind: "tick", id: newId(), ...made }, first).then(() => true);
  }

  async addPhoto({ pk, code, name, blob, upload, place }) {
    const bytes = await blob.arrayBuffer();
    const to = upload || this.uploads.get(`${pk}/${code}`) || "";
    await this.turn(() => this.store.swap([], { kind: "photo", id: newId(), pk, code, name, upload: to, type: blob.type, place, at: Date.now() }, bytes));
    this.tell({ kind: "keptPhoto", pk, code });
    this.hurry();
  }

  /** Both changed the same: the inspector has said whose counts. */
  async settle(op, mine) {
    const { pk, code } = op;
    await this.turn(async () => {
      const ops = items(await this.store.ops(), pk, code);
      if (!ops.length) return; // another tab has
      const { answer } = op.stuck;
      const values = setAgainst(answer, op.base, merged(op, answer, ops.at(-1).values, mine));
      await this.put(ops.map((op) => op.seq), { pk, code, base: textsOf(answer), values, at: Date.now() });
      this.tell({ kind: "settled", pk, code, values, answer });
    });
    this.hurry();
  }

  /** Let go of what the server refused. */
  async forget(seqs, pk, code) {
    await this.turn(() => this.store.drop(seqs));
    this.tell({ kind: "kept", pk, code });
  }

  hurry() {
    this.tries = 0;
    return this.run();
  }

  async run() {
    clearTimeout(this.timer);
    if (this.running) {
      this.more = true;
      return;
    }
    this.running = true;
    do {
      this.more = false;
      await this.alone(() => this.drain()).catch(() => {}); // the store was closed: logged out in another tab
    } while (this.more);
    this.running = false;
  }

  /** Two tabs send once. */
  alone(work) {
    return navigator.locks ? navigator.locks.request(`visit-queue-${this.line.who}`, work) : work();
  }

  async drain() {
    for (;;) {
      const waiting = ready(await this.store.ops());
      if (!waiting.length) break;
      this.tell({ kind: "sending" });
      const sent = waiting[0].kind === "photo" ? await this.sendPhoto(waiting[0]) : await this.sendTicks(waiting);
      if (sent === null) {
        this.timer = setTimeout(() => this.run(), Math.min(LONGEST, FIRST * 2 ** this.tries++) * (1 + Math.random() / 4));
        break;
      }
      this.tries = 0;
      if (!sent) break; // what is left waits for the inspector
    }
    this.tell({ kind: "idle", trouble: this.line.trouble ?? "" });
  }

  async sendTicks(waiting) {
    const last = waiting.findIndex((op) => op.kind !== "tick");
    const ops = waiting.slice(0, Math.min(BATCH, last < 0 ? BATCH : last));
    const body = { who: this.line.who, now: Date.now(), ops: ops.map(({ id, pk, code, base, values, own, at }) => ({ id, pk, code, base, values, own, at })) };
    const answer = await this.line.send(`${this.line.root}sync`, body);
    if (answer?.status !== 200) return null;
    const told = new Map(answer.told.done.map((one) => [one.id, one]));
    let moved = 0;
    for (const op of ops) moved += await this.taken(op, told.get(op.id));
    await this.remember(ops.map((op) => [op, told.get(op.id)]));
    for (const one of answer.told.progress) this.tell({ kind: "progress", ...one });
    return moved;
  }

  async taken(op, told) {
    if (!told || told.state === "held") return 0;
    if (told.state !== "taken") {
      const { id: _id, ...stuck } = told;
      await this.store.stick(op, stuck);
      if (told.state === "refused") await this.turn(() => this.fold(op));
      this.tell({ kind: "stuck", pk: op.pk, code: op.code });
      return 1;
    }
    const upload = told.answer.upload_url;
    if (upload) this.uploads.set(`${op.pk}/${op.code}`, upload);
    await this.turn(async () => {
      const photos = items(await this.store.ops(), op.pk, op.code, "photo").filter((photo) => !photo.upload && upload);
      for (const photo of photos) await this.store.change(photo.seq, { upload });
      await this.store.drop([op.seq]);
    });
    const { id, pk, code, own } = op;
    this.tell({ kind: "taken", id, pk, code, own, at: told.at, answer: told.answer, values: op.covered ?? op.values }); // each tab has its own of it
    return 1;
  }

  /** What was said of an item while its tick was on the way goes up in place of the one that was refused: it may be just what was asked for. */
  async fold({ seq, pk, code }) {
    const mine = items(await this.store.ops(), pk, code);
    const last = mine.at(-1);
    if (!last || last.seq === seq) return;
    await this.put(mine.map((op) => op.seq), { pk, code, base: mine[0].base, values: last.values, own: last.own, at: last.at });
  }

  /** The schools taken along know what the server has now. */
  async remember(pairs) {
    for (const pk of new Set(pairs.map(([op]) => op.pk))) {
      const visit = await this.store.visit(pk);
      if (!visit) continue;
      const found = new Map(visit.sections.flatMap((section) => section.items).map((item) => [item.code, item]));
      for (const [op, told] of pairs) {
        if (op.pk === pk && told?.state === "taken" && found.has(op.code)) found.get(op.code).answer = bare(told.answer);
      }
      await this.store.keep(visit);
    }
  }

  async sendPhoto(op) {
    const bytes = await this.store.photo(op.seq);
    if (!bytes) return this.store.drop([op.seq]).then(() => 1);
    const body = new FormData();
    body.append("file", new Blob([bytes], { type: op.type }), op.name);
    body.append("_token", op.id); // the same photo twice makes one
    body.append("_shot", JSON.stringify({ at: op.at, now: Date.now(), ...op.place }));
    const answer = await this.line.send(op.upload, body);
    if (!answer) return null;
    if (answer.status === 200) {
      await this.store.drop([op.seq]);
      this.tell({ kind: "photo", pk: op.pk, code: op.code, file: answer.told });
    } else {
      await this.store.change(op.seq, { stuck: { state: "refused", errors: { "": answer.told.message ?? "" } } });
      this.tell({ kind: "stuckPhoto", pk: op.pk, code: op.code, seq: op.seq, message: answer.told.message });
    }
    return 1;
  }
}
