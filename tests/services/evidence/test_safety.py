"""Figures on staff, hazards, canteen and buses, at the borders of days, grams, hours and seats."""

from datetime import date, timedelta

import pytest

from app.models.canteen import CanteenWorker
from tests.services.evidence.school import DAY, ON, desk, moment, said

assert desk


def test_teachers_without_certificate(desk):
    desk.staff(certificate_no="2026001")
    without = desk.staff(post="counsellor", certificate_no="")
    desk.staff(post="guard")
    desk.staff(present=False)
    made = desk.ask("teachers_without_certificate")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {without.id})


def test_record_checks_hold_for_a_year(desk):
    desk.staff(record_checked_on=ON - 365 * DAY)
    assert said(desk.ask("staff_record_checks")) == (0, 1, "pass")
    bad = {desk.staff(record_checked_on=ON - 366 * DAY).id, desk.staff(post="guard").id}
    made = desk.ask("staff_record_checks")
    assert (said(made), desk.behind(made), made.value, made.unit) == ((2, 3, "fail"), bad, 2, "人")


def test_post_letters_are_matched_by_name(desk):
    desk.staff(name="王立")
    unsigned = desk.staff(name="赵敏")
    desk.letter("school_post", signer="王立", expires_on=ON)
    desk.letter("school_post", signer="赵敏", expires_on=ON - DAY)
    made = desk.ask("post_letters")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {unsigned.id})


def test_a_hazard_due_today_is_in_time(desk):
    due = desk.hazard(due_on=ON)
    desk.hazard(fixed_on=ON)
    made = desk.ask("hazards_open")
    assert (said(made), made.params["open"], desk.behind(made)) == ((0, 2, "pass"), 1, {due.id})
    late = desk.hazard(due_on=ON - DAY)
    made = desk.ask("hazards_open")
    assert (said(made), desk.behind(made)) == ((1, 3, "fail"), {due.id, late.id})
    for _number in range(2):
        desk.hazard(fixed_on=ON)
    assert said(desk.ask("hazards_open")) == (1, 5, "partly")
    late.level = "serious"
    desk.session.flush()
    assert said(desk.ask("hazards_open")) == (1, 5, "fail")


def test_hazards_of_dangerous_places(desk):
    desk.hazard(kind="electric", fixed_on=ON)
    desk.hazard(kind="water")
    assert said(desk.ask("serious_hazards")) == (0, 1, "pass")
    electric = desk.hazard(kind="electric")
    made = desk.ask("serious_hazards")
    assert (said(made), desk.behind(made)) == ((1, 2, "partly"), {electric.id})
    desk.hazard(kind="water", level="serious")
    assert said(desk.ask("serious_hazards")) == (2, 3, "fail")


@pytest.mark.parametrize(("until", "number", "suggestion", "level"), [
    (ON, "JY1", "pass", "warn"), (ON + 31 * DAY, "JY1", "pass", "ok"), (ON - DAY, "JY1", "fail", "bad"),
    (None, "JY1", "fail", "bad"), (ON + 99 * DAY, None, "fail", "bad"),
])
def test_the_licence_holds_on_its_last_day(desk, until, number, suggestion, level):
    canteen = desk.canteen(licence_no=number, licence_until=until)
    made = desk.ask("food_licence")
    assert (made.suggestion, made.level) == (suggestion, level)
    assert desk.behind(made) == ({canteen.id} if suggestion == "fail" else set())
    assert "%(" not in made.sentence


@pytest.mark.parametrize(("until", "suggestion"), [
    (ON, "pass"), (ON - DAY, "fail"), (ON + 365 * DAY, "pass"), (ON + 366 * DAY, "fail"), (None, "fail")])
def test_a_health_certificate_holds_a_year(desk, until, suggestion):
    from_canteen = {"canteen_id": desk.canteen().id, "name": "李师傅"}
    worker = desk.add(CanteenWorker, **from_canteen, certificate_no="J1", certificate_until=until)
    desk.add(CanteenWorker, **from_canteen, present=False)
    made = desk.ask("health_certificates")
    assert (made.denominator, made.suggestion) == (1, suggestion)
    assert desk.behind(made) == ({worker.id} if suggestion == "fail" else set())



def test_morning_checks_are_counted_by_day(desk):
    canteen = desk.canteen()
    desk.meal(canteen, morning_check=True)
    desk.meal(canteen, meal="dinner")
    missing = desk.meal(canteen, served_on=ON - 30 * DAY)
    desk.meal(canteen, served_on=ON - 31 * DAY)
    made = desk.ask("morning_checks")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {missing.id})


@pytest.mark.parametrize(("name", "done"), [("disinfection", {"disinfected": True}), ("accompanied_meals", {"accompanied_by": "校长"})])
def test_meals_are_counted_once_each(desk, name, done):
    canteen = desk.canteen()
    desk.meal(canteen, dish="青菜", **done)
    desk.meal(canteen, dish="豆腐")
    missing = {desk.meal(canteen, meal="dinner", dish=dish, accompanied_by="").id for dish in ("青菜", "豆腐")}
    made = desk.ask(name)
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), missing)


def test_exactly_the_least_weight_is_enough(desk):
    canteen = desk.canteen()
    desk.meal(canteen, sample_grams=125)
    assert said(desk.ask("sample_weight")) == (0, 1, "pass")
    bad = {desk.meal(canteen, sample_grams=124).id, desk.meal(canteen).id}
    made = desk.ask("sample_weight")
    assert (said(made), desk.behind(made)) == ((2, 3, "fail"), bad)
    assert said(desk.ask("sample_weight", min_grams=124)) == (1, 3, "fail")


def test_exactly_forty_eight_hours_are_enough(desk):
    canteen, start = desk.canteen(), moment(ON - 3 * DAY)
    desk.meal(canteen, sampled_at=start, discarded_at=start + timedelta(hours=48))
    desk.meal(canteen, sampled_at=start)  # still kept
    assert said(desk.ask("sample_hours")) == (0, 1, "pass")
    early = desk.meal(canteen, sampled_at=start, discarded_at=start + timedelta(hours=48) - timedelta(minutes=1))
    made = desk.ask("sample_hours")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {early.id})


def test_sample_records_say_who_when_and_how_much(desk):
    canteen = desk.canteen()
    told = {"sample_grams": 130, "sampled_at": moment(ON), "sampler": "李师傅"}
    desk.meal(canteen, **told)
    lacking = {desk.meal(canteen, **{**told, key: None}).id for key in told}
    made = desk.ask("sample_completeness")
    assert (said(made), desk.behind(made)) == ((1, 4, "fail"), lacking)


@pytest.mark.parametrize(("name", "key", "good", "bad"), [
    ("bus_permit", "permit_until", ON, ON - DAY), ("bus_insurance", "insured_until", ON, ON - DAY),
    ("bus_test", "tested_on", ON - 183 * DAY, ON - 184 * DAY),
])
def test_papers_of_a_bus(desk, name, key, good, bad):
    desk.bus(**{key: good})
    assert said(desk.ask(name)) == (0, 1, "pass")
    over, unknown = desk.bus(**{key: bad}), desk.bus()
    made = desk.ask(name)
    assert (said(made), desk.behind(made)) == ((2, 3, "fail"), {over.id, unknown.id})


@pytest.mark.parametrize(("values", "suggestion"), [
    ({}, "pass"), ({"permit_no": None}, "fail"), ({"permit_no": ""}, "fail"),
    ({"reviewed_on": ON - 365 * DAY}, "pass"), ({"reviewed_on": ON - 366 * DAY}, "fail"), ({"reviewed_on": None}, "fail"),
    ({"birth_date": date(2001, 11, 30)}, "pass"), ({"birth_date": date(2001, 12, 1)}, "fail"),
    ({"birth_date": date(1966, 11, 30)}, "pass"), ({"birth_date": date(1966, 11, 29)}, "fail"),
    ({"birth_date": date(1950, 1, 1), "present": False}, None),
])
def test_drivers(desk, values, suggestion):
    driver = desk.driver(**values)
    made = desk.ask("bus_drivers")
    assert made.suggestion == suggestion
    assert desk.behind(made) == ({driver.id} if suggestion == "fail" else set())


def test_driver_letters(desk):
    desk.driver(name="周师傅")
    unsigned = desk.driver(name="吴师傅")
    desk.letter("school_driver", signer="周师傅")
    made = desk.ask("driver_letters")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {unsigned.id})


@pytest.mark.parametrize(("name", "good", "bad"), [
    ("bus_attendant", {"attendant": "李姐"}, {"attendant": ""}), ("bus_attendant", {"attendant": "李姐"}, {"attendant": None}),
    ("bus_overload", {"boarded": 30}, {"boarded": 31}),
    ("bus_headcount", {"boarded": 9, "alighted": 9}, {"boarded": 9, "alighted": 8}), ("bus_headcount", {}, {"alighted": None}),
])
def test_runs(desk, name, good, bad):
    bus, driver = desk.bus(seats=30), desk.driver()
    desk.run(bus, driver, ran_on=ON - 30 * DAY, **good)
    desk.run(bus, driver, ran_on=ON - 31 * DAY, **bad)
    assert said(desk.ask(name)) == (0, 1, "pass")
    wrong = desk.run(bus, driver, **bad)
    made = desk.ask(name)
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {wrong.id})


def test_attendants_are_counted_by_name(desk):
    bus, driver = desk.bus(), desk.driver()
    desk.run(bus, driver, attendant="李姐、王姐")
    assert said(desk.ask("bus_attendant", attendants_per_run=2)) == (0, 1, "pass")
    assert said(desk.ask("bus_attendant", attendants_per_run=3)) == (1, 1, "fail")


def test_prechecks(desk):
    bus, driver = desk.bus(), desk.driver()
    desk.run(bus, driver, checked=True)
    unchecked = desk.run(bus, driver)
    made = desk.ask("bus_prechecks")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {unchecked.id})
