"""The book around the rows: xlsxwriter makes it once, rows are put into its sheets as often as wanted.

What differs from book to book is little: how far each sheet reaches, its subtitle, the shared strings.
All else (styles, theme, properties) is packed once. Nothing private of xlsxwriter is used: its finished
file is taken apart.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zipfile import ZipFile

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.services.sheet.archive import Archive, Part, Writes
from app.services.sheet.body import Body
from app.services.sheet.column import Column
from app.services.sheet.deflate import Packed, crc_of
from app.services.sheet.layout import DropDowns, Formats, set_columns, set_print, write_banner
from app.services.sheet.strings import Strings
from app.services.sheet.xml import escape, fit

HEADER_ROW = 2  # from 0: title, subtitle, header
ABOVE = HEADER_ROW + 1  # rows above the first one
ONLY_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_SHEET, _BOOK, _STRINGS = "xl/worksheets/sheet{}.xml", "xl/workbook.xml", "xl/sharedStrings.xml"
_SUBTITLE = "\ue000{}\ue000"  # Unicode leaves this character to whoever uses it; no label has it
_COUNTS = re.compile(r'count="\d+" uniqueCount="(\d+)"')
_EXTENT = re.compile(r'(<dimension ref="A1:[A-Z]+)\d+')
# Quotation marks of texts are escaped in attributes, and elements of texts hold none here: no text can look like these.
_REACH = re.compile(r'((?:<autoFilter ref|sqref)="[A-Z]+\d+:[A-Z]+)\d+"')
_FILTER = re.compile(r'(<definedName name="_xlnm._FilterDatabase" localSheetId="(\d+)" hidden="1">[^<]*\$)\d+<')
Cover = Callable[[Workbook], None]


@dataclass(frozen=True)
class Leaf:
    """One sheet of rows: what its head says; ``subtitle`` is the number of the one that it bears."""

    name: str
    title: str
    columns: Sequence[Column]
    subtitle: int = 0


class Mould:
    """A book without rows. ``cover`` writes sheets that stand before those of the leaves."""

    def __init__(self, leaves: Sequence[Leaf], title: str, creator: str, cover: Cover | None = None) -> None:
        made = io.BytesIO()
        with Workbook(made, ONLY_TEXT | {"in_memory": True}) as book:
            book.set_properties({"title": fit(title), "author": creator, "created": datetime.now(UTC).replace(tzinfo=None)})
            if cover is not None:
                cover(book)
            self._before = len(book.worksheets())
            _make_leaves(book, leaves)
        with ZipFile(made) as package:
            parts = {name: package.read(name).decode() for name in package.namelist()}
        self._sheets = [_Sheet(name := _SHEET.format(self._before + at), parts.pop(name)) for at in range(1, len(leaves) + 1)]
        self._book, shared = parts.pop(_BOOK), parts.pop(_STRINGS)
        counts = _COUNTS.search(shared)
        assert counts is not None
        self.first_string = int(counts[1])
        self._strings = shared[: counts.start()], shared[counts.end() : shared.rindex("</sst>")]
        self._same = [_packed(name, text) for name, text in parts.items()]

    def styles(self, leaf: int = 0) -> list[int]:
        """The format numbers of a leaf's columns."""
        return self._sheets[leaf].styles

    def write(self, target: Writes, subtitles: Sequence[str], filled: Sequence[Body], strings: Strings) -> None:
        """Put the book together: the subtitles by their number, the rows of each leaf."""
        if strings.first != self.first_string:
            raise ValueError("the rows name strings of another book")
        archive = Archive(target)
        for part in self._same:
            archive.add(part)
        for sheet, body in zip(self._sheets, filled, strict=True):
            archive.add(sheet.part(body))
        archive.add(_packed(_BOOK, _FILTER.sub(lambda found: self._reaching(found, filled), self._book)))
        archive.add(_packed(_STRINGS, self._shared(subtitles, strings)))
        archive.close()

    def _reaching(self, found: re.Match[str], filled: Sequence[Body]) -> str:
        return f"{found[1]}{_reach(filled[int(found[2]) - self._before])}<"

    def _shared(self, subtitles: Sequence[str], strings: Strings) -> str:
        start, heads = self._strings
        for at, subtitle in enumerate(subtitles):
            heads = heads.replace(_SUBTITLE.format(at), escape(subtitle))
        return f'{start}uniqueCount="{self.first_string + len(strings.numbers)}"{heads}{strings.xml()}</sst>'


class _Sheet:
    """The XML of one leaf before and behind its rows."""

    def __init__(self, name: str, xml: str) -> None:
        body, end = xml.index(f'<row r="{ABOVE + 1}"'), xml.index("</sheetData>")
        self.name, self.head, self.tail = name, xml[:body], xml[end:]
        self.styles = [int(number) for number in re.findall(r' s="(\d+)"', xml[body:end])]

    def part(self, body: Body) -> Part:
        head, tail = Packed(), Packed()
        before = head.take(_EXTENT.sub(rf"\g<1>{body.last}", self.head, count=1).encode()) + head.pause()
        after = tail.take(_REACH.sub(rf'\g<1>{_reach(body)}"', self.tail).encode()) + tail.end()
        pieces = head, body.packed, tail
        return Part(self.name, crc_of((one.crc, one.size) for one in pieces), sum(one.size for one in pieces),
                    len(before) + body.length + len(after), (piece for group in ([before], body.pieces(), [after]) for piece in group))


def _reach(body: Body) -> int:
    """The row down to which filter and drop-downs reach: one empty row where there is none."""
    return max(body.last, ABOVE + 1)


def _packed(name: str, text: str) -> Part:
    packed = Packed()
    data = packed.take(text.encode()) + packed.end()
    return Part(name, packed.crc, packed.size, len(data), [data])


def _make_leaves(book: Workbook, leaves: Sequence[Leaf]) -> None:
    formats, drop_downs = Formats(book), DropDowns(book)
    for leaf in leaves:
        sheet, last = book.add_worksheet(leaf.name), len(leaf.columns) - 1
        _write_head(sheet, leaf, _SUBTITLE.format(leaf.subtitle), formats)
        for column, one in enumerate(leaf.columns):
            sheet.write_blank(ABOVE, column, None, formats.body(one))  # tells the format's number
        drop_downs.add(sheet, list(leaf.columns), ABOVE, ABOVE + 1)
        sheet.autofilter(HEADER_ROW, 0, ABOVE + 1, last)
    drop_downs.finish()


def _write_head(sheet: Worksheet, leaf: Leaf, subtitle: str, formats: Formats) -> None:
    columns = list(leaf.columns)
    set_columns(sheet, columns)
    set_print(sheet, HEADER_ROW)
    sheet.freeze_panes(ABOVE, 0)
    sheet.set_row(0, 28)
    sheet.set_row(HEADER_ROW, 24)
    write_banner(sheet, 0, len(columns), fit(leaf.title), formats.title)
    write_banner(sheet, 1, len(columns), subtitle, formats.subtitle)
    for i, column in enumerate(columns):
        sheet.write_string(HEADER_ROW, i, fit(column.label), formats.header)
