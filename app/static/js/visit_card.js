// One item of the checklist: what the inspector wants, what waits on this phone, what the server has.
import { fill } from "./fill.js";
import { copy, same, TEXTS, textsOf } from "./offline/ops.js";
import { asks, clash } from "./visit_clash.js";
import { lay } from "./visit_merge.js";
import { Photos } from "./visit_photos.js";
import { phrases } from "./visit_phrases.js";
import { warn } from "./visit_warn.js";

/** The texts that a change starts from: those of the change before it, unless the phone could not keep that one. */
function start(step) {
  let found = step;
  while (found.lost) found = found.before;
  return found.values;
}

export class Card {
  /** ``answer``: what the server has, where the element does not say it. */
  constructor(element, sheet, answer = null) {
    this.element = element;
    this.sheet = sheet;
    this.code = element.dataset.item;
    this.form = element.querySelector("form");
    this.line = element.querySelector(".sent");
    this.why = element.querySelector(".why");
    this.fields = { remark: this.form.elements.remark, reason: this.form.elements.reason };
    this.against = new Set(element.dataset.against.split(" ").filter(Boolean));
    this.saved = textsOf(answer ?? this.drawn());
    sheet.store.told(sheet.pk, this.code, this.saved);
    this.wanted = { ...this.saved };
    this.base = { values: { ...this.saved } }; // what the next change starts from: what was last kept, and what the server told that is in sight
    this.laid = new Promise((yes) => (this.markLaid = yes)); // once what waits on the phone was laid over the card
    this.keeping = 0; // changes on their way into the phone's store
    this.stands = this.line.textContent.trim(); // what was said of the tick that the server has
    this.photos = new Photos(this);
    if (answer) this.shown(answer);
    this.form.addEventListener("submit", (event) => this.submitted(event));
    for (const [key, field] of Object.entries(this.fields)) field.addEventListener("change", () => this.typed(key));
    this.why.querySelector("[data-keep-reason]").addEventListener("click", (event) => (event.preventDefault(), this.typed("reason")));
    phrases(this);
    for (const field of Object.values(this.fields)) warn(field, this.words.numbers);
  }

  /** The answer that the element was drawn with. */
  drawn() {
    const { result, remarkDigests, reasonDigests } = this.element.dataset;
    return { result, remark: this.fields.remark.value, reason: this.fields.reason.value, digests: { remark: remarkDigests, reason: reasonDigests } };
  }

  get words() {
    return this.sheet.words;
  }

  get lacksReason() {
    return this.against.has(this.wanted.result) && !this.wanted.reason.trim();
  }

  get answered() {
    return Boolean(this.wanted.result) && !this.lacksReason;
  }

  /** Whether this part counts for what is ticked; a reason that nothing asks for by now stays in its field, out of sight, for who goes back. */
  asks(key) {
    return key !== "reason" || this.against.has(this.wanted.result) || Boolean(this.wanted.reason);
  }

  /** Something typed that neither the server nor this phone has. */
  get loose() {
    if (this.photos.lost.length) return true;
    return TEXTS.some((key) => this.held(key)) || (!this.kept && !same(this.wanted, this.saved));
  }

  /** Whether this part is in the inspector's hand: a text that nothing kept has yet, a result without its reason. */
  held(key) {
    const field = this.fields[key];
    return field ? this.asks(key) && field.value.trim() !== this.wanted[key] : this.lacksReason && this.wanted.result !== this.base.values.result;
  }

  async submitted(event) {
    event.preventDefault();
    const { value } = event.submitter;
    await this.laid; // what waits on the phone counts before what is ticked now
    this.tick(value);
  }

  tick(result) {
    if (result === "clear") {
      for (const field of Object.values(this.fields)) field.value = "";
      this.wanted = textsOf({});
    } else {
      this.wanted = { ...this.wanted, result, remark: this.fields.remark.value.trim(), reason: this.against.has(result) ? this.fields.reason.value.trim() : "" };
    }
    this.go();
  }

  /** Take back what the inspector set with one tap for many, if nothing came to it since; a text from before stays in its field. */
  undo(set) {
    if (!same(this.wanted, set) || TEXTS.some((key) => this.held(key))) return;
    this.wanted = textsOf({});
    this.go({ own: true });
  }

  async typed(key) {
    await this.laid;
    const text = this.fields[key].value.trim();
    if (text === this.wanted[key]) return;
    if (!this.wanted.result) {
      this.say(this.words.tickFirst);
      return;
    }
    this.wanted[key] = text;
    this.go();
  }

  /** ``own``: only where the tick is still the one that this inspector wrote. */
  go({ own = false } = {}) {
    this.kept = false;
    this.paint();
    if (!this.lacksReason) {
      this.keep(own);
      return;
    }
    this.say(this.words.reason, "held");
    this.fields.reason.focus();
  }

  async keep(own) {
    const [before, values] = [this.base, { ...this.wanted }];
    const step = { before, values: { ...values } };
    let kept = true;
    this.base = step;
    this.keeping += 1;
    try {
      kept = await this.sheet.queue.add({ pk: this.sheet.pk, code: this.code, base: () => start(before), values, own });
      step.before = null;
    } catch {
      step.lost = true;
      this.say(this.words.refused, "held"); // logged out in another tab
    }
    this.keeping -= 1;
    await this.sheet.overlay();
    if (!kept && !this.kept && same(this.wanted, this.saved)) this.say(this.stands, "got"); // back to what the server has
  }

  // What is told of it -----------------------------------------------------------------------
  /** What waits for this item, from the phone's store: shown over what the server has. */
  waits(ops) {
    const last = ops.at(-1);
    this.kept = Boolean(last);
    const stuck = ops.find((op) => op.stuck);
    const now = last?.values ?? this.saved;
    for (const key of TEXTS) {
      if (this.held(key)) {
        if (this.blocked && !last) copy(this.base.values, key, now); // let go
        continue;
      }
      for (const texts of [this.wanted, this.base.values]) copy(texts, key, now);
      this.write(key, now[key]);
    }
    this.paint();
    const again = this.blocked && last && !stuck && asks(this); // more was said: while that is on its way the buttons stay under the finger
    if (stuck) this.stuck(stuck, ops);
    else if (again) this.ask(this.asked, now);
    else if (last && !this.held("result")) this.say(this.sheet.queue.store.keeps ? this.words.kept : this.words.loose, "waits");
    else if (this.blocked) this.say(""); // let go
    this.blocked = Boolean(stuck || again);
  }

  /** What stands in sight of a part of the tick. */
  text(key) {
    const field = this.asks(key) ? this.fields[key] : null;
    return field ? field.value.trim() : this.saved[key];
  }

  /** A text into its field; a remark that was not there before is in sight. */
  write(key, text) {
    const field = this.fields[key];
    if (!field || field.value.trim() === text || (!text && !this.asks(key))) return; // a cursor stays where it is
    field.value = text;
    if (text) field.closest("details")?.setAttribute("open", "");
  }

  stuck(op, ops) {
    if (op.stuck.state === "conflict") {
      this.ask(op, ops.at(-1).values);
      return;
    }
    const { errors } = op.stuck;
    const text = Object.values(errors).join(this.words.semicolon) || this.words.refused;
    if (!errors.reason) {
      this.offer(text, this.words.drop, () => this.sheet.queue.forget(ops.map((one) => one.seq), this.sheet.pk, this.code));
      return;
    }
    this.against.add(op.values.result);
    this.paint();
    this.say(text, "held");
  }

  /** Whose counts where both changed the same; ``values``: what is wanted by now. */
  ask(op, values) {
    this.asked = op;
    clash(this, op.stuck, values, (mine) => this.sheet.queue.settle(op, mine));
  }

  /** Nothing is to be asked any more. */
  free() {
    this.blocked = false;
    if (asks(this)) this.say("");
  }

  /** The server has taken ``values``; ``answer`` is what it has now, another inspector's part included. */
  taken({ at, answer, values, own }) {
    this.free();
    this.saved = textsOf(answer);
    lay(this, this.base.values, values);
    this.element.dataset.upload = answer.upload_url;
    this.paint();
    if (!same(this.wanted, this.saved)) return;
    this.got(own && this.saved.result ? this.words.notOwn : this.saved.result ? fill(this.words.received, { at }) : this.words.cleared);
  }

  settled({ values, answer }) {
    this.free();
    this.saved = textsOf(answer);
    this.wanted = { ...values };
    this.base = { values: { ...values } };
    for (const key of TEXTS) this.write(key, values[key]);
    this.paint();
    if (same(this.wanted, this.saved)) this.got(fill(this.words.received, answer));
  }

  shown(answer) {
    this.element.dataset.upload = answer.upload_url;
    for (const key of TEXTS) this.write(key, this.saved[key]);
    this.paint();
    if (answer.at) this.got(fill(this.words.received, answer));
  }

  paint() {
    for (const tick of this.form.querySelectorAll(".tick")) tick.setAttribute("aria-pressed", tick.value === this.wanted.result);
    this.element.toggleAttribute("data-unsaved", !same(this.wanted, this.saved));
    this.element.dataset.result = this.wanted.result;
    this.why.hidden = !this.asks("reason");
    this.form.querySelector("[data-clear]").hidden = !this.wanted.result;
  }

  /** What is said of the tick that the server has. */
  got(text) {
    this.stands = text;
    this.say(text, "got");
  }

  say(text, look = "") {
    const line = document.createElement("span");
    line.className = look;
    line.textContent = text;
    this.line.replaceChildren(line);
  }

  /** A sentence, and a button beside it. */
  offer(text, label, action) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn small", textContent: label });
    button.addEventListener("click", action);
    this.say(text, "held");
    this.line.append(" ", button);
  }
}
