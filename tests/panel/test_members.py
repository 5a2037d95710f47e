"""The pages of accounts: who sees whom, first passwords, and the way to an own one."""

import pytest
from sqlalchemy import select

from app.models.audit import AccessLog
from app.models.org import Member, Staff
from tests.support.client import DeskClient, hidden_of, switched
from tests.support.settings import PASSWORD

NEW = "My-own-pass-2027"


def knock(app, account, password):
    client = DeskClient(app)
    return client, client.log_in(account, password)


@pytest.fixture
def people(look):
    """Username → (id, school, staff) of the seeded accounts."""
    rows = look(lambda session: session.execute(select(Member.username, Member.id, Member.school_id, Member.staff_id, Member.area_id)).all())
    return {row.username: row for row in rows}


def secret_of(page):
    return page.split("<code>")[1].split("</code>")[0]


def add_teacher(client, people, look, username, more=()):
    own = people["school"].school_id
    staff = look(lambda session: session.scalars(select(Staff.id).where(Staff.school_id == own)).first())
    return client.post("/member/add", data={
        "username": username, "name": "新老师", "role": "teacher", "staff": staff, "active": "y", "_token": f"t-{username}"} | dict(more))


def test_each_sees_the_accounts_below_the_own_place(client_for):
    seen = {role: {row["username"] for row in client_for(role).get("/api/v1/member/?size=200").json["result"]}
            for role in ("admin", "county", "township", "school")}
    assert {"admin", "superior", "county", "school3"} <= seen["admin"]
    assert "county" in seen["county"] and not {"admin", "superior"} & seen["county"]
    assert "school" in seen["school"] and not {"school2", "school3", "county", "township"} & seen["school"]
    assert "county" not in seen["township"] and "school" in seen["township"]
    for role in ("teacher", "inspector", "superior"):
        assert client_for(role).get("/member/list/").status_code == 403
        assert client_for(role).get("/api/v1/member/").status_code == 403


def test_form_offers_the_roles_one_may_give(client_for):
    page = client_for("township").get("/member/add").get_data(as_text=True)
    assert 'value="teacher"' in page and 'value="school"' in page
    assert 'value="county"' not in page and 'value="admin"' not in page


def test_new_member_gets_a_password_once_and_chooses_an_own(app, client_for, people, look):
    answer = add_teacher(client_for("school"), people, look, "li.laoshi")
    assert answer.status_code == 200
    first = secret_of(answer.get_data(as_text=True))
    assert add_teacher(client_for("school"), people, look, "li.laoshi").status_code == 302, "a repeated post shows none and resets nothing"
    client, answer = knock(app, "li.laoshi", first)
    assert answer.status_code == 302
    for address in ("/", "/child/list/", "/me/", "/search?q=a"):
        assert client.get(address).location == "/me/password"
    assert client.get("/api/v1/child/").status_code == 403
    assert "请先改成自己的" in client.get("/me/password").get_data(as_text=True)
    assert client.post("/me/password", data={"old": first, "new": NEW, "again": NEW}).status_code == 302
    assert client.get("/child/list/").status_code == 200
    assert knock(app, "li.laoshi", first)[1].status_code == 401
    assert knock(app, "li.laoshi", NEW)[1].status_code == 302


def test_wrong_accounts_come_back_with_messages(client_for, people, look):
    client = client_for("school")
    for more, message in (({"role": "county"}, "不能任免"), ({"username": "teacher"}, "已经登记过"), ({"username": "a b/c"}, "账号应为"),
                          ({"staff": ""}, "教职工")):
        answer = add_teacher(client, people, look, "wang.laoshi", {"_token": "", **more})
        assert answer.status_code == 200 and message in answer.get_data(as_text=True), message


def test_reset_unlock_and_switch(app, client_for, people, look):
    school, teacher = client_for("school"), people["teacher"]
    there, _answer = knock(app, "teacher", PASSWORD)
    assert school.get(f"/member/password/{teacher.id}").status_code == 200
    assert there.get("/me/").status_code == 200, "asking alone must change nothing"
    first = secret_of(school.post(f"/member/password/{teacher.id}").get_data(as_text=True))
    assert there.get("/me/").status_code == 302
    assert knock(app, "teacher", PASSWORD)[1].status_code == 401
    for _try in range(5):
        knock(app, "teacher", "wrong")
    assert knock(app, "teacher", first)[1].status_code == 401
    assert "解除锁定" in school.get(f"/member/show/{teacher.id}").get_data(as_text=True)
    assert school.post(f"/member/unlock/{teacher.id}").status_code == 302
    again, answer = knock(app, "teacher", first)
    assert answer.status_code == 302
    assert switched(school, teacher.id).status_code == 302
    assert again.get("/me/password").status_code == 302
    assert knock(app, "teacher", first)[1].status_code == 401
    assert switched(school, teacher.id).status_code == 302
    assert knock(app, "teacher", first)[1].status_code == 302
    told = look(lambda session: session.scalars(select(AccessLog.who).where(AccessLog.action == "password", AccessLog.row_id == teacher.id)).all())
    assert told and "系统" not in told


def test_a_switch_that_is_posted_twice_switches_once(client_for, people, look):
    pk, county = people["school2"].id, client_for("county")

    def active():
        return look(lambda session: session.get_one(Member, pk).active)

    for now, said in ((False, "已经是停用的"), (True, "已经是启用的")):
        sent = hidden_of(county, f"/member/switch/{pk}")
        assert county.post(f"/member/switch/{pk}", data=sent).status_code == 302 and active() is now
        again = county.post(f"/member/switch/{pk}", data=sent, follow_redirects=True).get_data(as_text=True)
        assert active() is now and said in again


def test_a_switch_from_a_stale_page_asks_again(client_for, people, look):
    pk, county = people["school2"].id, client_for("county")
    stale = hidden_of(county, f"/member/switch/{pk}")
    assert switched(county, pk).status_code == switched(county, pk).status_code == 302
    for sent in (stale, {"active": "0"}, {"active": "x", "_version": stale["_version"]}):
        answer = county.post(f"/member/switch/{pk}", data=sent)
        assert answer.status_code == 200 and "停用" in answer.get_data(as_text=True)
        assert ("有人刚刚改了" in answer.get_data(as_text=True)) is (sent["active"] == "0")
        assert look(lambda session: session.get_one(Member, pk).active)


def test_accounts_above_and_elsewhere_stay_untouched(client_for, people):
    for role, other, status in (("school", "school2", 404), ("school", "county", 404), ("township", "county", 404), ("county", "admin", 404),
                                ("county", "county", 403), ("school", "school", 403), ("admin", "admin", 403)):
        for page in ("password", "unlock", "switch", "edit", "delete"):
            for method in ("GET", "POST"):
                answer = client_for(role).open(f"/member/{page}/{people[other].id}", method=method)
                assert answer.status_code == status, (role, other, page, method)


def test_machines_meet_the_same_rules(client_for, people):
    county, own = client_for("county"), people["school"]
    base = {"username": "rest.new", "name": "新人", "active": True}
    for more, key in (({"role": "admin", "area": own.area_id}, "role"), ({"role": "county", "area": people["county"].area_id}, "role"),
                      ({"role": "school"}, "area"), ({"role": "teacher", "school": own.school_id}, "staff"),
                      ({"role": "school", "school": own.school_id, "password": "x"}, "password")):
        answer = county.post("/api/v1/member/", json=base | more)
        assert answer.status_code == 422 and key in answer.json["errors"], (more, answer.json)
    answer = county.post("/api/v1/member/", json=base | {"role": "school", "school": own.school_id})
    assert answer.status_code == 201 and answer.json["area"]["id"] == own.area_id
    row = answer.json
    assert county.patch(f"/api/v1/member/{row['id']}", json={"version": row["version"], "role": "county"}).status_code == 422
    assert county.patch(f"/api/v1/member/{people['county'].id}", json={"version": 1, "name": "别名"}).status_code == 403
    assert client_for("school").delete(f"/api/v1/member/{row['id']}").status_code == 403
    assert county.delete(f"/api/v1/member/{row['id']}").status_code == 204


def test_an_account_without_password_lets_nobody_in(app, client_for, people):
    client_for("county").post("/api/v1/member/", json={
        "username": "no.pass", "name": "新人", "active": True, "role": "school", "school": people["school"].school_id})
    for password in ("", " ", "None", PASSWORD):
        assert knock(app, "no.pass", password)[1].status_code in (200, 401)


@pytest.mark.parametrize("page", ["/member/list/", "/member/add", "/access_key/list/", "/access_key/add", "/access_log/list/", "/me/", "/me/password"])
@pytest.mark.parametrize("device", ["desk", "phone"])
def test_pages_are_clean_for_readers(page_for, axe, page, device):
    shown = page_for("county", device)
    shown.goto(page)
    assert axe(shown) == []
    assert shown.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")


def test_an_account_that_was_deleted_and_taken_back_has_no_session_of_before(app, client_for, people, look):
    school = client_for("school")
    first = secret_of(add_teacher(school, people, look, "zhao.laoshi").get_data(as_text=True))
    before, _answer = knock(app, "zhao.laoshi", first)
    pk = look(lambda session: session.scalar(select(Member.id).where(Member.username == "zhao.laoshi")))

    def stands(client):
        """Whether somebody is logged in: a first password is changed before all else."""
        return "password" in client.get("/child/list/").location

    assert stands(before)
    assert school.post(f"/member/delete/{pk}", data={"_sure": "1"}).status_code == 302
    assert not stands(before)
    assert school.post("/member/trash/", data={"row": pk}).status_code == 302
    assert not stands(before)
    again, _answer = knock(app, "zhao.laoshi", first)
    assert stands(again)
