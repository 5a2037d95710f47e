"""Workbooks in: the way back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.models.audit import Change
from app.models.care import Talk
from app.models.children import Child
from app.models.id_number import check_digit
from app.models.org import Member, School, SchoolClass, Staff
from app.services import clock, progress, records, scope
from app.services.exchange import undo
from tests.support.dying import Dead, dies_at
from tests.support.intake import commit, plan_of, roster
from tests.support.sheets import asked_by, exported
from tests.support.statements import noted


def test_an_undone_batch_leaves_what_was_before(app):
    with asked_by(app, "school") as session:
        rows = exported(session, "Child")[:5]
        at, head = rows[2].index("民族"), rows[2]
        before = {row[0]: row[at] for row in rows[3:]}
        for row in rows[3:]:
            row[at] = "试族"
        rows.append([None] * len(head))
        for label, value in (("姓名", "新来的"), ("性别", "男"), ("出生日期", "2016-03-02"), ("就学状态", "小学")):
            rows[-1][head.index(label)] = value
        batch = commit(session, "Child", plan_of(session, "Child", rows))
        assert (batch.added, batch.changed) == (1, 2)
        done = undo.undo(session, batch)
        session.expire_all()
        assert (done.rows, done.left) == (3, [])
        assert {row_id: session.get(Child, row_id).ethnic_group for row_id in before} == before
        assert session.scalar(select(func.count(Child.id)).where(Child.name == "新来的")) == 0
        with pytest.raises(undo.CannotUndo):
            undo.undo(session, batch)


def test_undo_keeps_and_names_what_was_changed_since(app):
    with asked_by(app, "school") as session:
        batch = commit(session, "Child", plan_of(session, "Child", roster(session, "后来改过", "后来谈过", "没有动过")))
        found = {child.name: child for child in session.scalars(select(Child).where(Child.name.in_(["后来改过", "后来谈过", "没有动过"])))}
        records.edit(session, found["后来改过"], {"journey": "步行"})
        teacher = session.scalars(select(Staff.id).limit(1)).one()
        records.add(session, Talk, {"child": found["后来谈过"].id, "talked_on": clock.today() - timedelta(days=1), "teacher": teacher,
                                    "kind": "regular", "content": "聊得很好"})
        done = undo.undo(session, batch)
        assert sorted(done.left) == ["后来改过", "后来谈过"] and done.rows == 1
        assert set(session.scalars(select(Child.name).where(Child.id.in_([child.id for child in found.values()])))) == {"后来改过", "后来谈过"}


def test_an_undoing_that_was_broken_off_is_brought_to_its_end_by_the_next(app, monkeypatch):
    monkeypatch.setattr(undo, "CHUNK", 2)
    with asked_by(app, "school") as session:
        rows = exported(session, "Child")[:6]
        at, head = rows[2].index("民族"), rows[2]
        before = {row[0]: row[at] for row in rows[3:]}
        for row in rows[3:]:
            row[at] = "半途族"
        rows += [[*([None] * len(head))] for _row in range(3)]
        for i, row in enumerate(rows[6:]):
            for label, value in (("姓名", f"半途{i}"), ("性别", "男"), ("出生日期", "2016-03-02"), ("就学状态", "小学")):
                row[head.index(label)] = value
        batch = commit(session, "Child", plan_of(session, "Child", rows))
        records.edit(session, session.scalars(select(Child).where(Child.name == "半途2")).one(), {"journey": "步行"})
        with pytest.raises(Dead), dies_at(undo.time, "sleep"):
            undo.undo(session, batch)
        session.rollback()
        assert batch.undone_at is None
        assert sum(session.get(Child, row_id).ethnic_group == "半途族" for row_id in before) == 1  # the first two went back
        heard = []
        with progress.heard(session, heard.append):
            done = undo.undo(session, batch)
        assert (done.rows, done.left, sum(heard)) == (5, ["半途2"], 6) and batch.undone_at is not None
        assert {row_id: session.get(Child, row_id).ethnic_group for row_id in before} == before
        assert session.scalars(select(Child.name).where(Child.name.startswith("半途"))).all() == ["半途2"]
        with scope.everything(session):
            lines = session.scalars(select(Change.row_id).where(Change.action == "undo", Change.request_id == f"u{batch.request_id[1:]}")).all()
        assert len(lines) == len(set(lines)) == 5  # one a row, though it was begun twice


def test_a_row_that_cannot_go_back_is_kept_and_named_and_the_others_go(app):
    """Its number was given to another meanwhile: the database refuses it."""
    numbers = [one + check_digit(one) for one in ("99010120160302606", "99010120160302622")]
    with asked_by(app, "school") as session:
        first, second = session.scalars(select(Child).order_by(Child.id).limit(2))
        born = {"sex": "f", "birth_date": date(2016, 3, 2)}
        for child, number in zip((first, second), numbers, strict=True):
            records.edit(session, child, {**born, "id_number": number})
        session.commit()
        rows = [["系统编号", "身份证号"], *([child.id, one + check_digit(one)] for child, one in zip(
            (first, second), ("99010120160302648", "99010120160302664"), strict=True))]
        batch = commit(session, "Child", plan_of(session, "Child", rows))
        records.add(session, Child, {"name": "拿了旧号", "stage": "primary", "id_number": numbers[0], **born})
        session.commit()
        name = session.get(Child, first.id).name
        done = undo.undo(session, batch)
        assert (done.rows, done.left) == (1, [name])
        assert [session.get(Child, child.id).id_number for child in (first, second)] == [rows[1][1], numbers[1]]


def test_a_batch_is_undone_by_its_place_alone_and_a_teachers_by_the_teacher(app):
    with asked_by(app, "school") as session:
        batch = commit(session, "Child", plan_of(session, "Child", roster(session, "试试看")))
        session.commit()
        batch_id = batch.id
    for account, may in (("school", True), ("teacher", False), ("school2", False), ("county", False)):
        with asked_by(app, account) as session:
            assert (undo.find(session, batch_id) is not None) == may, account
    with asked_by(app, "school") as session:
        undo.undo(session, undo.find(session, batch_id))
        session.commit()


@pytest.mark.parametrize("since", [False, True])
def test_an_import_that_changed_a_school_goes_back_whole_but_for_what_moved_since(app, since):
    with asked_by(app, "county") as session:
        schools = session.scalars(select(School).order_by(School.id).limit(3)).all()
        staff = [records.add(session, Staff, {"school": schools[0].id, "name": f"借调{i}{since}", "sex": "f", "post": "teacher"}) for i in range(2)]
        ids = [one.id for one in staff]
        session.commit()
        batch = commit(session, "Staff", plan_of(session, "Staff", [["系统编号", "学校"], *([row_id, schools[1].name] for row_id in ids)]))
        session.expire_all()
        assert [one.school_id for one in staff] == [schools[1].id] * 2
        if since:
            records.edit(session, staff[1], {"school": schools[2].id})
            session.commit()
        done = undo.undo(session, batch)
        session.expire_all()
        assert (done.rows, done.left) == ((1, ["借调1True"]) if since else (2, []))
        assert [session.get(Staff, row_id).school_id for row_id in ids] == [schools[0].id, schools[2 if since else 0].id]


def test_setting_an_edit_back_takes_its_own_move_back_and_leaves_a_later_one(app):
    with asked_by(app, "county") as session:
        schools = session.scalars(select(School.id).order_by(School.id).limit(3)).all()
        staff = records.add(session, Staff, {"school": schools[0], "name": "轮岗", "sex": "f", "post": "teacher"})
        records.edit(session, staff, {"name": "轮岗改", "school": schools[1]})
        first = newest_change(session, staff)
        records.revert(session, staff, first)
        assert (staff.name, staff.school_id) == ("轮岗", schools[0])
        records.edit(session, staff, {"name": "轮岗再改", "school": schools[1]})
        second = newest_change(session, staff)
        records.edit(session, staff, {"school": schools[2]})
        records.revert(session, staff, second)
        assert (staff.name, staff.school_id) == ("轮岗", schools[2])


def newest_change(session, row):
    with scope.everything(session):
        return session.scalars(select(Change).where(Change.entity == type(row).__name__, Change.row_id == row.id).order_by(Change.id.desc())).first()


def test_who_stands_again_where_something_leaned_on_them_is_asked_at_once(app):
    def asked(session, many):
        """Statements that ask for several teachers, while links to so many are given back."""
        with scope.everything(session):
            here, there = (session.scalar(select(Member.school_id).where(Member.username == name)) for name in ("school", "school2"))
            staff = [Staff(school_id=here, name=f"{many}位之{at}", sex="f", post="teacher") for at in range(many)]
            session.add_all(staff)
            session.flush()
            rooms = [SchoolClass(school_id=here, name=f"{one.name}班", grade=3, teacher_id=one.id) for one in staff]
            session.add_all(rooms)
            target = session.get(School, there).name
            session.commit()
        batch = commit(session, "Staff", plan_of(session, "Staff", [["系统编号", "学校"], *([one.id, target] for one in staff)]))
        with noted(session.get_bind()) as seen:
            assert undo.undo(session, batch).rows == many
        session.expire_all()
        assert [room.teacher_id for room in rooms] == [one.id for one in staff]
        return sum("SELECT staff." in statement and ("json_each" in statement or "ANY" in statement) for statement in seen)

    with asked_by(app, "county") as session:
        assert asked(session, 6) == asked(session, 2)
