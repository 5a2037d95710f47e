"""Figures on what the last inspection found."""

from datetime import date

import pytest

from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate, Finding, FindingStep, Inspection
from seeds.checklist.load import load_template
from tests.services.evidence.school import DAY, ON, desk, moment, said

assert desk
NAMES = ("findings_assigned", "findings_on_time", "findings_repeated", "findings_extension")


def inspected(desk, day, **values):
    template = load_template(desk.session, date(2026, 1, 1))
    county = desk.member("inspector", desk.county)
    return desk.add(Inspection, **{"template_id": template.id, "name": "督导", "planned_on": day, "inspector_id": county.id,
                                   "state": "submitted", "submitted_at": moment(day), **values})


def finding(desk, inspection, code="A1", **values):
    item = desk.session.query(ChecklistItem).where(ChecklistItem.code == code).one()
    return desk.add(Finding, inspection_id=inspection.id, item_id=item.id, **{"what": "问题", "due_on": ON, **values})


@pytest.mark.parametrize("name", NAMES)
def test_without_an_inspection_there_is_nothing(desk, name):
    open_ = inspected(desk, ON, state="open", submitted_at=None)
    assert open_.id
    assert (desk.ask(name).level, said(desk.ask(name))) == ("none", (None, None, None))


def test_only_the_last_inspection_counts(desk):
    older, last = inspected(desk, ON - 99 * DAY), inspected(desk, ON - 40 * DAY)
    finding(desk, older)
    finding(desk, last, responsible_id=desk.staff().id)
    assert said(desk.ask("findings_assigned")) == (1, 1, "pass")
    unassigned = finding(desk, last)
    made = desk.ask("findings_assigned")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {unassigned.id})
    assert said(desk.ask("findings_assigned", on=ON - 41 * DAY)) == (0, 1, "fail")


def test_another_checklist_hides_nothing(desk):
    """What a short check of something else finds, or does not, leaves the findings of this checklist as they are."""
    last = inspected(desk, ON - 40 * DAY)
    late = finding(desk, last, due_on=ON - DAY)
    other = desk.add(ChecklistTemplate, code="bus", number=1, name="校车专项")
    part = desk.add(ChecklistSection, template_id=other.id, code="A", name="校车", position=1)
    item = desk.add(ChecklistItem, section_id=part.id, code="A1", text="与原条目毫无关系", position=1, methods="查")
    short = inspected(desk, ON - 10 * DAY, template_id=other.id)
    made = desk.ask("findings_extension")
    assert (said(made), desk.behind(made)) == ((1, 1, "fail"), {late.id})
    desk.add(Finding, inspection_id=short.id, item_id=item.id, what="问题", due_on=ON)
    assert said(desk.ask("findings_extension")) == (1, 2, "fail")
    assert said(desk.ask("findings_repeated")) == (0, 2, "pass"), "A1 of another checklist is another item"
    newer = inspected(desk, ON - 5 * DAY, template_id=other.id)
    assert newer.id and said(desk.ask("findings_extension")) == (1, 1, "fail")


def test_put_right_on_the_last_day_is_in_time(desk):
    last = inspected(desk, ON - 40 * DAY)
    finding(desk, last, due_on=ON - DAY, fixed_on=ON - DAY)
    finding(desk, last, due_on=ON)  # not due before tomorrow
    assert said(desk.ask("findings_on_time")) == (1, 1, "pass")
    late = finding(desk, last, due_on=ON - 2 * DAY, fixed_on=ON - DAY)
    never = finding(desk, last, due_on=ON - DAY)
    made = desk.ask("findings_on_time")
    assert (said(made), desk.behind(made)) == ((1, 3, "fail"), {late.id, never.id})


def test_the_day_of_the_report_counts_and_not_the_day_that_it_names(desk):
    last, head = inspected(desk, ON - 40 * DAY), desk.member("school", desk.town)
    rows = [finding(desk, last, due_on=ON - 5 * DAY, fixed_on=ON - 5 * DAY, state="done") for _told in range(2)]
    for row, told in zip(rows, (ON - 5 * DAY, ON - 3 * DAY), strict=True):
        desk.add(FindingStep, finding_id=row.id, kind="fix", day=row.fixed_on, text="已整改", member_id=head.id, at=moment(told))
    made = desk.ask("findings_on_time")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {rows[1].id})


@pytest.mark.parametrize(("again", "found"), [(ON - 5 * DAY, (1, 1, "pass")), (ON - 3 * DAY, (0, 1, "fail"))])
def test_a_report_that_was_found_wanting_is_none(desk, again, found):
    """Reported two days before its day, sent back, reported again: on the day itself, or two days after it."""
    last, head, looks = inspected(desk, ON - 40 * DAY), desk.member("school", desk.town), desk.member("inspector", desk.county)
    row = finding(desk, last, due_on=ON - 5 * DAY, fixed_on=again, state="closed")
    steps = [("fix", head, ON - 7 * DAY, 9), ("back", looks, again, 8), ("fix", head, again, 9), ("close", looks, ON - DAY, 9)]
    for kind, who, day, hour in steps:
        desk.add(FindingStep, finding_id=row.id, kind=kind, text="说明", member_id=who.id, at=moment(day, hour))
    assert said(desk.ask("findings_on_time")) == found


def test_what_was_sent_back_and_not_reported_again_is_not_put_right(desk):
    last, head = inspected(desk, ON - 40 * DAY), desk.member("school", desk.town)
    row = finding(desk, last, due_on=ON - 5 * DAY, state="open")
    desk.add(FindingStep, finding_id=row.id, kind="fix", text="已整改", member_id=head.id, at=moment(ON - 7 * DAY))
    made = desk.ask("findings_on_time")
    assert (said(made), desk.behind(made)) == ((0, 1, "fail"), {row.id})


def test_what_waits_for_the_county_is_not_late(desk):
    finding(desk, inspected(desk, ON - 40 * DAY), due_on=ON - DAY, state="objected")
    assert said(desk.ask("findings_on_time")) == (None, None, None)


def test_a_finding_comes_back(desk):
    older, last = inspected(desk, ON - 99 * DAY), inspected(desk, ON - 40 * DAY)
    finding(desk, older, "A1")
    finding(desk, older, "I1", level="critical")
    finding(desk, last, "A2")
    assert said(desk.ask("findings_repeated")) == (0, 1, "pass")
    again = finding(desk, last, "A1")
    made = desk.ask("findings_repeated")
    assert (said(made), desk.behind(made)) == ((1, 2, "partly"), {again.id})
    finding(desk, last, "I1", level="critical")
    assert said(desk.ask("findings_repeated")) == (2, 3, "fail")


def test_who_is_late_needs_an_extension(desk):
    last = inspected(desk, ON - 40 * DAY)
    finding(desk, last, due_on=ON, state="extended")
    finding(desk, last, due_on=ON)
    finding(desk, last, due_on=ON - DAY, state="objected")  # waits for the county
    assert said(desk.ask("findings_extension")) == (0, 3, "pass")
    late = finding(desk, last, due_on=ON - DAY)
    made = desk.ask("findings_extension")
    assert (said(made), desk.behind(made)) == ((1, 4, "fail"), {late.id})


def test_an_extension_runs_out(desk):
    """A grant moves the day: who is past it is past the extension."""
    over = finding(desk, inspected(desk, ON - 40 * DAY), due_on=ON - DAY, state="extended")
    made = desk.ask("findings_extension")
    assert (said(made), desk.behind(made)) == ((1, 1, "fail"), {over.id})


def test_what_was_withdrawn_is_no_finding(desk):
    older, last = inspected(desk, ON - 99 * DAY), inspected(desk, ON - 40 * DAY)
    finding(desk, older, "A1", state="withdrawn")
    finding(desk, last, "A1", state="closed", fixed_on=ON - 9 * DAY, responsible_id=desk.staff().id)
    finding(desk, last, "A2", state="withdrawn", due_on=ON - 9 * DAY)
    assert said(desk.ask("findings_assigned")) == said(desk.ask("findings_on_time")) == (1, 1, "pass")
    assert said(desk.ask("findings_repeated")) == said(desk.ask("findings_extension")) == (0, 1, "pass")
    assert desk.ask("findings_extension").sentence == "上次检查的问题 1 条，已销号 1 条，没有完成 0 条，其中超过期限（含批准的延期）0 条"
