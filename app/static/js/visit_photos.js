// Photos of an item: made small here, without place and camera, kept on the phone, and sent once the item has a tick to hang on.
import { ask } from "./ask.js";

const EDGE = 1600; // pixels of the longest side, as the server keeps it
const QUALITY = 0.82;

/** The photo on a canvas: upright, small, nothing but pixels. What the browser cannot read goes as it is. */
export async function shrink(file) {
  try {
    const photo = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, EDGE / Math.max(photo.width, photo.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(photo.width * scale);
    canvas.height = Math.round(photo.height * scale);
    canvas.getContext("2d").drawImage(photo, 0, 0, canvas.width, canvas.height);
    photo.close();
    return await new Promise((done) => canvas.toBlob((blob) => done(blob ?? file), "image/jpeg", QUALITY));
  } catch {
    return file;
  }
}

export class Photos {
  constructor(card) {
    this.card = card;
    this.list = card.element.querySelector("[data-shots]");
    this.count = card.element.querySelector("[data-count]");
    const input = card.element.querySelector("input[type=file]");
    input.addEventListener("change", () => this.add(input));
    this.list.addEventListener("click", (event) => this.remove(event.target.closest("[data-remove]")));
  }

  async add(input) {
    const files = [...input.files];
    const { sheet, code, element } = this.card;
    input.value = "";
    for (const file of files) {
      await sheet.queue.addPhoto({ pk: sheet.pk, code, name: file.name, blob: await shrink(file), upload: element.dataset.upload });
    }
  }

  /** What waits, from the phone's store. */
  waits(ops) {
    const { card } = this;
    const stuck = ops.find((op) => op.stuck);
    if (stuck) card.offer(Object.values(stuck.stuck.errors).join(card.words.semicolon) || card.words.refused, card.words.remove, () => card.sheet.queue.forget([stuck.seq], card.sheet.pk, card.code));
    else if (ops.length) card.say(card.answered ? card.words.photoKept : card.words.photoWaits, "waits");
  }

  taken(file) {
    this.show(file);
    this.card.say(`${this.card.words.photo} ✓`, "got");
  }

  show(file) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const picture = document.createElement(file.photo ? "img" : "span");
    link.href = file.url;
    link.target = "_blank";
    link.rel = "noopener";
    if (file.photo) Object.assign(picture, { src: file.url, alt: file.name });
    else Object.assign(picture, { className: "paper", textContent: "PDF" });
    link.append(picture);
    item.append(link);
    if (file.delete_url) item.append(this.button(file.delete_url));
    this.list.append(item);
    this.tell();
  }

  button(url) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn plain small";
    made.dataset.remove = url;
    made.textContent = this.card.words.remove;
    return made;
  }

  async remove(button) {
    if (!button || !(await ask(this.card.words.removeAsk))) return;
    const answer = await this.card.sheet.line.send(button.dataset.remove, {});
    if (answer?.status !== 200) {
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
