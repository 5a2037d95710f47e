// A button with data-confirm asks before its form is sent.
const words = document.body.dataset;

function button(text, look) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.textContent = text;
  return made;
}

/** Ask a yes-or-no question; resolves to true for yes. */
export function ask(question) {
  return new Promise((answer) => {
    const dialog = document.createElement("dialog");
    const text = document.createElement("p");
    const row = document.createElement("div");
    const no = button(words.no, "btn");
    const yes = button(words.yes, "btn pri");
    text.id = "question";
    text.textContent = question;
    dialog.setAttribute("aria-labelledby", text.id);
    row.append(no, yes);
    dialog.append(text, row);
    document.body.append(dialog);
    yes.onclick = () => dialog.close("yes");
    no.onclick = () => dialog.close("no");
    dialog.onclose = () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    };
    dialog.showModal();
    no.focus();
  });
}

document.addEventListener("click", async (event) => {
  const asker = event.target.closest("button[data-confirm]");
  if (!asker || asker.dataset.sure) return;
  event.preventDefault();
  if (!(await ask(asker.dataset.confirm))) return;
  asker.dataset.sure = "yes";
  asker.form.requestSubmit(asker);
  delete asker.dataset.sure;
});
