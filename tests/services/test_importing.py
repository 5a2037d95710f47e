"""Workbooks in: what they would do, what is refused, all or nothing, and the way back."""

import secrets
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app import roles
from app.models.audit import Change, ImportBatch, Submission
from app.models.care import Talk
from app.models.children import Child, ChildKey
from app.models.id_number import check_digit
from app.models.org import School, SchoolClass, Staff
from app.models.staged import STAGED
from app.panel.views_by_entity import VIEWS
from app.services import clock, importing, masks, progress, records, scope
from app.services.exchange import staging, undo, uploads
from app.services.exchange.writing import Writer
from app.services.sheet.errors import SheetError
from tests.support.sheets import asked_by, exported

ACCOUNTS = ("admin", "county", "township", "school", "teacher")


def importable(account):
    return [name for name, verbs in roles.ROLES[account].items() if "i" in verbs]


def plan_of(session, entity, rows):
    return importing.read_plan(session, VIEWS[entity].model, VIEWS[entity].columns, rows)


def commit(session, entity, plan, token=""):
    return importing.commit(session, VIEWS[entity].model, plan, file_name="花名册.xlsx", token=token or secrets.token_urlsafe(24))


def outcome(plan):
    return dict(plan.counts())


def told(plan):
    return [(one.row + 1, one.label, one.value, str(one.error)) for one in plan.wrong]


def class_name(session):
    """A class that a teacher and the admin of the school both see as theirs."""
    who = scope.asker(session)
    ids = select(SchoolClass.id).where(SchoolClass.id.in_(who.class_ids)) if who.by_class else select(SchoolClass.id)
    return session.scalars(select(SchoolClass.name).where(SchoolClass.id.in_(ids)).order_by(SchoolClass.id).limit(1)).one()


def roster(session, *names):
    """A sheet of new children as a school would type it."""
    head = ["姓名*", "性别*", "出生日期*", "班级", "就学状态*", "现住址"]
    return [head, *([name, "女", "2016年3月2日", class_name(session), "小学", "示例村1组"] for name in names)]


@pytest.mark.parametrize(("account", "entity"), [(account, entity) for account in ACCOUNTS for entity in importable(account)])
def test_an_export_read_back_changes_nothing(app, account, entity):
    with asked_by(app, account) as session:
        rows = exported(session, entity)
        if len(rows) == 3:
            with pytest.raises(SheetError, match="没有数据"):
                plan_of(session, entity, rows)
            return
        plan = plan_of(session, entity, rows[: importing.MOST_ROWS + 3])
        assert told(plan) == [] and outcome(plan) == {"unchanged": len(plan.lines)}


def test_rows_are_known_by_their_natural_key_where_the_number_is_missing(app):
    for account, entity in (("school", "Child"), ("school", "Talk"), ("teacher", "HomeVisit"), ("school", "Bus"), ("county", "School")):
        with asked_by(app, account) as session:
            plan = plan_of(session, entity, [row[1:] for row in exported(session, entity)])
            assert "new" not in outcome(plan) and "changed" not in outcome(plan), (entity, told(plan)[:3])


def test_covered_secrets_mean_unchanged(app):
    with asked_by(app, "county") as session:
        rows = exported(session, "Staff")
        head = rows[2]
        before = {staff.id: staff.phone for staff in session.scalars(select(Staff).limit(3))}
        for row in rows[3:]:
            assert row[head.index("身份证号")] in (None, masks.DOTS)
            row[head.index("姓名")] += "改"
        plan = plan_of(session, "Staff", rows)
        assert all(set(line.values) == {"name"} for line in plan.lines)
        commit(session, "Staff", plan)
        session.expire_all()
        assert {staff.id: staff.phone for staff in session.scalars(select(Staff).where(Staff.id.in_(before)))} == before


def test_a_covered_secret_makes_no_new_row(app):
    with asked_by(app, "school") as session:
        rows = roster(session, "新来的")
        rows[0].append("身份证号")
        rows[1].append(masks.DOTS + "1234")
        assert [one[1] for one in told(plan_of(session, "Child", rows))] == ["身份证号"]


def test_every_wrong_cell_is_named_with_row_column_and_reason(app):
    with asked_by(app, "school") as session:
        rows = roster(session, "甲", "乙", "丙")
        rows[0].append("身份证号")
        rows[1][1], rows[1][2] = "不明", "2016-02-30"
        rows[2][0], rows[2][3] = None, "没有这个班"
        rows[3].append("990101201603021234")
        found = told(plan_of(session, "Child", rows))
        assert [(row, label) for row, label, _value, _why in found] == [
            (2, "性别"), (2, "出生日期"), (3, "姓名"), (3, "班级"), (4, "身份证号")]
        assert found[0][2] == "不明" and "没有“不明”" in found[0][3]
        assert "没有这个班" in found[3][3]
        assert "990101201603021234" not in str(found) and found[4][2] == masks.DOTS + "1234"


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


def test_nothing_is_written_by_the_check(app):
    with asked_by(app, "school") as session:
        before = session.scalar(select(func.count(Child.id))), session.scalar(select(func.max(Change.id)))
        plan_of(session, "Child", roster(session, "甲", "乙"))
        assert not session.new and not session.dirty
        assert (session.scalar(select(func.count(Child.id))), session.scalar(select(func.max(Change.id)))) == before


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


def test_doubles_within_a_file_are_refused(app):
    with asked_by(app, "school") as session:
        rows = exported(session, "Talk")
        assert [one[3] for one in told(plan_of(session, "Talk", [*rows[:4], list(rows[3])]))] == ["与第 4 行重复，请删去一行"]
        new = roster(session, "甲", "甲")
        assert [one[0] for one in told(plan_of(session, "Child", new))] == [3]


def test_a_number_that_another_school_has_registered_is_refused_and_tells_nothing(app):
    with asked_by(app, "school2") as session:
        other = session.scalars(select(Child).where(Child.id_number_hash.is_not(None)).limit(1)).one()
        number, name, sex, birth = other.id_number, other.name, other.sex, other.birth_date.isoformat()
    with asked_by(app, "school") as session:
        rows = roster(session, "新来的")
        rows[0].append("身份证号")
        rows[1][1:3] = [sex, birth]
        rows[1].append(number)
        assert [one[1:] for one in told(plan_of(session, "Child", rows))] == [("身份证号", masks.DOTS + number[-4:], "这个身份证号已经登记过")]
        assert name not in str(told(plan_of(session, "Child", rows)))


def test_another_schools_child_number_class_and_school_are_as_unknown_as_what_does_not_exist(app):
    with asked_by(app, "school2") as session:
        child = session.scalars(select(Child).limit(1)).one()
        foreign = {"child": f"{child.name} #{child.id}", "id": child.id, "school": session.get(School, child.school_id).name}
    with asked_by(app, "school") as session:
        talks = exported(session, "Talk")[:4]
        talks[3][0] = None
        talks[3][talks[2].index("儿童")] = foreign["child"]
        nowhere = [list(row) for row in talks]
        nowhere[3][talks[2].index("儿童")] = "查无此人 #99999999"
        seen, unseen = told(plan_of(session, "Talk", talks)), told(plan_of(session, "Talk", nowhere))
        assert "管辖范围" in seen[0][3] and seen[0][3].replace(foreign["child"], "查无此人 #99999999") == unseen[0][3]
        children = exported(session, "Child")[:4]
        children[3][0] = foreign["id"]
        assert [(one[1], one[3]) for one in told(plan_of(session, "Child", children))] == [("系统编号", "找不到这条记录，或不在您的管辖范围")]
        rows = roster(session, "新来的")
        rows[0].append("学校")
        rows[1].append(foreign["school"])
        assert [one[1] for one in told(plan_of(session, "Child", rows))] == ["学校"]


def test_a_teacher_adds_children_to_the_own_class_only(app):
    with asked_by(app, "teacher") as session:
        own = set(scope.asker(session).class_ids)
        other = session.scalars(select(SchoolClass).where(SchoolClass.id.not_in(own)).limit(1)).one()
        rows = roster(session, "甲", "乙")
        rows[1][3], rows[2][3] = other.name, None
        assert [(one[0], one[1]) for one in told(plan_of(session, "Child", rows))] == [(2, "班级"), (3, "班级")]


def test_a_name_that_two_children_bear_wants_a_number(app):
    with asked_by(app, "school") as session:
        first, second = session.scalars(select(Child).order_by(Child.id).limit(2))
        second.name = first.name
        session.flush()
        teacher = session.scalars(select(Staff.name).limit(1)).one()
        rows = [["儿童", "谈心日期", "谈心教师", "谈心内容"], [first.name, "2026-03-02", teacher, "聊得很好"]]
        assert told(plan_of(session, "Talk", rows))[0][1:3] == ("儿童", first.name)
        rows[1][0] = f"{first.name} #{second.id}"
        plan = plan_of(session, "Talk", rows)
        assert [line.values["child"] for line in plan.lines] == [second.id]


def test_changes_of_rows_are_shown_old_and_new_and_formula_text_stays_text(app):
    with asked_by(app, "school") as session:
        rows = exported(session, "Talk")[:4]
        rows[3][rows[2].index("谈心内容")] = "=HYPERLINK(1)"
        plan = plan_of(session, "Talk", rows)
        assert [(one.label, one.new) for one in plan.altered] == [("谈心内容", "=HYPERLINK(1)")]
        commit(session, "Talk", plan)
        assert session.get(Talk, rows[3][0]).content == "=HYPERLINK(1)"


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
        assert (done.rows, done.kept) == (3, [])
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
        assert sorted(done.kept) == ["后来改过", "后来谈过"] and done.rows == 1
        assert set(session.scalars(select(Child.name).where(Child.id.in_([child.id for child in found.values()])))) == {"后来改过", "后来谈过"}


def test_an_undoing_that_was_broken_off_is_brought_to_its_end_by_the_next(app, monkeypatch):
    class Dead(BaseException):
        pass

    def die(_seconds):
        raise Dead

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
        with monkeypatch.context() as patched, pytest.raises(Dead):
            patched.setattr(undo.time, "sleep", die)
            undo.undo(session, batch)
        session.rollback()
        assert batch.undone_at is None
        assert sum(session.get(Child, row_id).ethnic_group == "半途族" for row_id in before) == 1  # the first two went back
        heard = []
        with progress.heard(session, heard.append):
            done = undo.undo(session, batch)
        assert (done.rows, done.kept, sum(heard)) == (5, ["半途2"], 6) and batch.undone_at is not None
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
        assert (done.rows, done.kept) == (1, [name])
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


def test_too_many_rows_and_sheets_that_are_none_of_ours_are_refused(app, monkeypatch):
    monkeypatch.setattr(importing, "MOST_ROWS", 5)
    with asked_by(app, "school") as session:
        with pytest.raises(SheetError, match="最多导入 5 行"):
            plan_of(session, "Child", roster(session, *["甲"] * 6))
        with pytest.raises(SheetError):
            plan_of(session, "Child", [["完全", "不是"], [1, 2]])
    with asked_by(app, "superior") as session, pytest.raises(records.Forbidden):
        plan_of(session, "Child", [["姓名"], ["甲"]])


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


def test_new_names_are_spelt_though_the_import_died_after_its_moment(app, monkeypatch):
    """On PostgreSQL nobody dies here: all is one transaction."""
    class Dead(BaseException):
        pass

    def die(*_args):
        raise Dead

    with asked_by(app, "school") as session:
        child = session.scalars(select(Child).order_by(Child.id).limit(1)).one()
        plan = plan_of(session, "Child", [["系统编号", "姓名"], [child.id, "欧阳未拼"]])
        with monkeypatch.context() as patched, suppress(Dead):
            patched.setattr(staging, "in_steps", die)
            commit(session, "Child", plan)
        session.rollback()
        with clock.freeze(clock.now() + timedelta(minutes=5)):
            staging.sweep(session)
        session.expire_all()
        assert (child.name, child.pinyin) == ("欧阳未拼", "ouyangweipin")
        with scope.everything(session):
            assert session.scalar(select(ChildKey.child_id).where(ChildKey.key == "欧阳未拼")) == child.id


def test_rows_on_their_way_are_seen_by_nobody_until_the_moment(app, monkeypatch):
    """Two imports that died half-way, and one that lives: none of their rows shows, whoever asks."""
    class Dead(BaseException):
        pass

    def die(*_args):
        raise Dead

    with asked_by(app, "school") as session:
        before = session.scalar(select(func.count(Child.id)))
        for names in (("半路甲", "半路乙"), ("半路丙",)):
            with monkeypatch.context() as patched, pytest.raises(Dead):
                patched.setattr(Writer, "_finish", die)
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
