// Two changed the same tick: both are shown, and one tap says whose counts.
import { fill } from "./fill.js";
import { TEXTS } from "./offline/ops.js";

function row(label, text) {
  const part = document.createElement("p");
  const name = document.createElement("small");
  name.textContent = label;
  part.append(name, ` ${text}`);
  return part;
}

function side(words, title, values, fields, label, action) {
  const box = document.createElement("div");
  const head = document.createElement("b");
  const button = document.createElement("button");
  head.textContent = title;
  Object.assign(button, { type: "button", className: "btn", textContent: label });
  button.addEventListener("click", action);
  const shown = TEXTS.filter((key) => key === "result" || fields.includes(key) || values[key]);
  const text = (key) => (key === "result" ? words.ticks[values.result] : values[key]) || words.emptyTick;
  box.append(head, ...shown.map((key) => row(words.fields[key], text(key))), button);
  return box;
}

/** ``stuck``: what the other has, and the fields that both changed; ``values``: what is wanted by now; ``settle`` is told whether that counts. */
export function clash({ words, line }, { answer, fields }, values, settle) {
  const box = document.createElement("div");
  const head = document.createElement("p");
  box.className = "clash";
  head.className = "held";
  head.textContent = words.conflict;
  const theirs = fill(words.theirs, { who: answer.who || words.someone, at: answer.at });
  box.append(head, side(words, theirs, answer, fields, words.useTheirs, () => settle(false)), side(words, words.mine, values, fields, words.useMine, () => settle(true)));
  line.replaceChildren(box);
}
