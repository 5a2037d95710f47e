// One item of a school's own check: what the school wants, what the server has, and the way from one to the other.
import { fill } from "./fill.js";
import { merged, same, textsOf } from "./offline/ops.js";
import { asks, clash } from "./visit_clash.js";
import { lay } from "./visit_merge.js";
import { shrink } from "./visit_photos.js";
import { post } from "./visit_post.js";
import { Shots } from "./visit_shots.js";
import { warn } from "./visit_warn.js";

export class SelfCard {
  constructor(element, sheet) {
    this.element = element;
    this.sheet = sheet;
    this.words = sheet.words;
    this.form = element.querySelector("form");
    this.line = element.querySelector(".sent");
    this.remark = this.form.elements.remark;
    const { base_result: result, base_remark: remark } = this.form.elements; // what the server has, whatever stands in the field
    this.saved = textsOf({ result: result.value, remark: remark.value });
    this.wanted = { ...this.saved };
    this.base = { ...this.saved }; // what the next change starts from: of what colleagues wrote meanwhile only what was shown
    this.stuck = null; // what a colleague has, and the fields that both changed
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.remark.addEventListener("change", () => this.typed());
    warn(this.remark, this.words.numbers);
    const input = element.querySelector("input[type=file]");
    input.addEventListener("change", () => this.attach(input));
    this.shots = new Shots(this, async (url) => (await post(url, sheet.csrf, {})).status);
  }

  get answered() {
    return Boolean(this.saved.result);
  }

  /** Something that the server does not have yet. */
  get waiting() {
    return Boolean(this.stuck) || !same(this.wanted, this.saved);
  }

  /** Something typed that the server does not have. */
  get loose() {
    return this.waiting || this.remark.value.trim() !== this.wanted.remark;
  }

  submitted(event) {
    event.preventDefault();
    const { value } = event.submitter;
    if (value === "clear") this.remark.value = "";
    this.wanted = textsOf({ result: value === "clear" ? "" : value, remark: this.remark.value.trim() });
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
      if (!asks(this)) this.say(this.words.sending); // the tap that left a field may be on the way to one of its buttons
      const [sent, base] = [{ ...this.wanted }, this.base];
      const { status, told } = await post(this.form.action, this.sheet.csrf, { ...sent, base });
      if (!(await this.heard(status, told, sent, base))) break;
    }
    this.busy = false;
    this.paint();
  }

  /** What the server said to ``sent``; true when all is well. */
  async heard(status, told, sent, base) {
    if (status === 200) {
      this.taken(told, sent);
      this.say(told.result ? fill(this.words.received, told) : this.words.cleared, "got");
      return true;
    }
    if (status === 409) return base !== this.base || this.clashes(told, sent); // settled while it was asked again
    const again = status === 0 || status === 429 || status >= 500;
    this.offer(status === 422 ? told.message : status === 302 || status === 400 ? this.words.expired : again ? this.words.unsent : this.words.refused);
    return false;
  }

  /** The server has ``sent``, and what a colleague changed beside it. */
  taken(told, sent) {
    this.stuck = null;
    this.saved = textsOf(told);
    this.base = { ...sent };
    lay(this, this.base, sent);
    this.element.dataset.upload = told.upload_url;
    this.element.querySelector("[data-back]")?.remove();
    this.sheet.taken(told);
  }

  /** A colleague changed the same to something else: both are shown. True where more was said meanwhile, which is asked first. */
  clashes(told, sent) {
    this.stuck = { answer: told, fields: told.fields };
    this.saved = textsOf(told);
    this.element.dataset.upload = told.upload_url;
    if (!same(this.wanted, sent)) return true;
    clash(this, this.stuck, this.wanted, (mine) => this.settle(mine));
    return false;
  }

  /** The reader has said whose counts where both changed the same. */
  settle(mine) {
    const { answer } = this.stuck;
    this.wanted = merged(this, answer, this.wanted, mine);
    this.base = textsOf(answer);
    this.stuck = null;
    this.write("remark", this.wanted.remark);
    this.say(fill(this.words.received, answer), "got");
    this.send();
  }

  /** What stands in sight of a part of the tick. */
  text(key) {
    return key === "remark" ? this.remark.value.trim() : this.saved[key];
  }

  /** A text into its field; a remark that was not there before is in sight. */
  write(key, text) {
    if (key !== "remark" || this.remark.value.trim() === text) return; // a cursor stays where it is
    this.remark.value = text;
    if (text) this.remark.closest("details").open = true;
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
