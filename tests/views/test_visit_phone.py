"""What a phone takes along to a school without a network, and what it sends afterwards."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import SelfAnswer
from app.models.children import Child, Guardian
from app.models.inspection import Answer, Inspection
from app.models.org import Member, Staff
from app.services import clock, scope, visits
from app.services.checklist import items_of
from tests.support.phones import EMPTY, message, op, texts_of
from tests.support.visiting import one, planned, second_inspector, submitted, sync, tick


def test_the_days_schools_are_told_with_a_token(app, client_for):
    client, pk = client_for("inspector"), planned(app)
    told = client.get("/visit/along").get_json()
    assert told["who"] == one(app, select(Member.id).where(Member.username == "inspector")) and told["csrf"]
    with app.app_context(), scope.everything(db.session()):
        near = Inspection.planned_on.between(clock.today() - timedelta(visits.NEAR_DAYS), clock.today() + timedelta(visits.NEAR_DAYS))
        ahead = set(db.session.scalars(select(Inspection.id).where(Inspection.state != "submitted", near)))
    assert {visit["pk"] for visit in told["visits"]} == ahead and pk in ahead
    assert client.get(f"/visit/along?pk={submitted(app)}").status_code == 404
    assert client.get("/visit/along?pk=x").status_code == 404


def test_a_school_taken_along_names_nobody(app, client_for):
    told = client_for("inspector").get(f"/visit/along?pk={planned(app)}").get_json()["visit"]
    text = json.dumps(told, ensure_ascii=False)
    with app.app_context(), scope.everything(db.session()):
        school = db.session.get(Inspection, planned(app)).school_id
        people = [name for model in (Child, Guardian, Staff) for name in db.session.scalars(select(model.name).where(model.school_id == school))]
    assert len(people) > 30 and not [name for name in people if name and name in text]
    assert not re.search(r"\d{17}[\dXx]|1[3-9]\d{9}", text), "an ID number, a phone number"
    assert "csrf" not in text and "/evidence/" not in text
    items = [item for section in told["sections"] for item in section["items"]]
    assert len(items) > 100 and all(f'data-item="{item["code"]}"' in item["html"] for item in items)
    assert any('class="proof"' in item["html"] for item in items)


def test_the_page_and_the_worker_bear_nobodys_name(app, client_for):
    client = client_for("inspector")
    page, worker = client.get("/visit/phone").text, client.get("/visit/worker.js")
    name = one(app, select(Member.name).where(Member.username == "inspector"))
    assert name not in page and "csrf" not in page and "data-who" not in page
    kept = json.loads(worker.text.split("\n")[0].removeprefix("const KEPT = ").removesuffix(";"))
    assert worker.mimetype == "text/javascript" and (kept["shell"], kept["root"]) == ("/visit/phone", "/visit/")
    assert {client.get(path, buffered=True).status_code for path in kept["files"]} == {200}
    asked = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page))
    assert asked and asked <= set(kept["files"])


def test_what_was_sent_twice_is_told_twice_and_written_once(app, client_for):
    client, pk = client_for("inspector"), planned(app)
    passed = {**EMPTY, "result": "pass", "remark": "有台账"}
    sent = message(client.get("/visit/along").json["who"], op(pk, "K1", passed), op(pk, "K1", {"result": "fail"}, passed))
    first, again = (client.post("/visit/sync", json=sent).get_json() for _time in range(2))
    assert [one["state"] for one in first["done"]] == ["taken", "taken"] == [one["state"] for one in again["done"]]
    assert again["done"][1]["answer"] == first["done"][1]["answer"] and first["done"][1]["answer"]["result"] == "fail"
    assert first["progress"][0]["sections"]["K"][0] == 1 == again["progress"][0]["sections"]["K"][0]


def test_a_conflict_shows_both_and_writes_nothing(app, client_for):
    client, pk = client_for("inspector"), planned(app)
    tick(client, pk, "K6", "fail", remark="没有台账")
    told = tick(client, pk, "K6", "pass")
    assert (told["state"], told["fields"], told["answer"]["result"], told["answer"]["label"]) == ("conflict", ["result"], "fail", "不合格")
    assert told["answer"]["who"] == one(app, select(Member.name).where(Member.username == "inspector"))
    assert client.get(f"/visit/{pk}?section=K").text.count('data-item="K6" data-result="fail"') == 1


def test_a_submitted_inspection_takes_nothing_more(app, client_for):
    client = client_for("inspector")
    told = tick(client, submitted(app), "A2", "partly", remark="迟到的")
    assert told["state"] == "refused" and "已经提交" in "".join(told["errors"].values())


def test_the_card_on_the_phone_asks_for_a_reason_where_the_server_does(app, client_for):
    pk, client = planned(app), client_for("inspector")
    sections = client.get(f"/visit/along?pk={pk}").json["visit"]["sections"]
    cards = {item["code"]: item["html"] for part in sections for item in part["items"] if not item["answer"]["result"]}
    advice = {code: re.search(r'class="pill (ok|warn|bad)">记录', card) for code, card in cards.items()}
    seen = {found[1]: code for code, found in advice.items() if found}
    assert set(seen) == {"ok", "warn", "bad"}, "the demo has figures of each kind"
    for code in (*seen.values(), "A2"):
        refused = []
        for result in ("pass", "partly", "fail", "na"):
            outcome = tick(client, pk, code, result)
            refused += [result] if outcome["state"] == "refused" else []
            assert list(outcome.get("errors", {})) == (["reason"] if outcome["state"] == "refused" else [])
            sync(client, op(pk, code, {}, texts_of(outcome["answer"])))
        assert sorted(refused) == sorted(re.search(r'data-against="([^"]*)"', cards[code])[1].split()), code


def test_what_one_member_kept_another_cannot_send(app, client_for):
    client, pk = client_for("inspector"), planned(app)
    other = one(app, select(Member.id).where(Member.username == "county"))
    assert sync(client, op(pk, "A2", {"result": "pass"}), who=other).status_code == 409
    assert 'data-item="A2" data-result=""' in client.get(f"/visit/{pk}?section=A").text


@pytest.mark.parametrize("broken", [
    {"ops": None}, {"ops": [1]}, {"ops": [{}]}, {"ops": [op(1, "A1", {}, id="x")]}, {"ops": [op("1", "A1", {})]}, {"ops": [op(1, "", {})]},
    {"ops": [op(1, "A1", {"result": None})]}, {"ops": [op(1, "A1", {}, base=[])]}, {"ops": [op(1, "A1", {})] * 61},
])
def test_what_no_phone_sends_is_refused(client_for, broken):
    client = client_for("inspector")
    assert sync(client, **broken).status_code == 400
    assert client.post("/visit/sync", data="[", content_type="application/json").status_code == 400


@pytest.mark.parametrize("now", [None, "x", -1, 0, 10**30, 1.5, 4_000_000_000_000])
def test_a_clock_out_of_its_mind_is_no_matter(app, client_for, now):
    client, pk = client_for("inspector"), planned(app)
    told = sync(client, op(pk, "A5", {"result": "na"}, at=now), now=now)
    assert told.status_code == 200 and told.get_json()["done"][0]["state"] == "taken"


def test_numbers_in_remarks_are_covered_in_what_is_taken_along(app, client_for):
    client, pk = client_for("inspector"), planned(app)
    said = "联系人13812345678，孩子11010519491231002X"
    with app.app_context(), scope.everything(db.session()):
        row = db.session.get(Inspection, pk)
        place = {"school_id": row.school_id, "inspection_id": pk}
        ticked = set(db.session.scalars(select(Answer.item_id).where(Answer.inspection_id == pk)))
        own = set(db.session.scalars(select(SelfAnswer.item_id).where(SelfAnswer.inspection_id == pk)))
        free = [item for item in items_of(db.session(), row.template_id) if not item.applies_when and item.id not in ticked | own]
        first, second, section = free[0].id, free[-1].id, free[-1].section.code
        db.session.add_all([SelfAnswer(**place, item_id=first, result="pass", remark=said),
                            Answer(**place, item_id=second, result="fail", remark=said, reason=said)])
        db.session.commit()
    told = json.dumps(client.get(f"/visit/along?pk={pk}").json, ensure_ascii=False)
    assert "13812345678" not in told and "11010519491231002X" not in told
    assert told.count("联系人••••••••，孩子••••••••") == 5, "the school's, and two of the inspector in the card and beside it"
    assert said in client.get(f"/visit/{pk}?section={section}").text, "with a network the inspector reads what was written"


def test_what_is_taken_back_only_where_it_is_ones_own(app, client_for):
    """"All pass" taken back: a tick that a colleague made, or wrote on, stays as it stands; the own one goes. Both may come in one message."""
    pk, mine, other = planned(app), client_for("inspector"), client_for(second_inspector(app))
    passed, back = {"result": "pass"}, {**EMPTY, "result": "pass"}
    assert tick(other, pk, "A2", "pass")["state"] == tick(mine, pk, "A3", "pass")["state"] == "taken"
    first = tick(mine, pk, "A5", "pass")
    assert tick(other, pk, "A5", "pass", first["answer"], remark="对方写的")["state"] == "taken"
    sent = [op(pk, "A2", passed), *(op(pk, code, {}, back, own=True) for code in ("A2", "A3", "A5"))]
    told = sync(mine, *sent).json["done"]
    assert [one["state"] for one in told] == ["taken"] * 4
    assert [(one["answer"]["result"], one["answer"]["remark"]) for one in told[1:]] == [("pass", ""), ("", ""), ("pass", "对方写的")]
    assert sync(mine, *sent).json["done"] == told, "sent once more it is told once more"


def test_ones_own_remark_on_a_colleagues_tick_makes_it_not_ones_own(app, client_for):
    """The last to write is not who made it: the tick stays, with both parts; one that was taken back and made anew is the maker's."""
    pk, mine, other = planned(app), client_for("inspector"), client_for(second_inspector(app))
    assert tick(other, pk, "A6", "pass")["state"] == "taken"
    said = tick(mine, pk, "A6", "pass", remark="先写的")["answer"]
    back = op(pk, "A6", {}, texts_of(said), own=True)
    told = sync(mine, back).json["done"][0]
    assert (told["state"], told["answer"]["result"], told["answer"]["remark"]) == ("taken", "pass", "先写的")
    sync(other, op(pk, "A6", {}, texts_of(said)))
    made = tick(mine, pk, "A6", "pass", remark="自己的")["answer"]
    assert sync(mine, op(pk, "A6", {}, texts_of(made), own=True)).json["done"][0]["answer"]["result"] == ""
