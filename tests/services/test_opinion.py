"""The opinion on an inspection: who may answer, send out and sign when; its number; what it says of the score."""

import pytest

from app.models.audit import Change
from app.models.inspection import Answer, Opinion
from app.services import clock, finding_marks, opinion, records, scope, scoring, settled
from tests.services.evidence.school import DAY, ON, desk
from tests.support.finding_way import Way

assert desk


@pytest.fixture
def way(desk):
    return Way(desk)


def go(way, role, step, *said):
    way.as_(role)
    step(way.session, way.opinion, *said)


def refused(way, role, step, *said):
    with pytest.raises(records.Refused) as wrong:
        go(way, role, step, *said)
    return {key: str(error) for key, error in wrong.value.errors.items()}


@pytest.mark.parametrize(("step", "allowed", "said"), [(opinion.agree, "school", ()), (opinion.issue, "county", ()), (opinion.sign, "school", ("某某",))])
def test_each_step_is_one_roles(way, step, allowed, said):
    for role in {"school", "county", "inspector", "township", "superior", "teacher"} - {allowed}:
        with pytest.raises(records.Forbidden):
            go(way, role, step, *said)


def test_a_letter_waits_for_the_schools_days_or_its_word(way):
    last = way.opinion.objection_due_on
    with clock.freeze(last):
        assert "申辩期到" in refused(way, "county", opinion.issue)[""] and not to_issue(way)
    with clock.freeze(last + DAY):
        assert to_issue(way)
    go(way, "school", opinion.agree)
    assert to_issue(way)
    go(way, "county", opinion.issue)
    assert (way.opinion.state, way.opinion.issued_on, way.opinion.year, way.opinion.serial) == ("issued", ON, ON.year, 1)
    assert way.opinion.office_id == way.desk.county.id
    assert "已经发出" in refused(way, "county", opinion.issue)[""] and "已经发出" in refused(way, "school", opinion.agree)[""]


def to_issue(way):
    way.as_("county")
    return bool(way.session.query(Opinion).filter(Opinion.id == way.opinion.id, finding_marks.to_issue()).count())


def test_nothing_is_sent_over_an_undecided_objection(way):
    way.take("school", "object")
    assert "还有 1 个问题" in refused(way, "school", opinion.agree)[""]
    with clock.freeze(way.opinion.objection_due_on + DAY):
        assert "还有 1 个问题" in refused(way, "county", opinion.issue)[""]
        way.take("county", "uphold")
        go(way, "county", opinion.issue)
    assert way.opinion.state == "issued"


def test_the_receipt_tells_who_and_when(way):
    assert "还没有发出" in refused(way, "school", opinion.sign, "某某")[""]
    go(way, "school", opinion.agree)
    go(way, "county", opinion.issue)
    assert refused(way, "school", opinion.sign, "  ") == {"reason": "请填写签收人姓名"}
    go(way, "school", opinion.sign, "某校长")
    assert (way.opinion.state, way.opinion.signed_by, way.opinion.signed_at) == ("signed", "某校长", clock.now())


def test_numbers_run_through_a_county_and_a_year(way):
    def issued(school, day):
        with clock.freeze(day):
            visit = way.inspected(day)
            with scope.everything(way.session):
                visit.school_id = school.id
                row = way.desk.add(Opinion, inspection_id=visit.id, school_id=school.id, objection_due_on=day - DAY)
            way.as_("county")
            opinion.issue(way.session, row)
            return row.year, row.serial

    mine, beside = way.desk.school, way.desk.other_school
    assert [issued(mine, ON), issued(beside, ON), issued(mine, ON + 90 * DAY), issued(beside, ON + 90 * DAY)] == [(2026, 1), (2026, 2), (2027, 1), (2027, 2)]


def tick(way, code, result):
    way.desk.add(Answer, inspection_id=way.visit.id, item_id=way.item(code).id, result=result)


def test_what_was_withdrawn_counts_as_passed_and_the_inspection_keeps_its_score(way):
    for code, result in (("A1", "fail"), ("A2", "pass"), ("A3", "pass"), ("I1", "fail")):
        tick(way, code, result)
    way.found("I1")
    way.as_("county")
    assert settled.said(way.session, way.visit, way.opinion) == (50.0, "poor")
    way.take("school", "object")
    way.take("county", "withdraw")
    assert settled.said(way.session, way.visit, way.opinion) == (75.0, "fair")
    told = opinion.letter(way.session, way.opinion)
    assert [one.code for one in told.words.lines] == ["I1"] and told.score == 75.0
    assert [(one.code, one.decision) for one in told.words.objections] == [("A1", "withdraw")]
    go(way, "school", opinion.agree)
    go(way, "county", opinion.issue)
    assert (way.opinion.score, way.opinion.grade, way.visit.score) == (75.0, "fair", 90.0)


def test_the_letters_grade_says_when_the_school_is_due_again(way):
    for code, result in (("A1", "fail"), *((f"B{number}", "pass") for number in range(1, 9))):
        tick(way, code, result)
    due = {grade: scoring.next_visit(grade, ON, scoring.rules_of(way.template)) for grade in ("good", "excellent")}
    with scope.everything(way.session):
        way.visit.grade, way.visit.next_due_on = "good", due["good"]
        way.session.flush()
    way.take("school", "object")
    way.take("county", "withdraw")
    go(way, "school", opinion.agree)
    with clock.freeze(ON + 9 * DAY):
        go(way, "county", opinion.issue)
    assert (way.opinion.grade, way.visit.grade) == ("excellent", "good")
    assert way.visit.next_due_on == due["excellent"] != due["good"], "counted from the day of the visit"
    with scope.everything(way.session):
        told = way.session.query(Change).filter(Change.entity == "Inspection", Change.row_id == way.visit.id).order_by(Change.id.desc()).first()
    assert [(line[0], line[3], line[4]) for line in told.lines] == [("next_due_on", due["good"].isoformat(), due["excellent"].isoformat())]
    assert told.member_id == way.people["county"].id
    with pytest.raises(records.Refused):
        records.edit(way.session, way.visit, {"summary": "改写"})


def test_a_red_line_that_was_lowered_caps_no_more(way):
    tick(way, "I1", "fail")
    for number in range(1, 13):
        tick(way, f"B{number}", "pass")
    way.row = way.found("I1")
    way.as_("county")
    assert settled.said(way.session, way.visit, way.opinion) == (92.3, "fair")
    way.take("school", "object")
    way.take("county", "change", level="general", day=ON + DAY)
    assert settled.said(way.session, way.visit, way.opinion) == (92.3, "excellent")
