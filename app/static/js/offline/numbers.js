// What looks like the number of an identity card, a mobile or a fixed telephone, as services/masks.py has it.
const D = "[0-9０-９]";
const CARD = `${D}{6}[ -]?${D}{8}[ -]?${D}{3,4}`;
const PHONE = `1[3-9]${D}[ -]?${D}{4}[ -]?${D}{4}|0${D}{2,3}[ -]?${D}{7,8}`;
const NUMBERS = () => new RegExp(`(^|[^0-9０-９.])(?:${D}{11,}|${CARD}|${PHONE})(?!${D})[XxＸｘ]?`, "g"); // an old browser cannot look behind
const DOTS = "••••••••";

export const holdsNumber = (text) => NUMBERS().test(text);
export const withoutNumbers = (text) => text.replace(NUMBERS(), `$1${DOTS}`);
