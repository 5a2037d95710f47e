"""A list as a workbook: title, subtitle, header, rows; in constant memory, whatever its length."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from types import FunctionType
from typing import Any, BinaryIO
from zipfile import ZipFile

from xlsxwriter import Workbook, workbook

from app.services.sheet import scratch
from app.services.sheet.body import Chunk, Spool, bodies
from app.services.sheet.column import Column
from app.services.sheet.layout import CHOICES_SHEET, MAX_ROWS
from app.services.sheet.mould import ABOVE, ONLY_TEXT, Leaf, Mould
from app.services.sheet.names import Once
from app.services.sheet.rows import Cell, Rows
from app.services.sheet.sheet import Sheet
from app.services.sheet.strings import Strings
from app.services.sheet.xml import fit

CREATOR = "守望"
PART = ".part"
Target = str | Path | BinaryIO
_CHUNK = 500
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def write_book(target: Target, columns: Iterable[Column], rows: Iterable[tuple[Any, ...]], *, title: str, subtitle: str,
               sheet_name: str, creator: str = CREATOR, max_rows: int = MAX_ROWS) -> int:
    """Write the rows and say how many; those beyond `max_rows` of a sheet go on further sheets.

    A row holds one value a column, in the order of the columns; None leaves the cell empty.
    """
    cells = [Cell(column, at) for at, column in enumerate(columns)]
    with closing(Press(cells, len(cells), title=title, sheet_name=sheet_name, creator=creator, max_rows=max_rows)) as press:
        return press.write(target, chunks_of(rows), lambda rows: subtitle)


class Press:
    """Makes books of one table, one after the other: what they share is worked out once.

    Rows come as raw as the database gives them, `width` values each; `cells` say what to make of them.
    """

    def __init__(self, cells: Sequence[Cell], width: int, *, title: str, sheet_name: str, creator: str = CREATOR, max_rows: int = MAX_ROWS) -> None:
        self._cells, self._width = cells, width
        self._title, self._name, self._creator, self._room = title, sheet_name, creator, max_rows - ABOVE
        self._moulds: dict[int, Mould] = {}
        self._rows: Rows | None = None
        self._spool = Spool()
        self._strings = Strings(self._mould(1).first_string)

    def learn(self, sample: Chunk) -> Rows:
        """Look at some rows for columns that repeat themselves; the first chunk does unless told before."""
        self._rows = Rows(self._cells, self._mould(1).styles(), self._width, self._strings, sample)
        return self._rows

    def write(self, target: Target, chunks: Iterable[Chunk], subtitle: Callable[[int], str]) -> int:
        """One book; `subtitle` gets the number of rows, which is returned too."""
        parts = iter(chunks)
        first = next(parts, [])
        rows = self._rows or self.learn(first)
        rows.clear()
        self._spool.reset()
        filled = bodies(self._spool, rows.format, chain([first], parts), ABOVE, self._room)
        count = sum(body.rows for body in filled)
        with opened(target) as file:
            self._mould(len(filled)).write(file, [subtitle(count)], filled, self._strings)
        return count

    def close(self) -> None:
        self._spool.close()

    def _mould(self, sheets: int) -> Mould:
        """The book for so many sheets; their heads hold the same strings."""
        if sheets not in self._moulds:
            columns = [cell.column for cell in self._cells]
            leaves = [Leaf(part_name(self._name, part), self._title, columns) for part in range(1, sheets + 1)]
            self._moulds[sheets] = Mould(leaves, self._title, self._creator)
        return self._moulds[sheets]


def chunks_of(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows, some at a time."""
    left = iter(rows)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk


@dataclass(frozen=True)
class Tab:
    """One of several tables of a workbook, on a sheet of its own."""

    name: str
    title: str
    subtitle: str
    columns: list[Column]
    rows: Iterable[tuple[Any, ...]]


def write_tabs(target: Target, tabs: Iterable[Tab], *, title: str, creator: str = CREATOR) -> None:
    """Write several tables into one workbook; each must fit on one sheet."""
    tabs = list(tabs)
    made = Mould([Leaf(part_name(tab.name), tab.title, tab.columns, at) for at, tab in enumerate(tabs)], title, creator)
    strings = Strings(made.first_string)
    with closing(Spool()) as spool:
        filled = []
        for at, tab in enumerate(tabs):
            parts = chunks_of(tab.rows)
            first = next(parts, [])
            cells = [Cell(column, place) for place, column in enumerate(tab.columns)]
            writer = Rows(cells, made.styles(at), len(cells), strings, first)
            filled += bodies(spool, writer.format, chain([first], parts), ABOVE, MAX_ROWS - ABOVE)
        with opened(target) as file:
            made.write(file, [tab.subtitle for tab in tabs], filled, strings)


@contextmanager
def opened(target: Target) -> Iterator[BinaryIO]:
    """The target to write to; a file gets its name when it is whole, and does not stay when it is not."""
    if not isinstance(target, str | Path):
        yield target
        return
    part = Path(f"{target}{PART}")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def open_book(target: str | Path | BinaryIO, title: str, creator: str = CREATOR) -> Iterator[Workbook]:
    """A workbook in constant memory; complete at the end of the block, or not there at all."""
    with scratch.folder() as folder, opened(target) as file:
        book = _Book(file, ONLY_TEXT | {"constant_memory": True, "tmpdir": folder})
        now = datetime.now(UTC).replace(tzinfo=None)
        book.set_properties({"title": fit(title), "author": creator, "created": now})
        try:
            yield book
        except BaseException:
            book.fileclosed = True  # else its destructor complains that it was never closed
            raise
        else:
            book.close()
        finally:
            for sheet in book.worksheets():
                sheet.row_data_fh.close()


class _Book(Workbook):
    """A workbook packed at zlib's level 1: a quarter of the time of level 6, a quarter more bytes.

    xlsxwriter offers no such option; its own function runs here with another ZipFile.
    """

    worksheet_class = Sheet
    _store_workbook = FunctionType(
        Workbook._store_workbook.__code__,
        vars(workbook) | {"ZipFile": partial(ZipFile, compresslevel=1)},
    )


def part_name(name: str, part: int = 1) -> str:
    """A name Excel takes for a sheet: at most 31 characters, some of them forbidden."""
    ending = f"（{part}）" if part > 1 else ""
    name = _NOT_IN_NAMES.sub(" ", name).strip("' ")[: 31 - len(ending)].rstrip("' ")
    return (name if name and name != CHOICES_SHEET and name.lower() != "history" else "表") + ending


class Sheets:
    """The sheets of one table in a book: named after it, the second one with its number, and after no other sheet."""

    def __init__(self, book: Workbook, name: str, taken: Once | None = None) -> None:
        self.added: list[Sheet] = []
        self._book, self._name, self._taken = book, name, taken or Once(part_name)

    def add(self) -> Sheet:
        self.added.append(self._book.add_worksheet(self._taken.name(self._name)))
        return self.added[-1]
