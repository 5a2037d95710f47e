// Phrases below the remark: one tap adds one to what is written.
function add(card, phrase) {
  const field = card.fields.remark;
  const text = field.value.trim();
  if (text.includes(phrase)) return;
  field.value = text ? `${text.replace(/\p{P}$/u, "")}${card.words.semicolon}${phrase}` : phrase;
  card.typed("remark");
}

export function phrases(card) {
  const note = card.fields.remark.closest("details");
  const draw = () => {
    if (!note.open || note.querySelector(".phrases")) return;
    const row = document.createElement("div");
    row.className = "phrases";
    for (const phrase of card.words.phrases) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "btn small", textContent: phrase });
      button.addEventListener("click", () => add(card, phrase));
      row.append(button);
    }
    note.append(row);
  };
  note.addEventListener("toggle", draw);
  draw(); // one that comes open has told so before this script ran
}
