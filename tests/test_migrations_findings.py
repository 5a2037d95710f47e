"""Findings on their way when the house goes back to the version below: its pages look each state up in their words."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, update

from app.extensions import db
from app.models.inspection import Finding

FINDING = Finding.__table__
GOES_TO = {"objected": "open", "asked": "open", "withdrawn": "closed", "extended": "extended", "done": "done"}


@pytest.fixture
def stood(app):
    """Id → state that it should have below, of a finding of each state."""
    with app.app_context():
        with db.engine.begin() as connection:
            ids = connection.scalars(select(FINDING.c.id).order_by(FINDING.c.id).limit(len(GOES_TO))).all()
            for pk, state in zip(ids, GOES_TO, strict=True):
                connection.execute(update(FINDING).where(FINDING.c.id == pk).values(state=state))
        yield dict(zip(ids, GOES_TO.values(), strict=True))
        upgrade()


def test_states_that_the_version_below_does_not_know_become_ones_that_it_knows(stood):
    downgrade(revision="0010")
    with db.engine.connect() as connection:
        found = {row.id: row.state for row in connection.execute(select(FINDING.c.id, FINDING.c.state))}
    assert {pk: found[pk] for pk in stood} == stood
    assert set(found.values()) <= {"open", "extended", "done", "closed"}
