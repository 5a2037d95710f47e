// How far a checklist is, wherever the page says it.
export const all = (name) => document.querySelectorAll(`[data-${name}]`);

/** ``sections``: code → [ticked, asked], of those that are told. */
export function progress({ answered, total, fails, sections }) {
  for (const [name, text] of [["answered", answered], ["total", total], ["sum", `${answered}/${total}`], ["fails", fails]]) {
    for (const place of all(name)) place.textContent = text;
  }
  for (const meter of all("meter")) meter.setAttribute("width", total ? (100 * answered) / total : 0);
  for (const chip of all("section")) {
    if (!sections[chip.dataset.section]) continue;
    const [done, whole] = sections[chip.dataset.section];
    chip.dataset.open = whole - done;
    const count = chip.querySelector("b");
    count.textContent = `${done}/${whole}`;
    count.classList.toggle("full", done === whole);
  }
}
