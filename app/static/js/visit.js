// The checklist on the spot. Each tick goes out at once and counts as saved only when the server has said so;
// what did not go out stays here, is shown as not saved, and goes out again.
import { Card } from "./visit_card.js";

const AGAIN = 15_000; // milliseconds between tries of what did not go out
const HEAD = 190; // pixels under the sticky head
const root = document.querySelector("[data-sheet]");
const words = JSON.parse(root.dataset.words);
const all = (name) => document.querySelectorAll(`[data-${name}]`);

const sheet = {
  words,
  csrf: root.dataset.csrf,
  last: "",

  /** The server has taken a tick: count it everywhere. */
  taken(told) {
    this.last = told.at;
    for (const [name, text] of [["answered", told.answered], ["total", told.total], ["sum", `${told.answered}/${told.total}`], ["fails", told.fails]]) {
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

  /** One honest line about all cards. */
  tell() {
    const unsent = cards.filter((card) => card.unsent).length;
    const sending = cards.some((card) => card.busy);
    const text = unsent ? words.unsentCount.replace("{n}", unsent) : sending ? words.sending : this.last ? words.received.replace("{at}", this.last) : "";
    for (const place of all("state")) {
      place.textContent = text;
      place.className = `state ${unsent ? "bad" : sending ? "" : "ok"}`;
    }
  },
};

const cards = [...document.querySelectorAll("[data-item]")].map((element) => new Card(element, sheet));

function again() {
  for (const card of cards) if (card.retries) card.send();
}

/** The next card without a tick: below what is in sight, else above, else in another section. */
function next(event) {
  const open = cards.filter((card) => !card.answered);
  const below = open.find((card) => card.element.getBoundingClientRect().top > HEAD);
  const found = below ?? open[0];
  if (found) {
    event?.preventDefault();
    found.element.scrollIntoView({ block: "start" });
    found.element.querySelector(".tick").focus({ preventScroll: true });
    return;
  }
  const chips = [...document.querySelectorAll("[data-section]")];
  const here = chips.findIndex((chip) => chip.hasAttribute("aria-current"));
  const chip = [...chips.slice(here + 1), ...chips.slice(0, here + 1)].find((one) => Number(one.dataset.open));
  if (!chip || !event) return;
  event.preventDefault();
  location.href = `${chip.href}#next`;
}

for (const link of all("next")) link.addEventListener("click", next);
if (location.hash === "#next") next();
setInterval(again, AGAIN);
addEventListener("online", again);
addEventListener("beforeunload", (event) => {
  if (cards.some((card) => card.busy || card.unsent || card.waiting)) event.preventDefault();
});
document.querySelector(".strip [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
