"""Ticks of a phone without a network, merged field by field and taken once, whatever is sent twice."""

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models.audit import Change
from app.models.inspection import Answer, Inspection
from app.models.org import Member
from app.models.visit_op import VISIT_OP
from app.services import clock, inspection, retention, scope, visit_sync
from app.services.merging import merge, said
from app.services.ticks import items_of, school_and_ticks
from app.services.visit_sync import CONFLICT, HELD, REFUSED, TAKEN, Op
from tests.support.asking import asking
from tests.support.statements import noted
from tests.support.visiting import planned

EMPTY = said({})


def texts(result="", remark="", reason=""):
    return {"result": result, "remark": remark, "reason": reason}


@pytest.mark.parametrize(("base", "mine", "theirs", "merged", "clashes"), [
    (texts(), texts("pass"), texts(), texts("pass"), []),
    (texts("pass"), texts("pass", "见台账"), texts("fail"), texts("fail", "见台账"), []),
    (texts("pass"), texts("fail", "无台账"), texts("fail", "无台账"), texts("fail", "无台账"), []),
    (texts("pass"), texts("fail"), texts("partly"), texts("fail"), ["result"]),
    (texts("pass", "甲"), texts("pass", "乙"), texts("fail", "丙"), texts("fail", "乙"), ["remark"]),
    (texts("pass", "甲"), texts("pass", "甲"), texts("fail", "丙"), texts("fail", "丙"), []),
    # Taken back by one, written on by the other: a text without a result is no tick.
    (texts("pass"), texts(), texts("pass", "甲"), texts("", "甲"), ["result", "remark"]),
    (texts("pass"), texts("pass", "甲"), texts(), texts("", "甲"), ["result", "remark"]),
    (texts("pass", "甲"), texts(), texts(), texts(), []),
])
def test_fields_are_merged_one_by_one(base, mine, theirs, merged, clashes):
    assert merge(base, mine, theirs) == (merged, clashes)


@pytest.fixture
def visit(app):
    """The session of the inspector, and the inspection that waits."""
    pk = planned(app)
    with app.app_context():
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        with asking(session, "inspector"):
            yield session, session.get_one(Inspection, pk)
        session.rollback()


def op(row, code, base, values, name=None):
    return Op(name or str(uuid.uuid4()), row.id, code, said(base), said(values), datetime(2020, 1, 1, tzinfo=UTC))


def count(session, model, *conditions):
    with scope.everything(session):
        return session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_an_operation_counts_once(visit):
    session, row = visit
    first = op(row, "A2", EMPTY, texts("pass", "有 制度"))
    changes = count(session, Change)
    told = visit_sync.take(session, [first], lag=90)
    assert [one.state for one in told] == [TAKEN] and told[0].answer.remark == "有 制度"
    inspection.save_answer(session, row, "A2", result="fail", seen_version=told[0].answer.version)
    again = visit_sync.take(session, [first, first])
    assert [one.state for one in again] == [TAKEN, TAKEN] and {one.at for one in again} == {told[0].at}
    assert again[0].answer.result == "fail", "what another said since stays, and is told"
    answers = session.scalars(select(Answer).where(Answer.inspection_id == row.id, Answer.item_id == told[0].answer.item_id)).all()
    assert len(answers) == 1
    assert count(session, Change, Change.entity == "Answer", Change.row_id == answers[0].id) == 2
    assert count(session, Change) - changes <= 3, "two of the tick, one of the inspection that began"


def test_the_phones_own_time_is_kept_beside_and_rules_nothing(visit):
    session, row = visit
    one = op(row, "A5", EMPTY, texts("pass"))
    before = clock.now()
    told = visit_sync.take(session, [one], lag=86_400)[0]
    kept = session.execute(select(VISIT_OP).where(VISIT_OP.c.op_id == one.id)).one()
    assert (kept.told_at, kept.lag, kept.inspection_id) == (one.told_at, 86_400, row.id)
    assert before <= told.at <= clock.now() and told.answer.answered_at >= before


def test_a_chain_of_one_item_goes_in_order_and_waits_behind_a_conflict(visit):
    session, row = visit
    ops = [op(row, "K1", EMPTY, texts("pass")), op(row, "K1", texts("pass"), texts("pass", "甲")), op(row, "K1", texts("pass", "甲"), texts("fail", "甲"))]
    assert [one.state for one in visit_sync.take(session, ops)] == [TAKEN] * 3
    stale = [op(row, "K1", texts("pass"), texts("partly")), op(row, "K1", texts("partly"), texts("partly", "乙")), op(row, "K6", EMPTY, texts("pass"))]
    told = visit_sync.take(session, stale)
    assert [one.state for one in told] == [CONFLICT, HELD, TAKEN]
    assert (list(told[0].fields), told[0].answer.result) == (["result"], "fail")
    assert count(session, VISIT_OP, VISIT_OP.c.op_id.in_([one.id for one in stale])) == 1, "what was not taken may be sent again"


def test_spaces_make_no_conflict_with_oneself(visit):
    session, row = visit
    ops = [op(row, "K6", EMPTY, texts("pass", " 有台账 ")), op(row, "K6", texts("pass", " 有台账 "), texts("pass", "有台账，齐全"))]
    assert [one.state for one in visit_sync.take(session, ops)] == [TAKEN] * 2


def test_what_the_records_speak_against_comes_back_with_its_field(visit):
    session, row = visit
    sheet = inspection.open_sheet(session, row)
    code = next(line.item.code for part in sheet.parts for line in part.lines
                if line.evidence and line.evidence.suggestion == "fail" and not line.answered)
    told = visit_sync.take(session, [op(row, code, EMPTY, texts("pass")), op(row, "Z9", EMPTY, texts("pass"))])
    assert [(one.state, list(one.errors)) for one in told] == [(REFUSED, ["reason"]), (REFUSED, ["item"])]
    assert inspection.answer_to(session, row, code) is None
    assert visit_sync.take(session, [op(row, code, EMPTY, texts("pass", reason="现场核实"))])[0].state == TAKEN


def test_a_name_that_another_member_used_is_not_taken(visit):
    session, row = visit
    one = op(row, "K3", EMPTY, texts("pass"))
    assert visit_sync.take(session, [one])[0].state == TAKEN
    session.execute(VISIT_OP.update().where(VISIT_OP.c.op_id == one.id).values(member_id=0))
    assert visit_sync.take(session, [one])[0].state == REFUSED


def test_an_inspection_out_of_sight_is_refused(visit):
    session, row = visit
    assert visit_sync.take(session, [Op(str(uuid.uuid4()), 999_999, "A1", EMPTY, texts("pass"))])[0].state == REFUSED


def test_ticks_of_an_inspection_out_of_sight_are_none(visit):
    session, row = visit
    items = items_of(session, row, {"A2", "K1"})
    assert [item.code for item in items] == ["A2", "K1"]
    visit_sync.take(session, [op(row, "K1", EMPTY, texts("pass", reason="现场核实"))])
    school, answers = school_and_ticks(session, row, [item.id for item in items])
    assert school is not None and [*answers] == [items[1].id]
    foreign = Member(id=999_999, name="外县", role="inspector", area_id=0, password="x")
    scope.bind(session, scope.asker_of(session, foreign))
    assert school_and_ticks(session, row, [item.id for item in items]) == (None, {})


def test_a_tick_is_written_with_few_statements(visit):
    """Between BEGIN IMMEDIATE and COMMIT every other writer waits."""
    session, row = visit
    visit_sync.take(session, [op(row, "A5", EMPTY, texts("pass", reason="现场核实"))])
    ops = [op(row, code, EMPTY, texts("pass", reason="现场核实")) for code in ("A2", "K1", "K3")]
    before = visit_sync.read(session, ops)
    session.flush()
    with noted(session.get_bind()) as seen:
        assert [one.state for one in visit_sync.take(session, ops, before=before)] == [TAKEN] * 3
    assert [one.split()[0] for one in seen if "SAVEPOINT" not in one] == ["SELECT"] * 5 + ["INSERT"] * 3


def test_names_go_with_the_trash(visit):
    session, row = visit
    old = op(row, "A2", EMPTY, texts("na"))
    visit_sync.take(session, [old])
    session.execute(VISIT_OP.update().where(VISIT_OP.c.op_id == old.id).values(received_at=retention.trash_since(31)))
    with scope.everything(session):
        assert retention.purge(session, trash_days=30, log_days=200).rows["visit_op"] == 1
