"""Rows without a number: which record of the database they mean, and when that is asked rather than guessed."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.models.bus import Bus, BusDriver
from app.models.children import Child
from app.models.id_number import check_digit
from app.models.org import SchoolClass, Staff
from app.services import importing
from tests.support.intake import class_name, commit, importable, outcome, plan_of, roster, told
from tests.support.sheets import asked_by, exported

NUMBERS = [one + check_digit(one) for one in (f"99010120160302{last}" for last in range(610, 622, 2))]  # girls of 2 March 2016, as roster() has them


def sent(session, entity, rows):
    """Send a sheet that nothing is wrong with; returns the batch."""
    plan = plan_of(session, entity, rows)
    assert told(plan) == []
    return commit(session, entity, plan)


def numbered(session, *pairs, label="身份证号"):
    """A roster of (name, number)."""
    head, *rows = roster(session, *(name for name, _number in pairs))
    return [[*head, label], *([*row, number] for row, (_name, number) in zip(rows, pairs, strict=True))]


def test_a_roster_without_numbers_sent_twice_registers_nobody_twice(app):
    with asked_by(app, "school") as session:
        rows = roster(session, "两次甲", "两次乙")
        sent(session, "Child", rows)
        assert outcome(plan_of(session, "Child", rows)) == {"unchanged": 2}
        other = session.scalars(select(SchoolClass.name).where(SchoolClass.name != class_name(session)).limit(1)).one()
        rows[2][3] = other
        plan = plan_of(session, "Child", rows)
        assert outcome(plan) == {"unchanged": 1, "changed": 1} and [(one.label, one.new) for one in plan.altered] == [("班级", other)]
        sent(session, "Child", rows)
        assert session.scalar(select(func.count(Child.id)).where(Child.name.in_(["两次甲", "两次乙"]))) == 2


def test_another_sex_or_birthday_is_another_child(app):
    with asked_by(app, "school") as session:
        sent(session, "Child", roster(session, "分得清"))
        rows = roster(session, "分得清", "分得清")
        rows[1][1], rows[2][2] = "男", "2016-03-03"
        assert outcome(plan_of(session, "Child", rows)) == {"new": 2}


def test_a_number_that_comes_later_is_the_same_childs_and_then_tells_another_apart(app):
    with asked_by(app, "school") as session:
        sent(session, "Child", roster(session, "后来有号"))
        plan = plan_of(session, "Child", numbered(session, ("后来有号", NUMBERS[0])))
        assert outcome(plan) == {"changed": 1} and [one.label for one in plan.altered] == ["身份证号"]
        commit(session, "Child", plan)
        assert outcome(plan_of(session, "Child", numbered(session, ("后来有号", NUMBERS[1])))) == {"new": 1}
        assert outcome(plan_of(session, "Child", numbered(session, ("后来有号", f"G{NUMBERS[1]}"), label="学籍号"))) == {"changed": 1}


def test_two_alike_in_a_file_are_asked_for_their_numbers(app):
    with asked_by(app, "school") as session:
        assert told(plan_of(session, "Child", numbered(session, ("同名同生", NUMBERS[2]), ("同名同生", None)))) == [
            (3, "姓名", "同名同生", "与第 2 行重复（姓名和出生日期相同），请删去一行；不是同一条的，两行都请填写身份证号或学籍号")]
        rows = numbered(session, ("同名同生", NUMBERS[2]), ("同名同生", NUMBERS[3]))
        sent(session, "Child", rows)
        assert outcome(plan_of(session, "Child", rows)) == {"unchanged": 2}
        wrong = told(plan_of(session, "Child", roster(session, "同名同生")))
        assert [one[:3] for one in wrong] == [(2, "姓名", "同名同生")] and wrong[0][3] == (
            "已有 2 条记录的姓名和出生日期与这一行相同。请填写身份证号或学籍号，或在“系统编号”一列写明是哪一条")
        rows = roster(session, "同名同生")
        ids = session.scalars(select(Child.id).where(Child.name == "同名同生").order_by(Child.id)).all()
        plan = plan_of(session, "Child", [[*rows[0], "系统编号"], [*rows[1], ids[1]]])
        assert outcome(plan) == {"unchanged": 1} and plan.lines.row_id == [ids[1]]


def test_of_two_that_fit_one_record_the_file_must_say_which_it_is(app):
    with asked_by(app, "school") as session:
        sent(session, "Child", roster(session, "哪一个"))
        rows = numbered(session, ("哪一个", NUMBERS[4]), ("哪一个", NUMBERS[5]))
        assert told(plan_of(session, "Child", rows)) == [
            (3, "姓名", "哪一个", "这一行和第 2 行的姓名和出生日期都与同一条已有的记录相同。请在“系统编号”一列写明哪一行是它")]
        row_id = session.scalar(select(Child.id).where(Child.name == "哪一个"))
        rows = [[*row, more] for row, more in zip(rows, ["系统编号", None, row_id], strict=True)]
        plan = plan_of(session, "Child", rows)
        assert outcome(plan) == {"new": 1, "changed": 1} and plan.lines.row_id == [None, row_id]
        rows[1][-2] = None
        assert told(plan_of(session, "Child", rows))[0][:2] == (2, "姓名")


def test_another_schools_child_of_that_name_and_day_is_none_of_ours(app):
    with asked_by(app, "school2") as session:
        sent(session, "Child", roster(session, "两校同名"))
    with asked_by(app, "school") as session:
        assert outcome(plan_of(session, "Child", roster(session, "两校同名"))) == {"new": 1}


def test_a_thousand_alike_are_told_one_by_one_in_no_time(app):
    with asked_by(app, "school") as session:
        assert outcome(plan_of(session, "Child", roster(session, *["成千"] * 1000))) == {"new": 1, "wrong": 999}


STAFF = ["姓名", "性别", "岗位", "联系电话"]


@pytest.mark.parametrize(("line", "becomes"), [
    (["查重", "女", "班主任", "13900000001"], "unchanged"), (["查重", "女", "校长", "13900000001"], "changed"),
    (["查重", "女", "班主任", None], "changed"), (["查重", "女", "班主任", "13900000009"], "new"),
    (["查重", "男", "班主任", "13900000001"], "new"), (["查重", "女", "校长", None], "new")])
def test_a_colleague_is_known_by_name_and_telephone_else_by_name_and_post(app, line, becomes):
    with asked_by(app, "school") as session:
        rows = [STAFF, ["查重", "女", "班主任", "13900000001"]]
        if session.scalar(select(Staff.id).where(Staff.name == "查重")) is None:
            sent(session, "Staff", rows)
        assert outcome(plan_of(session, "Staff", [STAFF, line])) == {becomes: 1}


def test_two_colleagues_of_a_name_and_post_are_told_apart_by_their_telephones(app):
    with asked_by(app, "school") as session:
        rows = [STAFF, ["重名", "女", "班主任", "13900000002"], ["重名", "女", "班主任", "13900000003"]]
        sent(session, "Staff", rows)
        assert outcome(plan_of(session, "Staff", rows)) == {"unchanged": 2}
        assert "已有 2 条记录的姓名和岗位" in told(plan_of(session, "Staff", [STAFF[:3], rows[1][:3]]))[0][3]


def records(session):
    bus, driver = session.scalars(select(Bus.plate).limit(1)).one(), session.scalars(select(BusDriver.name).limit(1)).one()
    run = [bus, driver, "2026-03-03", "上学"]
    return {"Hazard": (["隐患内容", "部位", "类别", "等级", "查出日期", "整改期限"],
                       [["灭火器过期", place, "校舍", "一般", "2026-03-02", "2026-05-02"] for place in ("三楼西侧", "三楼东侧")]),
            "BusDriver": (["姓名", "出生日期", "校车驾驶资格"], [["查重司机", date(1980, 2, 3), "甲"], ["查重司机", date(1981, 2, 3), "乙"]]),
            "BusRun": (["校车", "驾驶人", "日期", "方向", "上车人数"], [[*run, 12], [*run, 9]])}


@pytest.mark.parametrize("entity", ["Hazard", "BusDriver", "BusRun"])
def test_records_without_a_number_sent_twice_are_there_once(app, entity):
    with asked_by(app, "school") as session:
        head, rows = records(session)[entity]
        sent(session, entity, [head, *rows])
        assert outcome(plan_of(session, entity, [head, *rows])) == {"unchanged": 2}
        assert len(told(plan_of(session, entity, [head, rows[0], rows[0]]))) == 1


@pytest.mark.parametrize("entity", importable("school"))
def test_an_export_without_its_numbers_means_the_same_rows_or_asks(app, entity):
    with asked_by(app, "school") as session:
        rows = exported(session, entity)
        if len(rows) > 3:
            plan = plan_of(session, entity, [row[1:] for row in rows[: importing.MOST_ROWS + 3]])
            assert set(outcome(plan)) <= {"unchanged", "wrong"} and len(plan.places("wrong")) < len(plan.lines) / 2, told(plan)[:3]
