"""The periods that figures look at: the term, the month, the last days, ages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.models.clock import SHANGHAI
from app.models.term import Term
from app.services import clock
from app.services.terms import began_last

HALF_MONTH = 15  # days


class Span(NamedTuple):
    """First and last day, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many; 0 or less where there is none."""
        return (self.last - self.first).days + 1

    def common(self, other: Span) -> Span:
        """The days that lie in both; its ``days`` tell whether there is any."""
        return Span(max(self.first, other.first), min(self.last, other.last))

    def months(self) -> list[Span]:
        """The whole calendar months that it meets, the earliest first."""
        found = [month_of(self.first)]
        while found[-1].last < self.last:
            found.append(month_of(found[-1].last + timedelta(1)))
        return found

    def elapsed(self, on: date) -> Fraction:
        """How much of the span is over at the end of a day, 0–1; nothing in its first half month, when nobody is behind yet."""
        gone = (on - self.first).days + 1
        if on >= self.last:
            return Fraction(1)
        return Fraction(gone, self.days) if gone >= HALF_MONTH else Fraction(0)


def term_of(session: Session, on: date) -> Span:
    """The term of a day; in holidays the one that ended last. Without a table of terms, the usual borders."""
    return term_among(session.execute(terms_of(on)).all(), on)


def terms_of(on: Any) -> Any:
    """Its first and last day, where there is one; the day may be a parameter."""
    return began_last(on, Term.starts_on, Term.ends_on)


def term_among(found: Sequence[Any], on: date) -> Span:
    """The term that was found, else the usual one."""
    return Span(found[0].starts_on, found[0].ends_on) if found else usual_term(on)


def usual_term(on: date) -> Span:
    """1 September to 31 January, or 1 February to 31 August."""
    first, following = clock.term_bounds(on)
    return Span(first, following - timedelta(1))


def month_of(on: date) -> Span:
    first, following = clock.month_bounds(on)
    return Span(first, following - timedelta(1))


def month_elapsed(term: Span, on: date) -> Fraction:
    """How much of the month's part of a term is over; 0 in a month with less than half a month of it, as in holidays: nothing is due there."""
    part = month_of(on).common(term)
    return part.elapsed(on) if part.days >= HALF_MONTH else Fraction(0)


def days_elapsed(term: Span, on: date, days: int) -> Fraction:
    """1 where the last ``days`` all lie in the term, else 0: what is asked for in each such time cannot be missing from holidays."""
    return Fraction(term.first <= last_days(on, days) and on <= term.last)


def last_days(on: date, days: int) -> date:
    """The earliest day that is at most ``days`` ago."""
    return on - timedelta(days)


def last_birth(age: int, on: date) -> date:
    """The latest birth date of those who have reached ``age`` full years on a day."""
    day = clock.add_months(on, -12 * age)
    following = day + timedelta(1)
    return following if clock.age_on(following, on) >= age else day  # born on 29 February


def start_of(on: date) -> datetime:
    """The moment at which a day begins in China."""
    return datetime.combine(on, time(), SHANGHAI)


def end_of(on: date) -> datetime:
    """The moment at which a day is over in China."""
    return start_of(on + timedelta(1))
