from datetime import UTC, date, datetime, timedelta

import pytest

from app.services import clock


def test_a_frozen_day_is_that_day_and_ends_with_the_block():
    before = clock.today()
    with clock.freeze(date(2001, 2, 3)):
        assert clock.today() == date(2001, 2, 3)
        with clock.freeze(date(2002, 2, 3)):
            assert clock.today() == date(2002, 2, 3)
        assert clock.today() == date(2001, 2, 3)
    assert clock.today() >= before > date(2002, 2, 3)


def test_the_day_turns_at_midnight_in_china():
    with clock.freeze(datetime(2026, 8, 31, 15, 59, tzinfo=UTC)):
        assert clock.today() == date(2026, 8, 31)
    with clock.freeze(datetime(2026, 8, 31, 16, 0)):
        assert clock.today() == date(2026, 9, 1)


def test_now_is_aware_and_utc():
    assert clock.now().utcoffset() == timedelta(0)
    with clock.freeze(date(2026, 9, 1)):
        assert clock.now() == datetime(2026, 9, 1, 4, tzinfo=UTC)


def test_local_reads_a_naive_moment_as_utc():
    naive, aware = datetime(2026, 1, 1, 20), datetime(2026, 1, 1, 20, tzinfo=UTC)
    assert clock.local(naive) == clock.local(aware)
    assert clock.local(naive).isoformat() == "2026-01-02T04:00:00+08:00"


@pytest.mark.parametrize(
    "day, first, following",
    [
        (date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)),
        (date(2024, 2, 29), date(2024, 2, 1), date(2024, 3, 1)),
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 2, 1)),
    ],
)
def test_month_bounds_are_half_open(day, first, following):
    assert clock.month_bounds(day) == (first, following)


@pytest.mark.parametrize(
    "day, year, term",
    [
        (date(2026, 8, 31), "2025—2026学年", 2),
        (date(2026, 9, 1), "2026—2027学年", 1),
        (date(2026, 12, 31), "2026—2027学年", 1),
        (date(2027, 1, 31), "2026—2027学年", 1),
        (date(2027, 2, 1), "2026—2027学年", 2),
    ],
)
def test_school_year_and_term(day, year, term):
    assert clock.school_year_of(day) == (year, term)


@pytest.mark.parametrize(
    "day, months, then",
    [
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 5, 6), 0, date(2026, 5, 6)),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_last(day, months, then):
    assert clock.add_months(day, months) == then


@pytest.mark.parametrize(
    "birth, day, age",
    [
        (date(2010, 5, 6), date(2026, 5, 5), 15),
        (date(2010, 5, 6), date(2026, 5, 6), 16),
        (date(2008, 2, 29), date(2026, 2, 27), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 18),
        (date(2008, 2, 29), date(2024, 2, 28), 15),
        (date(2008, 2, 29), date(2024, 2, 29), 16),
        (date(2026, 5, 6), date(2026, 5, 5), -1),
    ],
)
def test_age_is_reached_on_the_birthday(birth, day, age):
    assert clock.age_on(birth, day) == age
