"""One cell of a sheet → a value of its column, forgiving in form and strict in meaning."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from math import isfinite

from app.models.words import _
from app.services.sheet.column import Column
from app.services.sheet.errors import CellError
from app.services.sheet.moments import parse_moment
from app.services.sheet.text import chinese_number, compact, tidy
from app.services.sheet.usual import CHOICES, NO, NOTHING, UNITS, YES

Parser = Callable[[object], object]
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d{2}", re.ASCII)
_WITH_UNIT = re.compile(r"([+-]?[\d,]+(?:\.\d+)?)([^\d.,]{1,4})", re.ASCII)
_UNIT_OF_LABEL = re.compile(r".*\((.{1,3})\)|(?:.*?(.{1,2})数)")  # 时长(分钟), 留样克数
_CODED = re.compile(r"\d{1,2}[-.、:_]?(\D.*)")  # 1-男, 02.小学
_EXACT = 15  # digits a spreadsheet keeps of a number
_AS_TEXT = _("数字太长，表格已丢掉末尾几位：把这一列设为文本格式后重新填写")


def parse_cell(column: Column, value: object) -> object:
    """The value, or None for an empty cell; CellError says in Chinese what is wrong."""
    return cell_parser(column)(value)


@lru_cache(maxsize=1024)
def _parser(column: Column, choices: tuple[tuple[str, str], ...]) -> Parser:
    parse = _choice_parser(choices) if column.type == "choice" else _PARSERS[column.type](column)
    required = column.required

    def parse_one(value: object) -> object:
        if type(value) is float and not isfinite(value):
            raise CellError(_("“%(text)s”不是数字"), text=str(value))
        found = None if value is None or value == "" else parse(value)
        if required and found is None:
            raise CellError(_("必填，不能为空"))
        return found

    return parse_one


def cell_parser(column: Column) -> Parser:
    """The function that reads a column's cells; take it once for all rows."""
    return _parser(column, tuple((column.choices or {}).items()))


def _text_parser(column: Column) -> Parser:
    """Text; numbers as they were meant, as long as the spreadsheet has kept all their digits."""
    long = column.long

    def parse(value: object) -> str | None:
        if type(value) is not str:
            return _text_of(value)
        if _SCIENTIFIC.fullmatch(value):
            raise CellError(_AS_TEXT)
        return tidy(value, long) or None

    return parse


def _text_of(value: object) -> str:
    """A value that the spreadsheet holds as a number, date or truth, as text."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        if abs(value) >= 10**_EXACT:
            raise CellError(_AS_TEXT)
        return str(int(value)) if value == int(value) else f"{value:.{_EXACT}g}"
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return str(value)


def _int_parser(column: Column) -> Parser:
    read = _decimal_parser(column)

    def parse(value: object) -> int | None:
        number = read(value)
        if number is not None and number != number.to_integral_value():
            raise CellError(_("“%(text)s”不是整数"), text=str(value)[:30])
        return None if number is None else int(number)

    return parse


def _decimal_parser(column: Column) -> Callable[[object], Decimal | None]:
    unit = _unit_of(column)

    def parse(value: object) -> Decimal | None:
        if type(value) is not str:
            return _decimal(value)
        text = compact(value)
        if text in NOTHING:
            return None
        if (parted := _WITH_UNIT.fullmatch(text)) is not None and not _NUMBER.fullmatch(text):
            number = _decimal(parted[1])
            return None if number is None else number * _factor(parted[2], unit, value)
        if text.endswith("年级") and (grade := chinese_number(text[:-2])) is not None:
            return Decimal(grade)
        return _decimal(value)

    return parse


def _unit_of(column: Column) -> str:
    """The unit that a column's label names: 时长（分钟）, 留样克数; nothing for most."""
    found = _UNIT_OF_LABEL.fullmatch(compact(column.label))
    return next((unit for unit in (found[1] or found[2], (found[2] or "")[-1:]) if unit in UNITS), "") if found else ""


def _factor(unit: str, wanted: str, value: str) -> Decimal:
    """How many of the column's unit one of the cell's is; CellError where they measure different things."""
    kind, size = UNITS.get(unit, ("", ""))
    own, base = UNITS.get(wanted, (kind, "1"))
    if not kind:
        raise CellError(_("“%(text)s”不是数字"), text=value[:30])
    if kind != own:
        raise CellError(_("“%(text)s”的单位不对，这一列按“%(unit)s”填写"), text=value[:30], unit=wanted)
    if not wanted and size != "1":
        raise CellError(_("“%(text)s”请去掉单位，只填数字"), text=value[:30])
    return Decimal(size) / Decimal(base)


def _decimal(value: object) -> Decimal | None:
    """A number, from a number or from its digits; thousands may be parted by commas."""
    if isinstance(value, bool | date):
        raise CellError(_("“%(text)s”不是数字"), text=str(value))
    text = f"{value:.{_EXACT}g}" if isinstance(value, float) else compact(str(value))
    if not text:
        return None
    if isinstance(value, float) and "e" in text:
        text = f"{Decimal(text):f}"
    if not _NUMBER.fullmatch(text):
        raise CellError(_("“%(text)s”不是数字"), text=str(value)[:30])
    number = Decimal(text.replace(",", ""))
    if len(number.as_tuple().digits) > _EXACT:
        raise CellError(_("“%(text)s”位数太多，请核对"), text=str(value)[:30])
    return number


def _date_parser(column: Column) -> Parser:
    return lambda value: None if _blank(value) else parse_moment(value).date()


def _datetime_parser(column: Column) -> Parser:
    return lambda value: None if _blank(value) else parse_moment(value)


def _bool_parser(column: Column) -> Parser:
    label = _name(column.label)

    def parse(value: object) -> bool | None:
        text = _name(value)
        if text in YES or text in NO:
            return text in YES
        if text.endswith(label) and text[: -len(label)] in ("", "不", "未", "非", "无", "没", "没有"):
            return text == label  # the column 寄宿 says 寄宿 or 不寄宿
        if text:
            raise CellError(_("“%(text)s”请改为 是 或 否"), text=str(value)[:30])
        return None

    return parse


def _choice_parser(choices: tuple[tuple[str, str], ...]) -> Parser:
    """Label or code → code; a label wins over another choice's code."""
    usual = {_name(other): code for code, label in choices for other in CHOICES.get(label, ())}
    known = usual | {_name(code): code for code, _label in choices} | {_name(label): code for code, label in choices}
    offered = "、".join(label for _code, label in choices[:8]) + ("……" if len(choices) > 8 else "")

    def parse(value: object) -> str | None:
        text = _name(value)
        if text not in known and (coded := _CODED.fullmatch(text)) is not None:
            text = coded[1]
        if text not in known and text in NOTHING:
            return None
        if text and text not in known:
            raise CellError(_("没有“%(text)s”这一项，可填：%(offered)s"), text=str(value)[:30], offered=offered)
        return known[text] if text else None

    return parse


def _name(value: object) -> str:
    """What a cell says, for comparing: 1.0 is 1, case and spaces do not count."""
    return compact(value if type(value) is str else str(_text_of(value)))


def _blank(value: object) -> bool:
    return type(value) is str and (not tidy(value) or compact(value) in NOTHING)


_PARSERS: dict[str, Callable[[Column], Parser]] = {
    "text": _text_parser,
    "int": _int_parser,
    "decimal": _decimal_parser,
    "date": _date_parser,
    "datetime": _datetime_parser,
    "bool": _bool_parser,
}
