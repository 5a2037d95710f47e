// Forms: Ctrl+S saves, a double click posts once, unsaved text is not lost by leaving.
let sending = false;

function state(form) {
  return new URLSearchParams([...new FormData(form)].map(([k, v]) => [k, v.name ?? v])).toString();
}

function keep(form) {
  const first = state(form);
  addEventListener("beforeunload", (event) => {
    const changed = form.hasAttribute("data-dirty") || state(form) !== first;
    if (!sending && changed) event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    form.requestSubmit();
  });
}

function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    sending = true;
    event.submitter?.setAttribute("aria-disabled", "true");
  });
}

/** A page taken back from the browser's memory may be sent again. */
function fresh() {
  sending = false;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
  }
}

document.querySelectorAll("form[data-keep]").forEach(keep);
document.querySelectorAll("form[data-once]").forEach(once);
addEventListener("pageshow", (event) => event.persisted && fresh());
