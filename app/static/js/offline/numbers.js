// Covers in free text what free_text.js says, as services/free_text.py does on the server.
import rows from "./free_text.js";

const patterns = {};
for (const [name, pattern] of rows) patterns[name] = pattern.replace(/<([A-Z_]+)>/g, (_all, named) => `(?:${patterns[named]})`);
const NUMBERS = new RegExp(patterns.NUMBERS, "g");
const HOMES = new RegExp(patterns.HOMES, "g");
export const DOTS = "••••••••";

export const sources = () => [NUMBERS.source, HOMES.source];

/** The text with a sign in place of each of these of its pieces. */
export function put(text, found, sign = DOTS) {
  const ends = [0, ...found.map(({ at, piece }) => at + piece.length)];
  return found.map(({ at }, number) => text.slice(ends[number], at) + sign).join("") + text.slice(ends.at(-1));
}

/** The numbers and addresses in a text, in their order, each with where it begins. */
export function pieces(text) {
  const numbers = [...text.matchAll(NUMBERS)].map(({ 0: all, 1: one = "", 2: before = one, index }) => ({ at: index + before.length, piece: all.slice(before.length) }));
  const homes = [...put(text, numbers).matchAll(HOMES)].filter(([, kept]) => !kept).map(({ 0: piece, index }) => ({ at: index, piece }));
  for (const home of homes) for (const { at, piece } of numbers) if (at < home.at) home.at += piece.length - DOTS.length; // found among dots
  return [...numbers, ...homes].sort((a, b) => a.at - b.at);
}

export const withoutNumbers = (text) => put(text, pieces(text));
export const holdsNumber = (text) => pieces(text).length > 0;

/** Whether two texts are one, in which either may have dots. */
export const alike = (a, b) => a === b || ([a, b].some((text) => text.includes(DOTS)) && withoutNumbers(a) === withoutNumbers(b));
