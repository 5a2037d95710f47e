// What was sent and did not get through (session over, server away) waits in this tab, for the same member alone.
// Secrets are left out. A save that succeeds and the log-out, in whichever tab, wipe it.
const KEY = "draft:";
const SENT = "draft-sent";
const { who, drafted, take, drop } = document.body.dataset;
const door = document.querySelector(".door");
const here = KEY + location.pathname + location.search;
const logOut = new BroadcastChannel("log-out");

function forget(mine = () => false) {
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith(KEY))) {
    if (!mine(JSON.parse(sessionStorage.getItem(key)))) sessionStorage.removeItem(key);
  }
}

function kept(input) {
  return input.name && input.name !== "csrf_token" && !["password", "file", "submit"].includes(input.type) && !("secret" in input.dataset);
}

function write(form) {
  const names = new Set([...form.elements].filter(kept).map((input) => input.name));
  const pairs = [...new FormData(form)].filter(([name]) => names.has(name));
  sessionStorage.setItem(here, JSON.stringify({ who, pairs }));
  sessionStorage.setItem(SENT, here);
}

/** Hidden ones too where they go with what was typed: the id of a looked-up name; version and token, so that no one's save is written over. */
function fillable(form, input) {
  return kept(input) && (input.type !== "hidden" || input.name.startsWith("_") || form.elements[`${input.name}__text`]);
}

function fill(form, pairs) {
  const boxes = [...form.elements].filter((input) => fillable(form, input) && ["checkbox", "radio"].includes(input.type));
  for (const box of boxes) box.checked = pairs.some(([name, value]) => name === box.name && value === box.value);
  const rest = [...form.elements].filter((input) => fillable(form, input) && !boxes.includes(input));
  const left = [...pairs];
  for (const input of rest) {
    const at = left.findIndex(([name]) => name === input.name);
    if (at >= 0) [[, input.value]] = left.splice(at, 1);
  }
  form.setAttribute("data-dirty", "");
}

function button(text, act) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", textContent: text });
  made.addEventListener("click", act);
  return made;
}

function offer(form, pairs) {
  const bar = document.createElement("div");
  const text = document.createElement("span");
  bar.className = "say warning draft";
  bar.setAttribute("role", "status");
  text.textContent = drafted;
  const away = () => bar.remove();
  bar.append(text, button(take, () => (fill(form, pairs), away())), button(drop, () => (sessionStorage.removeItem(here), away())));
  form.prepend(bar);
}

/** What became of the form that was sent last: saved or given back by the server, or still only here: led elsewhere with a refusal, too. */
function settle(form) {
  const sent = sessionStorage.getItem(SENT);
  const done = form?.hasAttribute("data-dirty") || document.querySelector(".say.success, form[data-through]");
  const through = done || (sent !== here && !document.querySelector(".say.danger"));
  if (sent && through) sessionStorage.removeItem(sent);
  sessionStorage.removeItem(SENT);
}

function arrive() {
  const form = document.querySelector("form[data-keep]");
  const lost = document.querySelector("[data-drafted][hidden]");
  if (who) forget((draft) => draft.who === who);
  if (lost || !who) {
    if (lost) lost.hidden = !sessionStorage.getItem(sessionStorage.getItem(SENT));
    sessionStorage.removeItem(SENT);
    return;
  }
  settle(form);
  const draft = form && JSON.parse(sessionStorage.getItem(here));
  if (draft) offer(form, draft.pairs);
}

logOut.addEventListener("message", () => forget());
if (door && new URLSearchParams(location.search).has("out")) {
  forget();
  logOut.postMessage("");
}
arrive();
addEventListener("submit", (event) => who && event.target.matches("form[data-keep]") && write(event.target));
