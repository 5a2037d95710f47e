// The page that stands in while there is no network: it draws what this phone has taken along, with the same cards.
import { fill } from "./fill.js";
import { items, textsOf } from "./offline/ops.js";
import { passRest } from "./visit_all.js";
import { Card } from "./visit_card.js";
import { next } from "./visit_next.js";
import { Sheet } from "./visit_sheet.js";

const root = document.querySelector("[data-phone]");
const words = JSON.parse(root.dataset.words);
const address = new URL(location.href);
const pk = Number(address.pathname.slice(root.dataset.root.length)) || 0;
const part = (name) => root.querySelector(`[data-${name}]`);
const copy = (name) => document.querySelector(`template#${name}`).content.firstElementChild.cloneNode(true);

let sheet;
let visit;
const wanted = new Map(); // item → its result, as it waits or as the server has it

const lines = () => visit.sections.flatMap((section) => section.items);
const done = (list) => list.filter((item) => wanted.get(item.code)).length;

function list(visits) {
  part("sheet").hidden = true;
  for (const one of visits.sort((a, b) => a.day.localeCompare(b.day))) {
    const card = copy("school");
    const all = one.sections.flatMap((section) => section.items);
    card.querySelector("h3").textContent = one.school;
    card.querySelector("[data-what]").textContent = `${one.name} · ${one.day}`;
    card.querySelector("[data-done]").textContent = `${all.filter((item) => item.answer.result).length} / ${all.length}`;
    card.querySelector("a").href = `${root.dataset.root}${one.pk}`;
    part("list").append(card);
  }
}

function chips(chosen) {
  const strip = part("strip");
  strip.replaceChildren(
    ...visit.sections.map((section) => {
      const chip = copy("chip");
      chip.dataset.section = section.code;
      chip.querySelector("span").textContent = `${section.code} ${section.name}`;
      if (section.code === chosen) chip.setAttribute("aria-current", "true");
      chip.addEventListener("click", () => draw({ section: section.code }));
      return chip;
    }),
  );
  strip.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

/** How far it is, counting what waits on this phone. */
function count() {
  const sections = Object.fromEntries(visit.sections.map((section) => [section.code, [done(section.items), section.items.length]]));
  const fails = [...wanted.values()].filter((result) => result === "fail").length;
  sheet.progress({ pk, answered: done(lines()), total: lines().length, fails, sections });
}

function found(text) {
  const word = text.toLowerCase();
  return lines().filter((item) => item.code.toLowerCase() === word || item.text.toLowerCase().includes(word));
}

function drawn(item) {
  const draft = document.createElement("template");
  draft.innerHTML = item.html;
  return draft.content.firstElementChild;
}

async function draw({ section = "", search = "", open = false }) {
  const here = visit.sections.find((one) => one.code === section) ?? visit.sections.find((one) => done(one.items) < one.items.length) ?? visit.sections[0];
  const shown = (search ? found(search) : here.items).filter((item) => !open || !wanted.get(item.code));
  for (const card of sheet.all) card.loose ? sheet.aside.set(card.code, card) : sheet.aside.delete(card.code);
  part("part").textContent = search ? fill(root.dataset.found, { n: shown.length }) : `${here.code} ${here.name}`;
  part("passed").hidden = true;
  sheet.cards = shown.map((item) => sheet.aside.get(item.code) ?? new Card(drawn(item), sheet, item.answer));
  part("cards").replaceChildren(...sheet.cards.map((card) => card.element));
  chips(search ? "" : here.code);
  count();
  await sheet.overlay();
  scrollTo(0, 0);
}

/** The ticks as they stand: what waits over what the server has. */
async function known() {
  const ops = await sheet.store.ops();
  for (const item of lines()) wanted.set(item.code, (items(ops, pk, item.code).at(-1)?.values ?? item.answer).result);
}

async function changed(event) {
  if (event.kind === "taken") part("line").hidden = true; // the network is back
  if (event.pk !== pk || !visit) return;
  const item = lines().find((one) => one.code === event.code);
  if (item && event.answer) item.answer = { ...item.answer, ...event.answer, ...textsOf(event.answer) };
  await known();
  count();
}

async function sectionsInTurn() {
  if (next(sheet.cards)) return;
  const open = visit.sections.find((section) => done(section.items) < section.items.length);
  if (!open) return;
  await draw({ section: open.code });
  next(sheet.cards);
}

async function begin() {
  const who = Number(localStorage.getItem("visit-who"));
  sheet = await Sheet.open(words, who, root.dataset.root);
  sheet.pk = pk;
  sheet.also = changed;
  visit = who && pk ? await sheet.store.visit(pk) : null;
  if (visit) {
    part("title").textContent = visit.school;
    part("name").textContent = visit.name;
    part("since").textContent = fill(root.dataset.at, { at: visit.at });
    await known();
    await draw({ section: address.searchParams.get("section") ?? "", search: address.searchParams.get("q") ?? "" });
  } else {
    const visits = who ? await sheet.store.visits() : [];
    list(visits);
    part("empty").hidden = visits.length > 0;
    await sheet.overlay();
  }
  root.dataset.ready = "";
  sheet.queue.hurry();
}

part("find").addEventListener("submit", (event) => {
  event.preventDefault();
  draw({ search: event.target.elements.q.value.trim() });
});
part("open").addEventListener("click", () => draw({ section: part("strip").querySelector("[aria-current]")?.dataset.section, open: true }));
document.querySelector("[data-next]").addEventListener("click", (event) => {
  event.preventDefault();
  if (visit) sectionsInTurn();
});
part("all").addEventListener("click", () => passRest(sheet, part("passed")));
part("again").addEventListener("click", () => location.reload());
await begin();
