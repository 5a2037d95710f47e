"""Setting a record back to what it was says what does not go back with it, before and after."""

import re

from sqlalchemy import select

from app.models.audit import Change
from app.models.inspection import Finding
from app.models.org import Member, School, SchoolClass, Staff
from app.services import records, scope
from tests.support.asking import asking

VACANT = "那次换学校时空出的岗位、结束的帮扶和停用的账号不会随之恢复，请另行安排。"


def moved(look, name, *, with_class):
    """Id of somebody who was renamed and then went to another school, and the class that she had."""

    def make(session):
        here, there = (session.scalar(select(Member.school_id).where(Member.username == one)) for one in ("school", "school2"))
        staff = Staff(school_id=here, name=f"{name}旧名", sex="f", post="teacher")
        session.add(staff)
        session.flush()
        room = SchoolClass(school_id=here, name=f"{name}班", grade=3, teacher_id=staff.id if with_class else None)
        session.add(room)
        session.flush()
        for changes in ({"name": name}, {"school": there}):
            with asking(session, "county"):
                records.edit(session, staff, changes)
        return staff.id, room.id

    return look(make)


def lines(look, entity, pk):
    """Ids of the changes of a row, the newest first."""
    return look(lambda session: session.scalars(select(Change.id).where(Change.entity == entity, Change.row_id == pk).order_by(Change.id.desc())).all())


def set_back(client, entity, pk, change):
    """What the page asks, and what it says once done."""
    address = f"/{entity}/history/{pk}/{change}"
    asked = re.search(r'<div class="card pad"><p>(.*?)</p>', client.get(address).text, re.S)[1]
    done = client.post(address)
    assert done.status_code == 302
    return asked, re.sub(r"<[^>]+>", "", client.get(done.location).text)


def test_a_move_that_is_set_back_leaves_vacant_what_it_left_vacant(client_for, look):
    staff, room = moved(look, "调回甲", with_class=True)
    asked, told = set_back(client_for("county"), "staff", staff, lines(look, "Staff", staff)[0])
    assert VACANT in asked and VACANT in told and "保持现状" not in asked
    assert look(lambda session: (session.get(Staff, staff).school_id == session.get(SchoolClass, room).school_id,
                                 session.get(SchoolClass, room).teacher_id)) == (True, None)


def test_a_move_that_left_nothing_vacant_says_nothing_of_it(client_for, look):
    staff, _room = moved(look, "调回乙", with_class=False)
    asked, told = set_back(client_for("county"), "staff", staff, lines(look, "Staff", staff)[0])
    assert VACANT not in asked + told and "已恢复到此前的内容。" in told and "保持现状" not in told


def test_words_of_before_a_move_go_back_without_the_school_and_the_page_says_so(client_for, look):
    staff, _room = moved(look, "调回丙", with_class=False)
    asked, told = set_back(client_for("county"), "staff", staff, lines(look, "Staff", staff)[1])
    said = "不会随之恢复、保持现状的有：学校。"
    assert said in asked and said in told
    name, school, there = look(lambda session: (session.get(Staff, staff).name, session.get(Staff, staff).school_id,
                                                session.scalar(select(Member.school_id).where(Member.username == "school2"))))
    assert (name, school) == ("调回丙旧名", there)


def test_steps_of_a_finding_are_not_taken_back_by_its_history_and_the_page_says_so(client_for, look):
    def step(session):
        with scope.everything(session):
            here = session.scalar(select(Member.school_id).where(Member.username == "school"))
            row = session.scalars(select(Finding).where(Finding.school_id == here, Finding.state == "open").limit(1)).one()
        with asking(session, "school"):
            records.edit(session, row, {}, own={"state": "done", "fix": "已改好"})
        assert session.get(School, here) is not None
        return row.id

    pk = look(step)
    asked, told = set_back(client_for("school"), "finding", pk, lines(look, "Finding", pk)[0])
    said = "不会随之恢复、保持现状的有：状态、整改措施。"
    assert said in asked and said in told
    assert look(lambda session: session.get(Finding, pk).state) == "done"
