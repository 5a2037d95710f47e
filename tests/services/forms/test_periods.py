"""Periods of forms: no day between the first term and today is in none, or in two."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.models.term import Term
from app.services import clock
from app.services.forms import periods

DAY = timedelta(1)


@pytest.fixture
def terms(db_session):
    """Two school years with holidays between the terms."""
    for row in db_session.scalars(select(Term)).all():
        db_session.delete(row)
    db_session.flush()
    spans = [("2024—2025", 1, date(2024, 9, 1), date(2025, 1, 17)), ("2024—2025", 2, date(2025, 2, 17), date(2025, 7, 10)),
             ("2025—2026", 1, date(2025, 9, 1), date(2026, 1, 23))]
    db_session.add_all(Term(name=f"{year} {number}", school_year=year, number=number, starts_on=first, ends_on=last) for year, number, first, last in spans)
    db_session.flush()
    return [first for _year, _number, first, _last in spans]


@pytest.mark.parametrize("today", [date(2025, 12, 24), date(2026, 2, 3), date(2025, 9, 1)])
@pytest.mark.parametrize("kind", ["term", "year"])
def test_every_day_is_in_one_period(db_session, terms, kind, today):
    with clock.freeze(today):
        found = sorted(periods.choices(db_session, kind), key=lambda one: one.first)
    assert found[0].first == terms[0] and found[-1].last >= today
    assert [one.last + DAY for one in found[:-1]] == [one.first for one in found[1:]]


def test_what_is_found_in_the_holidays_stands_with_the_term_before(db_session, terms):
    with clock.freeze(date(2025, 12, 24)):
        running, spring, autumn = periods.choices(db_session, "term")
        year, before = periods.choices(db_session, "year")
    assert (autumn.last, spring.last, running.last) == (date(2025, 2, 16), date(2025, 8, 31), date(2026, 1, 23))
    assert (before.label, before.last, year.first) == ("2024—2025", date(2025, 8, 31), date(2025, 9, 1))
