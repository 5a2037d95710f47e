// Photos of an item: made small here, without place and camera, kept on the phone, and sent once the item has a tick to hang on.
import { fill } from "./fill.js";
import { Place } from "./visit_place.js";
import { Shots } from "./visit_shots.js";

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
    this.shots = new Shots(card, async (url) => (await card.sheet.line.send(url, {}))?.status);
    this.lost = []; // what the phone could not keep: it lives as long as the page
    this.told = document.createElement("p");
    Object.assign(this.told, { className: "lost", hidden: true });
    this.told.setAttribute("role", "alert");
    card.line.after(this.told);
    const input = card.element.querySelector("input[type=file]");
    this.place = new Place(card.words, card.sheet.line.who);
    input.addEventListener("click", (event) => this.place.opening(event));
    input.addEventListener("change", () => this.add(input));
  }

  async add(input) {
    const files = [...input.files];
    input.value = "";
    const place = await this.place.here();
    await this.keep(files.map((file) => ({ file, place })));
  }

  /** Keep them one by one. What the phone has no room for stays in hand, and is told by name until it is kept. */
  async keep(photos) {
    const { sheet, code, element } = this.card;
    for (const photo of photos) {
      const { file, place } = photo;
      try {
        await sheet.queue.addPhoto({ pk: sheet.pk, code, name: file.name, blob: await shrink(file), upload: element.dataset.upload, place });
      } catch {
        this.lost.push(photo);
      }
    }
    this.tell();
  }

  tell() {
    const { words } = this.card;
    this.told.hidden = !this.lost.length;
    this.told.replaceChildren();
    if (!this.lost.length) return;
    const line = document.createElement("span");
    Object.assign(line, { textContent: fill(words.photoLost, { names: this.lost.map(({ file }) => file.name).join(words.comma) }) });
    const again = document.createElement("button");
    Object.assign(again, { type: "button", className: "btn small", textContent: words.again });
    again.addEventListener("click", () => {
      again.disabled = true; // once a touch
      this.keep(this.lost.splice(0));
    });
    this.told.append(line, " ", again);
  }

  /** What waits, from the phone's store. */
  waits(ops) {
    const { card } = this;
    const stuck = ops.find((op) => op.stuck);
    if (stuck) card.offer(Object.values(stuck.stuck.errors).join(card.words.semicolon) || card.words.refused, card.words.remove, () => card.sheet.queue.forget([stuck.seq], card.sheet.pk, card.code));
    else if (ops.length) card.say(card.answered ? card.words.photoKept : card.words.photoWaits, "waits");
  }

  taken(file) {
    this.shots.show(file);
    this.card.say(`${this.card.words.photo} ✓`, "got");
  }
}
