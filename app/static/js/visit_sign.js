// The head of the school signs with a finger; kept as a picture on the inspection before it is submitted.
import { Line } from "./offline/line.js";

const WIDTH = 3; // pixels of the stroke

class Pad {
  constructor(box) {
    this.box = box;
    this.canvas = box.querySelector("canvas");
    this.told = box.querySelector("[data-told]");
    this.keep = box.querySelector("[data-keep]");
    this.pen = this.canvas.getContext("2d");
    this.line = new Line(box.dataset.root, Number(document.body.dataset.who));
    this.clear();
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => (this.drawing = false));
    box.querySelector("[data-wipe]").addEventListener("click", () => this.clear());
    this.keep.addEventListener("click", () => this.send());
  }

  clear() {
    const { width, height } = this.canvas.getBoundingClientRect();
    const dots = devicePixelRatio || 1;
    Object.assign(this.canvas, { width: width * dots, height: height * dots }); // which empties it
    this.pen.scale(dots, dots);
    this.pen.fillStyle = "#fff";
    this.pen.fillRect(0, 0, width, height);
    Object.assign(this.pen, { lineWidth: WIDTH, lineCap: "round", lineJoin: "round", strokeStyle: "#101820" });
    this.keep.disabled = true;
  }

  down(event) {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.pen.beginPath();
    this.pen.moveTo(event.offsetX, event.offsetY);
  }

  move(event) {
    if (!this.drawing) return;
    this.pen.lineTo(event.offsetX, event.offsetY);
    this.pen.stroke();
    this.keep.disabled = false;
  }

  async send() {
    this.keep.disabled = true;
    const { upload, name, old, sent, unsent } = this.box.dataset;
    const body = new FormData();
    body.append("file", await new Promise((done) => this.canvas.toBlob(done, "image/png")), name);
    const answer = await this.line.send(upload, body);
    if (answer?.status !== 200) {
      this.told.textContent = answer?.told.message ?? unsent;
      this.keep.disabled = false;
      return;
    }
    if (old) await this.line.send(old, {});
    this.box.dataset.old = answer.told.delete_url ?? "";
    const picture = this.box.querySelector("img");
    picture.src = answer.told.url;
    picture.hidden = false;
    this.told.textContent = sent;
    this.clear();
  }
}

for (const box of document.querySelectorAll("[data-sign]")) new Pad(box);
