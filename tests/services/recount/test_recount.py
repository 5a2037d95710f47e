"""Every figure of every school of the demo county against a plain recount of its rows in Python, on both engines."""

from datetime import timedelta

from app.extensions import db
from app.services import clock, evidence, scope
from app.services.evidence import REGISTRY
from tests.services.recount import care, cases, children, log, meals, papers, safety
from tests.services.recount.book import County

MODULES = (care, cases, children, log, meals, papers, safety)
PLAIN = {name: recount for module in MODULES for name, recount in module.PLAIN.items()}


def test_every_registered_figure_has_its_recount():
    assert sorted(name for module in MODULES for name in module.PLAIN) == sorted(REGISTRY)


def test_a_plain_recount_agrees(app):
    with app.app_context():
        session, today = db.session(), clock.today()
        told, wrong = set(), []
        with scope.everything(session):
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
