// A text input that searches: <input type=hidden> holds the id, <input data-lookup-url> the text.
// The address answers ?q= with {"results": [{"id", "text", "note"}]}. Keys and roles: ARIA's combobox with a list.
const words = document.body.dataset;
const WAIT = 180; // milliseconds without a key before the server is asked

class Lookup {
  constructor(input) {
    this.input = input;
    this.id = input.parentElement.querySelector("input[type=hidden]");
    this.list = document.createElement("ul");
    this.list.id = `${input.id}-list`;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.labels?.[0]?.firstChild.textContent ?? "");
    input.after(this.list);
    const roles = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => this.press(event));
  }

  typed() {
    this.id.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), WAIT);
  }

  async search() {
    const asked = this.input.value.trim();
    const url = new URL(this.input.dataset.lookupUrl, location.href);
    url.searchParams.set("q", asked);
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const { results } = await answer.json();
      if (asked === this.input.value.trim()) this.show(results);
    } catch {
      this.show([], words.fail);
    }
  }

  show(results, message = words.none) {
    if (document.activeElement !== this.input) return;
    this.results = results;
    this.list.replaceChildren(...(results.length ? results.map((row, at) => this.option(row, at)) : [this.line(message)]));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(results.length ? 0 : -1);
  }

  line(text) {
    const item = document.createElement("li");
    item.textContent = text;
    item.setAttribute("role", "option");
    item.setAttribute("aria-disabled", "true");
    return item;
  }

  option(row, at) {
    const item = this.line(row.text);
    item.removeAttribute("aria-disabled");
    item.id = `${this.list.id}-${at}`;
    if (row.note) {
      const note = document.createElement("small");
      note.textContent = row.note;
      item.append(note);
    }
    return item;
  }

  mark(at) {
    this.at = at;
    [...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", i === at));
    this.input.setAttribute("aria-activedescendant", at < 0 ? "" : this.list.children[at].id);
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (this.list.hidden) {
      if (event.key === "ArrowDown") this.search();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.at >= 0) this.pick(this.at);
    else if (step && this.results.length) this.mark((this.at + step + this.results.length) % this.results.length);
    else return;
    event.preventDefault();
  }

  press(event) {
    event.preventDefault();
    const at = [...this.list.children].indexOf(event.target.closest("li"));
    if (this.results[at]) this.pick(at);
  }

  pick(at) {
    this.input.value = this.results[at].text;
    this.id.value = this.results[at].id;
    this.id.dispatchEvent(new Event("change", { bubbles: true }));
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

document.querySelectorAll("input[data-lookup-url]").forEach((input) => new Lookup(input));
