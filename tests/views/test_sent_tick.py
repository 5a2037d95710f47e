"""A tick from a plain form that is not taken: what was typed comes back on its card, beside what the other wrote."""

import html
import re

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import Campaign, CampaignSchool
from app.models.inspection import Inspection
from app.models.org import Member
from app.services import scope
from tests.support.visiting import planned, second_inspector, submitted, tick

TYPED, OTHERS = "我写了很久的备注<b>", "同事的备注"


@pytest.fixture
def visit(app, client_for):
    """Address of the sheet, the one who comes second, and what lets the other tick an item first, as its script does."""
    pk, other = planned(app), client_for(second_inspector(app))
    return f"/visit/{pk}", client_for("inspector"), lambda code, result: tick(other, pk, code, result, remark=OTHERS)["state"] == "taken"


@pytest.fixture
def self_check(app, client_for):
    """The same of a school's own check, which nobody has begun to visit."""
    with app.app_context(), scope.everything(db.session()):
        session = db.session()
        school = select(Member.school_id).where(Member.username == "school").scalar_subquery()
        place = session.scalars(select(CampaignSchool).join(Campaign).where(CampaignSchool.school_id == school, Campaign.state == "running")).one()
        pk, session.get_one(Inspection, place.inspection_id).state = place.id, "planned"
        session.commit()
    client = client_for("school")
    said = {"remark": OTHERS}
    return f"/self_check/{pk}", client, lambda code, result: client.post(f"/self_check/{pk}/answer/{code}", json={"result": result, **said}).status_code == 200


@pytest.fixture(params=["visit", "self_check"])
def sheet(request, app):
    return request.getfixturevalue(request.param)


def card(page: str, code: str) -> str:
    return html.unescape(re.search(rf'<article class="card item" id="{code}".*?</article>', page, re.S)[0])


def fields(found: str) -> dict[str, str]:
    """What the card's form would send: hidden fields and the texts."""
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found))
    return {**hidden, **dict(re.findall(r'name="(\w+)" rows[^>]*>(.*?)</textarea>', found, re.S))}


def sent(client, found: str, **typed):
    """The answer to the card's form, filled in."""
    return client.post(re.search(r'<form method="post" action="([^"#]*)', found)[1], data={**fields(found), **typed})


def dead(page: str) -> list[str]:
    """Buttons of a page that do nothing where no script gives them something to do."""
    return re.findall(r'<button type="button"[^>]*(?:data-all|data-keep-reason)[^>]*>', page)


def first_open(page: str) -> str:
    return re.search(r'data-item="(\w+)" data-result="" data-version="\w*" data-against=""', page)[1]


def second(sheet):
    """Address, client, item and the answer to who ticks it otherwise after another, on a page that does not know."""
    address, client, ticks_first = sheet
    page = client.get(f"{address}?section=G").text
    code = first_open(page)
    assert ticks_first(code, "pass")
    return address, client, code, sent(client, card(page, code), remark=TYPED, result="fail")


def test_what_the_second_typed_comes_back_beside_the_others_text(sheet):
    address, client, code, answer = second(sheet)
    back = card(answer.text, code)
    assert answer.status_code == 200 and fields(back)["remark"] == TYPED and "<b>" not in answer.text.partition("我写了很久的备注")[2][:3]
    theirs, mine = re.findall(r"<div><b>.*?</div>", back)
    assert OTHERS in theirs and "合格" in theirs and TYPED in mine and "不合格" in mine
    assert f'data-item="{code}" data-result="pass"' in back, "what the other ticked stands"
    assert OTHERS in card(client.get(f"{address}?section=G").text, code)
    again = sent(client, back, result="fail")  # both were seen: now it is written over
    assert again.status_code == 302
    now = card(client.get(again.location).text, code)
    assert f'data-item="{code}" data-result="fail"' in now and fields(now)["remark"] == TYPED and "clash" not in now


def test_what_is_refused_comes_back_with_the_reason_why(sheet):
    address, client, _ticks_first = sheet
    page = client.get(f"{address}?section=G").text
    code = first_open(page)
    answer = sent(client, card(page, code), remark=TYPED, result="good")
    back = card(answer.text, code)
    assert dead(answer.text) == [] and 'class="why" hidden' in back, "no reason is asked where the records say nothing"
    assert fields(back)["remark"] == TYPED and "请从列表中选择" in re.search(r'role="alert">(.*?)</p>', back)[1]
    assert f'data-item="{code}" data-result=""' in back and OTHERS not in back


def test_the_school_is_asked_for_no_reason_that_nobody_keeps(self_check):
    _address, _client, code, answer = second(self_check)
    back = card(answer.text, code)
    assert TYPED in back and OTHERS in back and 'class="why" hidden' in back


def test_the_answer_to_a_plain_form_loaded_anew_is_the_sheet(sheet):
    """By its address alone, as a browser does that is opened again or comes from the log-in; what was not taken is gone with it."""
    address, client, code, answer = second(sheet)
    assert answer.status_code == 200 and fields(card(answer.text, code))["remark"] == TYPED
    again = client.get(answer.request.full_path)
    assert again.status_code == 302 and again.location == f"{address}?section=G#{code}"
    now = card(client.get(again.location).text, code)
    assert f'data-item="{code}" data-result="pass"' in now and fields(now)["remark"] == OTHERS


def test_a_tick_against_the_records_is_asked_for_its_reason_without_a_script_too(client_for, app):
    pk, client = planned(app), client_for("inspector")
    pages = (client.get(f"/visit/{pk}?section={section}").text for section in "BCDEFGHIJ")
    page = next(text for text in pages if re.search(r'data-result="" data-version="" data-against="\w', text))
    code, against = re.search(r'data-item="(\w+)" data-result="" data-version="" data-against="(\w+)', page).groups()
    assert 'class="why" hidden' in card(page, code)
    answer = sent(client, card(page, code), remark=TYPED, result=against)
    back = card(answer.text, code)
    assert "请写明理由" in back and 'class="why" hidden' not in back and fields(back)["remark"] == TYPED
    assert "js/visit.js" not in answer.text, "the script would take what was typed for what the server has"
    assert dead(answer.text) == []
    kept = re.search(r'<button type="submit" name="result" value="(\w*)"[^>]*data-keep-reason>', back)[1]
    assert kept == against, "the button beside the reason sends the tick that lacked it"
    again = sent(client, back, reason="现场核实", result=kept)
    now = card(client.get(again.location).text, code)
    assert again.status_code == 302 and f'data-item="{code}" data-result="{against}"' in now and fields(now)["reason"] == "现场核实"


def test_a_colleagues_text_is_merged_without_a_script_too(self_check):
    address, client, _ticks_first = self_check
    page = client.get(f"{address}?section=G").text
    code = first_open(page)
    assert sent(client, card(page, code), result="pass").status_code == 302
    seen = card(client.get(f"{address}?section=G").text, code)
    assert sent(client, seen, remark=OTHERS, result="pass").status_code == 302
    assert sent(client, seen, result="partly").status_code == 302
    now = card(client.get(f"{address}?section=G").text, code)
    assert 'data-result="partly"' in now and fields(now)["remark"] == OTHERS


def test_a_submitted_visit_sends_to_its_report(app, client_for):
    pk = submitted(app)
    with app.app_context(), scope.everything(db.session()):
        who = db.session.scalars(select(Member.username).join(Inspection, Inspection.inspector_id == Member.id).where(Inspection.id == pk)).first()
    client = client_for(who)
    answer = client.post(f"/visit/{pk}/answer/A1", data={"result": "fail", "remark": TYPED, "version": "1"}, follow_redirects=True)
    assert answer.request.path == f"/visit/{pk}/report" and "已提交" in answer.text
