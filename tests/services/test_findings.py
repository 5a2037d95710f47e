"""The way of a finding: each step from each state by each role, the days at their borders, what is said with it."""

from datetime import timedelta
from itertools import product

import pytest

from app.models import codes
from app.models.inspection import Finding, FindingStep
from app.models.rules import RuleError
from app.services import attachments, clock, finding_marks, findings, opinion, records
from app.services.findings import STEPS
from tests.services.evidence.school import DAY, ON, desk
from tests.support.finding_way import ROLES, SAID, Way

assert desk
# Said once more and by hand, so that a slip in the table is seen: step → (roles, states).
ALLOWED = {
    "object": ({"school"}, {"open"}), "uphold": ({"county"}, {"objected"}), "change": ({"county"}, {"objected"}), "withdraw": ({"county"}, {"objected"}),
    "fix": ({"school"}, {"open", "extended", "asked"}), "ask": ({"school"}, {"open", "extended"}), "grant": ({"county"}, {"asked"}),
    "deny": ({"county"}, {"asked"}), "close": ({"inspector", "county"}, {"done"}), "back": ({"inspector", "county"}, {"done"}),
    "escalate": ({"inspector", "county"}, {"open", "extended", "asked"}), "reopen": ({"county"}, {"closed"})}
LEADS = {"object": "objected", "uphold": "open", "change": "open", "withdraw": "withdrawn", "fix": "done", "ask": "asked", "grant": "extended",
         "deny": "open", "close": "closed", "back": "open", "reopen": "open"}


@pytest.fixture
def way(desk):
    return Way(desk)


def test_the_table_is_the_one_that_was_agreed():
    assert set(ALLOWED) == set(STEPS) == set(codes.FINDING_STEP)
    assert {kind: (set(step.who), set(step.to)) for kind, step in STEPS.items()} == ALLOWED
    assert all(set(step.to.values()) == {LEADS[kind]} for kind, step in STEPS.items() if kind != "escalate")
    assert {state for step in STEPS.values() for state in (*step.to, *step.to.values())} == set(codes.FINDING_STATE)


@pytest.mark.parametrize("kind", STEPS)
def test_every_step_from_every_state_by_everybody(way, kind):
    way.prove()
    for state, role in product(codes.FINDING_STATE, ROLES):
        way.stand(state)
        roles, states = ALLOWED[kind]
        savepoint = way.session.begin_nested()
        if role not in roles:
            with pytest.raises(records.Forbidden):
                way.take(role, kind)
        elif state not in states:
            assert list(way.refused(role, kind)) == [""]
        else:
            way.take(role, kind)
            assert way.row.state == LEADS.get(kind, state)
        savepoint.rollback()
        way.session.refresh(way.row)
        assert way.row.state == state


@pytest.mark.parametrize("state", codes.FINDING_STATE)
def test_what_is_offered_is_what_can_be_taken(way, state):
    way.stand(state)
    for role in ROLES:
        way.as_(role)
        found = set(findings.offered(way.session, way.row, way.around()))
        assert found == {kind for kind, (roles, states) in ALLOWED.items() if role in roles and state in states}


def test_another_inspector_looks_at_no_visit_of_a_colleague(way):
    way.stand("done")
    way.people["other"] = way.desk.member("inspector", way.desk.county)
    with pytest.raises(records.Forbidden):
        way.take("other", "close")
    assert way.take("inspector", "close").kind == "close"


def test_a_step_is_written_down_with_who_and_when(way):
    step = way.take("school", "object", text="当天停电，记录在纸上")
    assert (step.kind, step.text, step.member_id, step.at, step.day) == ("object", "当天停电，记录在纸上", way.people["school"].id, clock.now(), None)
    assert [one.kind for one in way.around().steps] == ["object"]
    way.as_("superior")
    assert list(way.around().steps) == []


@pytest.mark.parametrize(("kind", "role", "state"), [("object", "school", "open"), ("uphold", "county", "objected"), ("withdraw", "county", "objected"),
                                                     ("ask", "school", "open"), ("deny", "county", "asked"), ("back", "inspector", "done"),
                                                     ("escalate", "county", "open"), ("reopen", "county", "closed")])
def test_a_reason_is_asked_for(way, kind, role, state):
    way.stand(state)
    for text in (None, "", "  "):
        assert str(way.refused(role, kind, text=text)["text"]).startswith("请填写")
    assert list(way.refused(role, kind, text="长" * 1001)) == ["text"]
    assert way.row.state == state and not way.session.query(FindingStep).count()


def test_a_token_takes_a_step_once(way):
    way.as_("school")
    first = findings.take(way.session, way.row, "object", SAID, token="t1")
    assert findings.take(way.session, way.row, "object", SAID, token="t1") is first
    assert way.row.state == "objected"


def test_who_was_quicker_is_not_overwritten(way):
    seen = way.row.version
    way.take("school", "object")
    way.as_("county")
    with pytest.raises(records.Conflict):
        findings.take(way.session, way.row, "uphold", SAID, seen)


# Clocks --------------------------------------------------------------------------------------
def test_an_objection_is_taken_until_its_last_day(way):
    last = way.opinion.objection_due_on
    assert last == ON + timedelta(way.template.objection_days)
    with clock.freeze(last + DAY):
        assert "已经过了" in str(way.refused("school", "object")[""])
    with clock.freeze(last):
        assert way.take("school", "object").kind == "object"


def test_an_objection_is_made_once_and_to_a_draft_only(way):
    way.take("school", "object")
    way.take("county", "uphold")
    assert "已经申辩过" in str(way.refused("school", "object")[""])
    way.row = way.found("A2")
    way.as_("school")
    opinion.agree(way.session, way.opinion)
    assert "不能再申辩" in str(way.refused("school", "object")[""])


def test_an_extension_goes_as_far_as_the_version_says(way):
    due = way.row.due_on
    last = due + timedelta(way.template.extend_days)
    for day in (due, due - DAY, last + DAY):
        assert "最迟" in str(way.refused("school", "ask", day=day)["day"])
    way.take("school", "ask", day=last)
    way.take("county", "grant", day=last)
    assert (way.row.state, way.row.due_on, way.row.escalates_on) == ("extended", last, last + timedelta(way.template.escalate_days))


def test_of_what_is_overdue_an_extension_counts_from_today(way):
    with clock.freeze(way.row.due_on + 40 * DAY):
        today = clock.today()
        assert "day" in way.refused("school", "ask", day=today - DAY)
        assert "day" in way.refused("school", "ask", day=today + timedelta(way.template.extend_days + 1))
        assert way.take("school", "ask", day=today + timedelta(way.template.extend_days)).day > today


def test_a_report_needs_its_day_and_its_proof(way):
    assert list(way.refused("school", "fix", day=ON)) == ["files"]
    way.prove()
    for day in (ON + DAY, ON - DAY):
        assert list(way.refused("school", "fix", day=day)) == ["day"]
    way.take("school", "fix", day=ON, text="换了锁")
    assert (way.row.state, way.row.fixed_on, way.row.fix) == ("done", ON, "换了锁")
    assert way.row.recheck_by == ON + timedelta(way.template.recheck_days)


def test_a_look_again_closes_or_sends_back(way):
    way.prove()
    way.take("school", "fix", day=ON)
    way.take("inspector", "back", text="照片看不清")
    assert (way.row.state, way.row.fixed_on, way.row.recheck_by) == ("open", None, None)
    assert "新的照片" in str(way.refused("school", "fix", day=ON)["files"]), "the one that was found wanting proves nothing"
    way.prove(created_at=clock.now() + timedelta(minutes=1))
    way.take("school", "fix", day=ON)
    way.take("county", "close", way="papers", text=None)
    assert (way.row.state, way.row.fixed_on, way.row.recheck_by) == ("closed", ON, None)
    way.as_("school")
    assert not attachments.may_change(way.session, way.row), "what it rests on stays"


def test_what_a_report_rests_on_is_not_taken_away_while_it_waits(way):
    way.prove()
    way.as_("school")
    proof = attachments.of_row(way.session, way.row)[0]
    assert attachments.may_change(way.session, way.row, "delete")
    way.take("school", "fix", day=ON)
    with pytest.raises(records.Forbidden):
        attachments.remove(way.session, proof, way.row)
    assert attachments.may_change(way.session, way.row), "more may be added"
    way.take("inspector", "back", text="照片看不清")
    way.as_("school")
    assert attachments.may_change(way.session, way.row, "delete")


def waits(way, condition):
    way.as_("county")
    return bool(way.session.query(Finding).filter(Finding.id == way.row.id, condition()).count())


def test_what_is_late_is_late_the_day_after(way):
    due = way.row.due_on
    with clock.freeze(due):
        assert not waits(way, finding_marks.overdue)
    with clock.freeze(due + DAY):
        assert waits(way, finding_marks.overdue) and not waits(way, finding_marks.escalated)
    with clock.freeze(due + timedelta(way.template.escalate_days)):
        assert waits(way, finding_marks.escalated)
        way.stand("done", recheck_by=clock.today())
        assert not waits(way, finding_marks.escalated) and not waits(way, finding_marks.overdue) and not waits(way, finding_marks.recheck_late)
    with clock.freeze(way.row.recheck_by + DAY):
        assert waits(way, finding_marks.recheck_late)


@pytest.mark.parametrize(("kind", "role", "state"), [("back", "inspector", "done"), ("reopen", "county", "closed")])
def test_who_is_to_begin_anew_has_a_new_day(way, kind, role, state):
    way.stand(state, fixed_on=ON)
    with clock.freeze(way.row.due_on + 90 * DAY):
        today = clock.today()
        usual = findings.renewed(way.row, way.template)
        assert usual == today + timedelta(way.template.general_days)
        for day in (None, today - DAY):
            assert list(way.refused(role, kind, day=day)) == ["day"]
        way.take(role, kind, day=usual)
        assert (way.row.state, way.row.due_on, way.row.escalates_on) == ("open", usual, usual + timedelta(way.template.escalate_days))
        assert not waits(way, finding_marks.overdue) and not waits(way, finding_marks.escalated)
    with clock.freeze(usual + DAY):
        assert waits(way, finding_marks.overdue)


def test_what_is_put_up_by_hand_is_escalated_at_once(way):
    assert not waits(way, finding_marks.escalated)
    way.take("inspector", "escalate")
    assert waits(way, finding_marks.escalated) and way.row.state == "open"


def test_an_objection_that_lies_does_not_count_against_the_school(way):
    due = way.row.due_on
    way.take("school", "object")
    with clock.freeze(due + 40 * DAY):
        assert not waits(way, finding_marks.overdue) and not waits(way, finding_marks.escalated)
        assert waits(way, finding_marks.to_fix) and waits(way, finding_marks.to_decide)
        way.take("county", "uphold")
        day = clock.today() + timedelta(way.template.general_days)
        assert (way.row.due_on, way.row.escalates_on) == (day, day + timedelta(way.template.escalate_days))
        assert not waits(way, finding_marks.overdue)


def test_an_objection_that_is_upheld_shortens_no_day(way):
    way.stand("objected", due_on=ON + 300 * DAY)
    way.take("county", "uphold")
    assert way.row.due_on == ON + 300 * DAY


def test_a_decision_changes_level_and_day(way):
    way.take("school", "object")
    assert "day" in way.refused("county", "change", day=ON - DAY) and "level" in way.refused("county", "change", level="grave")
    way.take("county", "change", day=ON + 60 * DAY, level="critical")
    assert (way.row.level, way.row.due_on, way.row.state) == ("critical", ON + 60 * DAY, "open")


def test_a_finding_that_comes_back_says_so(way):
    assert not way.row.repeated
    again = way.inspected(ON)
    assert way.found("A1", again).repeated and not way.found("A2", again).repeated
    way.row = way.found("A3")
    way.take("school", "object")
    way.take("county", "withdraw")
    assert not way.found("A3", again).repeated, "what was withdrawn was none"


def test_messages_have_their_words(way):
    assert isinstance(findings.refusal(way.row, "close", way.around()), RuleError)
    assert str(findings.refusal(way.row, "close", way.around())) == "这个问题现在是“待整改”，不能复查销号"
