// The numbers and addresses that the server told stay in the memory of this page: the phone keeps dots in their place, and the server puts back what
// they stand for (services/uncovered.py). What the inspector typed is kept as it was typed.
import { DOTS, pieces, put, withoutNumbers } from "./numbers.js";
import { agree } from "./ops.js";

const FREE = ["remark", "reason"];
const UNCLEAR = "••••?••••"; // nobody but this page can tell what it stands for: the server asks
const SIGNS = [DOTS, UNCLEAR];

/** Where any of these words stands in a text, of two the longer one. */
function places(text, words) {
  const longest = [...words].sort((a, b) => b.length - a.length).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return [...text.matchAll(new RegExp(longest.join("|"), "g"))].map(({ 0: piece, index }) => ({ at: index, piece }));
}

const listed = (digests) => (digests || "").split(" ").filter(Boolean);

/** What stands under dots in a text or is to: what is known, whatever was written round it, and what was left when of such a one a part was taken away. */
function marks(text, known) {
  const found = places(text, [...SIGNS, ...known.keys()]);
  const apart = ({ at, piece }) => !found.some((one) => one.at < at + piece.length && at < one.at + one.piece.length);
  const rest = pieces(text).filter((one) => apart(one) && [...known.keys()].some((whole) => whole.includes(one.piece)));
  return [...found, ...rest].sort((a, b) => a.at - b.at);
}

/** The digests of what stands there; ``told``: of the text's dots, in their order, or of all of it. */
function digestsOf(marks, known, told) {
  const all = listed(told);
  if (all.length === marks.length) return told || "";
  const own = marks.map(({ piece }) => known.get(piece));
  const rest = all.filter((one) => !own.includes(one));
  return marks.map(({ piece }, number) => own[number] || (SIGNS.includes(piece) && rest.shift())).filter(Boolean).join(" ");
}

const order = (marks) => marks.map(({ piece }) => piece).join();

/** A tick without what finds a person, as schools are taken along. */
export const bare = (answer) => ({ ...answer, remark: withoutNumbers(answer.remark), reason: withoutNumbers(answer.reason) });

/** What the inspector set against another's tick: dots that stood for pieces of the text before do not stand for the other's. */
export function setAgainst(theirs, base, values) {
  const texts = FREE.map((key) => [key, values[key] === theirs[key] || agree(base, theirs, key) ? values[key] : put(values[key], places(values[key], SIGNS), UNCLEAR)]);
  return { ...values, ...Object.fromEntries(texts) };
}

export class Cover {
  known = new Map(); // item and field → the numbers and addresses that the server told, each with its digest
  whole = new Map(); // operation → what of it the phone keeps covered

  told(pk, code, answer) {
    for (const key of FREE) {
      const [found, digests] = [pieces(answer[key] || ""), listed(answer.digests?.[key])];
      const known = this.of(pk, code, key);
      for (const [number, { piece }] of found.entries()) known.set(piece, (digests.length === found.length && digests[number]) || known.get(piece) || "");
    }
  }

  of(pk, code, key) {
    const place = `${pk}/${code}/${key}`;
    if (!this.known.has(place)) this.known.set(place, new Map());
    return this.known.get(place);
  }

  /** A tick as the phone may keep it; ``first``: what the first one that waits for its item started from. */
  laid(op, first) {
    const [base, values, digests] = [{ ...op.base }, { ...op.values }, {}];
    for (const key of FREE) {
      const known = this.of(op.pk, op.code, key);
      const [from, before, now] = [first[key], base[key], values[key]].map((text) => marks(text, known));
      const clear = order(from) === order(before);
      digests[key] = clear ? digestsOf(before, known, first.digests?.[key]) : "";
      base[key] = put(base[key], before, clear ? DOTS : UNCLEAR);
      values[key] = put(values[key], now, clear && order(before) === order(now) ? DOTS : UNCLEAR);
    }
    this.whole.set(op.id, { base: op.base, values: op.values });
    return { ...op, base: { ...base, digests }, values: { ...values, digests } };
  }

  /** Why the server did not take a tick, as the phone may keep it. */
  stuck(op, stuck) {
    this.told(op.pk, op.code, stuck.answer);
    this.whole.set(op.id, { ...this.whole.get(op.id), stuck });
    return { ...stuck, answer: bare(stuck.answer) };
  }

  /** A tick from the phone's store, with what this page knows of it; ``covered``: its texts as the phone keeps them. */
  opened(op) {
    return { ...op, covered: op.values, ...this.whole.get(op.id) };
  }
}
