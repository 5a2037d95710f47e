// What in free text looks like the number of an identity card, a mobile or a fixed telephone, or like where somebody lives: the pieces of
// services/free_text.py, which says why each is as it is. An old browser cannot look behind.
const D = "[0-9０-９]";
const CARD = `${D}{6}[ -]?${D}{8}[ -]?${D}{3,4}`;
const PHONE = `1[3-9]${D}[ -]?${D}{4}[ -]?${D}{4}|0${D}{2,3}[ -]?${D}{7,8}`;
const NUMBERS = () => new RegExp(`(^|[^0-9０-９.])(?:${D}{11,}|${CARD}|${PHONE})(?!${D})[XxＸｘ]?`, "g");
const S = "[ \u00a0\u3000]{0,2}";
const DASH = "[-－—–‐]";
const HAN = "[\u4e00-\u9fff]";
const LETTER = "[A-Za-zＡ-Ｚａ-ｚ甲乙丙丁]";
const NO = `(?:${LETTER}?[0-9０-９一二三四五六七八九十百〇零]{1,4}${LETTER}?|${LETTER})`;
const NOS = `第?${NO}(?:${S}(?:${DASH}|之)${S}${NO}){0,2}`;
// A range or a number before a measure word counts or measures; a number before a thing of the school is that thing's.
const MEASURE = "(?:公里|千米|厘米|毫米|小时|公斤|[处名位人个里米次天日月年周岁户家间条件台辆盏张把只扇块根套份本分秒点元万度级班所层]|[组册口棵斤吨升平亩排列项样种成倍餐顿节多余几段例起步支瓶箱桶%％cmkCMK])";
const THING = "(?:门(?![前口面牌])|[车桌柜灶窗床井机杆桥灯池罐阀泵线令文站点岗弯坑口球厕]|楼[梯道]|水[池龙表]|插[座排]|消[防火]|灭火|监控|摄像|探头|配电|开关|校[区门车]|教[室学]|食堂|宿舍|公[告示]|通知|检查|回路)";
const END = `(?!${D}|${S}${MEASURE}|${DASH}${D}|[.:：]${D})`;
const NUMBERED = `[号#＃](?!${S}${THING})`;
const ROOM = `(?:${LETTER}?${D}{3,4}|[一二三四五六七八九][一二三四五六七八九〇零]{2,3})${END}`;
const BETWEEN = `${S}${DASH}${S}`;
const DASHED = `(?!${D}{4})${NO}(?:${BETWEEN}${NO}){0,2}${BETWEEN}(?:${ROOM}|${NO}${BETWEEN}${NO}${END})`; // 3-501, 3-2-501, 3-2-5; no date
const PAIR = `${NO}${BETWEEN}${NO}${END}(?!${S}${HAN})`;
// Words that end as a place does and are none where somebody lives.
const PLAIN = "[线电管道回马]路|(?:[上下放]学|返校|到校|回家|消防通|校内)路|[生师校男女查看]公寓|[教职]工公寓|宿舍楼?|[全各每农乡]村|[县全进商]城|政府|[校园子院镇城乡村区县市这那哪厂家室堂楼舍]里|(?:学校|校园)大院|(?:学校|校园|幼儿园|屋顶|心理|精神|儿童|小)[花家]园";
const W = `(?:[邮广机]电|(?!${PLAIN})${HAN})`;
const GROUP = "(?:(?:村民)?小?组|社(?![区会工团])|队(?![员伍]))";
const VILLAGE = `(?:村民委员会|村委会|居委会|社区|寨子|[村寨屯庄])${S}(?:${HAN}{1,3}[寨屯湾坝坪坡沟冲岭庄垭塘脚]组|(?:${HAN}{1,3}[组寨屯湾坝坪坡沟冲岭庄垭塘]${S})?(?:${NOS}${S}(?:${GROUP}|栋|幢|单元|室|${NUMBERED})|${DASHED}|${PAIR}))`;
const PHASE = `(?:(?:[东西南北中]${NO}?|${NO})[区期]${S})?`;
const ESTATE = `(?:小区|[家花嘉佳雅馨庄]园|社区|新[城居]|家属[院区楼]|安置[房点区]|[公廉]租房|保障房|大院|${W}苑)${S}${PHASE}(?:${NOS}${S}(?:栋|幢|座|单元|室|楼(?![梯道层])|${NUMBERED})|${DASHED}|${PAIR})`;
const STREET = `(?:大道|胡同|街上?|[路巷弄])(?:${S}[东西南北中上下一二三四五六]段|[东西南北])?${S}附?${S}(?:${NOS}${S}(?:弄|巷|栋|幢|${NUMBERED})|${DASHED}|${PAIR})`;
const NAMED = `(?:[里城湾府]|公馆|名都|华庭|豪庭|雅居|水岸)${S}${PHASE}(?:${NOS}${S}(?:号楼(?![梯道])|栋|幢|单元|号(?!${S}${HAN})|号${S}${NOS}${S}室)|${LETTER}座|${DASHED})`;
const FLAT = `公寓${S}(?:${NOS}${S}(?:号楼|栋|幢|座|楼)${S})?(?:${NOS}${S}单元|${LETTER}?${D}{3,4}${S}[室房号]|${ROOM}|${DASHED})`;
const ANY = `${S}${NOS}${S}(?:(?:号楼|[#＃]楼|栋|幢)${S}${NOS}${S}单元${S}(?:${NOS}${S}室|${ROOM})|[组社队]${S}${NOS}${S}号(?!${S}${HAN}))`; // said so fully that the place may have any name
const MORE = `(?:${S}附?${NOS}${S}(?:号楼|号院|[号#＃]|栋|幢|座|楼|单元|层|室|房|组|社|队|弄|巷|门(?=${S}${D}{3}))){0,6}`;
const LAST = `[楼院]?${MORE}(?:${S}(?:[附之]${S}${NOS}号?|${DASHED}|${ROOM}))?`;
const HOMES = () => new RegExp(`(${PLAIN})|${W}{0,10}(?:${VILLAGE}|${ESTATE}|${W}(?:${STREET}|${NAMED}|${FLAT}|${ANY}))${LAST}`, "g");
const DOTS = "••••••••";

export const sources = () => [NUMBERS().source, HOMES().source];
export const withoutNumbers = (text) => text.replace(NUMBERS(), `$1${DOTS}`).replace(HOMES(), (all, plain) => plain || DOTS);
export const holdsNumber = (text) => withoutNumbers(text) !== text;
