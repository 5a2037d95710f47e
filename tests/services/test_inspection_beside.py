"""Ticks and the submission of one inspection in transactions beside each other: what is submitted is what was ticked."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.inspection import Finding, Inspection
from app.services import inspection, records, scope
from app.services.inspection_rules import hold_open
from tests.support.beside import Beside, sessions_of
from tests.support.visiting import fill_the_rest, planned


@pytest.fixture
def pk(app):
    """Id of a planned inspection of this test alone."""
    with app.app_context(), scope.everything(db.session()):
        like = db.session().get_one(Inspection, planned(app))
        row = Inspection(school_id=like.school_id, template_id=like.template_id, inspector_id=like.inspector_id, name=like.name, planned_on=like.planned_on)
        db.session().add(row)
        db.session().commit()
        return row.id


@pytest.fixture
def asked(app):
    with app.app_context():
        yield sessions_of(app, "inspector")


def test_a_submission_waits_for_a_tick_that_is_being_written(app, asked, pk):
    fill_the_rest(app, pk, fails=())
    with asked() as session:
        row = session.get_one(Inspection, pk)
        seen = inspection.answer_to(session, row, "A1").version
        inspection.save_answer(session, row, "A1", result="fail", reason="现场核实", seen_version=seen)
        other = Beside(asked, Inspection, pk, inspection.submit)
        session.commit()
        other.join()
    with asked() as session:
        row = session.get_one(Inspection, pk)
        assert (other.said, row.state) == (None, "submitted")
        assert row.score == inspection.report(session, row).score
        assert "A1" in {one.item.code for one in session.scalars(select(Finding).where(Finding.inspection_id == pk))}


@pytest.mark.parametrize("change", ["tick", "clear"])
def test_a_tick_after_the_submission_is_refused_whatever_was_read_before(app, asked, pk, change):
    fill_the_rest(app, pk, fails=())
    with asked() as late, asked() as session:
        old = late.get_one(Inspection, pk)
        seen = inspection.answer_to(late, old, "A1").version
        late.commit()
        inspection.submit(session, session.get_one(Inspection, pk))
        session.commit()
        assert old.state == "open", "as it was read"
        with pytest.raises(records.Refused):
            if change == "tick":
                inspection.save_answer(late, old, "A1", result="fail", reason="现场核实", seen_version=seen)
            else:
                inspection.clear_answer(late, old, "A1", seen_version=seen)
        late.rollback()
        assert inspection.answer_to(late, old, "A1").result == "pass"


def test_two_first_ticks_do_not_wait_for_each_other(asked, pk):
    with asked() as session:
        row = session.get_one(Inspection, pk)
        hold_open(session, row)
        other = Beside(asked, Inspection, pk, lambda beside, same: inspection.save_answer(beside, same, "A2", result="pass", reason="现场核实"))
        inspection.save_answer(session, row, "A1", result="pass", reason="现场核实")
        session.commit()
        other.join()
    with asked() as session:
        row = session.get_one(Inspection, pk)
        assert (other.said, row.state) == (None, "open")
        assert [inspection.answer_to(session, row, code).result for code in ("A1", "A2")] == ["pass", "pass"]
