"""What is due by the end of a term or a month: on its first days, half way, on its last day and in the holidays."""

from datetime import date

import pytest

from app.models.care import Pairing
from app.models.term import Term
from tests.services.evidence.school import DAY, desk, said
from tests.services.evidence.test_log import log

assert desk
ONCE = ("parents_meetings", "guardian_school", "activities", "law_lessons", "meal_oversight")
KINDS = ("safety_lessons", "bus_lessons")
MONTHLY = ("talks_month", "six_ones", "helpers_records")
TERM, END = date(2026, 9, 1), date(2027, 1, 28)


@pytest.fixture
def school(desk):
    """Thirty children with a helper each, of whom nobody did anything; a term before and one after."""
    desk.add(Term, name="第二学期", school_year="2025—2026学年", number=2, starts_on=date(2026, 2, 23), ends_on=date(2026, 7, 10))
    desk.add(Term, name="第二学期", school_year="2026—2027学年", number=2, starts_on=date(2027, 2, 22), ends_on=date(2027, 7, 10))
    helper = desk.staff()
    for _number in range(30):
        desk.add(Pairing, child_id=desk.child().id, kind="proxy_parent", staff_id=helper.id, started_on=date(2026, 3, 1))
    log(desk, "checkup", date(2026, 3, 1))
    return desk


@pytest.mark.parametrize("name", [*ONCE, *KINDS, *MONTHLY, "home_visits_term", "home_openings"])
def test_nobody_is_behind_on_the_first_days_of_a_term(school, name):
    for days in (0, 1, 9, 13):
        made = school.ask(name, on=TERM + days * DAY)
        assert (made.numerator, made.suggestion, made.level) == (0, None, "ok"), days


@pytest.mark.parametrize("name", [*MONTHLY, "home_openings"])
def test_nothing_monthly_is_due_in_a_month_that_is_none_of_the_term(school, name):
    for on in (date(2026, 7, 31), date(2026, 8, 31), date(2027, 2, 1), date(2027, 2, 22), date(2027, 2, 28)):
        made = school.ask(name, on=on)
        assert (made.numerator, made.suggestion) == (0, None), on


@pytest.mark.parametrize("name", MONTHLY)
def test_a_month_of_the_term_is_due_by_its_end(school, name):
    for on, expected in (
            (date(2026, 11, 14), None), (date(2026, 11, 15), "partly"), (date(2026, 11, 29), "partly"), (date(2026, 11, 30), "fail"),
            (date(2027, 1, 14), None), (date(2027, 1, 15), "partly"), (date(2027, 1, 27), "partly"), (END, "fail"), (date(2027, 1, 31), "fail"),
            (date(2027, 2, 1), None), (date(2027, 3, 31), "fail"), (date(2027, 7, 9), None)):
        assert school.ask(name, on=on).suggestion == expected, on


@pytest.mark.parametrize("name", ONCE)
def test_once_a_term_is_due_on_its_last_day(school, name):
    for on, expected in ((END - DAY, None), (END, "fail"), (END + 9 * DAY, "fail")):
        assert said(school.ask(name, on=on)) == (0, 1, expected)


def test_whole_ones_are_due_as_the_term_goes_by(school):
    for on, name, params, expected in (
            (date(2026, 11, 13), "parents_meetings", {"meetings_per_term": 2}, None),
            (date(2026, 11, 14), "parents_meetings", {"meetings_per_term": 2}, "partly"),  # 75 of the 150 days are over
            (date(2026, 9, 29), "safety_lessons", {}, None),
            (date(2026, 9, 30), "safety_lessons", {}, "partly"),  # the first of five after a fifth of them
            (END, "safety_lessons", {}, "fail")):
        assert school.ask(name, on=on, **params).suggestion == expected, (name, on)


def test_a_kindergarten_is_asked_for_two_weeks_of_its_term(school):
    school.school.type = "kindergarten"
    school.session.flush()
    for on, expected in ((date(2026, 9, 14), None), (date(2026, 9, 15), "fail"), (END, "fail"), (END + DAY, None), (date(2026, 8, 31), None)):
        assert school.ask("talks_month", on=on).suggestion == expected, on


def test_what_is_done_passes_in_holidays_too(school):
    for _number in range(4):
        log(school, "home_open", date(2026, 8, 3))
    assert said(school.ask("home_openings", on=date(2026, 8, 20))) == (4, 4, "pass")
