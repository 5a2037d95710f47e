// The same as the store, for a browser that can keep nothing safely: it lasts as long as the page.
export class Memory {
  keeps = false;
  lag = 0;
  rows = [];
  next = 1;

  get now() {
    return Date.now() + this.lag;
  }

  async tuned(now) {
    this.lag = now - Date.now();
    return 0;
  }

  async visits() {
    return [];
  }

  async visit() {
    return null;
  }

  async keep() {}

  async leave() {}

  async ops() {
    return this.rows.map(({ photo, ...op }) => ({ ...op }));
  }

  async swap(gone, op, photo = null) {
    this.rows = [...this.rows.filter((row) => !gone.includes(row.seq)), { ...op, seq: this.next++, kept: this.now, photo }];
  }

  told() {}

  opened(op) {
    return op;
  }

  tick(gone, op) {
    return this.swap(gone, op);
  }

  stick(op, stuck) {
    return this.change(op.seq, { stuck });
  }

  async change(seq, more) {
    this.rows = this.rows.map((row) => (row.seq === seq ? { ...row, ...more } : row));
  }

  async photo(seq) {
    return this.rows.find((row) => row.seq === seq)?.photo ?? null;
  }

  async drop(seqs) {
    this.rows = this.rows.filter((row) => !seqs.includes(row.seq));
  }
}
