"""The form of the trash: a record comes back with its days put right, and nothing else is written by it."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from app.models.care import Pairing, Talk
from app.models.cases import Aid, CaseFile
from app.models.children import Child
from app.models.safety import ResponsibilityLetter
from app.services import history, records
from app.views.care import TalkView
from tests.services.test_births import DAY, DAYS, newborn, values
from tests.support.sheets import asked_by

TALK = DAYS[0][2]


def said(day):
    return f"谈心记录的谈心日期 {day.isoformat()} 早于孩子的出生日期，请先核对出生日期"


def asked(answer):
    """The address of the form that was given, and what stands in it."""
    page = answer.get_data(as_text=True)
    form = re.search(r'<form method="post" action="([^"]+)".*?</form>', page, re.DOTALL)
    found = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*? value="([^"]*)"', form[0]))
    return unescape(form[1]), {name: value for name, value in found.items() if name == "_version" or name[0] != "_" and name != "csrf_token"}


def text_of(client, answer):
    return (client.get(answer.location) if answer.location else answer).get_data(as_text=True)


def stands(app, row_id):
    """The day of the talk, if it is there."""
    with asked_by(app, "school") as session:
        row = records.find(session, Talk, row_id)
        return row.talked_on if row is not None else None


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
    answer = client.post("/talk/trash/", data={"row": row_id})
    action, form = asked(answer)
    assert said(day) in answer.get_data(as_text=True) and form["talked_on"] == day.isoformat()
    for typed, why in ((born - DAY, "早于孩子的出生日期"), ("", "请填写谈心日期")):
        answer = client.post(action, data={**form, "talked_on": str(typed)})
        assert why in answer.get_data(as_text=True) and asked(answer)[1] == {**form, "talked_on": str(typed)}
        assert stands(app, row_id) is None
    assert "已恢复。" in text_of(client, client.post(action, data={**form, "talked_on": born.isoformat()}))
    assert stands(app, row_id) == born


def test_a_form_of_a_record_that_stays_in_the_trash_leads_there(client_for, kept):
    page = client_for("school").post(f"/talk/edit/{kept[0]}", data={"_restore": "1", "content": "改过"}).get_data(as_text=True)
    assert f"无法恢复：{said(kept[1])}" in page and "请到回收站恢复这条记录" in page and "改过" in page


def test_who_restores_but_does_not_write_is_told_why(app, client_for, kept, monkeypatch):
    monkeypatch.setattr(TalkView, "may_change", lambda _view, _row: False)
    client = client_for("school")
    answer = client.post("/talk/trash/", data={"row": kept[0], "talked_on": kept[2].isoformat()})
    assert f"无法恢复：{said(kept[1])}" in text_of(client, answer) and stands(app, kept[0]) is None


def in_the_trash(app, model, key, first, more):
    """Id of a record whose days ``key`` and ``more`` were early for its child's birth as it was put right since; that birth."""
    with asked_by(app, "school") as session:
        child = newborn(session, session.scalars(select(Child).order_by(Child.id).limit(1)).one())
        said = {**values(session, child, key, child.birth_date, first), **dict.fromkeys(more, child.birth_date + DAY)}
        row = records.add(session, model, said)
        records.delete(session, row)
        records.edit(session, child, {"birth_date": child.birth_date + 9 * DAY})
        session.commit()
        return row.id, child.birth_date


TWO = {Aid: ("granted_on",), Pairing: ("ended_on",), CaseFile: ("followed_on", "closed_on"), ResponsibilityLetter: ("expires_on",)}


@pytest.mark.parametrize(("model", "key", "first"), [one for one in DAYS if one[0] in TWO], ids=lambda one: getattr(one, "__name__", None))
def test_a_record_with_more_than_one_early_day_comes_back(app, client_for, model, key, first):
    (row_id, born), client, path = in_the_trash(app, model, key, first, TWO[model]), client_for("school"), f"/{model.__tablename__}/trash/"
    action, form = asked(client.post(f"{path}?q=x&page=2", data={"row": row_id}))
    assert form.keys() == {"_version", key, *TWO[model]} and "q=x" in action and "page=2" in action
    answer = client.post(action, data={**form, key: str(born + DAY)})
    again, given = asked(answer)
    assert given == {**form, key: str(born + DAY)} and again == action and "不能早于" in answer.get_data(as_text=True)
    assert "出生日期没有错" not in answer.get_data(as_text=True)
    answer = client.post(action, data={**given, **{other: str(born + 2 * DAY) for other in TWO[model]}})
    assert "已恢复。" in text_of(client, answer)
    with asked_by(app, "school") as session:
        row = records.find(session, model, row_id)
        assert {name: getattr(row, name) for name in (key, *TWO[model])} == {key: born + DAY} | dict.fromkeys(TWO[model], born + 2 * DAY)


def test_what_else_is_wrong_is_asked_for_as_well(app, client_for):
    row_id, born = in_the_trash(app, Pairing, "started_on", DAYS[3][2], ())
    with asked_by(app, "school") as session:
        records.find(session, Pairing, row_id, trash=True).staff_id = None  # as when the colleague was in the trash too
        session.commit()
    client = client_for("school")
    action, form = asked(client.post("/pairing/trash/", data={"row": row_id}))
    answer = client.post(action, data={**form, "started_on": str(born)})
    action, form = asked(answer)
    assert "或填写校外帮扶人" in answer.get_data(as_text=True) and form["started_on"] == str(born) and form["helper_name"] == ""
    assert "已恢复。" in text_of(client, client.post(action, data={**form, "helper_name": "老支书"}))
    with asked_by(app, "school") as session:
        row = records.find(session, Pairing, row_id)
        assert (row.started_on, row.helper_name) == (born, "老支书")


def test_a_typed_day_outlives_what_is_wrong_with_no_field(app, client_for, kept):
    (row_id, _day, born), client = kept, client_for("school")
    action, form = asked(client.post("/talk/trash/", data={"row": row_id}))
    with asked_by(app, "school") as session:
        records.delete(session, records.find(session, Talk, row_id, trash=True).child)
        session.commit()
    answer = client.post(action, data={**form, "talked_on": str(born)})
    assert "无法恢复：它所属的儿童档案也已删除，请先恢复那一条" in answer.get_data(as_text=True)
    assert asked(answer)[1] == {**form, "talked_on": str(born)}


def test_the_day_of_a_living_report_does_not_change(app, client_for):
    with asked_by(app, "school") as session:
        child = newborn(session, session.scalars(select(Child).order_by(Child.id).limit(1)).one())
        row = records.add(session, CaseFile, values(session, child, "opened_on", child.birth_date, {"kind": "report", "plan": "已报公安"}))
        session.commit()
        row_id, day, version = row.id, row.opened_on, row.version
    client = client_for("school")
    for sent in ({}, {"_version": version}, {"_version": ""}):
        answer = client.post("/case_file/trash/", data={"row": row_id, "opened_on": str(day + DAY), **sent})
        assert "您填写的内容还没有保存" in text_of(client, answer)
    with asked_by(app, "school") as session:
        row = records.find(session, CaseFile, row_id)
        assert (row.opened_on, row.version, history.of_row(session, row)[0].action) == (day, version, "add")


def test_a_colleague_who_took_it_back_is_not_written_over(app, client_for, kept):
    (row_id, _day, born), client = kept, client_for("school")
    action, form = asked(client.post("/talk/trash/", data={"row": row_id}))
    with asked_by(app, "school") as session:
        row = records.find(session, Talk, row_id, trash=True)
        records.restore(session, row, {"talked_on": born + 2 * DAY})
        records.edit(session, row, {"content": "聊了新学校"})
        session.commit()
    answer = client.post(action, data={**form, "talked_on": str(born + DAY)})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "记录已恢复，您填写的内容还没有保存" in page and f"现在存的是 {born + 2 * DAY}" in page
    address, edit = asked(answer)
    assert address == f"/talk/edit/{row_id}" and edit["talked_on"] == str(born + DAY) and stands(app, row_id) == born + 2 * DAY
    with asked_by(app, "school") as session:
        assert str(records.find(session, Talk, row_id).version) == edit["_version"]
    assert "聊了新学校" in page, "the rest of the form is what stands there"


def test_the_same_form_sent_again_is_told_that_it_is_back(app, client_for, kept):
    (row_id, _day, born), client = kept, client_for("school")
    action, form = asked(client.post("/talk/trash/", data={"row": row_id}))
    for _once in range(2):
        assert "已恢复。" in text_of(client, client.post(action, data={**form, "talked_on": str(born)}))
    assert stands(app, row_id) == born
    with asked_by(app, "school") as session:
        assert [one.action for one in history.of_row(session, records.find(session, Talk, row_id))].count("restore") == 1


def test_a_form_of_what_was_deleted_anew_is_given_back_to_be_looked_at(app, client_for, kept):
    (row_id, _day, born), client = kept, client_for("school")
    action, form = asked(client.post("/talk/trash/", data={"row": row_id}))
    with asked_by(app, "school") as session:
        row = records.find(session, Talk, row_id, trash=True)
        records.restore(session, row, {"talked_on": born + 2 * DAY})
        records.delete(session, row)
        session.commit()
    answer = client.post(action, data={**form, "talked_on": str(born + DAY)})
    page, (again, newer) = answer.get_data(as_text=True), asked(answer)
    assert "这条记录刚被别人改过" in page and f"现在存的是 {born + 2 * DAY}" in page and stands(app, row_id) is None
    assert newer["talked_on"] == str(born + DAY) and newer["_version"] != form["_version"]
    assert "已恢复。" in text_of(client, client.post(again, data=newer)) and stands(app, row_id) == born + DAY
