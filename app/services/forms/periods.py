"""The period of a form: today, a month, a term or a school year, chosen by its first day.

A term lasts until the next one begins, as it does for figures (evidence/period.py): what is found in the holidays stands in the ledger of the
term before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.term import Term
from app.models.words import _
from app.services import clock
from app.services.evidence.period import month_of, term_of

MONTHS = 12


@dataclass(frozen=True)
class Period:
    """First and last day, both included, and how the form says it."""

    first: date
    last: date
    label: str


def choices(session: Session, kind: str) -> list[Period]:
    """What can be chosen, the running one first: twelve months, the terms or school years so far, or only today."""
    today = clock.today()
    if kind == "month":
        firsts = (clock.add_months(today.replace(day=1), -back) for back in range(MONTHS))
        return [Period(*month_of(first), f"{first.year}年{first.month}月") for first in firsts]
    if kind == "day":
        return [Period(today, today, f"{_('截至')} {today.year}年{today.month}月{today.day}日")]
    terms = session.scalars(select(Term).where(Term.starts_on <= today).order_by(Term.starts_on.desc())).all()
    if not terms:
        return [Period(*term_of(session, today), _("本学期"))]
    ends = [max(today, terms[0].ends_on), *(following.starts_on - timedelta(1) for following in terms)]
    spans = [Period(term.starts_on, last, term.name if kind == "term" else term.school_year) for term, last in zip(terms, ends, strict=False)]
    if kind == "term":
        return spans
    years = {year: [one for one in spans if one.label == year] for year in dict.fromkeys(one.label for one in spans)}
    return [Period(min(one.first for one in those), max(one.last for one in those), year) for year, those in years.items()]


def chosen(session: Session, kind: str, first: date | None) -> Period | None:
    """The period that begins on a day, the running one where none is said; None for a day on which none begins."""
    offered = choices(session, kind)
    return offered[0] if first is None else next((one for one in offered if one.first == first), None)
