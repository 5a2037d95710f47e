"""The rows of a sheet as XML, by one function compiled for the table.

A generic writer asks for every cell what it is; here the columns are known, so that a row is one
f-string. A cell is only ever a number or a string: no formula, no link can come out.

Rows are joined as strings of one byte a character that hold UTF-8 (see ``narrow``): one Chinese name
would make the whole row twice as wide, and every piece of it would be copied character by character.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from app.services.sheet.column import Column
from app.services.sheet.strings import Strings
from app.services.sheet.tails import LARGEST, NUMBERS, Tails, narrow, tail_of
from app.services.sheet.xml import MAX_CELL, escape

RowFormat = Callable[[Iterable[tuple[Any, ...]], int], bytes]
_FEW = ("choice", "bool", "date")  # repeat themselves in any long table
_REPEATED = 4  # a value that stands in so many rows of the sample is worth remembering


@dataclass(frozen=True)
class Cell:
    """How a column comes out of a row, which may be as raw as the database driver gave it.

    ``at`` is the value's place in the row. ``read`` makes the column's value of a raw one that repeats
    itself (a day, a code, a link's id): it is asked once a value, not once a row. ``open`` makes a text
    of the raw value and of the one at ``along`` (a cipher and its row's name): asked at every row that has one.
    """

    column: Column
    at: int
    read: Callable[[Any], Any] | None = None
    open: Callable[[Any, Any], Any] | None = None
    along: int = 0


class Rows:
    """The rows of one table, book after book: ``format(rows, above) -> XML`` in UTF-8.

    ``styles`` are cell format numbers, ``width`` the values of a row, ``sample`` some rows by which
    columns that repeat themselves are known.
    """

    def __init__(self, cells: Sequence[Cell], styles: Sequence[int], width: int, strings: Strings, sample: Sequence[tuple[Any, ...]]) -> None:
        self._strings = strings
        self._tails: list[Tails] = []  # those that name shared strings
        names: dict[str, Any] = {"escape": escape, "narrow": narrow, "MAX": MAX_CELL, "LARGEST": LARGEST}
        parts, texts, opened = [], [], []
        for i, (cell, style) in enumerate(zip(cells, styles, strict=True)):
            kind = _kind(cell, sample)
            if kind == "text":
                texts.append(i)
                opened.append(_opened(i, cell, names))
            else:
                names[f"tail{i}"] = self._tail(cell, style, remember=kind == "repeated")
            parts.append(_PARTS[kind].format(column=xl_col_to_name(i), i=i, at=cell.at, s=style))
        exec(_source(width, parts, texts, opened), names)  # made of numbers only, no text of users
        self.format: RowFormat = names["format_rows"]

    def _tail(self, cell: Cell, style: int, *, remember: bool) -> Any:
        tail = tail_of(cell.column, style, self._strings, cell.read)
        if not remember:
            return tail
        found = Tails(tail)
        if cell.column.type not in NUMBERS:
            self._tails.append(found)
        return found

    def clear(self) -> None:
        """For another book, which has strings of its own."""
        self._strings.clear()
        for tails in self._tails:
            tails.clear()


def _kind(cell: Cell, sample: Sequence[tuple[Any, ...]]) -> str:
    """How the column is written, by what it is and by what stands in it."""
    if cell.open is not None:
        return "text"
    values = {row[cell.at] for row in sample if cell.at < len(row)}  # a row too short is refused when it is written
    repeated = len(values) * _REPEATED <= len(sample)
    type_ = cell.column.type
    if repeated or type_ in _FEW or (type_ == "text" and cell.read is not None):
        return "repeated"
    return {"text": "text", "int": "whole"}.get(type_, "once") if cell.read is None else "once"


# The source text of one cell. An empty cell is written too: cheaper than to ask whether it is empty.
_PARTS = {
    "repeated": '<c r="{column}{{r}}"{{tail{i}[v{at}]}}',
    "once": '<c r="{column}{{r}}"{{tail{i}(v{at})}}',
    "whole": '<c r="{column}{{r}}"{{f\' s="{s}"><v>{{v{at}}}</v></c>\' if v{at}.__class__ is int and -LARGEST < v{at} < LARGEST else tail{i}(v{at})}}',
    "text": "{{f'<c r=\"{column}{{r}}\" s=\"{s}\" t=\"inlineStr\"><is><t SPACE>{{t{i}}}</t></is></c>' if t{i} or t{i} == 0 else ''}}",
}


def _opened(i: int, cell: Cell, names: dict[str, Any]) -> str:
    if cell.open is None:
        return f"t{i} = v{cell.at}"
    names[f"open{i}"] = cell.open
    return f"t{i} = None if v{cell.at} is None else open{i}(v{cell.at}, v{cell.along})"


def _source(width: int, parts: Sequence[str], texts: Sequence[int], opened: Sequence[str]) -> str:
    """The function's text: a plain row, and a row with anything that wants escaping."""
    values = "".join(f"v{at}, " for at in range(width))
    row = f'<row r="{{r}}">{"".join(parts)}</row>'
    probe = "|".join(f"{{t{i}}}" for i in texts)
    cleaned, narrowed = (";".join(f"t{i} = t{i} if t{i} is None else {what}(t{i})" for i in texts) or "pass" for what in ("escape", "narrow"))
    return f"""
def format_rows(rows, n):
    out = []
    add = out.append
    for {values}in rows:
        n += 1
        r = str(n)
        {"; ".join(opened) or "pass"}
        t = f"|{probe}|"
        if (t.isprintable() and "&" not in t and "<" not in t and ">" not in t and "_x" not in t
                and "| " not in t and " |" not in t and len(t) < MAX // 2):
            if not t.isascii():
                {narrowed}
            add(f'''{row.replace(" SPACE", "")}''')
        else:
            {cleaned}
            {narrowed}
            add(f'''{row.replace("SPACE", 'xml:space="preserve"')}''')
    return "".join(out).encode("latin-1")
"""
