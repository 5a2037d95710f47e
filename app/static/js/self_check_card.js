// One item of a school's own check: what the school wants, what the server has, and the way from one to the other.
import { ask } from "./ask.js";
import { fill } from "./fill.js";
import { shrink } from "./visit_photos.js";
import { post } from "./visit_post.js";
import { Shots } from "./visit_shots.js";
import { warn } from "./visit_warn.js";

const same = (a, b) => a.result === b.result && a.remark === b.remark;

export class SelfCard {
  constructor(element, sheet) {
    this.element = element;
    this.sheet = sheet;
    this.words = sheet.words;
    this.form = element.querySelector("form");
    this.line = element.querySelector(".sent");
    this.remark = this.form.elements.remark;
    this.keep({ result: element.dataset.result, remark: this.remark.value, version: element.dataset.version || null });
    this.wanted = { ...this.saved };
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.remark.addEventListener("change", () => this.typed());
    warn(this.remark, this.words.numbers);
    const input = element.querySelector("input[type=file]");
    input.addEventListener("change", () => this.attach(input));
    this.shots = new Shots(this, async (url) => (await post(url, sheet.csrf, {})).status);
  }

  keep({ result, remark, version }) {
    this.saved = { result, remark };
    this.version = version;
  }

  get answered() {
    return Boolean(this.saved.result);
  }

  /** Something that the server does not have yet. */
  get waiting() {
    return !same(this.wanted, this.saved);
  }

  submitted(event) {
    event.preventDefault();
    const { value } = event.submitter;
    if (value === "clear") this.remark.value = "";
    this.wanted = { result: value === "clear" ? "" : value, remark: this.remark.value.trim() };
    this.send();
  }

  typed() {
    if (!this.wanted.result) {
      this.say(this.words.tickFirst);
      return;
    }
    this.wanted.remark = this.remark.value.trim();
    this.send();
  }

  /** Send until the server has what is wanted; a second call while one runs changes nothing. */
  async send() {
    this.paint();
    if (this.busy) return;
    this.busy = true;
    while (this.waiting) {
      this.say(this.words.sending);
      const sent = { ...this.wanted };
      const { status, told } = await post(this.form.action, this.sheet.csrf, { ...sent, result: sent.result || "clear", version: this.version });
      if (!(await this.heard(status, told, sent))) break;
    }
    this.busy = false;
    this.paint();
  }

  /** What the server said to ``sent``; true when all is well. */
  async heard(status, told, sent) {
    if (status === 200) {
      this.keep({ ...sent, version: told.version });
      this.element.dataset.upload = told.upload_url;
      this.sheet.taken(told);
      this.say(sent.result ? fill(this.words.received, told) : this.words.cleared, "got");
      return true;
    }
    if (status === 409) return this.settle(told, sent);
    const again = status === 0 || status === 429 || status >= 500;
    this.offer(status === 422 ? told.message : status === 302 || status === 400 ? this.words.expired : again ? this.words.unsent : this.words.refused);
    return false;
  }

  /** A colleague was quicker: show that answer and ask. */
  async settle(told, sent) {
    const tick = [...this.form.querySelectorAll(".tick")].find((one) => one.value === sent.result);
    const asked = { who: told.who || this.words.someone, at: told.at, theirs: told.label || this.words.emptyTick, mine: tick?.textContent ?? this.words.emptyTick };
    const mine = await ask(fill(this.words.taken, asked));
    this.keep(told);
    this.element.dataset.upload = told.upload_url;
    if (mine) return true;
    this.wanted = { ...this.saved };
    this.remark.value = this.saved.remark;
    this.say(fill(this.words.received, told), "got");
    return false;
  }

  async attach(input) {
    const files = [...input.files];
    input.value = "";
    if (!this.answered) {
      this.say(this.words.tickFirst);
      return;
    }
    for (const file of files) {
      const body = new FormData();
      body.append("file", await shrink(file), file.name);
      const { status, told } = await post(this.element.dataset.upload, this.sheet.csrf, body);
      if (status === 200) this.shots.show(told);
      this.say(status === 200 ? this.words.attached : told.message ?? this.words.refused, status === 200 ? "got" : "held");
    }
  }

  paint() {
    for (const tick of this.form.querySelectorAll(".tick")) tick.setAttribute("aria-pressed", tick.value === this.wanted.result);
    this.element.toggleAttribute("data-unsaved", this.waiting);
    this.element.dataset.result = this.wanted.result;
    this.form.querySelector("[data-clear]").hidden = !this.wanted.result;
  }

  say(text, look = "") {
    this.line.replaceChildren(Object.assign(document.createElement("span"), { className: look, textContent: text }));
  }

  /** A sentence that is a button: send again. */
  offer(text) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn bad small", textContent: text });
    button.addEventListener("click", () => this.send());
    this.line.replaceChildren(button);
  }
}
