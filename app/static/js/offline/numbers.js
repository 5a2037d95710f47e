// Covers in free text what free_text.js says, as services/free_text.py does on the server.
import rows from "./free_text.js";

const patterns = {};
for (const [name, pattern] of rows) patterns[name] = pattern.replace(/<([A-Z_]+)>/g, (_all, named) => `(?:${patterns[named]})`);
const NUMBERS = new RegExp(patterns.NUMBERS, "g");
const HOMES = new RegExp(patterns.HOMES, "g");
const DOTS = "••••••••";

export const sources = () => [NUMBERS.source, HOMES.source];
export const withoutNumbers = (text) => text.replace(NUMBERS, `$1$2${DOTS}`).replace(HOMES, (_all, kept) => kept || DOTS);
export const holdsNumber = (text) => withoutNumbers(text) !== text;
