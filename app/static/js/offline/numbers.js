// What looks like the number of an identity card, a mobile or a fixed telephone, or like where somebody lives, as services/masks.py has it.
const D = "[0-9０-９]";
const CARD = `${D}{6}[ -]?${D}{8}[ -]?${D}{3,4}`;
const PHONE = `1[3-9]${D}[ -]?${D}{4}[ -]?${D}{4}|0${D}{2,3}[ -]?${D}{7,8}`;
const NUMBERS = () => new RegExp(`(^|[^0-9０-９.])(?:${D}{11,}|${CARD}|${PHONE})(?!${D})[XxＸｘ]?`, "g"); // an old browser cannot look behind
const HAN = "[\u4e00-\u9fff]";
const NO = "[0-9０-９一二三四五六七八九十]{1,4}";
const DOOR = `(?:${NO}(?:组|社|号楼?|栋|幢|楼|单元|室|户)|${NO}(?:[-－]${NO})+)`;
const HOMES = () => new RegExp(`${HAN}{1,10}(?:村|寨|屯|社区|小区|家园|花园|公寓|(?!线)${HAN}路|大道|街|巷|弄)(?:${HAN}{1,4}组)?(?:${DOOR})+(?:${NO})?`, "g");
const DOTS = "••••••••";

export const holdsNumber = (text) => NUMBERS().test(text) || HOMES().test(text);
export const withoutNumbers = (text) => text.replace(NUMBERS(), `$1${DOTS}`).replace(HOMES(), DOTS);
