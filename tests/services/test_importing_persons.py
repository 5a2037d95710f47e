"""Two who look after the same child on the same day: neither's record lies over the other's."""

from datetime import date

import pytest
from sqlalchemy import select

from app.models.care import HomeVisit, Talk
from app.models.children import Child
from app.models.org import Staff
from app.services import scope
from tests.support.intake import commit, outcome, plan_of, told
from tests.support.sheets import asked_by

KINDS = {"Talk": (Talk, "talked_on", "teacher_id", ["儿童", "谈心日期", "谈心内容", "谈心教师"], "谈心教师", "儿童、谈心日期和谈心类别"),
         "HomeVisit": (HomeVisit, "visited_on", "visitor_id", ["儿童", "家访日期", "了解到的情况", "家访教师"], "家访教师", "儿童和家访日期")}


def child_of(session, at):
    child = session.scalars(select(Child).where(Child.birth_date < date(2018, 1, 1)).order_by(Child.id).offset(at).limit(1)).one()
    return f"{child.name} #{child.id}" if session.scalars(select(Child.id).where(Child.name == child.name)).all() != [child.id] else child.name


def staff(session):
    """Two of them whose names nobody else bears."""
    names = session.scalars(select(Staff.name).order_by(Staff.id)).all()
    return [name for name in names if names.count(name) == 1][:2]


@pytest.mark.parametrize("entity", KINDS)
def test_a_second_teachers_record_of_the_day_is_a_new_one(app, entity):
    model, day, person, head, label, same = KINDS[entity]
    with asked_by(app, "school") as session:
        (one, other), child = staff(session), child_of(session, 0)
        row = [child, "2026-03-11", "第一位老师写的", one]
        commit(session, entity, plan_of(session, entity, [head, row]))
        second = [child, "2026-03-11", "第二位老师写的", other]
        plan = plan_of(session, entity, [head, row, second])
        assert outcome(plan) == {"unchanged": 1, "new": 1}
        commit(session, entity, plan)
        assert {one, other} <= {one.name for one in session.scalars(select(Staff).join(model, getattr(model, person) == Staff.id).where(
            getattr(model, day) == date(2026, 3, 11), model.child_id == plan.lines.values["child"][1]))}
        assert outcome(plan_of(session, entity, [head, row, second])) == {"unchanged": 2}
        row[2] = "改过"
        assert outcome(plan_of(session, entity, [head, row, second])) == {"changed": 1, "unchanged": 1}
        assert told(plan_of(session, entity, [head[:3], row[:3]])) == [
            (2, "儿童", child, f"已有 2 条记录的{same}与这一行相同。请填写{label}，或在“系统编号”一列写明是哪一条")]
        assert told(plan_of(session, entity, [head, row, row]))[0][3].startswith(f"与第 2 行重复（{same}相同）")


@pytest.mark.parametrize("entity", KINDS)
def test_where_a_teachers_sheet_names_nobody_it_was_the_teacher(app, entity):
    model, day, person, head, _label, _same = KINDS[entity]
    with asked_by(app, "teacher") as session:
        me, child = scope.asker(session).staff_id, child_of(session, 1)
        rows = [head[:3], [child, "2026-03-12", "我写的"]]
        plan = plan_of(session, entity, rows)
        assert told(plan) == [] and outcome(plan) == {"new": 1}
        commit(session, entity, plan)
        found = session.scalars(select(model).where(getattr(model, day) == date(2026, 3, 12), model.child_id == plan.lines.values["child"][0])).one()
        assert getattr(found, person) == me and outcome(plan_of(session, entity, rows)) == {"unchanged": 1}
        setattr(found, person, session.scalars(select(Staff.id).where(Staff.id != me, Staff.school_id == found.school_id).limit(1)).one())
        session.flush()
        assert outcome(plan_of(session, entity, [[*head], [*rows[1], None]])) == {"new": 1}


@pytest.mark.parametrize("entity", KINDS)
def test_a_school_that_names_nobody_is_asked_who_it_was(app, entity):
    head, label = KINDS[entity][3:5]
    with asked_by(app, "school") as session:
        assert [one[1] for one in told(plan_of(session, entity, [head, [child_of(session, 2), "2026-03-13", "谁写的", None]]))] == [label]


def test_a_second_helper_from_the_same_day_is_a_new_pairing(app):
    with asked_by(app, "school") as session:
        head = ["儿童", "帮扶人类别", "结对日期", "本校帮扶教师"]
        (one, other), child = staff(session), child_of(session, 3)
        rows = [head, *([child, "结对教师", "2026-03-02", name] for name in (one, other))]
        plan = plan_of(session, "Pairing", rows)
        assert told(plan) == [] and outcome(plan) == {"new": 2}
        commit(session, "Pairing", plan)
        assert outcome(plan_of(session, "Pairing", rows)) == {"unchanged": 2}
