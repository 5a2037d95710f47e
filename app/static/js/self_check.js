// The school's own check: the visit's cards at a desk or on a phone with a network. Each tick goes out at once, and counts as saved
// only when the server has said so; what did not go out says so and is sent again by a tap.
import { SelfCard } from "./self_check_card.js";
import { next } from "./visit_next.js";
import { all, progress } from "./visit_progress.js";

const root = document.querySelector("[data-self]");

const sheet = {
  words: JSON.parse(root.dataset.words),
  csrf: root.dataset.csrf,
  taken: progress, // the server has taken a tick: count it everywhere
};

const cards = [...document.querySelectorAll("[data-item]")].map((element) => new SelfCard(element, sheet));

for (const link of all("next")) {
  link.addEventListener("click", (event) => {
    if (next(cards)) event.preventDefault();
  });
}
addEventListener("beforeunload", (event) => {
  if (cards.some((card) => card.loose)) event.preventDefault();
});
document.querySelector(".strip [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
root.dataset.ready = "";
