// The list of inspections: takes the day's schools along, and sends what waits.
import { fill } from "./fill.js";
import { Along } from "./offline/along.js";
import { work } from "./offline/work.js";
import { able, choose, chosen } from "./visit_place.js";
import { Sheet } from "./visit_sheet.js";

const root = document.querySelector("[data-along]");
const words = JSON.parse(root.dataset.words);
const { who } = document.body.dataset;
const sheet = await Sheet.open(words, Number(who), root.dataset.root);
const told = root.querySelector("[data-told]");
const along = new Along(sheet);
const place = root.querySelector("[data-place]");

async function take(fresh) {
  root.dataset.along = "busy";
  const kept = await along.take([], fresh);
  const text = !sheet.store.keeps ? words.cannot : kept && !kept.count ? words.alongNone : kept ? fill(words.along, { n: kept.count, at: kept.at }) : words.alongNot;
  told.textContent = text + (kept?.lost ? fill(words.over, { n: kept.lost }) : "");
  root.dataset.along = kept?.count ? "done" : "none";
}

/** What was chosen when the first photo was taken can be chosen anew. */
function tellPlace() {
  place.hidden = !able() || !chosen(who);
  place.textContent = chosen(who) === "yes" ? words.placeOn : words.placeOff;
}

place.addEventListener("click", () => {
  choose(who, chosen(who) !== "yes");
  tellPlace();
});
tellPlace();
localStorage.setItem("visit-who", who);
root.querySelector("[data-take]").addEventListener("click", () => take(0));
root.hidden = false;
await sheet.overlay();
work(root.dataset.root);
await take();
sheet.queue.hurry();
