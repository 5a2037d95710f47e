// One item of the checklist: what the inspector wants, what waits on this phone, what the server has.
import { fill } from "./fill.js";
import { same, TEXTS, textsOf } from "./offline/ops.js";
import { clash } from "./visit_clash.js";
import { Photos } from "./visit_photos.js";
import { phrases } from "./visit_phrases.js";
import { warn } from "./visit_warn.js";

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
    this.saved = answer ? textsOf(answer) : { result: element.dataset.result, remark: this.fields.remark.value, reason: this.fields.reason.value };
    this.wanted = { ...this.saved };
    this.base = { ...this.saved }; // what the next change starts from: what was last kept, and what the server told that was taken over
    this.keeping = 0; // changes on their way into the phone's store
    this.photos = new Photos(this);
    if (answer) this.shown(answer);
    this.form.addEventListener("submit", (event) => this.submitted(event));
    for (const [key, field] of Object.entries(this.fields)) field.addEventListener("change", () => this.typed(key));
    this.why.querySelector("[data-keep-reason]").addEventListener("click", () => this.typed("reason"));
    phrases(this);
    for (const field of Object.values(this.fields)) warn(field, this.words.numbers);
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

  /** Something typed that neither the server nor this phone has. */
  get loose() {
    if (this.photos.lost.length) return true;
    return !this.kept && (!same(this.wanted, this.saved) || Object.entries(this.fields).some(([key, field]) => field.value.trim() !== this.wanted[key]));
  }

  submitted(event) {
    event.preventDefault();
    this.tick(event.submitter.value);
  }

  tick(result) {
    if (result === "clear") {
      for (const field of Object.values(this.fields)) field.value = "";
      this.wanted = textsOf({});
    } else {
      this.wanted = { result, remark: this.fields.remark.value.trim(), reason: this.against.has(result) ? this.fields.reason.value.trim() : "" };
    }
    this.go();
  }

  typed(key) {
    const text = this.fields[key].value.trim();
    if (text === this.wanted[key]) return;
    if (!this.wanted.result) {
      this.say(this.words.tickFirst);
      return;
    }
    this.wanted[key] = text;
    this.go();
  }

  go() {
    this.kept = false;
    this.paint();
    if (!this.lacksReason) {
      this.keep();
      return;
    }
    this.say(this.words.reason, "held");
    this.fields.reason.focus();
  }

  async keep() {
    const [base, values] = [this.base, { ...this.wanted }];
    this.keeping += 1;
    this.base = { ...values };
    try {
      await this.sheet.queue.add({ pk: this.sheet.pk, code: this.code, base, values });
    } catch {
      this.base = base;
      this.say(this.words.refused, "held"); // logged out in another tab
    }
    this.keeping -= 1;
    await this.sheet.overlay();
  }

  // What is told of it -----------------------------------------------------------------------
  /** What waits for this item, from the phone's store: shown over what the server has. */
  waits(ops) {
    const last = ops.at(-1);
    this.kept = Boolean(last);
    const stuck = ops.find((op) => op.stuck);
    if (!this.typing) {
      this.wanted = { ...(last?.values ?? this.saved) };
      for (const [key, field] of Object.entries(this.fields)) field.value = this.wanted[key];
      this.base = { ...this.wanted };
    } else if (this.blocked && !last) {
      this.base = { ...this.saved }; // let go
    }
    this.paint();
    if (stuck) this.stuck(stuck, ops);
    else if (last) this.say(this.sheet.queue.store.keeps ? this.words.kept : this.words.loose, "waits");
    else if (this.blocked) this.say(""); // let go
    this.blocked = Boolean(stuck);
  }

  get typing() {
    return Object.values(this.fields).includes(document.activeElement);
  }

  stuck(op, ops) {
    if (op.stuck.state === "conflict") {
      clash(this, op, ops.at(-1).values);
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

  /** The server has taken ``values``; ``answer`` is what it has now, another inspector's part included. */
  taken({ at, answer, values }) {
    this.blocked = false;
    this.saved = textsOf(answer);
    for (const key of TEXTS) {
      const field = this.fields[key];
      const typed = field && field.value.trim() !== values[key]; // on top of what was there before: another inspector's text was not seen
      if (field && !typed) field.value = this.saved[key];
      if (this.wanted[key] !== values[key]) continue;
      this.wanted[key] = this.saved[key];
      if (!typed) this.base[key] = this.saved[key];
    }
    this.element.dataset.upload = answer.upload_url;
    this.paint();
    if (same(this.wanted, this.saved)) this.say(this.saved.result ? fill(this.words.received, { at }) : this.words.cleared, "got");
  }

  settled({ values, answer }) {
    this.blocked = false;
    this.saved = textsOf(answer);
    this.wanted = { ...values };
    this.base = { ...values };
    for (const [key, field] of Object.entries(this.fields)) field.value = values[key];
    this.paint();
    if (same(this.wanted, this.saved)) this.say(fill(this.words.received, answer), "got");
  }

  shown(answer) {
    this.element.dataset.upload = answer.upload_url;
    for (const [key, field] of Object.entries(this.fields)) field.value = this.saved[key];
    this.paint();
    if (answer.at) this.say(fill(this.words.received, answer), "got");
  }

  paint() {
    for (const tick of this.form.querySelectorAll(".tick")) tick.setAttribute("aria-pressed", tick.value === this.wanted.result);
    this.element.toggleAttribute("data-unsaved", !same(this.wanted, this.saved));
    this.element.dataset.result = this.wanted.result;
    this.why.hidden = !this.against.has(this.wanted.result) && !this.wanted.reason;
    this.form.querySelector("[data-clear]").hidden = !this.wanted.result;
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
