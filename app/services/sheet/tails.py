"""A value → the rest of its cell: style, type, text or number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from app.services.sheet.column import NO, YES, Column
from app.services.sheet.strings import Strings, own_text
from app.services.sheet.xml import escape

Tail = Callable[[Any], str]
EMPTY = "/>"
LARGEST = 10**15  # a spreadsheet's numbers are exact below it
_EPOCH = datetime(1899, 12, 30)
# Excel believes in 29 February 1900: serial numbers are true from 1 March on.
_FIRST_TRUE = date(1900, 3, 1)
_MEMO = 10_000


class Tails(dict[Any, str]):
    """Value → the rest of its cell; worked out once for each value, then looked up."""

    def __init__(self, tail: Tail) -> None:
        super().__init__()
        self.tail = tail

    def __missing__(self, value: Any) -> str:
        if len(self) >= _MEMO:
            self.clear()
        found = self[value] = self.tail(value)
        return found


def tail_of(column: Column, style: int, strings: Strings, read: Callable[[Any], Any] | None = None) -> Tail:
    """Raw value → the rest of its cell; ``read`` makes the column's value of it. Nothing and "" leave the cell empty."""
    write = _number(column, style) if column.type in NUMBERS else _text(column, style, strings)

    def tail(raw: Any) -> str:
        value = raw if read is None or raw is None else read(raw)
        return EMPTY if value is None or value == "" else write(value)

    return tail


def _number(column: Column, style: int) -> Tail:
    """A number; what is none (a mask, an odd date) stands as text."""
    digits = NUMBERS[column.type]
    return lambda value: narrow(own_text(escape(value), style)) if (text := digits(value)) is None else f' s="{style}"><v>{text}</v></c>'


def _text(column: Column, style: int, strings: Strings) -> Tail:
    labels: Any = {True: YES, False: NO} if column.type == "bool" else column.choices or {}
    return lambda value: narrow(strings.cell(escape(labels.get(value, value)), style))


def narrow(text: object) -> str:
    """A string of one byte a character that holds the text in UTF-8."""
    return str(text).encode().decode("latin-1")


def date_serial(value: object) -> str | None:
    """Days since 1899-12-30, seconds as a fraction; None for what Excel cannot hold as a date.

    A time with a zone is written as its own clock reads.
    """
    if isinstance(value, datetime):
        gone = value.replace(tzinfo=None) - _EPOCH
        return f"{gone.days + gone.seconds / 86_400}" if value.date() >= _FIRST_TRUE else None
    if isinstance(value, date) and value >= _FIRST_TRUE:
        return str(value.toordinal() - _EPOCH.toordinal())
    return None


def plain_number(value: object) -> str | None:
    """The digits of a number; None where a spreadsheet would lose some or that is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number: int | float | Decimal = value
    fits = isfinite(number) and -LARGEST < number < LARGEST
    return str(value) if fits and len(Decimal(str(value)).as_tuple().digits) <= 17 else None


# Types whose cells are numbers → their digits.
NUMBERS: dict[str, Callable[[Any], str | None]] = {"date": date_serial, "datetime": date_serial, "int": plain_number, "decimal": plain_number}
