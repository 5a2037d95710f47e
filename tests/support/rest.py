"""The API as tests ask it: its addresses, keys, and rows to ask for."""

import secrets
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models.children import Child
from app.models.org import AccessKey, Member
from app.services import clock, keys


def url(entity, pk="", query=""):
    return f"/api/v1/{entity}/{pk}{query}"


@pytest.fixture
def own(look):
    """School of the account "school", one of its children, one of another school."""
    school = look(lambda session: session.scalar(select(Member.school_id).where(Member.username == "school")))
    children = look(lambda session: [session.scalars(select(Child.id).where(rule).order_by(Child.id)).first() for rule in (
        Child.school_id == school, Child.school_id != school)])
    return school, *children


@pytest.fixture
def key_of(look):
    """A running key of an account, put straight into the database."""

    def make(username, **values):
        text = f"sw_{username}-{secrets.token_hex(8)}"

        def add(session):
            member_id = session.scalar(select(Member.id).where(Member.username == username))
            session.add(AccessKey(name="测试", member_id=member_id, digest=keys.digest(text), prefix=text[:8],
                                  **{"expires_on": clock.today() + timedelta(days=30), **values}))

        look(add)
        return text

    return make


def bearer(text):
    return {"Authorization": f"Bearer {text}"}
