// Leaving with something that was never sent: the log-out asks first.
import { ask } from "../ask.js";
import { fill } from "../fill.js";
import { forget, SURE, unsent } from "./forget.js";

const { who, leave } = document.body.dataset;

async function leaving(link) {
  const count = await unsent(who).catch(() => 0);
  if (count && !(await ask(fill(leave, { n: count })))) return;
  sessionStorage.setItem(SURE, "yes");
  location.href = link.href;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href$="/logout/"]');
  if (!link || !who) return;
  event.preventDefault();
  leaving(link);
});

const out = document.querySelector(".door") && new URLSearchParams(location.search).get("out");
if (out) forget(out);
