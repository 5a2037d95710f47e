"""The rows of a sheet as XML, by one function compiled for the table.

A generic writer asks for every cell what it is; here the columns are known, so that a row is one
f-string. A cell is only ever a number or an inline string: no formula, no link can come out.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from math import isfinite

from xlsxwriter.utility import xl_col_to_name

from app.services.sheet.column import NO, YES, Column
from app.services.sheet.xml import MAX_CELL, escape

RowFormat = Callable[[Iterable[tuple], int], str]
_EPOCH = datetime(1899, 12, 30)
# Excel believes in 29 February 1900: serial numbers are true from 1 March on.
_FIRST_TRUE = date(1900, 3, 1)
_MAX_EXACT = 10**15
_MEMO = 20_000


def compile_rows(columns: list[Column], styles: list[int]) -> RowFormat:
    """`f(rows, above) -> XML` for these columns; `styles` are cell format numbers,
    `above` the number of the row above the first one.
    """
    names: dict[str, object] = {"escape": escape, "MAX": MAX_CELL}
    for i, column in enumerate(columns):
        if column.type != "text":
            names[f"tail{i}"] = _tails(column, styles[i])
    exec(_source(columns, styles), names)  # made of column numbers only, no text of users
    return names["format_rows"]  # type: ignore[return-value]


def _source(columns: list[Column], styles: list[int]) -> str:
    """The function's text: a plain row and a row with anything that wants escaping."""
    texts = [i for i, column in enumerate(columns) if column.type == "text"]
    values = "".join(f"v{i}, " for i in range(len(columns)))
    probe = "|".join(f"{{v{i}}}" for i in texts)
    cleaned = "; ".join(f"v{i} = v{i} if v{i} is None else escape(v{i})" for i in texts) or "pass"
    plain, kept = (_row(columns, styles, space) for space in ("", ' xml:space="preserve"'))
    return f"""
def format_rows(rows, n):
    out = []
    for {values}in rows:
        n += 1
        t = f"|{probe}|"
        if (t.isprintable() and "&" not in t and "<" not in t and ">" not in t and "_x" not in t
                and "| " not in t and " |" not in t and len(t) < MAX // 2):
            out.append({plain})
        else:
            {cleaned}
            out.append({kept})
    return "".join(out)
"""


def _row(columns: list[Column], styles: list[int], space: str) -> str:
    """The f-string of one row, as source text; empty cells are left out."""
    cells = []
    for i, column in enumerate(columns):
        at = f'<c r="{xl_col_to_name(i)}{{n}}"'
        if column.type != "text":
            cells.append(f"{{f'{at}{{tail{i}[v{i}]}}' if v{i} is not None else ''}}")
            continue
        cell = f'{at} s="{styles[i]}" t="inlineStr"><is><t{space}>{{v{i}}}</t></is></c>'
        cells.append(f"{{f'{cell}' if v{i} or v{i} == 0 else ''}}")
    return f'f"""<row r="{{n}}">{"".join(cells)}</row>"""'


class Tails(dict[object, str]):
    """Value → the rest of its cell; worked out once for each value, then looked up."""

    def __init__(self, tail: Callable[[object], str]) -> None:
        super().__init__()
        self.tail = tail

    def __missing__(self, value: object) -> str:
        if len(self) >= _MEMO:
            self.clear()
        found = self[value] = self.tail(value)
        return found


def _tails(column: Column, style: int) -> Tails:
    """The memo of a column's cells."""
    number = {"date": date_serial, "datetime": date_serial, "int": plain_number, "decimal": plain_number}
    if column.type in number:
        return Tails(lambda value: _number(number[column.type](value), value, style))
    labels = {True: YES, False: NO} if column.type == "bool" else column.choices or {}
    return Tails(lambda value: _string(labels.get(value, value), style))  # type: ignore[call-overload]


def _number(text: str | None, value: object, style: int) -> str:
    """A number; what is none (a mask, an odd date) stands as text."""
    return _string(value, style) if text is None else f' s="{style}"><v>{text}</v></c>'


def _string(value: object, style: int) -> str:
    text = f'<is><t xml:space="preserve">{escape(value)}</t></is>'
    return f' s="{style}" t="inlineStr">{text}</c>'


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
    fits = isfinite(number) and -_MAX_EXACT < number < _MAX_EXACT
    return str(value) if fits and len(Decimal(str(value)).as_tuple().digits) <= 17 else None
