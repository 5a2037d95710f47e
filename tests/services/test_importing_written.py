"""Workbooks in: all or nothing."""

import secrets
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.models.audit import Change, ImportBatch, Submission
from app.models.children import Child, ChildKey
from app.models.id_number import check_digit
from app.models.org import SchoolClass
from app.models.staged import STAGED
from app.services import clock, importing, progress, records, scope
from app.services.exchange import staging, uploads
from app.services.exchange.writing import Writer
from tests.support.dying import Dead, dies_at
from tests.support.intake import commit, plan_of, roster
from tests.support.sheets import asked_by, exported


@pytest.mark.parametrize(("account", "entity", "label"), [("school", "Child", "民族"), ("school", "Talk", "谈心内容"), ("county", "School", "学校名称")])
def test_who_listens_hears_of_each_row_of_the_check_and_of_the_writing(app, account, entity, label):
    with asked_by(app, account) as session:
        rows, heard = exported(session, entity), []
        rows[3][rows[2].index(label)] = "听得见"
        with progress.heard(session, heard.append):
            plan = plan_of(session, entity, rows)
        assert sum(heard) == len(rows) and min(heard) > 0
        heard.clear()
        with progress.heard(session, heard.append):
            commit(session, entity, plan)
        assert sum(heard) == len(plan.lines)


def test_who_listens_may_end_the_writing_and_then_nothing_is_there(app):
    class Enough(Exception):
        pass

    def end(_rows):
        raise Enough

    with asked_by(app, "school") as session:
        plan = plan_of(session, "Child", roster(session, "听到一半", "不听了"))
        with progress.heard(session, end), pytest.raises(Enough):
            commit(session, "Child", plan)
        session.rollback()
        with scope.everything(session):
            assert session.connection().scalars(select(Child.__table__.c.id).where(Child.name.in_(["听到一半", "不听了"]))).all() == []
            assert session.connection().scalar(select(func.count()).select_from(STAGED)) == 0


def test_an_upload_that_changes_nothing_is_a_batch_of_nothing(app):
    with asked_by(app, "school") as session:
        batch = commit(session, "Child", plan_of(session, "Child", exported(session, "Child")))
        assert (batch.added, batch.changed) == (0, 0)


def test_one_bad_row_stops_all(app):
    with asked_by(app, "school") as session:
        rows = roster(session, "甲", "乙")
        rows[2][4] = "火星"
        plan = plan_of(session, "Child", rows)
        with pytest.raises(records.Forbidden):
            commit(session, "Child", plan)
        assert session.scalar(select(func.count(Child.id)).where(Child.name.in_(["甲", "乙"]))) == 0


def test_a_number_that_was_registered_since_the_check_stops_all_and_is_named(app):
    number = "99010120160302" + "602"
    number += check_digit(number)
    with asked_by(app, "school") as session:
        rows = roster(session, "先查后", "被抢先")
        rows[0].append("身份证号")
        rows[2].append(number)
        plan = plan_of(session, "Child", rows)
        records.add(session, Child, {"name": "抢先的", "sex": "f", "birth_date": date(2016, 3, 2), "stage": "primary", "id_number": number})
        with pytest.raises(importing.Stopped) as stopped:
            commit(session, "Child", plan)
        assert [(one.row + 1, one.label) for one in stopped.value.plan.wrong] == [(3, "身份证号")]
        assert session.scalar(select(func.count(Child.id)).where(Child.name.in_(["先查后", "被抢先"]))) == 0
        with scope.everything(session):
            names = session.connection().scalars(select(Child.__table__.c.name)).all()
            assert "先查后" not in names and session.connection().scalar(select(func.count()).select_from(STAGED)) == 0


def test_a_row_that_was_changed_since_the_check_stops_all(app):
    with asked_by(app, "school") as session:
        rows = exported(session, "Child")
        rows[3][rows[2].index("民族")] = "苗族" if rows[3][rows[2].index("民族")] != "苗族" else "侗族"
        plan = plan_of(session, "Child", rows)
        records.edit(session, records.find(session, Child, rows[3][0]), {"journey": "坐校车，刚改的"})
        with pytest.raises(importing.Stopped):
            commit(session, "Child", plan)


@pytest.mark.parametrize("known", [False, True])
def test_a_class_that_went_to_the_trash_since_the_check_stops_all_and_is_named(app, known):
    with asked_by(app, "school") as session:
        of_class = records.add(session, SchoolClass, {"name": f"撤销班{known}", "grade": 3})
        rows = exported(session, "Child") if known else roster(session, "张新生", "李新生")
        head = next(at for at, row in enumerate(rows) if "班级" in row)
        rows[-1][rows[head].index("班级")] = of_class.name
        plan = plan_of(session, "Child", rows)
        assert not plan.wrong
        records.delete(session, of_class)
        with pytest.raises(importing.Stopped) as stopped:
            commit(session, "Child", plan)
        assert [(one.row, one.label, str(one.error)) for one in stopped.value.plan.wrong] == [(len(rows) - 1, "班级", "它所属的班级刚刚被删除，请重新检查")]
        session.rollback()
        assert not session.scalars(select(Child).where(Child.name.endswith("新生"))).all() or known
        assert session.scalar(select(func.count(Child.id)).where(Child.school_class_id == of_class.id)) == 0


def test_rows_are_written_with_history_batch_and_search_keys(app):
    with asked_by(app, "teacher") as session:
        batch = commit(session, "Child", plan_of(session, "Child", roster(session, "欧阳试试", "司马试试")))
        found = session.scalars(select(Child).where(Child.name.in_(["欧阳试试", "司马试试"]))).all()
        assert len(found) == batch.added == 2 and batch.changed == 0
        assert {child.school_id for child in found} == {scope.asker(session).school_id}
        with scope.everything(session):
            told_lines = session.scalars(select(Change).where(Change.request_id == batch.request_id)).all()
            assert {(line.action, line.entity) for line in told_lines} == {("import", "Child")} and len(told_lines) == 2
            assert session.scalar(select(func.count(ChildKey.id)).where(ChildKey.child_id == found[0].id, ChildKey.key == "欧阳试试")) == 1
        assert found[0].residence == "示例村1组" and found[0].left_behind in "0123456789"


def test_what_is_kept_on_children_follows_from_what_an_import_changes(app):
    with asked_by(app, "school") as session:
        away = session.scalars(select(Child).where(Child.left_behind != "0").order_by(Child.id).limit(2)).all()
        ids = [child.id for child in away]
        for child in away:
            records.edit(session, child, {"id_number": None})
        session.commit()
        rows = [["系统编号", "出生日期", "就学状态", "姓名"], [ids[0], f"{clock.today().year - 19}-01-01", "高中", "长大了"], [ids[1], None, None, "改了名"]]
        rows[2][1:3] = away[1].birth_date, away[1].stage
        before = session.get(Child, ids[1]).left_behind
        commit(session, "Child", plan_of(session, "Child", rows))
        session.expire_all()
        assert [session.get(Child, row_id).left_behind for row_id in ids] == ["0", before]  # by no definition at nineteen
        with scope.everything(session):
            assert session.scalar(select(ChildKey.child_id).where(ChildKey.key == "改了名")) == ids[1] and session.get(Child, ids[1]).pinyin == "gaileming"
            assert session.connection().scalar(select(func.count()).select_from(STAGED)) == 0


def test_the_same_upload_is_written_once(app):
    with asked_by(app, "school") as session:
        rows = roster(session, "只此一人")
        token, plan = secrets.token_urlsafe(24), plan_of(session, "Child", rows)
        first = commit(session, "Child", plan, token)
        assert commit(session, "Child", plan, token) is first
        assert session.scalar(select(func.count(Child.id)).where(Child.name == "只此一人")) == 1
        assert importing.batch_of(session, token) is first


def test_an_upload_is_sealed_bound_to_its_member_and_short_lived(app, tmp_path, monkeypatch):
    upload = uploads.Upload(7, "Child", "a.xlsx", [["姓名"], ["密密麻麻"]], "x")
    token = uploads.keep(tmp_path, upload)
    assert uploads.take(tmp_path, token, 7, "Child") == upload
    assert uploads.take(tmp_path, token, 8, "Child") is None and uploads.take(tmp_path, token, 7, "Staff") is None
    assert "密密麻麻".encode() not in (tmp_path / token).read_bytes()
    assert uploads.take(tmp_path, "../" + token, 7, "Child") is None
    monkeypatch.setattr(uploads, "LASTS", -1)
    assert uploads.take(tmp_path, token, 7, "Child") is None
    uploads.keep(tmp_path, upload)
    assert not (tmp_path / token).exists()


def test_batches_and_submissions_bear_no_cell_of_the_sheet(app):
    with asked_by(app, "school") as session:
        commit(session, "Child", plan_of(session, "Child", roster(session, "藏起来的")))
        for model in (ImportBatch, Submission):
            for row in session.scalars(select(model)):
                assert "藏起来的" not in str(vars(row))


def test_new_names_are_spelt_though_the_import_died_after_its_moment(app):
    """On PostgreSQL nobody dies here: all is one transaction."""
    with asked_by(app, "school") as session:
        child = session.scalars(select(Child).order_by(Child.id).limit(1)).one()
        plan = plan_of(session, "Child", [["系统编号", "姓名"], [child.id, "欧阳未拼"]])
        with suppress(Dead), dies_at(staging, "in_steps"):
            commit(session, "Child", plan)
        session.rollback()
        with clock.freeze(clock.now() + timedelta(minutes=5)):
            staging.sweep(session)
        session.expire_all()
        assert (child.name, child.pinyin) == ("欧阳未拼", "ouyangweipin")
        with scope.everything(session):
            assert session.scalar(select(ChildKey.child_id).where(ChildKey.key == "欧阳未拼")) == child.id


def test_rows_on_their_way_are_seen_by_nobody_until_the_moment(app):
    """Two imports that died half-way, and one that lives: none of their rows shows, whoever asks."""
    with asked_by(app, "school") as session:
        before = session.scalar(select(func.count(Child.id)))
        for names in (("半路甲", "半路乙"), ("半路丙",)):
            with pytest.raises(Dead), dies_at(Writer, "_finish") as patched:
                patched.setattr(staging, "sweep", lambda *_args: None)
                commit(session, "Child", plan_of(session, "Child", roster(session, *names)))
            session.rollback()
        assert session.scalar(select(func.count(Child.id))) == before
        other = aliased(Child)
        assert session.scalars(select(other.name).where(other.name.startswith("半路"))).all() == []
        with scope.everything(session), scope.trash(session):
            assert session.scalars(select(Child.name).where(Child.name.startswith("半路"))).all() == []
        batch = commit(session, "Child", plan_of(session, "Child", roster(session, "走到头")))
        assert batch.added == 1 and session.scalar(select(func.count(Child.id))) == before + 1
        with clock.freeze(clock.now() + timedelta(minutes=5)):
            staging.sweep(session)
        assert session.scalar(select(func.count(Child.id))) == before + 1
        assert session.connection().scalar(select(func.count()).select_from(STAGED)) == 0
        names = session.connection().scalars(select(Child.__table__.c.name).where(Child.__table__.c.name.startswith("半路"))).all()
        assert names == []
