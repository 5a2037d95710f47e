// Two inspectors changed the same: both are shown, and one tap says whose counts.
import { fill } from "./fill.js";

function row(label, text) {
  const part = document.createElement("p");
  const name = document.createElement("small");
  name.textContent = label;
  part.append(name, ` ${text}`);
  return part;
}

function side(card, title, values, fields, label, action) {
  const { words } = card;
  const box = document.createElement("div");
  const head = document.createElement("b");
  const button = document.createElement("button");
  head.textContent = title;
  Object.assign(button, { type: "button", className: "btn", textContent: label });
  button.addEventListener("click", action);
  const shown = fields.includes("result") ? fields : ["result", ...fields];
  const text = (key) => (key === "result" ? words.ticks[values.result] : values[key]) || words.emptyTick;
  box.append(head, ...shown.map((key) => row(words.fields[key], text(key))), button);
  return box;
}

/** ``op``: what was sent and what the other has; ``values``: what is wanted by now. */
export function clash(card, op, values) {
  const { words, sheet } = card;
  const { answer, fields } = op.stuck;
  const box = document.createElement("div");
  const head = document.createElement("p");
  const settle = (mine) => () => sheet.queue.settle(op, mine);
  box.className = "clash";
  head.className = "held";
  head.textContent = words.conflict;
  const theirs = fill(words.theirs, { who: answer.who || words.someone, at: answer.at });
  box.append(head, side(card, theirs, answer, fields, words.useTheirs, settle(false)), side(card, words.mine, values, fields, words.useMine, settle(true)));
  card.line.replaceChildren(box);
}
