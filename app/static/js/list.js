// Lists: choose all, count the chosen; a table that fits gets a heading that stays in sight.
function bulk(form) {
  const all = form.querySelector("[data-all]");
  const boxes = [...form.querySelectorAll("tbody input[name=row]")];
  const count = form.querySelector("[data-count]");
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    count.textContent = chosen;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && !all.checked;
  };
  form.addEventListener("change", (event) => {
    if (event.target === all) boxes.forEach((box) => { box.checked = all.checked; });
    tell();
  });
  tell();
}

// A box that scrolls sideways would hold the sticky heading; so it may scroll only when the table is too wide.
const fit = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    target.classList.toggle("fits", target.firstElementChild.offsetWidth <= target.clientWidth);
  }
});

document.querySelectorAll("form[data-bulk]").forEach(bulk);
document.querySelectorAll(".rows").forEach((box) => fit.observe(box));

// A cut cell tells its whole text when pointed at.
document.addEventListener("mouseover", (event) => {
  const cell = event.target.closest("td,th");
  if (cell && !cell.title && cell.scrollWidth > cell.clientWidth) cell.title = cell.textContent;
});
