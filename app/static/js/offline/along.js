// The day's schools are taken along as soon as the network gives them, one after the other; those that are over are let go.
const FRESH = 5 * 60_000; // milliseconds in which a school is not asked for again

export class Along {
  constructor({ store, line, queue }) {
    this.store = store;
    this.line = line;
    this.queue = queue;
  }

  /** Take along the day's schools and ``extra``; how many are with us now, and since when. Null where the network gave none. */
  async take(extra = [], fresh = FRESH) {
    const told = await this.line.along();
    if (!told) return null;
    const lost = await this.store.tuned(told.now);
    if (!this.store.keeps) return { count: 0, at: "", lost };
    const known = new Map((await this.store.visits()).map((one) => [one.pk, one]));
    for (const pk of new Set([...told.visits.map((one) => one.pk), ...extra, ...known.keys()])) {
      if (known.get(pk)?.taken > this.store.now - fresh) continue;
      await this.queue.alone(() => this.one(pk)); // nothing is sent meanwhile, so that no older tick is kept over a newer one
    }
    const kept = await this.store.visits();
    return { count: kept.length, at: kept.map((one) => one.at).sort().at(-1) ?? "", lost };
  }

  async one(pk) {
    const found = await this.line.along(pk);
    if (found) await this.store.keep({ ...found.visit, taken: found.now });
    else if (this.line.gone) await this.store.leave(pk);
  }
}
