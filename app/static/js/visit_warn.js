// Below a free text, as long as something like an ID number or a telephone stands in it: it does not belong there.
import { holdsNumber } from "./offline/numbers.js";

export function warn(field, text) {
  const line = document.createElement("p");
  Object.assign(line, { className: "numbers", hidden: true });
  line.setAttribute("role", "status");
  field.after(line);
  const look = () => {
    line.hidden = !holdsNumber(field.value);
    line.textContent = line.hidden ? "" : text;
  };
  field.addEventListener("input", look);
  look();
}
