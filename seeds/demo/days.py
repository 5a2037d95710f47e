"""The calendar of the demo: terms of this and the last school year, school days, moments."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from app.models.clock import SHANGHAI
from app.services.clock import school_year_of

DAY = timedelta(days=1)
NATIONAL_DAY = {(10, day) for day in range(1, 8)}
NUMBER = {1: "第一学期", 2: "第二学期"}


class TermDays(NamedTuple):
    """A term from its first to its last day, both included."""

    year: str
    number: int
    starts_on: date
    ends_on: date

    @property
    def name(self) -> str:
        return f"{self.year} {NUMBER[self.number]}"


class Days:
    """What the demo knows of time, all of it reckoned from ``today``."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.yesterday = today - DAY
        year = int(school_year_of(today).year[:4])
        self.terms = _terms(year - 1) + _terms(year)
        begun = [term for term in self.terms if term.starts_on < today]
        self.last_term, self.term = begun[-2:]
        self.year = self.term.year
        self.year_began = next(term.starts_on for term in self.terms if term.year == self.year)
        self.year_before = self.terms[0].year
        self.horizon = today - timedelta(days=330)  # the records reach back one school year

    def is_school_day(self, day: date) -> bool:
        return (day.weekday() < 5 and (day.month, day.day) not in NATIONAL_DAY
                and any(term.starts_on <= day <= term.ends_on for term in self.terms))

    def school_days(self, count: int) -> list[date]:
        """The last ``count`` school days before today, oldest first."""
        found: list[date] = []
        day = self.yesterday
        while len(found) < count and day > self.terms[0].starts_on:
            if self.is_school_day(day):
                found.append(day)
            day -= DAY
        return found[::-1]

    def weekday(self, day: date) -> date:
        """The day, or the Friday before it."""
        return day - DAY * max(0, day.weekday() - 4)

    def in_holidays(self, day: date) -> bool:
        return not any(term.starts_on <= day <= term.ends_on for term in self.terms)

    def between(self, rng: Random, first: date, last: date) -> date:
        """A day from ``first`` to ``last``, at the latest yesterday."""
        last = min(last, self.yesterday)
        first = min(first, last)
        return first + DAY * rng.randint(0, (last - first).days)

    def ago(self, rng: Random, least: int, most: int) -> date:
        """A day at least ``least`` and at most ``most`` days before today."""
        return self.today - DAY * rng.randint(least, most)


def _terms(year: int) -> list[TermDays]:
    name = f"{year}—{year + 1}学年"
    return [TermDays(name, 1, date(year, 9, 1), date(year + 1, 1, 24)),
            TermDays(name, 2, date(year + 1, 2, 24), date(year + 1, 7, 10))]


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a day by the clock in China; ``minute`` may exceed 59."""
    return datetime.combine(day, time(hour), SHANGHAI) + timedelta(minutes=minute)
