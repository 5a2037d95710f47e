"""Keys of the API, and what its access log tells."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import create_app
from app.models.audit import AccessLog
from app.models.base import utc_now
from app.models.org import AccessKey, Member
from app.services import clock, keys
from tests.support.rest import bearer, key_of, own, url

assert key_of and own  # pytest finds them here by their names


# Keys --------------------------------------------------------------------------------------
def test_a_key_reads_and_writes_without_token(app, key_of, own):
    _me, mine, other = own
    client, head = app.test_client(), bearer(key_of("school"))
    row = client.get(url("child", mine), headers=head).json
    assert client.put(url("child", mine), json={"version": row["version"], "journey": "步行"}, headers=head).status_code == 200
    assert client.get(url("child", other), headers=head).status_code == 404
    assert client.get("/child/list/", headers=head).status_code == 302, "a key opens the API alone"


def test_a_key_counts_alone(app, client_for, key_of, own):
    """Whoever shows a key is that key's member, whatever cookie comes along; a bad key is nobody."""
    _me, mine, _other = own
    county = client_for("county", fresh=True)
    assert county.get(url("child", mine)).json["id_number"] == "••••••••"
    assert len(county.get(url("child", mine), headers=bearer(key_of("school"))).json["id_number"]) == 18
    assert county.get(url("child", mine), headers=bearer("sw_wrong")).status_code == 401
    assert county.post(url("area"), json={}, headers={**bearer("sw_wrong"), "X-CSRFToken": ""}).status_code == 401
    assert county.get(url("child", mine)).status_code == 200


@pytest.mark.parametrize("values", [{"expires_on": clock.today() - timedelta(days=1)}, {"revoked_at": utc_now()}, {"deleted_at": utc_now()}])
def test_a_key_that_ended_is_nobodys(app, key_of, values):
    assert app.test_client().get(url("child"), headers=bearer(key_of("school", **values))).status_code == 401


def switch(look, username, on):
    look(lambda session: setattr(session.scalars(select(Member).where(Member.username == username)).one(), "active", on))


def test_a_key_ends_with_its_account(app, key_of, look):
    head = bearer(key_of("school3"))
    assert app.test_client().get(url("child"), headers=head).status_code == 200
    switch(look, "school3", False)
    assert app.test_client().get(url("child"), headers=head).status_code == 401
    switch(look, "school3", True)


def test_use_of_a_key_is_remembered_once_an_hour(app, key_of, look):
    text = key_of("school")

    def used():
        return look(lambda session: session.scalar(select(AccessKey.last_used_at).where(AccessKey.digest == keys.digest(text))))

    client = app.test_client()
    client.get(url("child", query="?size=1"), headers=bearer(text))
    first = used()
    assert first is not None
    client.get(url("child", query="?size=1"), headers=bearer(text))
    assert used() == first
    with clock.freeze(utc_now() + timedelta(minutes=61)):
        client.get(url("child", query="?size=1"), headers=bearer(text))
    assert used() > first


def test_keys_are_made_shown_once_and_ended_on_the_page(app, client_for, look):
    client = client_for("school")
    for ends in (clock.today() - timedelta(days=1), clock.add_months(clock.today(), 12) + timedelta(days=1)):
        answer = client.post("/access_key/add", data={"name": "校讯通", "expires_on": ends.isoformat(), "_token": "k0"})
        assert answer.status_code == 200 and "最长一年" in answer.get_data(as_text=True)
    form = {"name": "校讯通", "expires_on": (clock.today() + timedelta(days=90)).isoformat(), "_token": "k1"}
    page = client.post("/access_key/add", data=form).get_data(as_text=True)
    text = "sw_" + page.split("sw_")[1].split("<")[0]
    head, row = bearer(text), look(lambda session: session.scalar(select(AccessKey.id).where(AccessKey.digest == keys.digest(text))))
    assert app.test_client().get(url("child"), headers=head).status_code == 200
    assert client.post("/access_key/add", data=form).status_code == 302, "a repeated post shows no key"
    for address in ("/access_key/list/", f"/access_key/show/{row}", f"/access_key/history/{row}", url("access_key", row)):
        shown = client.get(address)
        assert shown.status_code == 200 and text not in shown.get_data(as_text=True) and keys.digest(text) not in shown.get_data(as_text=True)
    assert client_for("county").get(f"/access_key/show/{row}").status_code == 404
    assert client_for("county").post(f"/access_key/revoke/{row}").status_code == 404
    assert client_for("teacher").get("/access_key/list/").status_code == 403
    assert client.post(url("access_key"), json={"name": "x"}).status_code == 405
    assert client.get(f"/access_key/revoke/{row}").status_code == 200
    assert client.post(f"/access_key/revoke/{row}").status_code == 302
    assert app.test_client().get(url("child"), headers=head).status_code == 401


def test_rate_is_limited_for_each_member(app, key_of):
    limited = create_app({"SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"], "RATELIMIT_ENABLED": True, "API_RATE": "3 per minute"})
    client, one, two = limited.test_client(), bearer(key_of("school")), bearer(key_of("county"))
    assert [client.get(url(entity), headers=one).status_code for entity in ("child", "talk", "child", "hazard")] == [200, 200, 200, 429]
    assert client.get(url("child"), headers=two).status_code == 200


# The access log ----------------------------------------------------------------------------
def test_opening_a_file_from_above_leaves_one_line_a_day(client_for, look, own):
    _me, mine, _other = own

    def lines(username):
        member_id = select(Member.id).where(Member.username == username).scalar_subquery()
        return look(lambda session: session.scalar(select(func.count(AccessLog.id)).where(
            AccessLog.action == "read", AccessLog.row_id == mine, AccessLog.member_id == member_id, AccessLog.entity == "Child")))

    before = {role: lines(role) for role in ("county", "township", "inspector", "school", "teacher")}
    for role in before:
        client_for(role).get(f"/child/show/{mine}")
        client_for(role).get(f"/child/show/{mine}")
        client_for(role).get(url("child", mine))
    assert {role: lines(role) for role in ("school", "teacher")} == {role: before[role] for role in ("school", "teacher")}
    assert all(lines(role) == 1 for role in ("county", "township", "inspector"))
    with clock.freeze(utc_now() + timedelta(days=1)):
        client_for("county", fresh=True).get(f"/child/show/{mine}")
    assert lines("county") == 2


def test_access_log_is_read_and_never_written(client_for, look):
    assert "查阅日志" in client_for("county").get("/access_log/list/").get_data(as_text=True)
    for role in ("admin", "county", "school"):
        client = client_for(role)
        assert client.get("/access_log/list/").status_code == 200
        for address in ("/access_log/add", "/access_log/edit/1", "/access_log/delete/1", "/access_log/trash/"):
            assert client.get(address).status_code == 404
            assert client.post(address).status_code == 404
        assert client.post(url("access_log"), json={}).status_code == 405
        assert client.delete(url("access_log", 1)).status_code == 405
    for role in ("teacher", "township", "inspector", "superior"):
        assert client_for(role).get("/access_log/list/").status_code == 403
