"""Runs alone in a child process: parses a file nobody has vouched for and hands back plain rows.

A reader can be brought down by a file of 2 KB (a cell at XFD1048576), so it lives where that does
no harm. Started by its path: imports nothing of the application. In: the file on stdin, the most rows
and columns and the wanted sheet as arguments. Out, by marshal, each part after its length in 8 bytes: a head, then
1,000 rows at a time as columns (a column repeats itself, a row does not) and the places of the columns with dates, which are tuples of their parts.
"""

import csv
import gc
import io
import marshal
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice, zip_longest
from typing import IO, Any

import python_calamine

CHUNK = 1_000
MANY = 5_000  # values of a column that are remembered
LOOKED_AT = 50, 30  # rows of each further sheet, and sheets: enough to tell which of them bears the list
_HALF = timedelta(milliseconds=500)  # a time of day is a fraction: 8:30 may come as 8:29:59.9999
_NUMBERS, _DATES = {bool, int, float}, {date, datetime}
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def book_rows(content: io.BytesIO, wanted: str) -> Iterator[Any]:
    """The wanted worksheet, or the first visible one: a head (its name, the others and how they begin), then its rows."""
    book = python_calamine.load_workbook(content)
    kinds = python_calamine.SheetTypeEnum, python_calamine.SheetVisibleEnum
    names = [s.name for s in book.sheets_metadata if s.typ == kinds[0].WorkSheet and s.visible == kinds[1].Visible]
    if not names:
        yield {"error": "empty"}
        return
    name = wanted if wanted in names else names[0]
    others = [other for other in names if other != name]
    yield {"name": name, "others": others, "heads": {} if wanted else {other: beginning(book, other) for other in others[: LOOKED_AT[1]]}}
    place = [sheet.name for sheet in book.sheets_metadata].index(name)
    yield from completed(sheet_rows(book, name), beside("faulty.py")["faults"](content.getvalue(), place))


def completed(rows: Iterator[list], faults: dict[int, dict[int, str]]) -> Iterator[list]:
    """The rows with what the reader leaves out of them."""
    for at, cells in enumerate(rows):
        for column, text in faults[at].items() if at in faults else ():
            cells += [None] * (column + 1 - len(cells))
            cells[column] = text
        yield cells


def beside(name: str) -> dict[str, Any]:
    """What another script of this folder defines, which is no package here."""
    path = os.path.join(os.path.dirname(sys.argv[0]), name)
    names: dict[str, Any] = {"__name__": name}
    with open(path, "rb") as script:
        exec(compile(script.read(), path, "exec"), names)
    return names


def sheet_rows(book: Any, name: str) -> Iterator[list]:
    sheet = book.get_sheet_by_name(name)
    left = [None] * (sheet.start or (0, 0))[1]  # the reader gives empty rows above, but no empty columns
    for cells in sheet.iter_rows():
        yield left + cells if left else cells


def beginning(book: Any, name: str) -> list[list]:
    """How a sheet begins; nothing of one that cannot be read, since another may be meant."""
    try:
        return [list(row) for row in zip(*columns_of(list(islice(sheet_rows(book, name), LOOKED_AT[0])), defaultdict(Known)), strict=True)]
    except Exception:
        return []


def text_rows(content: io.BytesIO, _wanted: str) -> Iterator[Any]:
    """Text parted by commas or tabs, in UTF-8, UTF-16 or GBK."""
    text = decoded(content.getvalue())
    if text is None or _BINARY.search(text) or text.lstrip()[:1] == "<":
        yield {"error": "kind"}
        return
    head = "" if text[:20_000].count(",") > text[:20_000].count("\t") else text[:20_000]
    csv.field_size_limit(1_000_000)
    quotes = beside("quotes.py")
    try:
        rows = quotes["rows_of"](text, "\t" if "\t" in head else ",")
        yield {"name": "", "others": [], "heads": {}}
        yield from rows
    except quotes["Unsure"] as unsure:
        yield {"error": unsure.code, "row": unsure.row}


def decoded(content: bytes) -> str | None:
    """The text in the first encoding that fits."""
    first = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    for encoding in (first, "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def plain(cell: Any) -> Any:
    """A value that marshal can carry: dates as tuples, times and durations as text."""
    kind = type(cell)
    if kind is str:
        return cell or None
    if kind is float or kind is bool or kind is int:
        return cell
    if kind is datetime:
        cell += _HALF
        return (cell.year, cell.month, cell.day, cell.hour, cell.minute, cell.second)
    if kind is date:
        return (cell.year, cell.month, cell.day)
    return None if cell is None else str(cell)


class Known(dict[Any, Any]):
    """Cell of a column → its plain value, made once: what repeats itself is one object, which marshal hands over once."""

    kinds: frozenset[type] = frozenset()  # of the numbers in it, one at most
    dated = False  # whether there was a date among the last cells

    def __missing__(self, cell: Any) -> Any:
        if len(self) > MANY:
            self.clear()
        made = self[cell] = plain(cell)
        return made


def columns_of(rows: list[list], known: defaultdict[int, Known]) -> list[list]:
    """Rows as columns of plain values, without empty columns at their end."""
    columns = [lean(column, known[at]) for at, column in enumerate(zip_longest(*rows))]
    while columns and not any(cell is not None for cell in columns[-1]):
        columns.pop()
    return columns


def lean(column: tuple, known: Known) -> list:
    """The plain values of a column."""
    kinds = frozenset(map(type, column))
    known.dated = not _DATES.isdisjoint(kinds)
    if len(kinds & _NUMBERS) > 1:
        return [plain(cell) for cell in column]  # 1, 1.0 and True would count as one
    if kinds == {str} and all(column) and 2 * len(set(column)) > len(column):
        return list(column)
    if kinds & _NUMBERS != known.kinds:  # so would 1 here and True a thousand rows above
        known.clear()
        known.kinds = kinds & _NUMBERS
    return [*map(known.__getitem__, column)]


def chunks(rows: Iterator[Any], most_rows: int, most_columns: int) -> Iterator[Any]:
    """The rows as columns, ``CHUNK`` rows at a time; stops with an error at the limits, and where one stands in a row's place."""
    count, known = 0, defaultdict[int, Known](Known)
    while part := list(islice(rows, CHUNK)):
        if isinstance(part[-1], dict):
            yield part[-1]
            return
        count += len(part)
        columns = columns_of(part, known)
        if count > most_rows or len(columns) > most_columns:
            yield {"error": "columns" if len(columns) > most_columns else "rows"}
            return
        yield [len(part), columns, [at for at in range(len(columns)) if known[at].dated]]


def hand_over(part: Any, out: IO[bytes]) -> None:
    """With its length: reading by marshal from a file costs ten times as much as from memory."""
    packed = marshal.dumps(part)
    out.write(len(packed).to_bytes(8) + packed)


def main() -> None:
    """Arguments: kind (book or text), rows, columns, name of the sheet or nothing."""
    kind, (most_rows, most_columns), wanted = sys.argv[1], map(int, sys.argv[2:4]), sys.argv[4]
    gc.disable()  # nothing here refers to itself
    parts = (book_rows if kind == "book" else text_rows)(io.BytesIO(sys.stdin.buffer.read()), wanted)
    out = sys.stdout.buffer
    hand_over(next(parts), out)
    for part in chunks(parts, most_rows, most_columns):
        hand_over(part, out)
    hand_over({"end": True}, out)


if __name__ == "__main__":
    main()
