"""Nothing typed is lost: the record was deleted meanwhile, the token counts no more, the session is over."""

import re

import pytest
from sqlalchemy import select

from app.models.children import Child
from app.models.org import Member
from app.models.safety import Hazard
from tests.panel.test_editing import HAZARD, form_of, value_of

STALE = {"X-CSRFToken": "", "Referer": "http://localhost/hazard/add?what=1"}


@pytest.fixture
def school(client_for):
    return client_for("school")


@pytest.fixture
def hazard(school):
    return int(school.post("/hazard/add", data=HAZARD).location.rstrip("/").split("/")[-1])


def test_a_save_of_a_deleted_record_tells_who_deleted_it_and_takes_it_back(school, hazard, look):
    _page, hidden = form_of(school, f"/hazard/edit/{hazard}")
    assert school.post(f"/hazard/delete/{hazard}").status_code == 302
    typed = {**HAZARD, **hidden, "what": "我写了很久的话", "kind": "fire"}
    answer = school.post(f"/hazard/edit/{hazard}", data=typed)
    page, name = answer.get_data(as_text=True), look(lambda session: session.scalar(select(Member.name).where(Member.username == "school")))
    assert answer.status_code == 404
    assert re.search(rf"{name} 在 \d{{4}}-\d\d-\d\d \d\d:\d\d 删除了这条记录", page)
    assert re.search(r'scope="row">隐患内容</th><td[^>]*>我写了很久的话', page) and value_of(page, "what") == "我写了很久的话"
    again = school.post(f"/hazard/edit/{hazard}", data={**typed, "_restore": "1"}).get_data(as_text=True)
    assert "还没有保存" in again and value_of(again, "_version") != hidden["_version"]
    assert 'value="我写了很久的话"' in again
    assert look(lambda session: session.get(Hazard, hazard).what) == "护栏松动"
    assert school.post(f"/hazard/edit/{hazard}", data={**typed, "_version": value_of(again, "_version")}).status_code == 302
    assert look(lambda session: session.get(Hazard, hazard).what) == "我写了很久的话"


def test_who_may_not_restore_still_gets_the_text_and_nothing_of_the_row(client_for, look):
    other = look(lambda session: session.scalar(select(Hazard.id).where(
        Hazard.school_id != select(Member.school_id).where(Member.username == "school").scalar_subquery())))
    for row_id in (other, 10**8):
        answer = client_for("school").post(f"/hazard/edit/{row_id}", data={**HAZARD, "what": "抄下来", "_restore": "1"})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 404 and "抄下来" in page and "您填写的内容列在下面" in page and 'name="_restore"' not in page


def test_a_secret_that_was_typed_is_covered_on_the_page(client_for):
    """The county edits staff; their numbers are covered for it."""
    page = client_for("county").post(f"/staff/edit/{10**8}", data={"name": "甲老师", "id_number": "990101198501011234"}).get_data(as_text=True)
    assert "甲老师" in page and "身份证" in page and "990101198501011234" not in page


def test_a_stale_token_gives_the_form_back_unsaved_with_a_new_one(school, hazard, look):
    for address, text in (("/hazard/add", "过了一夜的话"), (f"/hazard/edit/{hazard}", "又过了一夜的话")):
        _page, hidden = form_of(school, address)
        typed = {**HAZARD, **hidden, "what": text}
        answer = school.post(address, data=typed, headers=STALE)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 400 and "还没有保存" in page and f'value="{text}"' in page
        assert value_of(page, "_version") == hidden["_version"] and value_of(page, "_token") == hidden["_token"]
        assert not look(lambda session, wanted=text: session.scalar(select(Hazard.id).where(Hazard.what == wanted)))
        assert school.post(address, data={**typed, "csrf_token": value_of(page, "csrf_token")}, headers={"X-CSRFToken": ""}).status_code == 302


def test_a_stale_token_gives_no_form_of_what_one_may_not_change(client_for, hazard, look):
    foreign = look(lambda session: session.scalar(select(Child.id).where(
        Child.school_id != select(Member.school_id).where(Member.username == "school").scalar_subquery())))
    for account, address in (("superior", f"/hazard/edit/{hazard}"), ("school", f"/child/edit/{foreign}")):
        answer = client_for(account).post(address, data={"what": "x"}, headers=STALE)
        assert answer.status_code == 400 and 'name="_version"' not in answer.get_data(as_text=True)


def test_a_session_that_is_over_leads_back_to_the_form_by_the_log_in(app):
    answer = app.test_client().post("/hazard/add", data=HAZARD, headers=STALE)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400 and "重新登录" in page and HAZARD["what"] not in page
    assert 'href="/login/?next=/hazard/add?what%3D1"' in page or "/login/?next=/hazard/add%3Fwhat%3D1" in page
