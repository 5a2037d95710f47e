"""The whole checklist of every school of the demo county, on both engines."""

import json

from sqlalchemy import select

from app.extensions import db
from app.models.inspection import ChecklistTemplate, Inspection
from app.models.org import Member, School
from app.services import checklist, clock, evidence, inspection, scope, ticks


def test_every_figure_agrees_with_the_rows_behind_it(app):
    with app.app_context():
        session = db.session()
        with scope.everything(session):
            inspector = session.scalars(select(Member).where(Member.role == "inspector")).first()
        scope.bind(session, scope.asker_of(session, inspector))
        template = session.scalars(select(ChecklistTemplate)).one()
        items, found = checklist.items_of(session, template.id), {}
        for school in session.scalars(select(School)).all():
            for code, made in evidence.assess(session, school, items, clock.today()).items():
                found.setdefault(code, []).append(made)
                assert (made.rows.total if made.rows else 0) == len(evidence.ids_of(session, made, limit=10_000))
                assert json.dumps(ticks.freeze(session, made))
        assert len(found) == 103
        assert {"pass", "fail"} <= {made.suggestion for all_ in found.values() for made in all_}
        assert [code for code, all_ in found.items() if all(made.level == "none" for made in all_)] == []
        session.rollback()


def test_a_planned_inspection_opens(app):
    with app.app_context():
        session = db.session()
        with scope.everything(session):
            inspector = session.scalars(select(Member).where(Member.role == "inspector")).first()
        scope.bind(session, scope.asker_of(session, inspector))
        planned = session.scalars(select(Inspection).where(Inspection.state == "planned")).first()
        sheet = inspection.open_sheet(session, planned)
        assert 0 < len(sheet.missing) == sheet.total
        answer = inspection.save_answer(session, planned, "A1", result="fail", remark="没有方案")
        assert (planned.state, inspection.open_sheet(session, planned, live=()).answered, answer.version) == ("open", 1, 1)
        submitted = session.scalars(select(Inspection).where(Inspection.state == "submitted")).first()
        assert inspection.report(session, submitted).score == submitted.score
        session.rollback()
