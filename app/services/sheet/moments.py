"""Dates and times as people write them."""

import re
from datetime import date, datetime, timedelta

from app.models.words import _
from app.services.sheet.errors import CellError
from app.services.sheet.text import chinese_number, half_width, tidy

_EPOCH = datetime(1899, 12, 30)  # day 0 of a spreadsheet's serial numbers
LONGEST = 60  # characters of a date in words, with its day of the week and its hour
_SERIALS = range(3_654, 109_575)  # 1910-01-01 … 2199-12-31
_DATE = r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?"
_TIME = r"(\d{1,2})\s*[:时点]\s*(\d{1,2})\s*(?:[:分]\s*(?:(\d{1,2})(?:\.0+)?\s*秒?)?)?"
_WEEKDAY = re.compile(r"[(\s]*(?:星期|周)[一二三四五六日天][)\s]*")
_NUMERALS = re.compile("[〇零一二三四五六七八九十]+(?=[年月日号])")
_NOON = re.compile(r"(.*?)(上午|早上|中午|下午|晚上)\s*(\d{1,2})(\s*[:时点].*)")
_MOMENT = re.compile(rf"{_DATE}(?:[\sT]*{_TIME})?", re.ASCII)
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)


def parse_moment(value: object) -> datetime:
    """2015.3.2, 2015年3月2日（周一）下午3点, 二〇一五年三月二日, 2015-03-02 8:30, 20150302, or a spreadsheet's day number."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(value)
    return _of_text(str(value))


def _of_number(value: int | float) -> datetime:
    if int(value) in _SERIALS:
        return _EPOCH + timedelta(seconds=round(value * 86_400))
    return _of_text(str(int(value)) if value == int(value) else str(value))


def _of_text(text: str) -> datetime:
    plain = _plain(text[:LONGEST])
    if plain.isdecimal() and len(plain) < 7 and int(plain) in _SERIALS:
        return _of_number(int(plain))
    found = _MOMENT.fullmatch(plain) or _DIGITS.fullmatch(plain)
    if not found:
        raise CellError(_("“%(text)s”不是日期，请写成 2015-03-02 这样"), text=text[:30])
    try:
        return datetime(*(int(part) for part in found.groups() if part))  # type: ignore[arg-type]  # at most six whole numbers
    except ValueError:
        raise CellError(_("没有“%(text)s”这一天或这个时间，请核对"), text=text[:30]) from None


def _plain(text: str) -> str:
    """Half width, without the day of the week; 二〇一五年三月 in digits, 下午3点 as 15点."""
    plain = half_width(tidy(text)).replace("。", ".")
    plain = _NUMERALS.sub(lambda found: str(chinese_number(found[0]) or found[0]), _WEEKDAY.sub(" ", plain)).strip()
    if (noon := _NOON.fullmatch(plain)) is not None:
        hour = int(noon[3])
        late = 12 if hour < 12 and (noon[2] in ("下午", "晚上") or noon[2] == "中午" and hour < 3) else 0
        plain = f"{noon[1]} {hour + late}{noon[4]}"
    return re.sub(r"(\d[-./]\d{1,2})\.$", r"\1", plain)
