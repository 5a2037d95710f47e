"""Every figure of every school of the demo county against a plain recount of its rows in Python, on both engines."""

from datetime import timedelta

from sqlalchemy import select

from app.extensions import db
from app.models.cases import CaseFile
from app.models.children import Child
from app.services import clock, evidence, scope
from app.services.evidence import REGISTRY
from tests.services.recount import care, cases, children, log, meals, papers, safety
from tests.services.recount.book import County

MODULES = (care, cases, children, log, meals, papers, safety)
PLAIN = {name: recount for module in MODULES for name, recount in module.PLAIN.items()}


def test_every_registered_figure_has_its_recount():
    assert sorted(name for module in MODULES for name in module.PLAIN) == sorted(REGISTRY)


def _out_of_school(session, day):
    """A case of a child who does not come, which so small a county may lack."""
    child = session.scalars(select(Child).where(Child.file_state == "open").order_by(Child.id)).first()
    session.add(CaseFile(child_id=child.id, school_id=child.school_id, kind="absent", opened_on=day, followed_on=day))
    session.flush()


def test_a_plain_recount_agrees(app):
    with app.app_context():
        session, today = db.session(), clock.today()
        told, wrong = set(), []
        with scope.everything(session):
            _out_of_school(session, today - timedelta(40))
            county = County(session)
            for school in county.schools:
                for on in (today, today.replace(day=1) - timedelta(1), county.book(school, today).first + timedelta(9)):
                    items = [type("Item", (), {"code": name, "evidence": name, "parameters": {}}) for name in REGISTRY]
                    found, book = evidence.assess(session, school, items, on), county.book(school, on)
                    for name, made in found.items():
                        expected = PLAIN[name](book)
                        told |= {name} if expected[0] is not None else set()
                        if (made.value, made.numerator, made.denominator, made.suggestion) != expected:
                            wrong.append((name, school.id, on, expected, made))
        assert wrong == []
        assert told == set(PLAIN), "each has something to count somewhere"
        session.rollback()
