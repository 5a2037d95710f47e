"""What in free text looks like the number of a person, a telephone or where somebody lives.

Built from the same pieces in the same order as static/js/offline/numbers.js, so that phone and server cover the same; a test holds the two
sources against each other. Nothing looks behind, which old browsers cannot, and nothing repeats without an end, so that the work grows with the text.
"""

from __future__ import annotations

import re

_D = "[0-9０-９]"
_CARD = f"{_D}{{6}}[ -]?{_D}{{8}}[ -]?{_D}{{3,4}}"
_PHONE = f"1[3-9]{_D}[ -]?{_D}{{4}}[ -]?{_D}{{4}}|0{_D}{{2,3}}[ -]?{_D}{{7,8}}"
NUMBERS = re.compile(f"(^|[^0-9０-９.])(?:{_D}{{11,}}|{_CARD}|{_PHONE})(?!{_D})[XxＸｘ]?")

_S, _DASH, _HAN = "[ \u00a0\u3000]{0,2}", "[-－—–‐]", "[\u4e00-\u9fff]"
_LETTER = "[A-Za-zＡ-Ｚａ-ｚ甲乙丙丁]"
_NO = f"(?:{_LETTER}?[0-9０-９一二三四五六七八九十百〇零]{{1,4}}{_LETTER}?|{_LETTER})"
_NOS = f"第?{_NO}(?:{_S}(?:{_DASH}|之){_S}{_NO}){{0,2}}"
# A range or a number before a measure word counts or measures; a number before a thing of the school is that thing's.
_MEASURE = ("(?:公里|千米|厘米|毫米|小时|公斤|[处名位人个里米次天日月年周岁户家间条件台辆盏张把只扇块根套份本分秒点元万度级班所层]|"
            "[组册口棵斤吨升平亩排列项样种成倍餐顿节多余几段例起步支瓶箱桶%％cmkCMK])")
_THING = ("(?:门(?![前口面牌])|[车桌柜灶窗床井机杆桥灯池罐阀泵线令文站点岗弯坑口球厕]|"
          "楼[梯道]|水[池龙表]|插[座排]|消[防火]|灭火|监控|摄像|探头|配电|开关|校[区门车]|教[室学]|食堂|宿舍|公[告示]|通知|检查|回路)")
_END = f"(?!{_D}|{_S}{_MEASURE}|{_DASH}{_D}|[.:：]{_D})"
_NUMBERED = f"[号#＃](?!{_S}{_THING})"
_ROOM = f"(?:{_LETTER}?{_D}{{3,4}}|[一二三四五六七八九][一二三四五六七八九〇零]{{2,3}}){_END}"
_BETWEEN = f"{_S}{_DASH}{_S}"
_DASHED = f"(?!{_D}{{4}}){_NO}(?:{_BETWEEN}{_NO}){{0,2}}{_BETWEEN}(?:{_ROOM}|{_NO}{_BETWEEN}{_NO}{_END})"  # 3-501, 3-2-501, 3-2-5; no date
_PAIR = f"{_NO}{_BETWEEN}{_NO}{_END}(?!{_S}{_HAN})"
# Words that end as a place does and are none where somebody lives.
_PLAIN = ("[线电管道回马]路|(?:[上下放]学|返校|到校|回家|消防通|校内)路|[生师校男女查看]公寓|[教职]工公寓|宿舍楼?|[全各每农乡]村|[县全进商]城|政府|"
          "[校园子院镇城乡村区县市这那哪厂家室堂楼舍]里|(?:学校|校园)大院|(?:学校|校园|幼儿园|屋顶|心理|精神|儿童|小)[花家]园")
_W = f"(?:[邮广机]电|(?!{_PLAIN}){_HAN})"
_GROUP = "(?:(?:村民)?小?组|社(?![区会工团])|队(?![员伍]))"
_VILLAGE = (f"(?:村民委员会|村委会|居委会|社区|寨子|[村寨屯庄]){_S}(?:{_HAN}{{1,3}}[寨屯湾坝坪坡沟冲岭庄垭塘脚]组|"
            f"(?:{_HAN}{{1,3}}[组寨屯湾坝坪坡沟冲岭庄垭塘]{_S})?(?:{_NOS}{_S}(?:{_GROUP}|栋|幢|单元|室|{_NUMBERED})|{_DASHED}|{_PAIR}))")
_PHASE = f"(?:(?:[东西南北中]{_NO}?|{_NO})[区期]{_S})?"
_ESTATE = (f"(?:小区|[家花嘉佳雅馨庄]园|社区|新[城居]|家属[院区楼]|安置[房点区]|[公廉]租房|保障房|大院|{_W}苑){_S}{_PHASE}"
           f"(?:{_NOS}{_S}(?:栋|幢|座|单元|室|楼(?![梯道层])|{_NUMBERED})|{_DASHED}|{_PAIR})")
_STREET = (f"(?:大道|胡同|街上?|[路巷弄])(?:{_S}[东西南北中上下一二三四五六]段|[东西南北])?{_S}附?{_S}"
           f"(?:{_NOS}{_S}(?:弄|巷|栋|幢|{_NUMBERED})|{_DASHED}|{_PAIR})")
_NAMED = (f"(?:[里城湾府]|公馆|名都|华庭|豪庭|雅居|水岸){_S}{_PHASE}"
          f"(?:{_NOS}{_S}(?:号楼(?![梯道])|栋|幢|单元|号(?!{_S}{_HAN})|号{_S}{_NOS}{_S}室)|{_LETTER}座|{_DASHED})")
_FLAT = f"公寓{_S}(?:{_NOS}{_S}(?:号楼|栋|幢|座|楼){_S})?(?:{_NOS}{_S}单元|{_LETTER}?{_D}{{3,4}}{_S}[室房号]|{_ROOM}|{_DASHED})"
_ANY = (f"{_S}{_NOS}{_S}(?:(?:号楼|[#＃]楼|栋|幢){_S}{_NOS}{_S}单元{_S}(?:{_NOS}{_S}室|{_ROOM})|"
        f"[组社队]{_S}{_NOS}{_S}号(?!{_S}{_HAN}))")  # said so fully that the place may have any name
_MORE = f"(?:{_S}附?{_NOS}{_S}(?:号楼|号院|[号#＃]|栋|幢|座|楼|单元|层|室|房|组|社|队|弄|巷|门(?={_S}{_D}{{3}}))){{0,6}}"
_LAST = f"[楼院]?{_MORE}(?:{_S}(?:[附之]{_S}{_NOS}号?|{_DASHED}|{_ROOM}))?"
HOMES = re.compile(f"({_PLAIN})|{_W}{{0,10}}(?:{_VILLAGE}|{_ESTATE}|{_W}(?:{_STREET}|{_NAMED}|{_FLAT}|{_ANY})){_LAST}")


def covered(text: str, dots: str) -> str:
    """The text with such numbers and addresses replaced by the dots."""
    return HOMES.sub(lambda found: found[1] or dots, NUMBERS.sub(lambda found: found[1] + dots, text))
