"""An account is switched on or made while its teacher goes to another school: it is never left active at the old one."""

import secrets

import pytest
from sqlalchemy import select

from app.models.org import Member, Staff
from app.services import leaving, members, records, scope
from tests.services.test_leaving_accounts import Account
from tests.support.beside import Beside, sessions_of
from tests.support.sheets import asked_by


@pytest.fixture
def world(app):
    """A teacher whose account is switched off; nobody is in a transaction."""
    with asked_by(app, "county") as session:
        world = Account(session, f"同时{secrets.token_hex(4)}")
        world.username, world.told = f"n{world.staff}", []
        members.switch_off(session, world.of(session))
        session.commit()
        yield world


def switch_on(session, world):
    records.edit(session, records.find(session, Member, world.id), {"active": True})


def appoint(session, world):
    told = {"username": world.username, "name": "新账号", "role": "teacher", "school": world.here, "staff": world.staff, "active": True}
    records.add(session, Member, members.placed(session, told))


def move(session, world):
    records.edit(session, records.find(session, Staff, world.staff), {"school": world.there})


def active_there(session, world):
    """Names of the accounts that could log in as this teacher, and the school where the teacher is."""
    session.expire_all()
    with scope.everything(session):
        accounts = session.scalars(select(Member).where(Member.staff_id == world.staff)).all()
        return {one.username for one in accounts if one.active}, len(accounts), session.get(Staff, world.staff).school_id


@pytest.mark.parametrize(("begin", "count"), [(switch_on, 1), (appoint, 2)])
def test_who_moves_the_teacher_waits_and_switches_it_off(app, world, begin, count):
    county = sessions_of(app, "county")
    with county() as session:
        begin(session, world)
        other = Beside(county, Staff, world.staff, lambda beside, staff: (move(beside, world), world.told.append(leaving.told(beside).accounts)))
        assert other.is_alive(), "the teacher is held"
        session.commit()
        other.join()
        assert (other.said, world.told) == (None, [1])
        assert active_there(session, world) == (set(), count, world.there)


@pytest.mark.parametrize(("begin", "count"), [(switch_on, 1), (appoint, 1)])
def test_who_switches_it_on_waits_and_is_told(app, world, begin, count):
    county = sessions_of(app, "county")
    with county() as session:
        move(session, world)
        other = Beside(county, Member, world.id, lambda beside, _member: begin(beside, world))
        assert other.is_alive(), "the teacher is on the way"
        session.commit()
        other.join()
        assert isinstance(other.said, records.Refused)
        assert {key: str(error) for key, error in other.said.errors.items()} == {"staff": "这位教职工不在所选学校"}
        assert active_there(session, world) == (set(), count, world.there)
