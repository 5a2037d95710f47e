"""Nothing is done for a child before it was born: by any way in, said beside the day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Date, select

from app.models import entities, rules
from app.models.base import fields_of
from app.models.care import FamilyContact, HomeVisit, Pairing, Talk
from app.models.cases import Aid, CaseFile
from app.models.children import Child, ParentSpell
from app.models.org import Staff
from app.models.safety import ResponsibilityLetter
from app.services import clock, history, records
from tests.support.intake import outcome, plan_of, told

DAY = timedelta(days=1)
SAID = "不能早于孩子的出生日期"
# Entity, the day that is held, and what else a row must say; "staff" stands for somebody of the school.
DAYS = [
    (Talk, "talked_on", {"teacher": "staff", "kind": "regular", "content": "聊了作业"}),
    (HomeVisit, "visited_on", {"visitor": "staff", "found": "家里有人照看"}),
    (FamilyContact, "contacted_on", {"kind": "video", "with_whom": "mother"}),
    (Pairing, "started_on", {"kind": "teacher", "staff": "staff"}),
    (CaseFile, "opened_on", {"kind": "absent"}),
    (Aid, "decided_on", {"kind": "goods"}),
    (ResponsibilityLetter, "signed_on", {"level": "school_guardian", "school_year": "2026—2027学年", "signer": "王某", "expires_on": date(2099, 1, 1)}),
    (ParentSpell, "until", {"parent": "father", "state": "away", "since": date(1999, 1, 1)}),
]
BEFORE_OR_LATER = {("ParentSpell", "since"), ("ResponsibilityLetter", "expires_on")}  # an absence may have begun long before


@pytest.fixture
def child(session):
    return session.scalars(select(Child).order_by(Child.id).limit(1)).one()


def values(session, child, key, day, more):
    staff = session.scalar(select(Staff.id).where(Staff.school_id == child.school_id).order_by(Staff.id).limit(1))
    return {"child": child.id, "school": child.school_id, key: day, **{name: staff if value == "staff" else value for name, value in more.items()}}


@pytest.mark.parametrize(("model", "key", "more"), DAYS, ids=lambda one: getattr(one, "__name__", None))
def test_a_day_before_the_birth_is_refused_and_the_birthday_is_not(session, child, model, key, more):
    with pytest.raises(records.Refused) as refused:
        records.add(session, model, values(session, child, key, child.birth_date - DAY, more))
    assert {one: error.message for one, error in refused.value.errors.items()} == {key: SAID}
    made = records.add(session, model, values(session, child, key, child.birth_date, more))
    with pytest.raises(records.Refused) as refused:
        records.edit(session, made, {key: child.birth_date - DAY})
    assert list(refused.value.errors) == [key]


@pytest.mark.no_database
def test_every_day_that_a_record_of_a_child_must_say_is_held():
    born = date(2016, 5, 1)
    wanted = {(model.__name__, key) for model in entities().values() for key, one in records.editable(model).items()
              if isinstance(one.type, Date) and one.required and getattr(fields_of(model).get("child"), "target", "") == "Child"}
    held = {(name, key) for name, key in wanted if key in entities()[name].problems({rules.BORN: born, key: born - DAY})}
    assert wanted - held == BEFORE_OR_LATER
    assert held >= {(model.__name__, key) for model, key, _more in DAYS if key != "until"}


def test_a_file_is_not_older_than_its_child(session, child):
    with pytest.raises(records.Refused) as refused:
        records.edit(session, child, {"filed_on": child.birth_date - DAY})
    assert list(refused.value.errors) == ["filed_on"]


def test_an_absence_has_a_plausible_start(session, child):
    with pytest.raises(records.Refused) as refused:
        records.add(session, ParentSpell, {"child": child.id, "parent": "father", "state": "away", "since": clock.today().replace(day=1, year=1926)})
    assert list(refused.value.errors) == ["since"]


def test_an_import_names_the_cell_of_a_new_row_and_of_a_changed_one(session, child):
    talk = session.scalars(select(Talk).where(Talk.child_id == child.id).limit(1)).first() or records.add(
        session, Talk, values(session, child, "talked_on", child.birth_date, DAYS[0][2]))
    session.flush()
    staff, early = session.get_one(Staff, talk.teacher_id), child.birth_date - DAY
    head = ["系统编号", "儿童*", "谈心日期*", "谈心教师*", "谈心类别*", "谈心内容*"]
    rest = [f"{staff.name} #{staff.id}", "例行谈心", "聊了作业"]
    rows = [head, [None, f"{child.name} #{child.id}", early, *rest], [None, f"{child.name} #{child.id}", child.birth_date, *rest],
            [talk.id, f"{child.name} #{child.id}", early, *rest]]
    plan = plan_of(session, "Talk", rows)
    assert [(row, label, error) for row, label, _typed, error in told(plan)] == [(2, "谈心日期", SAID), (4, "谈心日期", SAID)], outcome(plan)


@pytest.mark.parametrize(("model", "key", "more"), DAYS, ids=lambda one: getattr(one, "__name__", None))
def test_a_birth_is_not_put_right_to_a_day_after_what_was_done(session, child, model, key, more):
    young = newborn(session, child)
    made = records.add(session, model, values(session, young, key, young.birth_date + DAY, more))
    records.edit(session, young, {"birth_date": young.birth_date + DAY})
    with pytest.raises(records.Refused) as refused:
        records.edit(session, young, {"birth_date": young.birth_date + DAY})
    day = young.birth_date.isoformat()
    assert {one: str(error) for one, error in refused.value.errors.items()} == {"birth_date": late(day, model)}
    plan = plan_of(session, "Child", [["系统编号", "出生日期"], [young.id, young.birth_date + DAY]])
    assert [(row, label, error) for row, label, _typed, error in told(plan)] == [(2, "出生日期", late(day, model))]
    assert outcome(plan_of(session, "Child", [["系统编号", "出生日期"], [young.id, young.birth_date - DAY]])) == {"changed": 1}
    records.delete(session, made)
    records.edit(session, young, {"birth_date": young.birth_date + DAY})


def test_a_birth_is_not_set_back_to_a_day_after_what_was_done(session, child):
    young = newborn(session, child)
    records.edit(session, young, {"birth_date": young.birth_date - 9 * DAY})
    change = history.of_row(session, young)[0]
    records.add(session, Talk, values(session, young, "talked_on", young.birth_date, DAYS[0][2]))
    with pytest.raises(records.Refused) as refused:
        records.revert(session, young, change)
    assert {one: str(error) for one, error in refused.value.errors.items()} == {"birth_date": late(young.birth_date.isoformat(), Talk)}


def test_what_is_wrong_already_does_not_stand_in_the_way(session, child):
    young = newborn(session, child)
    talk = records.add(session, Talk, values(session, young, "talked_on", young.birth_date, DAYS[0][2]))
    talk.talked_on = young.birth_date - 99 * DAY  # as older versions let it
    session.flush()
    records.edit(session, young, {"birth_date": young.birth_date - DAY})
    records.edit(session, young, {"birth_date": young.birth_date, "journey": "走路"})


def newborn(session, child):
    found = {key: value for key, value in records.current(child).items() if key in records.editable(Child) and key not in ("id_number", "student_number")}
    return records.add(session, Child, {**found, "name": "新建档", "birth_date": date(2016, 3, 2), "stage": "primary", "filed_on": None})


def late(day, model):
    return f"已有 {day} 的{model.__label__}，出生日期不能晚于这一天"
