"""An objection and the school's word that it has none, in transactions beside each other: no letter goes out over an objection that lies."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.inspection import Finding, Inspection, Opinion
from app.services import clock, findings, opinion, records, scope
from app.services.scoring import rules_of
from tests.support.beside import Beside, sessions_of
from tests.support.visiting import submitted


@pytest.fixture
def found(app):
    """A finding of this test alone and the draft opinion on its inspection: their ids."""
    with app.app_context():
        with scope.everything(db.session()):
            session, like = db.session(), db.session().get_one(Inspection, submitted(app))
            row = Inspection(school_id=like.school_id, template_id=like.template_id, inspector_id=like.inspector_id, name=like.name,
                             planned_on=clock.today(), state="submitted", submitted_at=clock.now())
            session.add(row)
            session.flush()
            letter = opinion.draft(session, row)
            item = session.scalars(select(Finding).order_by(Finding.id)).first().item
            made = findings.open_from(session, row, item, rules_of(row.template).days_to_fix)
            session.commit()
            ids = made.id, letter.id
        yield ids


def object_to(session, finding):
    findings.take(session, finding, "object", {"text": "当天停电，记录在纸上"})


WORK = {"object": (Finding, object_to), "agree": (Opinion, opinion.agree)}


@pytest.mark.parametrize(("first", "second", "why", "stand"), [
    ("agree", "object", "学校已经答复无异议", ("open", "agreed")), ("object", "agree", "还有 1 个问题的申辩没有裁决", ("objected", "draft"))])
def test_of_the_two_the_second_is_told(app, found, first, second, why, stand):
    school, ids = sessions_of(app, "school"), dict(zip(WORK, found, strict=True))
    with school() as session:
        model, work = WORK[first]
        work(session, session.get_one(model, ids[first]))
        model, work = WORK[second]
        other = Beside(school, model, ids[second], work)
        session.commit()
        other.join()
    assert isinstance(other.said, records.Refused) and why in str(other.said.errors[""])
    with school() as session:
        assert (session.get_one(Finding, found[0]).state, session.get_one(Opinion, found[1]).state) == stand
