"""Figures on the register itself."""

from datetime import date

import pytest

from tests.services.evidence.school import DAY, ON, desk, said

assert desk
START = date(2026, 9, 1)


def test_accounts_in_use_are_those_of_the_school(desk):
    made = desk.ask("active_accounts")
    assert (made.value, made.suggestion, made.level) == (0, "fail", "bad")
    used = desk.member("school", desk.town, school_id=desk.school.id)
    desk.member("school", desk.town, school_id=desk.school.id, active=False)
    desk.member("school", desk.town, school_id=desk.other_school.id)
    desk.member("teacher", desk.town, school_id=desk.school.id)
    made = desk.ask("active_accounts")
    assert (made.value, made.suggestion, made.params["off"], desk.behind(made)) == (1, None, 1, {used.id})


@pytest.mark.parametrize(("updated", "on", "value", "suggestion"), [
    (START, ON, 0, "pass"),
    (START + 30 * DAY, ON, 30, "pass"),
    (START + 31 * DAY, ON, 31, "partly"),
    (START - DAY, START + 30 * DAY, None, None),
    (START - DAY, START + 31 * DAY, None, "fail"),
    (None, START + 30 * DAY, None, None),
    (None, START + 31 * DAY, None, "fail"),
])
def test_roster_is_due_thirty_days_after_the_start(desk, updated, on, value, suggestion):
    desk.school.roster_updated_on = updated
    desk.session.flush()
    made = desk.ask("roster_updated_in_time", on=on)
    assert (made.value, made.suggestion) == (value, suggestion)
    assert "%(" not in made.sentence


def test_sixteen_for_thirty_days_is_overdue(desk):
    sixteen_since = ON - 30 * DAY
    desk.child(birth_date=sixteen_since.replace(year=2010), stage="junior")
    assert said(desk.ask("changes_overdue")) == (0, 1, "pass")
    grown = desk.child(birth_date=(sixteen_since - DAY).replace(year=2010), stage="junior")
    made = desk.ask("changes_overdue")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {grown.id})


def test_parents_home_for_over_thirty_days_is_overdue(desk):
    back, never, recent = desk.child("", ), desk.child(""), desk.child("")
    desk.spell(back, "father", "away", date(2024, 1, 1), until=ON - 31 * DAY)
    desk.spell(recent, "father", "away", date(2024, 1, 1), until=ON - 30 * DAY)
    assert (back.left_behind, recent.left_behind) == ("0", "0")
    made = desk.ask("changes_overdue")
    assert (said(made), desk.behind(made)) == ((1, 3, "fail"), {back.id})
    assert never.id not in desk.behind(made)
