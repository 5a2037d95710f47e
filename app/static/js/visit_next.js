// The next card without a tick: below what is in sight, else above; null where this section has none.
const HEAD = 190; // pixels under the sticky head

export function next(cards) {
  const open = cards.filter((card) => !card.answered);
  const found = open.find((card) => card.element.getBoundingClientRect().top > HEAD) ?? open[0] ?? null;
  if (!found) return null;
  found.element.scrollIntoView({ block: "start" });
  found.element.querySelector(".tick").focus({ preventScroll: true });
  return found;
}
