"""Choices that depend on the row, at the columns of official forms: shown in words, offered as a list, stored as keys."""

import json
import re
import secrets

import pytest
from sqlalchemy import select

from app.models.forms import Form, FormColumn


def page_of(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.get_data(as_text=True).replace("&amp;", "&")


@pytest.fixture
def copied(client_for, look):
    """The county's copy of the pairing register: its id."""
    common = look(lambda session: session.scalar(select(Form.id).where(Form.key == "pairing", Form.area_id.is_(None))))
    return int(re.search(r"/show/(\d+)", client_for("county").post(f"/form/step/{common}/copy").location)[1])


def column_of(look, form_id, source):
    return look(lambda session: session.scalar(select(FormColumn.id).where(FormColumn.form_id == form_id, FormColumn.source == source)))


def source_of(look, pk):
    return look(lambda session: session.scalar(select(FormColumn.source).where(FormColumn.id == pk)))


def typed(client, url, **values):
    page = page_of(client, url)
    kept = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("_version", "_token")}
    return client.post(url, data={**kept, **values})


def test_lists_and_records_tell_sources_in_words(client_for, look, copied):
    client, pk = client_for("county"), column_of(look, copied, "child.name")
    for url in ("/form_column/list/", f"/form/show/{copied}?tab=FormColumn", f"/form_column/show/{pk}"):
        page = page_of(client, url)
        assert "child.name" not in page and not re.search(r"<t[dh][^>]*>(left_behind|school|started_on|c1)<", page), url
    assert "儿童 · 姓名" in page_of(client, f"/form_column/show/{pk}")
    page = page_of(client, f"/form/show/{copied}")
    for words in ("结对帮扶", "期间内的结对", "学校 · 学校名称；儿童 · 姓名"):
        assert words in page
    hazards = look(lambda session: session.scalar(select(Form.id).where(Form.key == "hazards")))
    assert "查出日期" in page_of(client, f"/form/show/{hazards}")


def test_the_form_of_a_column_offers_what_its_form_can_show(client_for, look, copied):
    client, pk = client_for("county"), column_of(look, copied, "child.name")
    page = page_of(client, f"/form_column/edit/{pk}")
    select_ = re.search(r'<select[^>]*name="source".*?</select>', page, re.S)[0]
    assert re.search(r'<option selected value="child.name">儿童 · 姓名<', select_) and 'value="father.name"' not in select_
    assert re.search('<optgroup label="儿童">', select_)
    assert 'value="child.sex"' in page_of(client, f"/form_column/add?form={copied}")
    bare = re.search(r'<select[^>]*name="source".*?</select>', page_of(client, "/form_column/add"), re.S)[0]
    assert bare.count("<option") == 1


def test_a_source_is_stored_as_its_key_and_told_in_words(client_for, look, copied):
    client, pk = client_for("county"), column_of(look, copied, "child.name")
    same = {"form": copied, "position": "30", "label": "民族", "width": "10", "shown": "y"}
    assert typed(client, f"/form_column/edit/{pk}", **same, source="child.ethnic_group").status_code == 302
    assert source_of(look, pk) == "child.ethnic_group"
    history = page_of(client, f"/form_column/history/{pk}")
    assert "儿童 · 姓名" in history and "儿童 · 民族" in history and "child." not in history
    for wrong in ("father.name", "c1", "password", "<b>"):
        answer = typed(client, f"/form_column/edit/{pk}", **same, source=wrong)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200 and "请从列表中选择" in page.split('name="source"')[1][:12000], wrong
    assert source_of(look, pk) == "child.ethnic_group"


def test_a_column_hung_on_another_form_must_fit_it(client_for, look, copied):
    client, pk = client_for("county"), column_of(look, copied, "staff")
    care = look(lambda session: session.scalar(select(Form.id).where(Form.key == "care", Form.area_id.is_(None))))
    other = int(re.search(r"/show/(\d+)", client.post(f"/form/step/{care}/copy").location)[1])
    same = {"form": other, "position": "30", "label": "教师", "width": "10", "shown": "y"}
    page = typed(client, f"/form_column/edit/{pk}", **same, source="staff").get_data(as_text=True)
    assert "请从列表中选择" in page and "谈过心的人数 ÷ 留守儿童" in page
    assert source_of(look, pk) == "staff"


def test_machines_send_keys_or_words_and_get_keys(client_for, look, copied):
    client, given = client_for("county"), {"form": copied, "position": 500, "label": "性别", "width": 6}
    for source in ("child.sex", "儿童 · 性别"):
        made = client.post("/api/v1/form_column/", json={**given, "source": source}, headers={"Idempotency-Key": secrets.token_hex(8)})
        assert made.status_code == 201 and made.json["source"] == "child.sex", source
    wrong = client.post("/api/v1/form_column/", json={**given, "source": "性别"})
    assert wrong.status_code in (400, 422) and "source" in json.dumps(wrong.json)
    changed = client.put(f"/api/v1/form_column/{made.json['id']}", json={"version": made.json["version"], "source": "child.school.area.parent.name"})
    assert changed.status_code == 200 and changed.json["source"] == "child.school.area.parent.name"
    page = page_of(client, f"/form_column/edit/{made.json['id']}")
    assert '<option selected value="child.school.area.parent.name">' in page
