"""Letters that were issued before their words were kept: they say what stands when the house goes up."""

from datetime import date

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select, update

from app.extensions import db
from app.models.inspection import Finding, FindingStep, Inspection, Opinion
from app.models.org import Area, Member
from app.services import clock, opinion_letter, scope, scoring
from app.services.inspection_report import findings_of

OPINION, FINDING, VISIT = Opinion.__table__, Finding.__table__, Inspection.__table__
MARK = date(2031, 1, 1)


@pytest.fixture
def below(app):
    """Id of an issued letter, with the house one version below: one finding was withdrawn on objection, one put off; another letter is a draft again."""
    with app.app_context():
        with scope.everything(db.session()):
            session = db.session()
            letter, draft = session.scalars(select(Opinion).order_by(Opinion.id)).all()[:2]
            found = findings_of(session, session.get_one(Inspection, letter.inspection_id))
            author = session.scalars(select(Member).where(Member.username == "school")).one()
            for finding, steps in ((found[0], ("object", "withdraw")), (found[1], ("object", "uphold", "ask", "grant")), (found[2], ("object",))):
                session.add_all([FindingStep(finding_id=finding.id, school_id=finding.school_id, kind=kind, text=f"{kind}的理由", member_id=author.id,
                                             at=letter.created_at) for kind in steps])
            found[0].state, found[1].due_on = "withdrawn", date(2030, 1, 1)
            ids = letter.id, draft.id
            session.commit()
        with db.engine.begin() as connection:
            connection.execute(update(OPINION).where(OPINION.c.id == ids[1]).values(state="draft", issued_on=None, sent=None, grade="poor"))
            connection.execute(update(OPINION).where(OPINION.c.id == ids[0]).values(grade="fair"))
            visits = select(OPINION.c.inspection_id).where(OPINION.c.id.in_(ids))
            connection.execute(update(VISIT).where(VISIT.c.id.in_(visits)).values(grade="good", next_due_on=MARK))
        downgrade(revision="0011")
        assert "sent" not in {one["name"] for one in inspect(db.engine).get_columns("opinion")}
        yield ids
        db.session.remove()  # a table that somebody reads is not changed
        upgrade()


def test_letters_that_went_out_before_say_what_stands_now(below):
    letter, draft = below
    upgrade()
    with scope.everything(db.session()):
        session = db.session()
        row = session.get_one(Opinion, letter)
        visit = session.get_one(Inspection, row.inspection_id)
        now = opinion_letter.words(session, visit, findings_of(session, visit), row.office_id)
        assert opinion_letter.sent(row.sent) == now, "the migration words it as the service does"
        assert now.office == session.get_one(Area, row.office_id).name
        assert [(one.decision, one.asked, one.why) for one in sorted(now.objections, key=lambda one: str(one.decision))] == [
            (None, "object的理由", ""), ("uphold", "object的理由", "uphold的理由"), ("withdraw", "object的理由", "withdraw的理由")]
        assert len(now.lines) == len(findings_of(session, visit)) - 1 and date(2030, 1, 1) in {one.due_on for one in now.lines}
        assert session.get_one(Opinion, draft).sent is None
        assert session.scalar(select(func.count()).where(OPINION.c.issued_on.is_not(None), OPINION.c.sent.is_(None))) == 0


def test_a_school_is_due_again_by_the_grade_of_its_letter(below):
    upgrade()
    with scope.everything(db.session()):
        letter, draft = (db.session.get_one(Inspection, db.session.get_one(Opinion, pk).inspection_id) for pk in below)
        day = clock.local(letter.submitted_at).date()
        assert letter.next_due_on == scoring.next_visit("fair", day, scoring.rules_of(letter.template)) != MARK
        assert (letter.grade, draft.next_due_on) == ("good", MARK), "what the inspector found stays, and a draft says nothing yet"
