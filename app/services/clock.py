"""The clock as services see it, with months and school years."""

from datetime import date
from typing import NamedTuple

from app.models.clock import SHANGHAI, add_months, age_on, freeze, local, now, today

__all__ = [
    "SHANGHAI",
    "SchoolTerm",
    "add_months",
    "age_on",
    "freeze",
    "local",
    "month_bounds",
    "now",
    "school_year_of",
    "term_bounds",
    "today",
]

AUTUMN_BEGINS = 9
SPRING_BEGINS = 2


class SchoolTerm(NamedTuple):
    """A school year by its name, and the term in it: 1 autumn, 2 spring."""

    year: str
    term: int


def month_bounds(day: date) -> tuple[date, date]:
    """First day of the month of `day`, and of the next month: first <= d < next."""
    first = day.replace(day=1)
    return first, add_months(first, 1)


def school_year_of(day: date) -> SchoolTerm:
    """School year and term by the usual borders, 1 September and 1 February.

    Only a default for seeding: the real borders are local and stand in the table of terms.
    """
    begins = day.year if day.month >= AUTUMN_BEGINS else day.year - 1
    term = 2 if SPRING_BEGINS <= day.month < AUTUMN_BEGINS else 1
    return SchoolTerm(f"{begins}—{begins + 1}学年", term)


def term_bounds(day: date) -> tuple[date, date]:
    """First day of the term of `day` by the usual borders, and of the next one: first <= d < next."""
    year = day.year if day.month >= SPRING_BEGINS else day.year - 1
    spring, autumn = date(year, SPRING_BEGINS, 1), date(year, AUTUMN_BEGINS, 1)
    return (spring, autumn) if day < autumn else (autumn, date(year + 1, SPRING_BEGINS, 1))
