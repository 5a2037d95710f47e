// The school's own check: the visit's cards at a desk or on a phone with a network. Each tick goes out at once, and counts as saved
// only when the server has said so; what did not go out says so and is sent again by a tap.
import { SelfCard } from "./self_check_card.js";
import { next } from "./visit_next.js";

const root = document.querySelector("[data-self]");
const all = (name) => document.querySelectorAll(`[data-${name}]`);

const sheet = {
  words: JSON.parse(root.dataset.words),
  csrf: root.dataset.csrf,

  /** The server has taken a tick: count it everywhere. */
  taken(told) {
    for (const [name, text] of [["answered", told.answered], ["total", told.total], ["sum", `${told.answered}/${told.total}`]]) {
      for (const place of all(name)) place.textContent = text;
    }
    for (const meter of all("meter")) meter.setAttribute("width", told.total ? (100 * told.answered) / told.total : 0);
    const chip = document.querySelector(`[data-section="${told.section.code}"]`);
    if (!chip) return;
    const { answered, total } = told.section;
    chip.dataset.open = total - answered;
    const count = chip.querySelector("b");
    count.textContent = `${answered}/${total}`;
    count.classList.toggle("full", answered === total);
  },
};

const cards = [...document.querySelectorAll("[data-item]")].map((element) => new SelfCard(element, sheet));

for (const link of all("next")) {
  link.addEventListener("click", (event) => {
    if (next(cards)) event.preventDefault();
  });
}
addEventListener("beforeunload", (event) => {
  if (cards.some((card) => card.waiting)) event.preventDefault();
});
document.querySelector(".strip [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
