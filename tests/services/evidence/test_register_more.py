"""Figures on posts, menus, rides, records of helpers, proof of what was put right; the version that is kept with them."""

from datetime import date, timedelta

import pytest

from app.models.audit import Attachment, Change
from app.models.care import HomeVisit, Pairing, Talk
from app.services import evidence, ticks
from app.services.evidence.staff import guards_needed
from tests.services.evidence.school import DAY, ON, desk, moment, said
from tests.services.evidence.test_findings import finding, inspected

assert desk


def test_who_is_not_at_work(desk):
    desk.staff()
    away = desk.staff(present=False)
    made = desk.ask("staff_present")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {away.id})


def test_counsellors_at_work(desk):
    desk.staff()
    desk.staff(post="counsellor", present=False)
    assert said(desk.ask("counsellors")) == (0, 1, "fail")
    there = desk.staff(post="counsellor")
    made = desk.ask("counsellors")
    assert (said(made), made.value, desk.behind(made)) == ((1, 1, "pass"), 1, {there.id})


@pytest.mark.parametrize(("pupils", "needed"), [(0, 1), (99, 1), (100, 2), (999, 2), (1000, 3), (1499, 3), (1500, 4), (2000, 5)])
def test_guards_by_pupils(pupils, needed):
    assert guards_needed(pupils, evidence.REGISTRY["guards"].defaults) == needed


def test_too_few_guards(desk):
    desk.school.pupils = 120
    desk.staff(post="guard")
    made = desk.ask("guards")
    assert (said(made), made.params["pupils"]) == ((1, 2, "fail"), 120)
    desk.staff(post="guard")
    assert said(desk.ask("guards")) == (2, 2, "pass")


def test_a_forbidden_dish_is_named(desk):
    canteen = desk.canteen()
    desk.meal(canteen)
    assert said(desk.ask("forbidden_dishes")) == (0, 1, "pass")
    beans = desk.meal(canteen, dish="干煸四季豆")
    made = desk.ask("forbidden_dishes")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {beans.id})
    assert said(desk.ask("forbidden_dishes", dish_words="裱花")) == (0, 2, "pass")


def test_a_ride_is_known_by_its_plate(desk):
    for journey in ("步行", "乘校车", None):
        desk.child(journey=journey)
    assert said(desk.ask("rides_registered")) == (None, None, None)
    desk.child(journey="乘班车 示A12765")
    without = desk.child(journey="坐三轮车")
    made = desk.ask("rides_registered")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {without.id})


def test_helpers_write_down_something_each_month(desk):
    helper, other = desk.staff(), desk.staff()
    talked, visited, silent, outside = (desk.child() for _number in range(4))
    pairs = [desk.add(Pairing, child_id=child.id, school_id=desk.school.id, kind="proxy_parent", staff_id=staff and staff.id,
                      helper_name=None if staff else "赵女士", started_on=date(2026, 9, 1))
             for child, staff in ((talked, helper), (visited, helper), (silent, helper), (outside, None))]
    desk.add(Talk, child_id=talked.id, school_id=desk.school.id, talked_on=date(2026, 11, 1), teacher_id=helper.id, content="聊天")
    desk.add(HomeVisit, child_id=visited.id, school_id=desk.school.id, visited_on=ON, visitor_id=helper.id, found="都好")
    desk.add(Talk, child_id=silent.id, school_id=desk.school.id, talked_on=date(2026, 10, 31), teacher_id=helper.id, content="聊天")
    desk.add(Talk, child_id=silent.id, school_id=desk.school.id, talked_on=ON, teacher_id=other.id, content="聊天")
    made = desk.ask("helpers_records")
    assert (said(made), desk.behind(made), made.params["outside"]) == ((2, 3, "fail"), {pairs[2].id}, 1)
    assert said(desk.ask("helpers_records", on=date(2026, 11, 10)))[2] is None, "a third of the month is over, a third is done"


def test_what_was_put_right_is_proved_by_a_file(desk):
    last = inspected(desk, ON - 40 * DAY)
    finding(desk, last)
    proved, bare = finding(desk, last, "A2", fixed_on=ON), finding(desk, last, "A3", fixed_on=ON)
    desk.add(Attachment, entity="Finding", row_id=proved.id, name="整改后.jpg", media_type="image/jpeg", size=1, stored_as="00/a", sha256="0")
    desk.add(Attachment, entity="Hazard", row_id=bare.id, name="别处.jpg", media_type="image/jpeg", size=1, stored_as="00/b", sha256="0")
    made = desk.ask("findings_proved")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {bare.id})


def test_what_was_typed_just_before_the_visit_is_told_apart(desk):
    child, staff = desk.child(), desk.staff()
    for number in range(5):
        desk.add(Talk, child_id=child.id, school_id=desk.school.id, talked_on=ON - number * DAY, teacher_id=staff.id, content=f"第{number}次")
    for days, lately in ((14, 5), (15, 0)):
        for line in desk.session.query(Change).where(Change.entity == "Talk"):
            line.at = moment(ON - days * DAY) + timedelta(minutes=line.id % 5)
        desk.session.flush()
        made = desk.ask("talks_in_bulk")
        assert (said(made), made.params["bulk"], made.params["lately"]) == ((5, 5, "partly"), 5, lately)


def test_the_version_of_the_rule_is_kept(desk):
    desk.child()
    assert ticks.freeze(desk.session, desk.ask("filing_rate"))["version"] == 1
    assert ticks.freeze(desk.session, desk.ask("talks_in_bulk"))["version"] == evidence.REGISTRY["talks_in_bulk"].version == 3
