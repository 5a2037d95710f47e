"""An official form for every school or area at once: a workbook each in one zip, or a sheet each in one book.

Scope and masks are those of the asker; one line in the access log tells the whole. A place whose figures do not foot gets
a page that says so: none is missing without a word.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from app import roles
from app.models.words import _
from app.services import bulk, clock, progress, scope, suppression
from app.services.exporting import subtitle
from app.services.forms import grid, places, produce
from app.services.forms.crossfoot import Broken
from app.services.forms.declaration import FIGURES, Declared
from app.services.forms.periods import Period
from app.services.forms.places import Place
from app.services.forms.produce import NotFooted, Wish
from app.services.sheet.book import Sheets, open_book, part_name
from app.services.sheet.contents import NAME, write_contents
from app.services.sheet.errors import SheetError
from app.services.sheet.names import Once, numbered
from app.services.sheet.xml import fit

IN_MEMORY = 1 << 20  # bytes of a workbook on its way into the zip
NOT_FOOTED = _("没有核对平")
STOPPED = _("没有核对平，所以没有生成。补齐或改正下面这些数以后，请重新下载：")
STOPPED_BELOW = _("这里的数字没有核对平，所以没有生成。请当地核对以后重新下载。")


@dataclass(frozen=True)
class Order:
    """Which form, for which period; ``by``: "school" or the level of an area."""

    form: Declared
    period: Period
    by: str

    def wish(self, place: Place) -> Wish:
        return Wish(self.form, place, self.period)


def steps(session: Session, order: Order) -> int:
    """How much there is to do, as progress is told: places where figures are summed, else rows."""
    if order.form.kind == FIGURES:
        return len(places.each(session, order.by))
    own = places.find(session, "")
    return produce.count(session, order.wish(own)) if own is not None else 0


def write_zip(session: Session, order: Order, target: BinaryIO) -> int:
    """A workbook for each place, packed into ``target`` as they are made (it need not seek); returns the rows.

    Ends the session's transaction. Forbidden without the verb.
    """
    names, stamp, rows = Once(numbered), clock.local(clock.now()).timetuple()[:6], 0
    with suppression.one_export(session), ZipFile(target, "w", ZIP_STORED) as package:
        for place in places.each(session, order.by):
            name = names.name(f"{order.form.title}-{place.name}")
            with tempfile.SpooledTemporaryFile(IN_MEMORY) as made:
                try:
                    rows += _book(session, order, place, made)  # type: ignore[arg-type]  # read, write, seek and tell as any
                    name += ".xlsx"
                except NotFooted as stopped:
                    made.write("\r\n".join(_told(session, order, place, stopped.broken)).encode("utf-8-sig"))
                    name += f"（{NOT_FOOTED}）.txt"
                made.seek(0)
                with package.open(ZipInfo(name, stamp), "w") as entry:
                    shutil.copyfileobj(made, entry)
            _step(session, order)
    produce.log(session, order.form, rows)
    return rows


def write_sheets(session: Session, order: Order, target: BinaryIO) -> int:
    """A sheet for each place in one book, behind a page of contents; returns the rows. SheetError for too many places.

    Ends the session's transaction. Forbidden without the verb.
    """
    found, names, rows = places.each(session, order.by), Once(part_name), 0
    if len(found) > bulk.MOST_SHEETS:
        raise SheetError(bulk.TOO_MANY, count=len(found), most=bulk.MOST_SHEETS)
    with suppression.one_export(session), open_book(target, order.form.title) as book:
        contents, lines = Sheets(book, NAME, names).add(), list[tuple[str, str, int | str]]()
        for place in found:
            sheets, said = Sheets(book, place.name, names), ""
            try:
                written = produce.ready(session, order.wish(place))(book, sheets)
            except NotFooted as stopped:
                written, said = 0, NOT_FOOTED
                _page(book, sheets, _told(session, order, place, stopped.broken))
            rows += written
            lines.append((place.name, sheets.added[0].name, said or written))
            _step(session, order)
        write_contents(book, order.form.title, subtitle(scope.asker(session), rows, order.period.label), lines, contents)
    produce.log(session, order.form, rows)
    return rows


def _step(session: Session, order: Order) -> None:
    if order.form.kind == FIGURES:
        progress.tell(session, 1)


def _book(session: Session, order: Order, place: Place, target: BinaryIO) -> int:
    draw = produce.ready(session, order.wish(place))
    with open_book(target, order.form.title) as book:
        return draw(book, Sheets(book, order.form.title))


def _told(session: Session, order: Order, place: Place, broken: Sequence[Broken]) -> list[str]:
    """The lines of the page that stands for a form that is not released. Who gets counts only is not told the numbers."""
    head = f"{order.form.title}　{place.name}　{order.period.label}"
    if scope.asker(session).role in roles.COUNTS_ONLY:
        return [head, STOPPED_BELOW]
    return [head, STOPPED, *(f"{one.line}：{one.rule}，{one.numbers}，{_('差')} {one.gap}" for one in broken)]


def _page(book: Workbook, sheets: Sheets, lines: Sequence[str]) -> None:
    sheet, style = sheets.add(), grid.Styles(book).line
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, fit(line), style)
