"""Sessions of the tests of the rule itself: bound to nobody until an account comes."""

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models.org import Member
from app.services import scope


@pytest.fixture
def session(app):
    with app.app_context():
        made = db.session()
        yield made
        made.rollback()


def member(session, username):
    with scope.everything(session):
        return session.scalars(select(Member).where(Member.username == username)).one()


def come(session, username):
    """Bind the session to an account; returns its asker."""
    asker = scope.asker_of(session, member(session, username))
    scope.bind(session, asker)
    return asker


def counted(session, model, school_id):
    with scope.everything(session):
        return session.scalar(select(func.count(model.id)).where(model.school_id == school_id))


@pytest.fixture
def school(session):
    """The school admin's session: (session, own school, another school)."""
    asker = come(session, "school")
    return session, asker.school_id, member(session, "school2").school_id
