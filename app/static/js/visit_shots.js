// The files of an item that the server has: shown below it, counted, taken away.
import { ask } from "./ask.js";

const made = (tag, values) => Object.assign(document.createElement(tag), values);

export class Shots {
  /** ``send``: posts to an address, and gives the status of the answer. */
  constructor(card, send) {
    this.card = card;
    this.send = send;
    this.list = card.element.querySelector("[data-shots]");
    this.count = card.element.querySelector("[data-count]");
    this.list.addEventListener("click", (event) => this.remove(event.target.closest("[data-remove]")));
  }

  show(file) {
    const item = document.createElement("li");
    const link = made("a", { href: file.url, target: "_blank", rel: "noopener" });
    link.append(file.photo ? made("img", { src: file.url, alt: file.name }) : made("span", { className: "paper", textContent: "PDF" }));
    item.append(link);
    if (file.delete_url) item.append(this.button(file.delete_url));
    this.list.append(item);
    this.tell();
  }

  button(url) {
    const button = made("button", { type: "button", className: "btn plain small", textContent: this.card.words.remove });
    button.dataset.remove = url;
    return button;
  }

  async remove(button) {
    if (!button || !(await ask(this.card.words.removeAsk))) return;
    if ((await this.send(button.dataset.remove)) !== 200) {
      this.card.say(this.card.words.refused, "held");
      return;
    }
    button.closest("li").remove();
    this.tell();
  }

  tell() {
    this.count.textContent = this.list.children.length || "";
    this.list.hidden = !this.list.children.length;
  }
}
