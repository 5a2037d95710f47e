"""A form from the declaration to the workbook: in the asker's scope, with a line in the access log, or refused with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy.orm import Session

from app.services import history, scope, transactions
from app.services.forms import figures, figures_sheet, list_sheet, page_sheet, rows
from app.services.forms.crossfoot import Broken
from app.services.forms.declaration import FIGURES, PAGE, Declared, may
from app.services.forms.periods import Period
from app.services.forms.places import Place
from app.services.records import Forbidden
from app.services.sheet.book import open_book


class NotFooted(Exception):
    """Rules between the columns are broken: the form is not released. ``broken`` names each with its cells."""

    def __init__(self, broken: Sequence[Broken]) -> None:
        super().__init__(f"{len(broken)} rules broken")
        self.broken = list(broken)


class NoSuchPlace(LookupError):
    """The figures of this place are not for the asker."""


@dataclass(frozen=True)
class Wish:
    """Which form, for which place and period; ``child``: of a form of children only that one."""

    form: Declared
    place: Place
    period: Period
    child: int | None = None


def write(session: Session, wish: Wish, target: BinaryIO) -> int:
    """Write the workbook and say how many rows it has; ends the session's transaction.

    Forbidden without the verb, NotFooted where a rule is broken, NoSuchPlace for figures of a place out of sight.
    """
    form = wish.form
    if not may(scope.asker(session), form):
        raise Forbidden(f"export {form.key}")
    written = _figures(session, wish, target) if form.kind == FIGURES else _rows(session, wish, target)
    headings = "、".join(column.path[-1] for column in form.columns)
    with transactions.writing(session):
        history.log_access(session, "export", form.subject or "Form", rows=written, columns=f"{form.title}：{headings}"[:200])
    return written


def _rows(session: Session, wish: Wish, target: BinaryIO) -> int:
    form = wish.form
    where = rows.conditions(form, wish.place, wish.period, wish.child)
    draw = page_sheet.write if form.kind == PAGE else list_sheet.write
    with open_book(target, form.title) as book:
        return draw(book, form, rows.read(session, form, where, wish.period), wish.place.name, wish.period.label)


def _figures(session: Session, wish: Wish, target: BinaryIO) -> int:
    form = wish.form
    made = figures.table(session, form, wish.place, wish.period)
    if made is None:
        raise NoSuchPlace(wish.place.code)
    report, hidden = made
    if broken := figures.broken(form, report):
        raise NotFooted(broken)
    with open_book(target, form.title) as book:
        return figures_sheet.write(book, form, report, hidden, wish.place.name, wish.period.label)
