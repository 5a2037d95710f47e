// One item of the checklist: what the inspector wants, what the server has, and the way from one to the other.
import { ask } from "./ask.js";
import { Photos } from "./visit_photos.js";
import { post } from "./visit_post.js";

const TEXTS = ["result", "remark", "reason"];
const same = (a, b) => TEXTS.every((key) => a[key] === b[key]);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export class Card {
  constructor(element, sheet) {
    this.element = element;
    this.sheet = sheet;
    this.form = element.querySelector("form");
    this.line = element.querySelector(".sent");
    this.why = element.querySelector(".why");
    this.fields = { remark: this.form.elements.remark, reason: this.form.elements.reason };
    this.against = new Set(element.dataset.against.split(" ").filter(Boolean));
    this.keep({ result: element.dataset.result, remark: this.fields.remark.value, reason: this.fields.reason.value, version: element.dataset.version || null });
    this.wanted = { ...this.saved };
    this.photos = new Photos(this);
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.fields.remark.addEventListener("change", () => this.typed("remark"));
    this.fields.reason.addEventListener("change", () => this.typed("reason"));
    this.why.querySelector("[data-keep-reason]").addEventListener("click", () => this.typed("reason"));
  }

  keep({ result, remark, reason, version }) {
    this.saved = { result, remark, reason };
    this.version = version;
  }

  get answered() {
    return Boolean(this.saved.result);
  }

  get words() {
    return this.sheet.words;
  }

  get lacksReason() {
    return this.against.has(this.wanted.result) && !this.wanted.reason.trim();
  }

  /** Something typed or shot that cannot go out yet. */
  get waiting() {
    return !same(this.wanted, this.saved) || this.photos.waiting;
  }

  submitted(event) {
    event.preventDefault();
    const { value } = event.submitter;
    if (value === "clear") this.wanted = { result: "", remark: "", reason: "" };
    else this.wanted = { result: value, remark: this.fields.remark.value.trim(), reason: this.against.has(value) ? this.fields.reason.value.trim() : "" };
    if (value === "clear") for (const field of Object.values(this.fields)) field.value = "";
    this.go();
  }

  typed(key) {
    this.wanted[key] = this.fields[key].value.trim();
    if (!this.wanted.result) this.say(this.words.tickFirst);
    else this.go();
  }

  go() {
    this.unsent = false;
    this.paint();
    if (!this.lacksReason) {
      this.send();
      return;
    }
    this.say(this.words.reason, "held");
    this.fields.reason.focus();
  }

  /** Send until the server has what is wanted; a second call while one runs changes nothing. */
  async send() {
    if (this.busy || same(this.wanted, this.saved)) return;
    this.busy = true;
    this.unsent = this.retries = false;
    while (!same(this.wanted, this.saved) && !this.lacksReason) {
      this.say(this.words.sending);
      this.sheet.tell();
      const sent = { ...this.wanted };
      const { status, told } = await post(this.form.action, this.sheet.csrf, { ...sent, result: sent.result || "clear", version: this.version });
      if (!(await this.heard(status, told, sent))) break;
    }
    this.busy = false;
    this.paint();
    this.sheet.tell();
    this.photos.flush();
  }

  /** What the server said to ``sent``; true when all is well. */
  async heard(status, told, sent) {
    if (status === 200) return this.taken(told, sent);
    if (status === 409) return this.settle(told, sent);
    if (status === 422 && told.errors?.reason) {
      this.against.add(sent.result);
      this.paint();
      this.say(told.errors.reason, "held");
      this.fields.reason.focus();
      return false;
    }
    this.unsent = true;
    this.retries = status === 0 || status === 429 || status >= 500;
    const text = status === 422 ? told.message : status === 302 || status === 400 ? this.words.expired : this.retries ? this.words.unsent : this.words.refused;
    this.offer(text, () => this.send());
    return false;
  }

  taken(told, sent) {
    this.keep({ ...sent, version: told.version });
    this.element.dataset.upload = told.upload_url;
    this.sheet.taken(told);
    this.say(sent.result ? fill(this.words.received, told) : this.words.cleared, "got");
    return true;
  }

  /** Another inspector was quicker: show that answer and ask. */
  async settle(told, sent) {
    const label = (result) => [...this.form.querySelectorAll(".tick")].find((tick) => tick.value === result)?.textContent ?? this.words.emptyTick;
    const said = [told.reason, told.remark].filter(Boolean).map((text) => fill(this.words.said, { text })).join("");
    const mine = await ask(fill(this.words.taken, { who: told.who || this.words.someone, at: told.at, theirs: told.label || this.words.emptyTick, said, mine: label(sent.result) }));
    this.keep(told);
    this.element.dataset.upload = told.upload_url;
    if (mine) return true;
    this.wanted = { ...this.saved };
    for (const [key, field] of Object.entries(this.fields)) field.value = this.saved[key];
    this.say(fill(this.words.received, told), "got");
    return false;
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

  /** A sentence that is a button. */
  offer(text, action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn bad small";
    button.textContent = text;
    button.addEventListener("click", action);
    this.line.replaceChildren(button);
  }
}
