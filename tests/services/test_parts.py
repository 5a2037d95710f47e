"""A row that comes back from the trash leans on nothing that stays there."""

from datetime import date

import pytest
from sqlalchemy import select

from app.models.care import Talk
from app.models.children import Child
from app.models.org import SchoolClass, Staff
from app.services import clock, history, records
from tests.services.test_records import child_values
from tests.support.sheets import asked_by

STAFF = {"name": "离岗老师", "sex": "f", "post": "teacher"}


def in_trash(session, row):
    return records.find(session, type(row), row.id, trash=True)


def deleted(session, *rows):
    """Each put into the trash at a moment of its own."""
    for days, row in enumerate(rows):
        with clock.freeze(clock.now().replace(microsecond=days)):
            records.delete(session, row)


@pytest.fixture
def child(session):
    """A child in a class of its own."""
    mine = records.add(session, SchoolClass, {"name": "消失班", "stage": "primary", "grade": 3})
    return records.add(session, Child, child_values(session, school_class=mine.id))


@pytest.fixture
def talk(session):
    """A talk by a teacher who did nothing else."""
    gone = records.add(session, Staff, STAFF)
    child = session.scalars(select(Child).order_by(Child.id)).first()
    return records.add(session, Talk, {"child": child.id, "talked_on": clock.today(), "kind": "regular", "content": "谈过", "teacher": gone.id})


def test_a_link_that_may_be_empty_is_emptied_and_told(session, child):
    mine = child.school_class
    deleted(session, child, mine)
    lost = records.restore(session, in_trash(session, child))
    assert [(one.field.key, one.called) for one in lost] == [("school_class", f"“{mine}”")]
    assert child.deleted_at is None and child.school_class_id is None
    change = history.of_row(session, child, limit=1)[0]
    assert change.action == "restore" and ["school_class_id", mine.id] in [line[:2] for line in change.lines]


def test_a_class_that_came_back_first_keeps_its_child(session, child):
    mine = child.school_class
    deleted(session, child, mine)
    assert records.restore(session, in_trash(session, mine)) == records.restore(session, in_trash(session, child)) == []
    assert child.school_class_id == mine.id and child.deleted_at is None


def test_a_link_that_may_not_be_empty_says_what_to_take_back_first(session, talk):
    teacher = talk.teacher
    deleted(session, talk, teacher)
    with pytest.raises(records.Refused) as caught:
        records.restore(session, in_trash(session, talk))
    error = caught.value.errors[""]
    assert error.message == "它的%(label)s%(name)s也已删除，请先恢复那一条" and error.params == {"label": "谈心教师", "name": "“离岗老师”"}
    assert talk.deleted_at is not None and talk.teacher_id == teacher.id
    records.restore(session, in_trash(session, teacher))
    assert records.restore(session, in_trash(session, talk)) == [] and talk.deleted_at is None


def test_what_comes_back_together_may_lean_on_itself(session):
    child = session.scalars(select(Child).join(Talk, Talk.child_id == Child.id).order_by(Child.id)).first()
    kept = child.school_class_id
    records.delete(session, child)
    assert records.restore(session, in_trash(session, child)) == [] and child.school_class_id == kept


def test_the_trash_says_what_was_emptied_and_why_something_stays(app, client_for):
    with asked_by(app, "school") as session:
        mine = records.add(session, SchoolClass, {"name": "消失班", "stage": "primary", "grade": 3})
        child = records.add(session, Child, child_values(session, school_class=mine.id, birth_date=date(2016, 5, 6)))
        teacher = records.add(session, Staff, STAFF)
        talk = records.add(session, Talk, {"child": child.id, "talked_on": clock.today(), "kind": "regular", "content": "谈过", "teacher": teacher.id})
        called = str(mine)
        deleted(session, talk, child, mine, teacher)
        session.commit()
        ids = child.id, talk.id
    client = client_for("school")
    page = client.post("/child/trash/", data={"row": ids[0]}, follow_redirects=True).get_data(as_text=True)
    assert f"原来的班级“{called}”也已删除，这一栏已清空" in page and "已恢复。" in page
    page = client.post("/talk/trash/", data={"row": ids[1]}, follow_redirects=True).get_data(as_text=True)
    assert "无法恢复：它的谈心教师“离岗老师”也已删除，请先恢复那一条" in page and "已恢复。" not in page
