// Photos of an item: made small here, without place and camera, and sent once the item has a tick to hang on.
import { ask } from "./ask.js";
import { post } from "./visit_post.js";

const EDGE = 1600; // pixels of the longest side, as the server keeps it
const QUALITY = 0.82;

/** The photo on a canvas: upright, small, nothing but pixels. What the browser cannot read goes as it is. */
async function shrink(file) {
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
    this.queue = [];
    this.list = card.element.querySelector("[data-shots]");
    this.count = card.element.querySelector("[data-count]");
    const input = card.element.querySelector("input[type=file]");
    input.addEventListener("change", () => this.add(input));
    this.list.addEventListener("click", (event) => this.remove(event.target.closest("[data-remove]")));
  }

  get waiting() {
    return this.queue.length > 0;
  }

  async add(input) {
    const files = [...input.files];
    input.value = "";
    for (const file of files) this.queue.push({ name: file.name, blob: await shrink(file) });
    if (this.card.answered) this.flush();
    else this.card.say(this.card.words.photoWaits);
  }

  async flush() {
    if (this.sending || !this.card.answered) return;
    this.sending = true;
    while (this.queue.length) {
      this.card.say(this.card.words.photoSending);
      const [photo] = this.queue;
      const body = new FormData();
      body.append("file", photo.blob, photo.name);
      const { status, told } = await post(this.card.element.dataset.upload, this.card.sheet.csrf, body);
      if (status === 200) {
        this.queue.shift();
        this.show(told);
        this.card.say(`${this.card.words.photo} ✓`, "got");
        continue;
      }
      if (status === 422) this.queue.shift();
      this.card.offer(told.message ?? this.card.words.photoUnsent, () => this.flush());
      break;
    }
    this.sending = false;
  }

  show(file) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const picture = document.createElement("img");
    link.href = picture.src = file.url;
    link.target = "_blank";
    link.rel = "noopener";
    picture.alt = file.name;
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
    const { status } = await post(button.dataset.remove, this.card.sheet.csrf, {});
    if (status !== 200) {
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
