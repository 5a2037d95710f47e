"""What was done for a child does not come back, from the trash or from its history, to a day before the birth as it was put right since."""

import pytest
from sqlalchemy import select

from app.models.care import Talk
from app.models.cases import CaseFile
from app.models.children import Child
from app.services import history, records
from tests.services.test_births import DAY, DAYS, newborn, values

TALK = DAYS[0][2]


@pytest.fixture
def young(session):
    return newborn(session, session.scalars(select(Child).order_by(Child.id).limit(1)).one())


def said(model, key, day):
    return {key: f"{model.__label__}的{records.editable(model)[key].label} {day.isoformat()} 早于孩子的出生日期，请先核对出生日期"}


def refused(work, *given):
    with pytest.raises(records.Refused) as found:
        work(*given)
    return {key: str(error) for key, error in found.value.errors.items()}


@pytest.mark.parametrize(("model", "key", "more"), DAYS, ids=lambda one: getattr(one, "__name__", None))
def test_it_stays_in_the_trash_until_the_birth_is_put_right(session, young, model, key, more):
    made = records.add(session, model, values(session, young, key, young.birth_date + DAY, more))
    records.delete(session, made)
    records.edit(session, young, {"birth_date": young.birth_date + 9 * DAY})
    assert refused(records.restore, session, made) == said(model, key, young.birth_date - 8 * DAY)
    session.flush()
    assert made.deleted_at is not None
    records.edit(session, young, {"birth_date": young.birth_date - 8 * DAY})
    records.restore(session, made)
    assert (made.deleted_at, getattr(made, key)) == (None, young.birth_date)


@pytest.mark.parametrize(("model", "key", "more"), DAYS, ids=lambda one: getattr(one, "__name__", None))
def test_its_day_is_not_set_back(session, young, model, key, more):
    made = records.add(session, model, values(session, young, key, young.birth_date + DAY, more))
    records.edit(session, made, {key: young.birth_date + 20 * DAY})
    change = history.of_row(session, made)[0]
    records.edit(session, young, {"birth_date": young.birth_date + 9 * DAY})
    assert refused(records.revert, session, made, change) == said(model, key, young.birth_date - 8 * DAY)
    assert getattr(made, key) == young.birth_date + 11 * DAY
    records.edit(session, young, {"birth_date": young.birth_date - 8 * DAY})
    records.revert(session, made, change)
    assert getattr(made, key) == young.birth_date


def test_it_is_not_set_back_to_a_child_born_after_it(session, young):
    made = records.add(session, Talk, values(session, young, "talked_on", young.birth_date, TALK))
    elder = records.add(session, Child, {**records.current(young), "name": "先生的", "birth_date": young.birth_date - DAY})
    records.edit(session, made, {"child": elder.id})
    change = history.of_row(session, made)[0]
    records.edit(session, young, {"birth_date": young.birth_date + DAY})
    assert refused(records.revert, session, made, change) == said(Talk, "talked_on", made.talked_on)
    assert made.child_id == elder.id


def test_what_is_wrong_already_stays_so_and_the_rest_of_it_goes_back(session, young):
    made = records.add(session, Talk, values(session, young, "talked_on", young.birth_date, TALK))
    made.talked_on = young.birth_date - 99 * DAY  # as older versions let it
    session.flush()
    made.content = "改过"
    session.flush()
    records.revert(session, made, history.of_row(session, made)[0])
    assert (made.content, made.talked_on) == (TALK["content"], young.birth_date - 99 * DAY)


def test_a_child_comes_back_with_its_whole_file(session, young):
    made = records.add(session, Talk, values(session, young, "talked_on", young.birth_date, TALK))
    made.talked_on = young.birth_date - 99 * DAY  # as older versions let it
    session.flush()
    records.delete(session, young)
    records.restore(session, young)
    assert (young.deleted_at, made.deleted_at) == (None, None)


def test_it_comes_back_with_its_day_put_right(session, young):
    made = records.add(session, Talk, values(session, young, "talked_on", young.birth_date, TALK))
    records.delete(session, made)
    records.edit(session, young, {"birth_date": young.birth_date + 9 * DAY})
    assert list(refused(records.restore, session, made, {"talked_on": young.birth_date - DAY})) == ["talked_on"]
    records.restore(session, made, {"talked_on": young.birth_date})
    assert (made.deleted_at, made.talked_on) == (None, young.birth_date)
    last = history.of_row(session, made)[0]
    assert (last.action, {line[0] for line in last.lines}) == ("restore", {"talked_on", "deleted_at"})


def test_what_is_back_already_takes_no_more_days_by_the_trash(session, young):
    made = records.add(session, Talk, values(session, young, "talked_on", young.birth_date, TALK))
    with pytest.raises(records.Conflict):
        records.restore(session, made, {"talked_on": young.birth_date + DAY})
    assert made.talked_on == young.birth_date and records.restore(session, made) == []


def test_a_day_for_what_it_no_longer_is_does_not_bring_it_back(session, young):
    made = records.add(session, Talk, values(session, young, "talked_on", young.birth_date, TALK))
    records.delete(session, made)
    seen = made.version
    records.restore(session, made)
    records.delete(session, made)
    with pytest.raises(records.Conflict):
        records.restore(session, made, {"talked_on": young.birth_date + DAY}, seen)
    assert made.deleted_at is not None and made.talked_on == young.birth_date
    records.restore(session, made, {"talked_on": young.birth_date + DAY}, made.version)
    assert (made.deleted_at, made.talked_on) == (None, young.birth_date + DAY)


def test_what_is_kept_of_a_record_does_not_change_as_it_comes_back(session, young):
    made = records.add(session, CaseFile, values(session, young, "opened_on", young.birth_date, {"kind": "report", "plan": "已报公安"}))
    made.deleted_at = made.created_at  # as nobody may by any way
    session.flush()
    assert "发现日期不能改" in refused(records.restore, session, made, {"opened_on": young.birth_date + DAY})[""]
    assert made.deleted_at is not None and made.opened_on == young.birth_date
