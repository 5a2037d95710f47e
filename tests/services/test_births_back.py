"""What was done for a child does not come back, from the trash or from its history, to a day before the birth as it was put right since."""

import pytest
from sqlalchemy import select

from app.models.care import Talk
from app.models.children import Child
from app.services import history, records
from tests.services.test_births import DAY, DAYS, newborn, values
from tests.support.sheets import asked_by

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


def test_the_trash_says_why_it_stays_there(app, client_for):
    with asked_by(app, "school") as session:
        child = newborn(session, session.scalars(select(Child).order_by(Child.id).limit(1)).one())
        talk = records.add(session, Talk, values(session, child, "talked_on", child.birth_date, TALK))
        records.delete(session, talk)
        records.edit(session, child, {"birth_date": child.birth_date + DAY})
        session.commit()
        row_id, why = talk.id, said(Talk, "talked_on", talk.talked_on)["talked_on"]
    page = client_for("school").post("/talk/trash/", data={"row": row_id}, follow_redirects=True).get_data(as_text=True)
    assert f"无法恢复：{why}" in page and "已恢复。" not in page
    with asked_by(app, "school") as session:
        assert records.find(session, Talk, row_id) is None
