// A block pasted from a spreadsheet: as it comes where cells are parted by tabs, else taken from the table on the clipboard.
import { fill } from "./fill.js";

const wide = (cell) => Array(Math.min(cell.colSpan || 1, 500) - 1).fill("");
const text = (cell) => cell.textContent.replace(/\s+/g, " ").trim();

function block(html) {
  const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
  return table && [...table.rows].map((row) => [...row.cells].flatMap((cell) => [text(cell), ...wide(cell)]).join("\t")).join("\n");
}

function tell(area) {
  const rows = area.value.split("\n").filter((line) => line.trim());
  const columns = Math.max(0, ...rows.map((line) => line.split("\t").length));
  const said = rows.length ? fill(area.dataset.paste, { rows: rows.length, columns }) : "";
  document.getElementById(`${area.id}-said`).textContent = said;
}

function take(area) {
  area.addEventListener("paste", (event) => {
    const plain = event.clipboardData.getData("text/plain");
    const found = plain.includes("\t") ? null : block(event.clipboardData.getData("text/html"));
    if (!found) return;
    event.preventDefault();
    area.setRangeText(found, area.selectionStart, area.selectionEnd, "end");
    tell(area);
  });
  area.addEventListener("input", () => tell(area));
}

document.querySelectorAll("textarea[data-paste]").forEach(take);
