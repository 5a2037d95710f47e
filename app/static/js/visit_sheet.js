// The cards that are shown, and one honest line about all that waits on this phone.
import { fill } from "./fill.js";
import { Line } from "./offline/line.js";
import { Memory } from "./offline/memory.js";
import { counts, items } from "./offline/ops.js";
import { Queue } from "./offline/queue.js";
import { able } from "./offline/seal.js";
import { Store } from "./offline/store.js";
import { all, progress } from "./visit_progress.js";

export class Sheet {
  cards = [];
  aside = new Map(); // item → its card, not shown now, with something in the inspector's hand
  last = "";
  trouble = "";
  also = null; // what else is to be done at each event

  /** ``who``: id of the member; ``root``: address of the visit's pages. */
  static async open(words, who, root) {
    const made = new Sheet();
    made.words = words;
    made.store = able() ? await Store.open(who).catch(() => new Memory()) : new Memory();
    made.line = new Line(root, who);
    made.queue = new Queue(made.store, made.line, (event) => made.heard(event));
    addEventListener("beforeunload", (event) => {
      if (made.unsafe || made.all.some((card) => card.loose)) event.preventDefault(); // what the phone has not kept yet would be lost
    });
    return made;
  }

  get all() {
    return [...new Set([...this.cards, ...this.aside.values()])];
  }

  card(code) {
    return this.all.find((card) => card.code === code);
  }

  /** Lay what waits over the cards: one reading of the store at a time, so that no older one comes after a newer. */
  overlay() {
    this.stale = true;
    this.laying ??= this.layAll();
    return this.laying;
  }

  async layAll() {
    let ops;
    while (this.stale) {
      this.stale = false;
      ops = await this.store.ops().catch(() => []);
    }
    this.laying = null;
    for (const card of this.all) this.lay(card, ops);
    this.tell(ops);
  }

  lay(card, ops) {
    if (card.keeping) return; // the store does not have yet what the card wants; it asks again when it has
    const mine = items(ops, this.pk, card.code);
    const photos = items(ops, this.pk, card.code, "photo");
    if (mine.length || card.kept) card.waits(mine);
    if (photos.length && !mine.length) card.photos.waits(photos);
    card.markLaid();
  }

  /** Something happened to what waits, in this tab or another. */
  async heard(event) {
    const card = event.pk === this.pk ? this.card(event.code) : null;
    if (event.kind === "taken") this.last = event.at;
    if (event.kind === "idle") this.trouble = event.trouble;
    this.sending = event.kind === "sending";
    if (card && ["taken", "settled"].includes(event.kind)) card[event.kind](event);
    if (card && event.kind === "photo") card.photos.taken(event.file);
    if (event.kind === "progress" && !this.also) this.progress(event);
    await this.also?.(event);
    await this.overlay();
  }

  tell(ops) {
    const { words } = this;
    const { waits, conflict, refused } = counts(ops);
    const waiting = this.sending && waits && !this.trouble ? words.sending : fill(this.store.keeps ? words.keptCount : words.looseCount, { n: waits });
    const received = this.last ? fill(words.received, { at: this.last }) : "";
    const text = conflict ? fill(words.conflictCount, { n: conflict }) : refused ? fill(words.stuckCount, { n: refused }) : waits ? waiting : received;
    for (const place of all("state")) {
      place.textContent = text;
      place.className = `state ${conflict || refused ? "bad" : waits ? "waits" : "ok"}`;
    }
    for (const place of all("trouble")) this.troubled(place, waits + conflict + refused);
    this.unsafe = !this.store.keeps && ops.length;
  }

  /** Why nothing goes up, and what to do. */
  troubled(place, count) {
    const text = { expired: this.words.expired, other: this.words.other, away: "" }[this.trouble] ?? "";
    place.hidden = !text || !count;
    place.querySelector("span").textContent = text;
  }

  progress(told) {
    if (told.pk === this.pk) progress(told);
  }
}

addEventListener("visibilitychange", () => document.visibilityState === "hidden" && document.activeElement?.dispatchEvent(new Event("change")));
