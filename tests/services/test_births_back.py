"""What was done for a child does not come back, from the trash or from its history, to a day before the birth as it was put right since."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from app.models.care import Talk
from app.models.children import Child
from app.services import history, records
from app.views.care import TalkView
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


def test_it_comes_back_with_its_day_put_right(session, young):
    made = records.add(session, Talk, values(session, young, "talked_on", young.birth_date, TALK))
    records.delete(session, made)
    records.edit(session, young, {"birth_date": young.birth_date + 9 * DAY})
    assert list(refused(records.restore, session, made, {"talked_on": young.birth_date - DAY})) == ["talked_on"]
    records.restore(session, made, {"talked_on": young.birth_date})
    assert (made.deleted_at, made.talked_on) == (None, young.birth_date)
    last = history.of_row(session, made)[0]
    assert (last.action, {line[0] for line in last.lines}) == ("restore", {"talked_on", "deleted_at"})


@pytest.fixture
def kept(app):
    """Ids of a talk in the trash and of its child; the talk's day; and the child's birth as it was put right to a later day."""
    with asked_by(app, "school") as session:
        child = newborn(session, session.scalars(select(Child).order_by(Child.id).limit(1)).one())
        talk = records.add(session, Talk, values(session, child, "talked_on", child.birth_date, TALK))
        records.delete(session, talk)
        records.edit(session, child, {"birth_date": child.birth_date + 9 * DAY})
        session.commit()
        return talk.id, talk.talked_on, child.birth_date


def test_the_trash_asks_for_a_day_that_lies_before_the_birth(app, client_for, kept):
    (row_id, day, born), client = kept, client_for("school")
    asked = client.post("/talk/trash/", data={"row": row_id})
    page = asked.get_data(as_text=True)
    assert said(Talk, "talked_on", day)["talked_on"] in page and f'value="{day.isoformat()}"' in page
    action = unescape(re.search(r'<form method="post" action="([^"]+)"', page)[1])
    for typed, why in ((born - DAY, "早于孩子的出生日期"), ("", "请填写谈心日期")):
        again = client.post(action, data={"talked_on": str(typed)}).get_data(as_text=True)
        assert why in again and f'value="{typed}"' in re.search(r'<input[^>]*name="talked_on"[^>]*>', again)[0]
        assert stands(app, row_id) is None
    done = client.post(action, data={"talked_on": born.isoformat()}, follow_redirects=True).get_data(as_text=True)
    assert "已恢复。" in done and stands(app, row_id) == born


def test_a_form_of_a_record_that_stays_in_the_trash_leads_there(client_for, kept):
    page = client_for("school").post(f"/talk/edit/{kept[0]}", data={"_restore": "1", "content": "改过"}).get_data(as_text=True)
    assert f"无法恢复：{said(Talk, 'talked_on', kept[1])['talked_on']}" in page and "请到回收站恢复这条记录" in page and "改过" in page


def test_who_restores_but_does_not_write_is_told_why(app, client_for, kept, monkeypatch):
    monkeypatch.setattr(TalkView, "may_change", lambda _view, _row: False)
    page = client_for("school").post("/talk/trash/", data={"row": kept[0], "talked_on": kept[2].isoformat()}, follow_redirects=True).get_data(as_text=True)
    assert f"无法恢复：{said(Talk, 'talked_on', kept[1])['talked_on']}" in page and stands(app, kept[0]) is None


def stands(app, row_id):
    """The day of the talk, if it is there."""
    with asked_by(app, "school") as session:
        row = records.find(session, Talk, row_id)
        return row.talked_on if row is not None else None
