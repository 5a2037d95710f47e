"""A sheet as xlsxwriter makes it in constant memory, with a way of its own for texts and empty cells: of those a form has thousands.

A text is never anything but text: xlsxwriter takes one from "<r>" to "</r>" for XML that is to stand as it is.
Private parts of xlsxwriter, held by the exact pin and by tests that read back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import CellBlankTuple, CellStringTuple, Worksheet

from app.services.sheet.xml import escape

_name = cache(xl_col_to_name)


class Sheet(Worksheet):
    """Rows and columns count from 0; rows are written from the top down."""

    def blanks(self, row: int, first: int, last: int, style: Format) -> None:
        """Empty cells in a format, from one column of the row to another."""
        self._below(row)
        self._reach(row, first, row, last)
        self.table[row].update(dict.fromkeys(range(first, last + 1), CellBlankTuple(style)))

    def preset(self, first: int, last: int, styles: Sequence[Format]) -> None:
        """Rows of empty cells, a format a column, below all that was written."""
        self._below(last + 1)
        self._reach(first, 0, last, len(styles) - 1)
        cells = [(_name(column), style._get_xf_index()) for column, style in enumerate(styles)]
        for row in range(first + 1, last + 2):
            self.fh.write(f'<row r="{row}">' + "".join([f'<c r="{name}{row}" s="{style}"/>' for name, style in cells]) + "</row>")

    def _below(self, row: int) -> None:
        """Write what stands above the row; nothing comes there any more."""
        if row > self.previous_row:
            self._write_single_row(row)

    def _reach(self, top: int, left: int, bottom: int, right: int) -> None:
        for row, column in ((top, left), (bottom, right)):
            self._check_dimensions(row, column)

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = cell.__class__
        if kind is CellBlankTuple:
            self.fh.write(f'<c r="{_name(col)}{row + 1}"{self._style(row, col, cell.format)}/>')
        elif kind is CellStringTuple:
            self.fh.write(f'<c r="{_name(col)}{row + 1}"{self._style(row, col, cell.format)} t="inlineStr"><is>{_text(cell.string)}</is></c>')
        else:
            super()._write_cell(row, col, cell)

    def _style(self, row: int, col: int, own: Format | None) -> str:
        """The cell's own format, else its row's, else its column's."""
        found = own or row in self.row_info and self.row_info[row].row_format or col in self.col_info and self.col_info[col].column_format
        return f' s="{found._get_xf_index()}"' if found else ""


def _text(text: str) -> str:
    kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    return f"<t{kept}>{escape(text)}</t>"
