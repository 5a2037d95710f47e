// What the server has after it took a tick, laid over a card: one rule, whoever ticks.
import { copy, TEXTS } from "./offline/ops.js";

/**
 * ``sent``, as this page has it, was taken; ``card.saved`` is what the server has now, another's part included; ``base`` is what the card's next change starts from.
 * What was wanted or typed since stays, and where another's text was so not seen the next change does not start from it: it is asked about.
 */
export function lay(card, base, sent) {
  for (const key of TEXTS) {
    const typed = ![sent[key], card.saved[key]].includes(card.text(key));
    if (!typed) card.write(key, card.saved[key]);
    if (card.wanted[key] !== sent[key]) continue;
    copy(card.wanted, key, card.saved);
    if (!typed) copy(base, key, card.saved);
  }
}
