"""The rows of a table as HTML: of a list, a record's tab, the trash.

Written for speed and weight, column by column: what a column repeats (a code, a date, a class) becomes HTML
once; </td>, </th> and </tr> are left out (HTML lets them go); each heading's label, which phones show beside
the value, is escaped once a column. The head of the table is panel/_rows.html.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.services.table import TextReader

PILLS = {"ok": "<b class=ok>", "warn": "<b class=warn>", "bad": "<b class=bad>", "mute": "<b>"}


class Cell(NamedTuple):
    """A cell of a row made by hand."""

    text: str
    pill: str | None = None
    url: str | None = None
    masked: bool = False
    numeric: bool = False


class Column(NamedTuple):
    """How a field of an entity is shown."""

    read: TextReader
    pill: Callable[[str], str | None] | None
    masked: bool


@dataclass
class Listed:
    """Rows of an entity: tuples as services/table.py reads them. ``show`` is the address of a record without its id."""

    tuples: Sequence[Any]
    columns: Sequence[Column]
    show: str | None

    def __len__(self) -> int:
        return len(self.tuples)

    def heads(self) -> list[tuple[int, str, str]]:
        """Id, address and escaped name of each row."""
        names = self.columns[0].read.column(self.tuples, lambda text: str(escape(text)))
        return [(row[0], f"{self.show}{row[0]}" if self.show else "", name) for row, name in zip(self.tuples, names, strict=True)]

    def cells(self, openings: Sequence[str]) -> list[list[str]]:
        """The HTML of the other columns, column by column."""
        return [column.read.column(self.tuples, _maker(column, opening)) for column, opening in zip(self.columns[1:], openings, strict=True)]


class ByHand(Listed):
    """Rows that a page put together: ``id``, ``url``, ``cells``."""

    def __init__(self, rows: Sequence[Any]) -> None:
        super().__init__(rows, (), None)

    def heads(self) -> list[tuple[int, str, str]]:
        return [(int(row["id"]), str(escape(row["url"] or "")), str(escape(row["cells"][0].text))) for row in self.tuples]

    def cells(self, openings: Sequence[str]) -> list[list[str]]:
        return [[_cell(row["cells"][at], opening) for row in self.tuples] for at, opening in enumerate(openings, 1)]


def body(table: Any, restore: bool = False) -> Markup:
    """The rows of ``table``: headings, rows, and whether they can be chosen (``bulk``)."""
    rows = table.rows if isinstance(table.rows, Listed) else ByHand(table.rows)
    columns = [_heads(rows, table.bulk), *rows.cells([_opening(heading) for heading in table.headings[1:]])]
    if restore:
        again = f'<td><button type="submit" class="btn small" name="row" value="{{}}">{escape(_("恢复"))}</button>'
        columns.append([again.format(row_id) for row_id, _url, _name in rows.heads()])
    return Markup("".join(map("".join, zip(*columns, strict=True))))  # noqa: S704


def _heads(rows: Listed, choosable: Any) -> list[str]:
    """The start of each row: what chooses it, and its name, which leads to it."""
    chosen = escape(_("选择"))
    found = []
    for row_id, url, name in rows.heads():
        box = f'<td><input type=checkbox name=row value="{row_id}" aria-label="{chosen} {name}">' if choosable else ""
        found.append(f'\n<tr>{box}<th scope=row>' + (f'<a href="{url}">{name}</a>' if url else name))
    return found


def _opening(heading: Any) -> str:
    return f'<td{" class=r" if heading["numeric"] else ""} data-label="{escape(heading["label"])}"'


def _maker(column: Column, opening: str) -> Callable[[str], str]:
    """Text → cell of this column."""
    return lambda text: _cell(Cell(text, column.pill(text) if column.pill else None, None, column.masked), opening)


def _cell(cell: Cell, opening: str) -> str:
    if not cell.text:
        return "<td>"
    text = escape(cell.text)
    if cell.pill:
        return f"{opening}>{PILLS[cell.pill]}{text}</b>"
    if cell.url:
        return f'{opening}><a href="{escape(cell.url)}">{text}</a>'
    return f"{opening} class=m>{text}" if cell.masked else f"{opening}>{text}"
