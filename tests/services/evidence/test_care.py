"""Figures on guardians, contacts, visits, pairings and talks, at the borders of days."""

from datetime import date, timedelta

import pytest

from app.models.audit import Change
from app.models.care import FamilyContact, HomeVisit, Pairing, Talk
from tests.services.evidence.school import DAY, ON, desk, moment, said

assert desk


def test_entrustment_asks_for_letter_and_notice(desk):
    both, unsaid, unsigned = (desk.child("") for _number in range(3))
    for child, notified in ((both, True), (unsaid, False), (unsigned, True)):
        for parent in ("father", "mother"):
            desk.spell(child, parent, "away", date(2025, 2, 1), notified=notified)
    desk.child("f")  # one parent at home
    desk.letter("entrustment", both, expires_on=ON)
    desk.letter("entrustment", unsaid)
    desk.letter("entrustment", unsigned, expires_on=ON - DAY)
    made = desk.ask("entrustment_letters")
    assert (said(made), desk.behind(made)) == ((1, 3, "fail"), {unsaid.id, unsigned.id})
    assert (made.params["letters"], made.params["told"]) == (2, 2)


@pytest.mark.parametrize(("guardian", "suggestion"), [
    ({}, "pass"), ({"ability": "good"}, "pass"), ({"ill": True}, "partly"), ({"ability": "weak"}, "partly"),
    ({"ability": "none"}, "fail"),
    ({"birth_date": date(1956, 11, 30)}, "partly"), ({"birth_date": date(1956, 12, 1)}, "pass"),
    ({"ability": "none", "rank": "first"}, None),
])
def test_weak_guardians(desk, guardian, suggestion):
    row = desk.guardian(desk.child(), **guardian)
    made = desk.ask("weak_guardians")
    assert made.suggestion == suggestion
    assert desk.behind(made) == ({row.id} if suggestion in ("partly", "fail") else set())


def test_guardian_letters_hold_on_their_last_day(desk):
    signed, late = desk.child(), desk.child("f")
    desk.letter("school_guardian", signed, expires_on=ON)
    desk.letter("school_guardian", late, expires_on=ON - DAY)
    made = desk.ask("guardian_letters")
    assert (said(made), desk.behind(made), made.params["expired"]) == ((1, 2, "fail"), {late.id}, 1)


def contact(desk, child, days, **values):
    desk.add(FamilyContact, child_id=child.id, contacted_on=ON - days * DAY, **{"kind": "phone", "with_whom": "mother", **values})


@pytest.mark.parametrize(("days", "whom", "expected", "week"), [
    (7, "mother", (1, 1, "pass"), 1), (8, "mother", (1, 1, "partly"), 0), (7, "grandmother", (1, 1, "partly"), 0),
    (30, "father", (1, 1, "partly"), 0), (31, "father", (0, 1, "fail"), 0),
])
def test_family_contact(desk, days, whom, expected, week):
    child = desk.child()
    contact(desk, child, days, with_whom=whom)
    made = desk.ask("family_contact_30d")
    assert (said(made), made.params["week"]) == (expected, week)
    assert desk.behind(made) == ({child.id} if expected[0] == 0 else set())


def visit(desk, child, day):
    staff = desk.staff()
    desk.add(HomeVisit, child_id=child.id, visited_on=day, visitor_id=staff.id, found="都好")


def test_visits_count_from_the_first_day_of_term(desk):
    seen, before = desk.child(), desk.child()
    visit(desk, seen, date(2026, 9, 1))
    visit(desk, before, date(2026, 8, 31))
    made = desk.ask("home_visits_term")
    # 91 of 150 days of the term are over.
    assert (said(made), desk.behind(made)) == ((1, 2, None), {before.id}), "of two, one is due"
    desk.child()
    desk.child()
    assert said(desk.ask("home_visits_term")) == (1, 4, "partly"), "of four, two are due"
    assert said(desk.ask("home_visits_term", on=date(2026, 9, 30))) == (1, 4, None)
    assert said(desk.ask("home_visits_term", on=date(2027, 1, 28))) == (1, 4, "fail")
    assert said(desk.ask("home_visits_term", visits_per_term=2, on=date(2027, 1, 28))) == (0, 4, "fail")


def test_without_a_table_of_terms_the_usual_borders_hold(desk):
    child = desk.child()
    visit(desk, child, date(2026, 2, 1))
    assert said(desk.ask("home_visits_term", on=date(2026, 8, 31))) == (1, 1, "pass")


def test_key_children_need_a_grown_up_helper(desk):
    paired, peer, ended = (desk.child(special_group="needy") for _number in range(3))
    desk.child()
    desk.add(Pairing, child_id=paired.id, kind="proxy_parent", started_on=ON, ended_on=ON)
    desk.add(Pairing, child_id=peer.id, kind="peer", started_on=ON)
    desk.add(Pairing, child_id=ended.id, kind="teacher", started_on=ON - 9 * DAY, ended_on=ON - DAY)
    made = desk.ask("key_children_paired")
    assert (said(made), desk.behind(made)) == ((1, 3, "fail"), {peer.id, ended.id})


def test_helpers_over_the_limit(desk):
    many, few = desk.staff(), desk.staff()
    for number in range(3):
        child = desk.child()
        desk.add(Pairing, child_id=child.id, kind="teacher", staff_id=many.id, started_on=ON)
        if number < 2:
            desk.add(Pairing, child_id=child.id, kind="teacher", staff_id=few.id, started_on=ON)
    made = desk.ask("helpers_over_limit")
    assert (said(made), desk.behind(made), made.params["max"]) == ((1, 2, "fail"), {many.id}, 3)
    assert said(desk.ask("helpers_over_limit", max_children_per_helper=3)) == (0, 2, "pass")


def test_pairings_with_a_plan(desk):
    child = desk.child()
    desk.add(Pairing, child_id=child.id, kind="teacher", started_on=ON, plan="每周辅导一次")
    empty = desk.add(Pairing, child_id=child.id, kind="volunteer", started_on=ON, plan="")
    made = desk.ask("pairings_with_plan")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {empty.id})


def talk(desk, child, day, content=None):
    return desk.add(Talk, child_id=child.id, talked_on=day, teacher_id=desk.staff().id, content=content or f"谈话{child.id}{day}")


def test_talks_of_the_month(desk):
    this_month, last_month = desk.child(), desk.child()
    talk(desk, this_month, date(2026, 11, 1))
    talk(desk, last_month, date(2026, 10, 31))
    made = desk.ask("talks_month")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {last_month.id})
    assert said(desk.ask("talks_month", on=date(2026, 11, 29))) == (1, 2, None), "the second is due tomorrow"
    assert said(desk.ask("talks_month", talks_per_month=2)) == (0, 2, "fail")


def test_a_kindergarten_talks_every_two_weeks(desk):
    desk.school.type = "kindergarten"
    in_time, late = desk.child(), desk.child()
    talk(desk, in_time, ON - 14 * DAY)
    talk(desk, late, ON - 15 * DAY)
    made = desk.ask("talks_month")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {late.id})


@pytest.mark.parametrize(("minutes", "suspect"), [(10, 5), (11, 0)])
def test_five_talks_within_ten_minutes_look_like_bulk(desk, minutes, suspect):
    rows = [talk(desk, desk.child(), ON) for _number in range(5)]
    for number, line in enumerate(desk.session.query(Change).where(Change.entity == "Talk").order_by(Change.id)):
        line.at = moment(ON, 9) + timedelta(minutes=minutes * number / 4)
    desk.session.flush()
    made = desk.ask("talks_in_bulk")
    assert said(made) == (suspect, 5, "partly" if suspect else "pass")
    assert desk.behind(made) == ({row.id for row in rows} if suspect else set())


def test_the_same_words_under_two_children_are_suspect(desk):
    one, other = desk.child(), desk.child()
    first, second = talk(desk, one, ON, "情绪稳定"), talk(desk, other, ON - DAY, "情绪稳定")
    talk(desk, one, ON, "想妈妈")
    talk(desk, one, ON - DAY, "想妈妈")
    made = desk.ask("talks_in_bulk")
    assert (said(made), desk.behind(made)) == ((2, 4, "partly"), {first.id, second.id})
