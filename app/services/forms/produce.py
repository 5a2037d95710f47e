"""A form from the declaration to the workbook: in the asker's scope, with a line in the access log, or refused with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from app.services import history, scope, transactions
from app.services.forms import figures, figures_sheet, list_sheet, page_sheet, places, rows
from app.services.forms.crossfoot import Broken
from app.services.forms.declaration import FIGURES, PAGE, Declared, may
from app.services.forms.periods import Period
from app.services.forms.places import Place
from app.services.records import Forbidden
from app.services.sheet.book import Sheets, open_book
from app.services.statistics import COUNTS_ONLY

MOST_AT_ONCE = 2_000  # rows; more take longer than two seconds on a small machine
MOST_PLACES = 60  # townships of whose figures the small ones are hidden; of more that takes seconds
ROWS_A_PAGE = 10  # so many rows of a list take as long as one page of the registration form
Draw = Callable[[Workbook, Sheets], int]


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
    draw = ready(session, wish)
    with open_book(target, wish.form.title) as book:
        written = draw(book, Sheets(book, wish.form.title))
    log(session, wish.form, written)
    return written


def ready(session: Session, wish: Wish) -> Draw:
    """What draws the form on sheets and says how many rows it has. Refuses as ``write`` does, before a book is begun."""
    form = wish.form
    if not may(scope.asker(session), form):
        raise Forbidden(f"export {form.key}")
    if form.kind == FIGURES:
        return _figures(session, wish)
    draw = page_sheet.write if form.kind == PAGE else list_sheet.write
    return lambda book, sheets: draw(book, form, rows.read(session, form, where(wish), wish.period), wish.place.name, wish.period.label, sheets)


def log(session: Session, form: Declared, written: int) -> None:
    """Say in the access log what went out; ends the session's transaction."""
    headings = "、".join(column.path[-1] for column in form.columns)
    with transactions.writing(session):
        history.log_access(session, "export", form.subject or "Form", rows=written, columns=f"{form.title}：{headings}"[:200])


def where(wish: Wish) -> list[Any]:
    """Of a form of rows: what a row must meet."""
    return rows.conditions(wish.form, wish.place, wish.period, wish.child)


def count(session: Session, wish: Wish) -> int:
    """How many rows a form will have; a table of figures counts as one."""
    return 1 if wish.form.kind == FIGURES else rows.count(session, wish.form, where(wish))


def takes_long(session: Session, wish: Wish) -> bool:
    """Whether somebody would wait longer than two seconds for it. Figures are summed by the database, but what to hide of many is not found at once."""
    if wish.form.kind == FIGURES:
        return scope.asker(session).role in COUNTS_ONLY and places.leaves(session) > MOST_PLACES
    most = MOST_AT_ONCE // (ROWS_A_PAGE if wish.form.kind == PAGE else 1)
    return rows.count(session, wish.form, where(wish), most + 1) > most


def _figures(session: Session, wish: Wish) -> Draw:
    form = wish.form
    made = figures.table(session, form, wish.place, wish.period)
    if made is None:
        raise NoSuchPlace(wish.place.code)
    report, hidden = made
    if broken := figures.broken(form, report):
        raise NotFooted(broken)
    return lambda book, sheets: figures_sheet.write(book, form, report, hidden, wish.place.name, figures.said(wish.period), sheets)
