// The rest of a section passes with one tap, and one tap takes that back. What the records speak against is left for the inspector.
import { fill } from "./fill.js";

export function passRest(sheet, place) {
  const { words } = sheet;
  const open = sheet.cards.filter((card) => !card.wanted.result);
  const passing = open.filter((card) => !card.against.has("pass"));
  for (const card of passing) card.tick("pass");
  const told = document.createElement("span");
  told.textContent = (passing.length ? fill(words.passed, { n: passing.length }) : words.passNone) +
    (open.length > passing.length ? fill(words.passedNot, { n: open.length - passing.length }) : "");
  place.replaceChildren(told);
  place.hidden = false;
  if (!passing.length) return;
  const undo = document.createElement("button");
  Object.assign(undo, { type: "button", className: "btn small", textContent: words.undo });
  undo.addEventListener("click", () => {
    for (const card of passing) if (card.wanted.result === "pass") card.tick("clear");
    place.hidden = true;
  });
  place.append(undo);
}
