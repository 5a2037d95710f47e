// The checklist on the spot, with a network or without: each tick is kept on this phone first, and counts as received only
// when the server has said so.
import { Along } from "./offline/along.js";
import { work } from "./offline/work.js";
import { passRest } from "./visit_all.js";
import { Card } from "./visit_card.js";
import { next } from "./visit_next.js";
import { Sheet } from "./visit_sheet.js";

const root = document.querySelector("[data-sheet]");
const { who } = document.body.dataset;
const sheet = await Sheet.open(JSON.parse(root.dataset.words), Number(who), root.dataset.root);
sheet.pk = Number(root.dataset.sheet);
sheet.cards = [...document.querySelectorAll("[data-item]")].map((element) => new Card(element, sheet));

function further(event) {
  if (next(sheet.cards)) {
    event?.preventDefault();
    return;
  }
  const chips = [...document.querySelectorAll("[data-section]")];
  const here = chips.findIndex((chip) => chip.hasAttribute("aria-current"));
  const chip = [...chips.slice(here + 1), ...chips.slice(0, here + 1)].find((one) => Number(one.dataset.open));
  if (!chip || !event) return;
  event.preventDefault();
  location.href = `${chip.href}#next`;
}

for (const link of document.querySelectorAll("[data-next]")) link.addEventListener("click", further);
document.querySelector("[data-all]")?.addEventListener("click", () => passRest(sheet, document.querySelector("[data-passed]")));
document.querySelector(".strip [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
localStorage.setItem("visit-who", who);
await sheet.overlay();
root.dataset.ready = "";
if (location.hash === "#next") further();
sheet.queue.hurry();
work(root.dataset.root);
new Along(sheet).take([sheet.pk]);
