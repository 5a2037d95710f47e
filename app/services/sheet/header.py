"""Where the header stands in a sheet that people have filled in, and what each column is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.models.words import _
from app.services.sheet.column import Column
from app.services.sheet.errors import SheetError
from app.services.sheet.text import compact

SEARCHED = 50  # rows: titles and notes stand above the header, not fifty of them
_NOISE = re.compile("[*:※]")


@dataclass(frozen=True)
class Header:
    """The header's row (from 0) and what its cells mean; the data begin in the row below."""

    row: int
    at: dict[str, int] = field(default_factory=dict)  # column key → index of the sheet's column
    unknown: list[str] = field(default_factory=list)  # labels that are none of ours
    missing: list[str] = field(default_factory=list)  # required labels that are not there
    doubled: list[str] = field(default_factory=list)  # labels that stand there more than once


def plain_label(label: object) -> str:
    """A label without what people and spreadsheets add: stars, spaces, line breaks, full width."""
    return "" if label is None else _NOISE.sub("", compact(str(label)))


def find_header(rows: list[list[Any]], columns: Iterable[Column]) -> Header:
    """The row among the first fifty with the most of our labels; the upper one of equals.

    Raises SheetError where no row has any.
    """
    columns = list(columns)
    keys = {plain_label(column.label): column.key for column in columns}
    hits = [len({plain_label(cell) for cell in row} & keys.keys()) for row in rows[:SEARCHED]]
    if not any(hits):
        raise SheetError(_("没有找到表头。请使用下载的模板填写，不要删改表头一行。"))
    row = hits.index(max(hits))
    return _read_header(row, rows[row], columns, keys)


def _read_header(row: int, cells: list[Any], columns: list[Column], keys: dict[str, str]) -> Header:
    header = Header(row)
    for i, cell in enumerate(cells):
        label = plain_label(cell)
        key = keys.get(label)
        if key is None and label:
            header.unknown.append(str(cell).strip())
        elif key in header.at:
            header.doubled.append(str(cell).strip())
        elif key is not None:
            header.at[key] = i
    header.missing.extend(c.label for c in columns if c.required and c.key not in header.at)
    return header
