// One item of a school's own check: what the school wants, what the server has, and the way from one to the other.
import { ask } from "./ask.js";
import { shrink } from "./visit_photos.js";
import { post } from "./visit_post.js";

const same = (a, b) => a.result === b.result && a.remark === b.remark;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export class SelfCard {
  constructor(element, sheet) {
    this.element = element;
    this.sheet = sheet;
    this.words = sheet.words;
    this.form = element.querySelector("form");
    this.line = element.querySelector(".sent");
    this.list = element.querySelector("[data-shots]");
    this.remark = this.form.elements.remark;
    this.keep({ result: element.dataset.result, remark: this.remark.value, version: element.dataset.version || null });
    this.wanted = { ...this.saved };
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.remark.addEventListener("change", () => this.typed());
    const input = element.querySelector("input[type=file]");
    input.addEventListener("change", () => this.attach(input));
    this.list.addEventListener("click", (event) => this.remove(event.target.closest("[data-remove]")));
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
      if (status === 200) this.show(told);
      this.say(status === 200 ? this.words.attached : told.message ?? this.words.refused, status === 200 ? "got" : "held");
    }
  }

  show(file) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const picture = document.createElement(file.photo ? "img" : "span");
    Object.assign(link, { href: file.url, target: "_blank", rel: "noopener" });
    Object.assign(picture, file.photo ? { src: file.url, alt: file.name } : { className: "paper", textContent: "PDF" });
    link.append(picture);
    item.append(link);
    if (file.delete_url) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn plain small", textContent: this.words.remove });
      button.dataset.remove = file.delete_url;
      item.append(button);
    }
    this.list.append(item);
    this.count();
  }

  async remove(button) {
    if (!button || !(await ask(this.words.removeAsk))) return;
    const { status } = await post(button.dataset.remove, this.sheet.csrf, {});
    if (status === 200) button.closest("li").remove();
    else this.say(this.words.refused, "held");
    this.count();
  }

  count() {
    this.element.querySelector("[data-count]").textContent = this.list.children.length || "";
    this.list.hidden = !this.list.children.length;
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
