"""The page of contents that stands before the sheets of a book."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.models.words import _
from app.services.sheet.layout import Formats, set_print, write_banner
from app.services.sheet.xml import fit

NAME = _("目录")
_HEAD = 2  # from 0: title, subtitle, header
_LABELS = (_("序号"), _("单位"), _("条数"))
_WIDTHS = (8, 48, 12)


def write_contents(book: Workbook, title: str, subtitle: str, lines: Sequence[tuple[str, str, int | str]], sheet: Worksheet | None = None) -> None:
    """``lines``: place, its sheet, rows on it or why there are none. The place's name leads to its sheet."""
    formats, sheet = Formats(book), sheet or book.add_worksheet(NAME)
    number = book.add_format({"num_format": "0", "border": 1, "border_color": "#BFBFBF"})
    linked = book.add_format({"border": 1, "border_color": "#BFBFBF", "font_color": "#0B5CAD", "underline": 1, "num_format": "@"})
    for column, (label, width) in enumerate(zip(_LABELS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(_HEAD, column, label, formats.header)
    sheet.set_row(0, 28)
    write_banner(sheet, 0, len(_LABELS), fit(title), formats.title)
    write_banner(sheet, 1, len(_LABELS), fit(subtitle), formats.subtitle)
    for at, (place, name, rows) in enumerate(lines, 1):
        sheet.write_number(_HEAD + at, 0, at, number)
        sheet.write_url(_HEAD + at, 1, f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1", linked, string=fit(place))
        if isinstance(rows, str):
            sheet.write_string(_HEAD + at, 2, rows, formats.header)
        else:
            sheet.write_number(_HEAD + at, 2, rows, number)
    set_print(sheet, _HEAD)
    sheet.freeze_panes(_HEAD + 1, 0)
