"""Workbooks in: what they would do, and what is refused."""


import pytest
from sqlalchemy import func, select

from app.models.audit import Change
from app.models.care import Talk
from app.models.children import Child
from app.models.org import School, SchoolClass, Staff
from app.services import importing, masks, records, scope
from app.services.sheet.errors import SheetError
from tests.support.intake import ACCOUNTS, commit, importable, outcome, plan_of, roster, told
from tests.support.sheets import asked_by, exported


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


def test_who_sees_a_number_covered_and_sends_it_changes_nothing(app):
    with asked_by(app, "county") as session:
        rows = exported(session, "Staff")
        head, some = rows[2], [session.get(Staff, row[0]) for row in rows[3:6]]
        for row, staff in zip(rows[3:6], some, strict=True):
            row[head.index("身份证号")], row[head.index("联系电话")] = staff.id_number, staff.phone
        assert all(staff.id_number and staff.phone for staff in some)
        assert outcome(plan_of(session, "Staff", rows[:6])) == {"unchanged": 3}
        rows[3][head.index("联系电话")] = "19900000001"
        plan = plan_of(session, "Staff", rows[:6])
        assert outcome(plan) == {"changed": 1, "unchanged": 2} and [one.label for one in plan.altered] == ["联系电话"]


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


def test_nothing_is_written_by_the_check(app):
    with asked_by(app, "school") as session:
        before = session.scalar(select(func.count(Child.id))), session.scalar(select(func.max(Change.id)))
        plan_of(session, "Child", roster(session, "甲", "乙"))
        assert not session.new and not session.dirty
        assert (session.scalar(select(func.count(Child.id))), session.scalar(select(func.max(Change.id)))) == before


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


def test_too_many_rows_and_sheets_that_are_none_of_ours_are_refused(app, monkeypatch):
    monkeypatch.setattr(importing, "MOST_ROWS", 5)
    with asked_by(app, "school") as session:
        with pytest.raises(SheetError, match="最多导入 5 行"):
            plan_of(session, "Child", roster(session, *["甲"] * 6))
        with pytest.raises(SheetError):
            plan_of(session, "Child", [["完全", "不是"], [1, 2]])
    with asked_by(app, "superior") as session, pytest.raises(records.Forbidden):
        plan_of(session, "Child", [["姓名"], ["甲"]])


@pytest.mark.parametrize("entity", ["Bus", "BusDriver", "Staff"])
def test_a_row_without_its_number_is_found_by_a_key_of_one_column(app, entity):
    with asked_by(app, "school") as session:
        rows = exported(session, entity)
        for row in rows[3:]:
            row[rows[2].index("系统编号")] = None
        assert len(rows) > 3 and set(plan_of(session, entity, rows).counts()) == {"unchanged"}
