"""The figures of a form, by the places below a place: which there are, the lines, and what is hidden of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy.orm import Session

from app.models.words import _
from app.services import clock, scope, statistics, suppression
from app.services.counting import Sums
from app.services.forms import care, census, crossfoot
from app.services.forms.declaration import Declared
from app.services.forms.periods import Period
from app.services.forms.places import Place
from app.services.hiding import Counts, Rest, Rule
from app.services.pictures import Picture
from app.services.statistics import Line, Measure, Report
from app.services.suppression import Hidden

PLACE = "place"  # the column that names the lines


@dataclass(frozen=True)
class Book:
    """A set of figures: how they are counted, what they are called, and what adds up to what."""

    count: Callable[[Session, Sequence[int], Period], Mapping[int, Sums]]
    labels: Mapping[str, str]
    sums: tuple[Rule, ...] = ()
    footed: bool = False
    unseen: tuple[str, ...] = ()  # counts of the sums that no column shows
    within: Callable[[Period], Sequence[Rest]] = lambda _period: ()  # whole: a figure of the statistics; part: one that counts some of the same children


BOOKS = {
    "census": Book(census.count, census.LABELS, (*crossfoot.RULES, *census.RULES), footed=True, unseen=census.SEXES, within=census.within),
    "care": Book(care.count, care.LABELS, within=care.within)}


def measure(book: Book, source: str) -> Measure | None:
    """A figure, or the share of one in another (talked/left_behind); None for what the book has not."""
    key, _slash, whole = source.partition("/")
    if key not in book.labels or whole and whole not in book.labels:
        return None
    return Measure(key, _("占比") if whole else book.labels[key], of=whole)


def counted_on(span: Period) -> date | None:
    """The day on whose register a form of a past period counts children: today. None where the period still runs.

    The register tells who is left-behind now, not who was on a day that is past.
    """
    today = clock.today()
    return today if span.last < today else None


def said(span: Period) -> str:
    """The period as a workbook of figures says it."""
    day = counted_on(span)
    return span.label if day is None else f"{span.label}（儿童按{day.year}年{day.month}月{day.day}日在册计）"


def picture(form: Declared) -> Picture | None:
    """Bars of the first figure by place; None where the form names no places or has no figure."""
    book, sources = BOOKS[form.which], [column.source for column in form.columns]
    found = ((column, one) for column in form.columns if (one := measure(book, column.source)) is not None and one.counted)
    column, one = next(found, (None, None))
    return Picture("".join(column.path), (one,)) if column is not None and one is not None and PLACE in sources else None


def table(session: Session, form: Declared, place: Place, span: Period) -> tuple[Report, Hidden | None] | None:
    """The lines of the form and what is hidden of them; None where the asker has no such place."""
    book, who = BOOKS[form.which], scope.asker(session)
    made = partial(_report, session, book, span)
    report = made(place.area_id, place.school_id)
    if report is None or who.role not in statistics.COUNTS_ONLY:
        return None if report is None else (report, None)
    return report, suppression.hidden_beside(session, report, counts_of(book, span), made, (form.which, span))


def counts_of(book: Book, span: Period) -> Counts:
    """What has to be hidden of a book beside the statistics."""
    return suppression.beside_statistics(tuple(book.labels), book.sums, book.unseen, book.within(span))


def _report(session: Session, book: Book, span: Period, area_id: int | None, school_id: int | None = None) -> Report | None:
    return statistics.tabulate(session, lambda ids: book.count(session, ids, span), area_id, school_id)


def broken(form: Declared, report: Report) -> list[crossfoot.Broken]:
    """Rules that the lines or their total break; none for a form that has no rules."""
    if not BOOKS[form.which].footed:
        return []
    return crossfoot.check([*report.lines, *([report.total] if report.lines else [])])


def codes_of(lines: Sequence[Line]) -> list[str]:
    """Place codes of the lines, as forms/places.py reads them; "" for schools that hang on the place itself."""
    return [f"s{line.school_id}" if line.school_id is not None else f"a{line.area_id}" if line.area_id is not None else "" for line in lines]
