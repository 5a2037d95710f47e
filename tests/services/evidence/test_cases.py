"""Figures on cases, aid and equipment, at the borders of days; what their forms refuse."""

from datetime import date

import pytest

from app.models.cases import Aid, CaseFile
from app.models.ledger import Equipment, LogEntry, SchoolDocument
from tests.services.evidence.school import DAY, ON, desk, said
from tests.services.evidence.test_log import paper

assert desk
TERM = date(2026, 9, 1)


def case(desk, kind, child=None, opened=ON, **values):
    return desk.add(CaseFile, child_id=(child or desk.child()).id, school_id=desk.school.id, kind=kind, opened_on=opened, **values)


def aid(desk, kind, child, decided=TERM, **values):
    return desk.add(Aid, child_id=child.id, school_id=desk.school.id, kind=kind, decided_on=decided, **values)


def piece(desk, kind, count=1, working=1, **values):
    return desk.add(Equipment, kind=kind, place="一处", count=count, working=working, **values)


@pytest.mark.parametrize(("name", "kind", "days"), [("mental_followed", "mental", 30), ("sick_followed", "sick", 7)])
def test_a_case_rests_too_long(desk, name, kind, days):
    old = ON - 99 * DAY
    case(desk, kind, opened=old, followed_on=ON - days * DAY)
    case(desk, kind, opened=ON - days * DAY)  # found lately
    case(desk, kind, opened=old, closed_on=ON)
    assert said(desk.ask(name)) == (0, 2, "pass")
    resting = {case(desk, kind, opened=old, followed_on=ON - (days + 1) * DAY).id, case(desk, kind, opened=ON - (days + 1) * DAY).id}
    made = desk.ask(name)
    assert (said(made), desk.behind(made)) == ((2, 4, "fail"), resting)


@pytest.mark.parametrize(("name", "kind"), [("mental_followed", "mental"), ("sick_followed", "sick"), ("cases_planned", "behaviour")])
def test_a_child_who_left_is_followed_elsewhere(desk, name, kind):
    case(desk, kind, desk.child(file_state="moved_out"), opened=ON - 99 * DAY)
    assert said(desk.ask(name)) == (None, None, None)
    here = {case(desk, kind, desk.child(file_state=state), opened=ON - 99 * DAY).id for state in ("open", "ended")}
    assert (desk.ask(name).suggestion, desk.behind(desk.ask(name))) == ("fail", here)


def test_a_plan_for_each(desk):
    case(desk, "behaviour", plan="每周谈心")
    without = case(desk, "study", plan="")
    case(desk, "study", closed_on=ON)
    made = desk.ask("cases_planned")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {without.id})


def test_bullying_within_a_year(desk):
    case(desk, "bullying", opened=ON - 366 * DAY, closed_on=ON - DAY)
    assert said(desk.ask("bullying_open")) == (None, None, None)
    case(desk, "bullying", opened=ON - 365 * DAY, closed_on=ON)
    open_ = case(desk, "bullying", opened=ON - DAY)
    made = desk.ask("bullying_open")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {open_.id})
    old = case(desk, "bullying", opened=ON - 400 * DAY)  # nobody settled it
    made = desk.ask("bullying_open")
    assert (said(made), desk.behind(made)) == ((2, 3, "fail"), {open_.id, old.id})


def test_who_is_out_of_school_is_followed(desk):
    case(desk, "absent", opened=ON - 10 * DAY)
    desk.child(stage="dropped_out", birth_date=date(2008, 1, 1))  # past school age
    assert said(desk.ask("dropouts_followed")) == (0, 1, "pass")
    unknown = desk.child(stage="dropped_out")
    resting = case(desk, "dropout", opened=ON - 31 * DAY)
    paper(desk, "dropout_report")
    made = desk.ask("dropouts_followed")
    assert (said(made), desk.behind(made), made.params["missing"]) == ((2, 3, "fail"), {unknown.id, resting.child_id}, 2)


@pytest.mark.parametrize(("reported", "missing", "suggestion"), [
    ([date(2026, 9, 30), date(2026, 10, 1), date(2026, 11, 30)], 0, "pass"), ([date(2026, 9, 1), date(2026, 11, 1)], 1, "partly"), ([], 3, "fail")])
def test_who_is_out_of_school_is_reported_each_month(desk, reported, missing, suggestion):
    case(desk, "absent", opened=ON - 10 * DAY)
    paper(desk, "term_plan")
    for day in reported:
        paper(desk, "dropout_report", day)
    made = desk.ask("dropouts_followed")
    assert (said(made), made.params["months"], made.params["missing"]) == ((0, 1, suggestion), 3, missing)
    assert desk.ask("dropouts_followed", on=date(2026, 12, 30)).params["months"] == 3, "December is not over"


def test_promises_to_report(desk):
    desk.staff(name="王立")
    unsigned = desk.staff(name="赵敏")
    desk.letter("school_report", signer="王立")
    desk.letter("school_post", signer="赵敏")
    case(desk, "report", desk.child(file_state="moved_out"))  # it is open wherever the child went
    made = desk.ask("duty_to_report")
    assert (said(made), desk.behind(made), made.params["cases"]) == ((1, 2, "fail"), {unsigned.id}, 1)
    desk.letter("school_report", signer="赵敏")
    assert said(desk.ask("duty_to_report")) == (2, 2, "partly")  # the report is still open


@pytest.mark.parametrize(("birth", "stage", "planned", "expected"), [
    (date(2016, 5, 1), "primary", True, (1, 1, "pass")), (date(2016, 5, 1), "primary", False, (0, 1, "fail")),
    (date(2016, 5, 1), "not_in_school", True, (0, 1, "fail")), (date(2020, 11, 30), "not_in_school", False, (0, 1, "fail")),
    (date(2020, 12, 1), "not_in_school", False, (None, None, None)), (date(2010, 12, 1), "junior", True, (1, 1, "pass")),
    (date(2010, 11, 30), "senior", False, (None, None, None))])
def test_disabled_children_of_school_age(desk, birth, stage, planned, expected):
    child = desk.child(health="disabled", birth_date=birth, stage=stage)
    if planned:
        case(desk, "disability", child, plan="随班就读")
    made = desk.ask("disabled_enrolled")
    assert said(made) == expected
    assert desk.behind(made) == ({child.id} if expected[0] == 0 else set())


def test_aid_is_given_by_the_end_of_the_term(desk):
    child = desk.child()
    aid(desk, "boarding", child, granted_on=ON)
    waiting = aid(desk, "nutrition", child)
    aid(desk, "boarding", child, TERM - DAY)
    aid(desk, "goods", child)
    made = desk.ask("aid_granted")
    assert (said(made), desk.behind(made)) == ((1, 2, None), {waiting.id})
    assert said(desk.ask("aid_granted", on=date(2027, 1, 28))) == (1, 2, "fail")


def test_needy_children_are_aided(desk):
    helped, waiting = desk.child(special_group="needy"), desk.child(special_group="needy")
    desk.child()
    aid(desk, "hardship", helped, granted_on=TERM)
    aid(desk, "hardship", waiting, decided=TERM - 9 * DAY, granted_on=TERM - DAY)
    made = desk.ask("needy_aided", on=date(2027, 1, 28))
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {waiting.id})


def test_summary_and_receipts(desk):
    child = desk.child()
    aid(desk, "goods", child, granted_on=ON, amount=200, receiver="李家长")
    assert said(desk.ask("aid_accounts")) == (1, 2, "fail"), "no summary"
    paper(desk, "term_summary", ON - 220 * DAY)
    made = desk.ask("aid_accounts")
    assert (said(made), made.params["times"], made.params["amount"]) == ((2, 2, "pass"), 1, 200)
    unsigned = aid(desk, "hardship", child, granted_on=ON, amount=500)
    made = desk.ask("aid_accounts")
    assert (said(made), desk.behind(made), made.params["amount"]) == ((1, 2, "fail"), {unsigned.id}, 700)


@pytest.mark.parametrize(("name", "kind", "days"), [("alarm_test", "alarm", 30), ("bus_positions", "bus_gps", 7)])
def test_equipment_is_looked_at(desk, name, kind, days):
    piece(desk, kind, checked_on=ON - days * DAY)
    assert said(desk.ask(name)) == (0, 1, "pass")
    bad = {piece(desk, kind, checked_on=ON - (days + 1) * DAY).id, piece(desk, kind).id, piece(desk, kind, working=0, checked_on=ON).id}
    made = desk.ask(name)
    assert (said(made), desk.behind(made)) == ((3, 4, "fail"), bad)


@pytest.mark.parametrize(("name", "kind"), [("cameras_offline", "camera"), ("open_kitchen", "open_kitchen")])
def test_pieces_are_counted(desk, name, kind):
    piece(desk, kind, 16, 16)
    off = piece(desk, kind, 8, 6)
    made = desk.ask(name)
    assert (said(made), desk.behind(made)) == ((2, 24, "fail"), {off.id})


@pytest.mark.parametrize(("name", "kind"), [("fire_equipment", "hydrant"), ("fire_equipment", "extinguisher"), ("bus_tools", "bus_kit")])
def test_equipment_expires(desk, name, kind):
    piece(desk, kind, expires_on=ON)
    piece(desk, kind)
    assert said(desk.ask(name)) == (0, 2, "pass")
    bad = {piece(desk, kind, expires_on=ON - DAY).id, piece(desk, kind, 4, 3).id}
    made = desk.ask(name)
    assert (said(made), desk.behind(made)) == ((2, 4, "fail"), bad)


@pytest.mark.parametrize(("pupils", "needed", "suggestion"), [(0, 1, "pass"), (100, 4, "pass"), (101, 5, "partly"), (150, 6, "fail")])
def test_toilets_by_pupils(desk, pupils, needed, suggestion):
    desk.school.pupils = pupils
    piece(desk, "toilet", 5, 4)
    assert said(desk.ask("toilets")) == (4, needed, suggestion)


@pytest.mark.parametrize(("model", "values", "key"), [
    (LogEntry, {"due": 5, "done": 6}, "done"), (Equipment, {"count": 1, "working": 2}, "working"),
    (SchoolDocument, {"dated_on": ON, "valid_until": ON - DAY}, "valid_until"), (CaseFile, {"opened_on": ON, "followed_on": ON - DAY}, "followed_on"),
    (CaseFile, {"opened_on": ON, "closed_on": ON - DAY}, "closed_on"), (Aid, {"decided_on": ON, "granted_on": ON - DAY}, "granted_on")])
def test_what_the_forms_refuse(model, values, key):
    assert set(model.problems(values)) == {key}
    assert model.problems({**values, key: next(value for name, value in values.items() if name != key)}) == {}
    assert model.problems({}) == {}
