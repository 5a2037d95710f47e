// The rest of a section passes with one tap, and one tap takes that back. What the records speak against is left for the inspector.
import { fill } from "./fill.js";

export async function passRest(sheet, place) {
  const { words } = sheet;
  await Promise.all(sheet.cards.map((card) => card.laid));
  const open = sheet.cards.filter((card) => !card.wanted.result);
  const passing = open.filter((card) => !card.against.has("pass"));
  for (const card of passing) card.tick("pass");
  const set = new Map(passing.map((card) => [card, { ...card.wanted }]));
  const told = document.createElement("span");
  told.textContent = (passing.length ? fill(words.passed, { n: passing.length }) : words.passNone) +
    (open.length > passing.length ? fill(words.passedNot, { n: open.length - passing.length }) : "");
  place.replaceChildren(told);
  place.hidden = false;
  if (!passing.length) return;
  const undo = document.createElement("button");
  Object.assign(undo, { type: "button", className: "btn small", textContent: words.undo });
  undo.addEventListener("click", () => {
    for (const [card, texts] of set) card.undo(texts);
    place.hidden = true;
  });
  place.append(undo);
}
