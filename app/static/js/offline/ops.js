// What waits to be sent, looked at: plain functions of lists.
import { alike, DOTS } from "./numbers.js";

export const TEXTS = ["result", "remark", "reason"];

export const same = (a, b) => TEXTS.every((key) => (a[key] || "") === (b[key] || ""));

/** The texts of a tick, and by which digests the server knows again what dots in them stand for (services/piece_digests.py). */
export const textsOf = (answer) => ({ ...Object.fromEntries(TEXTS.map((key) => [key, answer[key] || ""])), digests: { ...answer.digests } });

/** One text of a tick in place of another's, with what its dots stand for. */
export function copy(to, key, from) {
  to[key] = from[key];
  to.digests = { ...to.digests, [key]: from.digests?.[key] || "" };
}

/** Whether a text of two ticks is one: where either has dots, only if they stand for the same. */
export function agree(a, b, key) {
  if (![a, b].some((tick) => tick[key].includes(DOTS))) return a[key] === b[key];
  return alike(a[key], b[key]) && (a.digests?.[key] || "") === (b.digests?.[key] || "");
}

export const items = (ops, pk, code, kind = "tick") => ops.filter((op) => op.kind === kind && op.pk === pk && op.code === code);

/** What can go up now: no later tick of an item before an earlier one that waits for the inspector, no photo without its tick. */
export function ready(ops) {
  const stuck = new Set(ops.filter((op) => op.stuck && op.kind === "tick").map((op) => `${op.pk}/${op.code}`));
  return ops.filter((op) => (op.kind === "photo" ? op.upload && !op.stuck : !stuck.has(`${op.pk}/${op.code}`)));
}

/** After a conflict: what both changed, also since it was asked, is mine or theirs, of the rest what either changed. */
export function merged({ base, stuck }, theirs, values, mine) {
  const chosen = TEXTS.map((key) => {
    const both = values[key] !== base[key] && !agree(theirs, base, key);
    if (both || stuck.fields.includes(key)) return [key, mine ? values[key] : theirs[key]];
    return [key, values[key] === base[key] ? theirs[key] : values[key]];
  });
  const found = textsOf({ ...theirs, ...Object.fromEntries(chosen) });
  return !mine && !theirs.result ? textsOf({}) : found;
}

/** How many wait, how many are in conflict, how many the server refused; by item, a photo for itself. */
export function counts(ops) {
  const found = new Map();
  for (const op of ops) {
    const place = op.kind === "photo" ? op.id : `${op.pk}/${op.code}`;
    found.set(place, op.stuck?.state ?? found.get(place) ?? "waits");
  }
  const states = [...found.values()];
  return { waits: states.filter((one) => one === "waits").length, conflict: states.filter((one) => one === "conflict").length, refused: states.filter((one) => one === "refused").length };
}
