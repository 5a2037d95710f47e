"""Where the header stands in a sheet that people have filled in, and what each column is.

Titles and notes may stand above it; it may have up to three rows, with merged cells, of which the
reader gives the first alone: 父亲 | (empty) over 姓名 | 电话 names two columns 父亲姓名 and 父亲电话.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.models.words import _
from app.services.sheet.column import Column
from app.services.sheet.errors import SheetError
from app.services.sheet.grid import Grid
from app.services.sheet.likeness import pairs
from app.services.sheet.text import compact
from app.services.sheet.usual import HEADINGS, SIGNED, SUMS

SEARCHED = 50  # rows: titles and notes stand above the header, not fifty of them
DEEPEST = 3  # rows of one header
GUESSED, FEWEST = 12, 2  # where no label is known: rows that are looked at, and columns that must be like ours
LONGEST = 60  # characters of a heading; what is longer is a note
_SUSPECT = re.compile("[计数人明注字期]")  # in what SUMS and SIGNED begin with; most rows have none and are records
_NOISE = re.compile(r"[*:※★]|\((?:必填|选填|是/否|是否|可多选|年月日|yyyy.*?)\)")


@dataclass(frozen=True)
class Header:
    """The header's last row (from 0) and what its columns mean; the data begin in the row below."""

    row: int
    at: dict[str, int] = field(default_factory=dict)  # column key → index of the sheet's column
    unknown: list[str] = field(default_factory=list)  # labels that are none of ours
    missing: list[str] = field(default_factory=list)  # required labels that are not there
    doubled: list[str] = field(default_factory=list)  # labels that stand there more than once
    names: dict[int, str] = field(default_factory=dict)  # index of the sheet's column → its name, each once
    top: int = 0  # the header's first row


def plain_label(label: object) -> str:
    """A label without what people and spreadsheets add: stars, spaces, line breaks, full width."""
    return "" if label is None else _NOISE.sub("", compact(str(label)))


def find_header(rows: Sequence[list[Any]], columns: Iterable[Column], known: Mapping[str, str] | None = None) -> Header:
    """The header among the first fifty rows with the most of our labels; the upper one of equals, and the lower of equal height.

    ``known``: what the sender said of the columns, name → key ("" is not read); else the labels say it.
    Raises SheetError where no row has any.
    """
    columns = list(columns)
    top, row = _locate(rows, columns)
    parts = _parts(rows, top, row)
    header = Header(row, names=_names(parts), top=top)
    given = known if known is not None else _by_label(parts, header.names, {plain_label(column.label): column.key for column in columns})
    for i, name in header.names.items():
        key = given.get(name)
        if key and key in header.at:
            header.doubled.append(_shown(rows[row], i, name))
        elif key:
            header.at[key] = i
        elif key is None:
            header.unknown.append(name)
    header.missing.extend(c.label for c in columns if c.required and c.key not in header.at)
    return header


# Where it stands --------------------------------------------------------------------------
def strength(rows: Sequence[list[Any]], columns: Iterable[Column]) -> int:
    """How many of our columns the header of a sheet bears, under our names or usual ones."""
    return _strongest(_plain(rows), _all_labels(list(columns)))[0]


def _locate(rows: Sequence[list[Any]], columns: list[Column]) -> tuple[int, int]:
    """First and last row of the header."""
    plain = _plain(rows)
    hits, place = _strongest(plain, _all_labels(columns))
    if hits:
        return _with_roof(plain, *place)
    likest = [len(pairs(dict.fromkeys(filter(None, row)), columns)) for row in plain[:GUESSED]]
    if max(likest, default=0) < FEWEST:
        raise SheetError(_("没有找到表头。请使用下载的模板填写，不要删改表头一行。"))
    return (likest.index(max(likest)),) * 2


def _plain(rows: Sequence[list[Any]]) -> list[list[str]]:
    return [[_heading(cell) for cell in row] for row in rows[:SEARCHED]]


def _strongest(plain: list[list[str]], keys: Mapping[str, str]) -> tuple[int, tuple[int, int]]:
    """How many columns the best block of rows bears, and its first and last row."""
    best, place = 0, (0, 0)
    for depth in range(1, DEEPEST + 1):
        for row in range(depth - 1, len(plain)):
            hits = len({keys[name] for name in _hits(plain[row - depth + 1 : row + 1], keys)})
            if hits > best:
                best, place = hits, (row - depth + 1, row)
    return best, place


def _with_roof(plain: list[list[str]], top: int, row: int) -> tuple[int, int]:
    """With the row above where it tells columns of the same name apart: two 姓名 below 学生 and 父亲."""
    names = [name for name in plain[row] if name]
    above = [name for name in plain[top - 1] if name] if top else []
    if len(set(names)) < len(names) and len(set(above)) > 1 and row - top + 1 < DEEPEST:
        return top - 1, row
    return top, row


def _all_labels(columns: list[Column]) -> dict[str, str]:
    """Plain label, ours or a usual one → key."""
    usual = {plain_label(other): column.key for column in reversed(columns) for other in HEADINGS.get(column.label, ())}
    return usual | {plain_label(column.label): column.key for column in columns}


def _hits(block: list[list[str]], keys: Mapping[str, str]) -> set[str]:
    """The labels of ours that a block of rows bears as a header."""
    found: set[str] = set()
    for parts in _columns(block):
        found.update([name for name in _forms(parts) if name in keys][:1])
    return found


def _heading(cell: object) -> str:
    return plain_label(cell) if isinstance(cell, str) and len(cell) <= LONGEST else ""


# What its columns are called --------------------------------------------------------------
def _parts(rows: Sequence[list[Any]], top: int, row: int) -> list[list[str]]:
    """Of each column the headings from above to below, without the spaces and breaks in them."""
    return _columns([["" if cell is None else "".join(str(cell).split()) for cell in some] for some in rows[top : row + 1]])


def _columns(block: list[list[str]]) -> list[list[str]]:
    """Of each column what stands over it; a heading over several columns stands in the first of them."""
    width = max((len(row) for row in block), default=0)
    columns: list[list[str]] = [[] for _column in range(width)]
    for depth, row in enumerate(block):
        last = ""
        for i in range(width):
            own = row[i] if i < len(row) else ""
            below = any(i < len(lower) and lower[i] for lower in block[depth + 1 :])
            last = own or (last if below else "")
            if last and last not in columns[i]:
                columns[i].append(last)
    return columns


def _forms(parts: list[str]) -> list[str]:
    """What a column may be called, the fullest name first."""
    return ["".join(parts[start:]) for start in range(len(parts))]


def _names(parts: list[list[str]]) -> dict[int, str]:
    """Index → the column's full name; one that comes again bears a number."""
    seen: Counter[str] = Counter()
    names = {}
    for i, some in enumerate(parts):
        name = "".join(some)[: LONGEST + 20]
        if name:
            seen[name] += 1
            names[i] = name if seen[name] == 1 else f"{name}({seen[name]})"
    return names


def _by_label(parts: list[list[str]], names: Mapping[int, str], keys: Mapping[str, str]) -> dict[str, str]:
    """Name → key where a label is ours. A lower heading alone counts if it stands under one roof only: 父亲|姓名 is no 姓名."""
    found: dict[str, str] = {}
    for i, name in names.items():
        if key := keys.get(plain_label("".join(parts[i]))):
            found[name] = key
    lower: dict[str, list[str]] = {}
    for i, name in names.items():
        key = next((keys[plain_label(form)] for form in _forms(parts[i])[1:] if plain_label(form) in keys), None)
        if name not in found and key and key not in found.values():
            lower.setdefault(key, []).append(name)
    return found | {some[0]: key for key, some in lower.items() if len(some) == 1}


def _shown(cells: list[Any], at: int, name: str) -> str:
    return str(cells[at]).strip() if at < len(cells) and cells[at] else name


# What stands below it ---------------------------------------------------------------------
def no_records(grid: Grid, header: Header) -> Iterator[int]:
    """The rows below the header that are no records; only those whose first text looks like it are read whole."""
    heads, left = heads_of(grid, header), [*range(header.row + 1, len(grid))]
    for column in grid.columns:
        texts = {cell: text for cell in set(column) if type(cell) is str and (text := cell.strip()) and not text.isdecimal()}
        suspect = {cell for cell, text in texts.items() if _SUSPECT.search(text) or text in heads}
        yield from [row for row in left if column[row] in suspect and not is_record(grid[row], heads)] if suspect else ()
        left = [row for row in left if column[row] not in texts]
        if not left:
            return


def is_record(cells: Sequence[Any], heads: frozenset[str]) -> bool:
    """Whether a row below the header is meant as a record: no sum, no signature, not the header once more."""
    first = _first_text(cells)
    if not (_SUSPECT.search(first) or first in heads):
        return True
    plain, filled = compact(first), [cell for cell in cells if cell is not None and str(cell).strip()]
    if SUMS.fullmatch(plain) or (len(filled) <= 6 and plain.startswith(SIGNED)):
        return False
    return len(filled) < 2 or any(str(cell).strip() not in heads for cell in filled)


def _first_text(cells: Sequence[Any]) -> str:
    """The first cell of a row that is neither empty nor a number."""
    for cell in cells:
        if type(cell) is str and (text := cell.strip()) and not text.isdecimal():
            return text
    return ""


def heads_of(rows: Sequence[list[Any]], header: Header) -> frozenset[str]:
    """What stands in the header's rows, for seeing it come again on a further page."""
    return frozenset(str(cell).strip() for row in rows[header.top : header.row + 1] for cell in row if cell is not None)
