"""A birth is put right while somebody writes what was done for the child: whoever comes second is told, and nothing stands before the birth."""

from datetime import date

import pytest
from sqlalchemy import select

from app.models.care import Talk
from app.models.children import Child
from app.models.org import Staff
from app.services import history, records
from tests.support.beside import Beside, sessions_of

BORN, TALKED, LATER = date(2016, 3, 2), date(2016, 3, 5), date(2016, 5, 1)


@pytest.fixture
def world(app):
    """Sessions of the school, a child of its own, and talks with it by name: of late, of late but once early (``moved``), early and deleted."""
    with app.app_context():
        school = sessions_of(app, "school")
        with school() as session:
            child = records.add(session, Child, {"name": "竞生", "sex": "f", "birth_date": BORN, "stage": "primary"})
            staff = session.scalars(select(Staff.id).where(Staff.school_id == child.school_id)).first()
            told = {"child": child.id, "teacher": staff, "kind": "regular", "content": "聊了作业"}
            talks = {name: records.add(session, Talk, {**told, "talked_on": day})
                     for name, day in (("late", LATER), ("moved", TALKED), ("deleted", TALKED))}
            records.edit(session, talks["moved"], {"talked_on": LATER})
            records.delete(session, talks["deleted"])
            session.commit()
            yield school, child.id, told, {name: one.id for name, one in talks.items()}


def put_right(session, child):
    records.edit(session, child, {"birth_date": LATER})


def add(session, told, _talks):
    records.add(session, Talk, {**told, "talked_on": TALKED})


def edit(session, _told, talks):
    records.edit(session, session.get_one(Talk, talks["late"]), {"talked_on": TALKED})


def revert(session, _told, talks):
    talk = session.get_one(Talk, talks["moved"])
    records.revert(session, talk, history.of_row(session, talk)[0])


def restore(session, _told, talks):
    records.restore(session, records.find(session, Talk, talks["deleted"], trash=True))


WORK = pytest.mark.parametrize("work", [add, edit, revert, restore])


def stand(school, child):
    """The birth, and the first talk."""
    with school() as session:
        talks = session.scalars(select(Talk.talked_on).where(Talk.child_id == child).order_by(Talk.talked_on)).all()
        return session.get_one(Child, child).birth_date, talks[0]


@WORK
def test_who_puts_the_birth_right_waits_and_is_told(world, work):
    school, child, told, talks = world
    with school() as session:
        work(session, told, talks)
        other = Beside(school, Child, child, put_right)
        assert other.is_alive(), "the birth is held"
        session.commit()
        other.join()
    assert isinstance(other.said, records.Refused)
    assert {key: str(error) for key, error in other.said.errors.items()} == {"birth_date": "已有 2016-03-05 的谈心记录，出生日期不能晚于这一天"}
    assert stand(school, child) == (BORN, TALKED)


@WORK
def test_who_writes_what_was_done_waits_and_is_told(world, work):
    school, child, told, talks = world
    with school() as session:
        put_right(session, session.get_one(Child, child))
        other = Beside(school, Child, child, lambda beside, _child: work(beside, told, talks))
        assert other.is_alive(), "the child is held"
        session.commit()
        other.join()
    assert isinstance(other.said, records.Refused) and list(other.said.errors) == ["talked_on"]
    assert stand(school, child) == (LATER, LATER)
