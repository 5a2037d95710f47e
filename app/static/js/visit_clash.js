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

function side(box, words, title, values, fields) {
  const head = document.createElement("b");
  head.textContent = title;
  const shown = TEXTS.filter((key) => key === "result" || fields.includes(key) || values[key]);
  const text = (key) => (key === "result" ? words.ticks[values.result] : values[key]) || words.emptyTick;
  const button = box.lastElementChild;
  for (const old of [...box.children].slice(0, -1)) old.remove();
  button.before(head, ...shown.map((key) => row(words.fields[key], text(key))));
}

/** The empty box: two sides, of each its button alone. */
function drawn(line, words) {
  const box = document.createElement("div");
  const head = document.createElement("p");
  box.className = "clash";
  Object.assign(head, { className: "held", textContent: words.conflict });
  box.append(head);
  for (const [label, mine] of [[words.useTheirs, false], [words.useMine, true]]) {
    const half = document.createElement("div");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: label });
    button.addEventListener("click", () => box.settle(mine));
    half.append(button);
    box.append(half);
  }
  line.replaceChildren(box);
  return box;
}

/** Whether the conflict is in sight. */
export const asks = ({ line }) => Boolean(line.querySelector(".clash"));

/** ``stuck``: what the other has, and the fields that both changed; ``values``: what is wanted by now; ``settle`` is told whether that counts. */
export function clash({ words, line }, { answer, fields }, values, settle) {
  const box = line.querySelector(".clash") ?? drawn(line, words); // a button that a finger lies on stays where it is
  const [theirs, mine] = box.querySelectorAll("div");
  box.settle = settle;
  side(theirs, words, fill(words.theirs, { who: answer.who || words.someone, at: answer.at }), answer, fields);
  side(mine, words, words.mine, values, fields);
}
