"""Imports of the same rows, taken back one after the other; what is left alone is named with its reason."""

from datetime import date

import pytest
from sqlalchemy import select

from app.models.audit import ImportBatch
from app.models.children import Child
from app.models.org import School, Staff
from app.services import moving, records, scope
from app.services.exchange import undo
from app.services.exchange.undone import Undone
from tests.support.asking import asking
from tests.support.intake import commit, plan_of, roster
from tests.support.sheets import asked_by


def brought_in(session, entity, rows):
    batch = commit(session, entity, plan_of(session, entity, rows))
    session.expire_all()
    return batch


def characters(session, ids):
    session.expire_all()
    return [session.get(Child, row_id).character for row_id in ids]


def two(session, *, between=None):
    """Two imports of the same two children; their ids, and what stood there before."""
    ids = session.scalars(select(Child.id).order_by(Child.id).limit(2)).all()
    before, batches = characters(session, ids), []
    for draft in ("一稿", "二稿"):
        batches.append(brought_in(session, "Child", [["系统编号", "性格爱好", "民族" if draft == "二稿" else "走读住校"], *(
            [row_id, f"{draft}{row_id}", "汉族" if draft == "二稿" else None] for row_id in ids)]))
        if between and draft == "一稿":
            between(session.get(Child, ids[0]))
            session.commit()
    return ids, before, batches


def rows_of(session, ids):
    session.expire_all()
    skip = {"updated_at"}
    return [{key: value for key, value in records.current(session.get(Child, row_id)).items() if key not in skip} for row_id in ids]


def test_in_reverse_order_both_go_back_whole(app):
    with asked_by(app, "school") as session:
        start = rows_of(session, session.scalars(select(Child.id).order_by(Child.id).limit(2)).all())
        ids, before, (first, second) = two(session)
        assert characters(session, ids) == [f"二稿{row_id}" for row_id in ids]
        for batch, now in ((second, [f"一稿{row_id}" for row_id in ids]), (first, before)):
            done = undo.undo(session, batch)
            assert (done.rows, done.left) == (2, []) and characters(session, ids) == now
        assert rows_of(session, ids) == start


def test_the_undoing_of_the_second_opens_the_first_again_which_had_left_its_rows_alone(app):
    with asked_by(app, "school") as session:
        ids, before, (first, second) = two(session)
        done = undo.undo(session, first)
        assert (done.rows, len(done.changed), done.changed) == (0, 2, done.left)
        assert undo.undo(session, second).rows == 2 and characters(session, ids) == [f"一稿{row_id}" for row_id in ids]
        assert (session.get(ImportBatch, first.id).undone_at, session.get(ImportBatch, second.id).undone_at is None) == (None, False)
        assert undo.undo(session, first).rows == 2 and characters(session, ids) == before
        assert session.get(ImportBatch, first.id).undone_at is not None


def test_an_edit_between_the_two_stays_and_is_named(app):
    with asked_by(app, "school") as session:
        ids, before, (first, second) = two(session, between=lambda child: records.edit(session, child, {"character": "手改"}))
        name = session.get(Child, ids[0]).name
        assert undo.undo(session, second).rows == 2 and characters(session, ids) == ["手改", f"一稿{ids[1]}"]
        done = undo.undo(session, first)
        assert (done.rows, done.left, done.changed) == (1, [name], [name]) and characters(session, ids) == ["手改", before[1]]


def test_what_the_first_added_and_the_second_changed_goes_to_the_trash(app):
    with asked_by(app, "school") as session:
        first = brought_in(session, "Child", roster(session, "两批的"))
        row_id = session.scalar(select(Child.id).where(Child.name == "两批的"))
        second = brought_in(session, "Child", [["系统编号", "性格爱好"], [row_id, "开朗"]])
        assert [undo.undo(session, batch).rows for batch in (second, first)] == [1, 1]
        session.expire_all()
        assert session.scalar(select(Child.id).where(Child.id == row_id)) is None


@pytest.mark.parametrize("order", [(1, 0), (0, 1, 0)])
def test_two_moves_go_back_to_the_first_school(app, order):
    with asked_by(app, "county") as session:
        schools = session.scalars(select(School).order_by(School.id).limit(3)).all()
        staff = records.add(session, Staff, {"school": schools[0].id, "name": f"两调{len(order)}", "sex": "f", "post": "teacher"})
        session.commit()
        batches = [brought_in(session, "Staff", [["系统编号", "学校"], [staff.id, school.name]]) for school in schools[1:]]
        assert staff.school_id == schools[2].id
        for at in order:
            undo.undo(session, batches[at])
        session.expire_all()
        assert staff.school_id == schools[0].id


def test_what_was_left_alone_is_named_with_its_reason(app):
    with asked_by(app, "school") as session:
        batch = brought_in(session, "Child", roster(session, "转走的", "删了的", "改过的", "回去的"))
        found = {child.name: child for child in session.scalars(select(Child).where(Child.name.in_(["转走的", "删了的", "改过的", "回去的"])))}
        with scope.everything(session):
            there = session.scalars(select(School.id).where(School.id != scope.asker(session).school_id)).first()
        with asking(session, "county"):
            moving.move(session, found["转走的"], {"school": there, "moved_on": date(2026, 9, 1), "reason": "随父母搬家"})
        records.delete(session, found["删了的"])
        records.edit(session, found["改过的"], {"character": "开朗"})
        session.commit()
        done = undo.undo(session, batch)
        assert done == Undone(1, changed=["改过的"], moved=["转走的"], deleted=["删了的"]) == undo.outcome(session, batch)
