"""Who had left stands in a roster again: the dry run says that they are there, unless the sheet says otherwise or is no roster."""

from datetime import date
from random import Random

import pytest

from app.models.children import Child
from app.models.org import School, Staff
from app.services import records, scope
from seeds import numbers
from tests.services.test_leaving import two_schools
from tests.support.asking import asking
from tests.support.intake import commit, outcome, plan_of, told
from tests.support.sheets import asked_by

BORN = date(1990, 5, 4)
ROSTER = ["姓名", "性别", "岗位", "身份证号", "学校"]


def left(session, seed, name="曾老师"):
    """A colleague who has left, with her number."""
    number = numbers.id_number(Random(seed), BORN, "f")
    with asking(session, "school"):
        row = records.add(session, Staff, {"name": name, "sex": "f", "post": "teacher", "id_number": number})
        records.edit(session, row, {"present": False})
    session.commit()
    return row, number


def names(session):
    with scope.everything(session):
        return [session.get(School, school_id).name for school_id in two_schools(session)]


def told_changes(plan):
    return {(one.label, one.old, one.new) for one in plan.altered}


def test_who_comes_back_by_the_countys_roster_is_at_work(app):
    with asked_by(app, "county") as session:
        here, there = names(session)
        row, number = left(session, 61)
        plan = plan_of(session, "Staff", [ROSTER, ["曾老师", "女", "任课教师", number, there]])
        assert (outcome(plan), told_changes(plan)) == ({"changed": 1}, {("学校", here, there), ("在岗", "否", "是")})
        commit(session, "Staff", plan)
        session.refresh(row)
        with scope.everything(session):
            assert (row.present, row.school.name) == (True, there)


def test_a_list_of_who_changes_school_is_enough(app):
    with asked_by(app, "county") as session:
        here, there = names(session)
        _row, number = left(session, 62)
        plan = plan_of(session, "Staff", [["姓名", "身份证号", "学校"], ["曾老师", number, there]])
        assert told_changes(plan) == {("学校", here, there), ("在岗", "否", "是")}


@pytest.mark.parametrize("why", ["said", "no roster", "by its number"])
def test_who_is_not_said_to_be_back_stays_away(app, why):
    with asked_by(app, "county") as session:
        here, there = names(session)
        row, number = left(session, 63 + len(why))
        head, line, changes = {
            "said": ([*ROSTER, "在岗"], ["曾老师", "女", "任课教师", number, there, "否"], {("学校", here, there)}),
            "no roster": (["姓名", "身份证号", "教师资格证号"], ["曾老师", number, "20261"], {("教师资格证号", "", "20261")}),
            "by its number": (["系统编号", *ROSTER], [row.id, "曾老师", "女", "任课教师", number, there], {("学校", here, there)}),
        }[why]
        plan = plan_of(session, "Staff", [head, line])
        assert (outcome(plan), told_changes(plan)) == ({"changed": 1}, changes)
        commit(session, "Staff", plan)
        session.refresh(row)
        assert row.present is False


@pytest.mark.parametrize(("how", "back"), [("roster", {("曾老师", "否", "是")}), ("no roster", set()), ("by its number", set())])
@pytest.mark.parametrize("beside", ["否", ""], ids=["beside one that says so", "in an empty column"])
def test_an_empty_cell_says_nothing_whatever_stands_below_it(app, how, back, beside):
    with asked_by(app, "county") as session:
        here, _there = names(session)
        (row, number), (_other, below) = left(session, 200 + len(how + beside)), left(session, 300 + len(how + beside), "李老师")
        head, lines = [*ROSTER, "在岗"], [["曾老师", "女", "任课教师", number, here, ""], ["李老师", "女", "任课教师", below, here, beside or None]]
        if how == "by its number":
            head, lines = ["系统编号", *head], [[row.id, *lines[0]], [None, *lines[1]]]
        if how == "no roster":
            head, lines = ["姓名", "身份证号", "在岗"], [["曾老师", number, ""], ["李老师", below, beside]]
        plan = plan_of(session, "Staff", [head, *lines])
        told_back = {(lines[one.row - 1][head.index("姓名")], one.old, one.new) for one in plan.altered}
        assert told_back == back | ({("李老师", "否", "是")} if beside == "" and how != "no roster" else set())
        assert told(plan) == []


def test_an_empty_cell_leaves_who_is_there_as_they_are(app):
    with asked_by(app, "school") as session:
        rows = [records.add(session, Child, {"name": name, "sex": "f", "birth_date": date(2016, 3, 2), "stage": "primary", "file_state": state,
                                             "id_number": numbers.id_number(Random(seed), date(2016, 3, 2), "f")})
                for name, state, seed in (("不留守", "ended", 84), ("在册", "open", 85))]
        session.commit()
        plan = plan_of(session, "Child", [["姓名", "性别", "出生日期", "就学状态", "档案状态"],
                                          *([row.name, "女", "2016-03-02", "小学", said] for row, said in zip(rows, ("", "在册"), strict=True))])
        assert (outcome(plan), plan.altered) == ({"unchanged": 2}, [])


def test_a_child_in_its_schools_roster_has_an_open_file_again(app):
    with asked_by(app, "school") as session:
        number = numbers.id_number(Random(81), date(2016, 3, 2), "f")
        row = records.add(session, Child, {"name": "归来", "sex": "f", "birth_date": date(2016, 3, 2), "stage": "primary", "id_number": number})
        records.edit(session, row, {"file_state": "moved_out"})
        session.commit()
        plan = plan_of(session, "Child", [["姓名", "性别", "出生日期", "就学状态", "身份证号"], ["归来", "女", "2016-03-02", "小学", number]])
        assert told_changes(plan) == {("档案状态", "已转出", "在册")}
        commit(session, "Child", plan)
        session.refresh(row)
        assert row.file_state == "open"


def test_whose_number_another_county_has_by_now_is_not_taken_back(app):
    with asked_by(app, "county") as session:
        here, _there = names(session)
        _row, number = left(session, 64)
        with asking(session, "school3"):
            records.add(session, Staff, {"name": "曾老师", "sex": "f", "post": "teacher", "id_number": number})
        session.commit()
        plan = plan_of(session, "Staff", [ROSTER, ["曾老师", "女", "任课教师", number, here]])
        assert outcome(plan) == {"wrong": 1}
        assert {error for _row, _label, _value, error in told(plan)} == {"这个身份证号已经登记过"}
