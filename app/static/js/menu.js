// Menus: folded groups are remembered, one drop-down at a time, Escape closes, "/" goes to the search.
const KEY = "folded";
const folded = new Set(JSON.parse(localStorage.getItem(KEY) ?? "[]"));

for (const group of document.querySelectorAll(".side details")) {
  const name = group.dataset.group;
  if (folded.has(name) && !group.querySelector("[aria-current]")) group.open = false;
  group.addEventListener("toggle", () => {
    folded[group.open ? "delete" : "add"](name);
    localStorage.setItem(KEY, JSON.stringify([...folded]));
  });
}

const drops = [...document.querySelectorAll("details.me, details[data-pop]")];

document.addEventListener("click", (event) => {
  for (const drop of drops) if (!drop.contains(event.target) || event.target === drop) drop.open = false;
  event.target.closest("[data-close]")?.parentElement.remove();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = drops.find((drop) => drop.open);
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else if (location.hash === "#side") history.back();
  }
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing) {
    event.preventDefault();
    document.getElementById("find")?.focus();
  }
});
