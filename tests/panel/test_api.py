"""REST: what goes in and out, who may, and what bad input gets."""

import pytest
from sqlalchemy import delete, func, select

from app.models.audit import AccessLog, Change
from app.models.care import Talk
from app.models.children import Child
from app.models.org import Member
from tests.support.rest import own, url

assert own  # pytest finds them here by their names

ODD = ["\x00", "a\x00b", 2**63, -1, 1.5, 1e308, True, [], [1], {}, {"id": []}, {"id": 2**70}, "x" * 5000, "0000-00-00", "2026-02-30", "\ud800"]


def test_list_pages_through_everything_once(client_for, look, own):
    school, _mine, _other = own
    client, address, seen = client_for("school"), url("child", query="?size=7&o=name"), []
    while address:
        page = client.get(address).json
        seen += [row["id"] for row in page["result"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == page["count"]
    assert len(seen) == look(lambda session: session.scalar(select(func.count(Child.id)).where(Child.school_id == school)))


def test_list_filters_searches_and_caps(client_for):
    client = client_for("school")
    assert {row["boarder"] for row in client.get(url("child", query="?f.boarder=1")).json["result"]} == {True}
    name = client.get(url("child", query="?size=1")).json["result"][0]["name"]
    found = client.get(url("child", query=f"?q={name}")).json["result"]
    assert name in {row["name"] for row in found}
    assert found[0] == client.get(url("child", found[0]["id"])).json, "a search tells a row as its own address does"
    assert len(client_for("county").get(url("child", query="?size=100000")).json["result"]) <= 200


def test_a_lost_starting_point_is_said_and_not_begun_anew(client_for):
    assert client_for("school").get(url("child", query="?a=99999999")).status_code == 400


def test_one_row_in_codes_and_ids(client_for, own):
    _me, mine, _other = own
    row = client_for("school").get(url("child", mine)).json
    assert row["id"] == mine and row["sex"] in ("m", "f") and isinstance(row["school"]["id"], int)
    assert row["updated_at"].endswith("+08:00")


def test_masks_are_the_askers(client_for, own):
    _me, mine, _other = own
    seen = {role: client_for(role).get(url("child", mine)).json["id_number"] for role in ("school", "township", "county", "inspector")}
    assert len(seen["school"]) == 18
    assert seen["county"] == seen["inspector"] == "••••••••"
    assert seen["township"] == "••••••••" + seen["school"][-4:]


def test_whole_secrets_that_are_taken_out_leave_one_line_a_day(client_for, look, own):
    _me, mine, _other = own
    lines = select(AccessLog.who, AccessLog.columns, AccessLog.rows).where(AccessLog.action == "api", AccessLog.entity == "Child")
    of = {role: lines.join(Member, Member.id == AccessLog.member_id).where(Member.username == role) for role in ("school", "teacher", "county", "township")}
    look(lambda session: session.execute(delete(AccessLog.__table__).where(AccessLog.__table__.c.action == "api")))
    for role in of:
        taken = sum(len(client_for(role).get(url("child", query=f"?size={size}")).json["result"]) for size in (3, 2))
        assert client_for(role).get(url("child", query="?q=zzzzzz")).json["result"] == []
        told = look(lambda session, query=of[role]: session.execute(query).all())
        if role in ("county", "township"):
            assert [line.columns for line in told] == [""], "what is covered is told as read, not as a number that went out"
        else:
            assert len(told) == 1 and "身份证号" in told[0].columns and told[0].rows == taken > 0
    before = look(lambda session: session.execute(of["school"]).one().rows)
    assert client_for("school").get(url("child", mine)).status_code == 200
    assert look(lambda session: session.execute(of["school"]).one().rows) == before + 1
    client_for("school").get(url("talk"))
    assert look(lambda session: session.scalar(select(func.count(AccessLog.id)).where(AccessLog.action == "api", AccessLog.entity == "Talk"))) == 0


def test_rows_of_others_are_not_there(client_for, own):
    _me, _mine, other = own
    client = client_for("school")
    assert client.get(url("child", other)).status_code == 404
    assert client.put(url("child", other), json={"version": 1, "name": "改名"}).status_code == 404
    assert client.delete(url("child", other)).status_code == 404
    answer = client.post(url("talk"), json=new_talk(client, other))
    assert answer.status_code == 422 and "child" in answer.json["errors"]


def new_talk(client, mine):
    """Values of a talk that hold, from one that is there already."""
    there = client.get(url("talk", query="?size=1")).json["result"][0]
    writable = [column["key"] for column in client.get(url("talk", "_info")).json["columns"] if not column["read_only"]]
    return {**{key: there[key] for key in writable}, "child": mine}


def test_add_change_conflict_delete(client_for, look, own):
    _me, mine, _other = own
    client = client_for("school")
    answer = client.post(url("talk"), json=new_talk(client, mine))
    assert answer.status_code == 201, answer.json
    made = answer.json
    key = next(key for key in ("content", "found", "about", "what") if key in made)
    changed = client.patch(url("talk", made["id"]), json={"version": made["version"], key: "换了座位，情绪好多了"})
    assert changed.status_code == 200 and changed.json[key] == "换了座位，情绪好多了" and changed.json["version"] == made["version"] + 1
    stale = client.put(url("talk", made["id"]), json={"version": made["version"], key: "旧的"})
    assert stale.status_code == 409 and stale.json["current"] == changed.json
    assert client.put(url("talk", made["id"]), json={key: "无版本"}).status_code == 422
    actions = look(lambda session: session.scalars(select(Change.action).where(Change.entity == "Talk", Change.row_id == made["id"])).all())
    assert sorted(actions) == ["add", "edit"]
    assert client.delete(url("talk", made["id"])).status_code == 204
    assert client.get(url("talk", made["id"])).status_code == 404
    assert client.post("/talk/trash/", data={"row": made["id"]}).status_code == 302
    assert client.get(url("talk", made["id"])).status_code == 200


def test_same_idempotency_key_makes_one_row(client_for, look, own):
    _me, mine, _other = own
    client = client_for("school")
    body = new_talk(client, mine)

    def count():
        return look(lambda session: session.scalar(select(func.count(Talk.id))))

    before = count()
    ids = {client.post(url("talk"), json=body, headers={"Idempotency-Key": "abc"}).json["id"] for _try in range(3)}
    assert len(ids) == 1
    assert count() == before + 1
    assert client_for("teacher").post(url("talk"), json=body, headers={"Idempotency-Key": "abc"}).json.get("id") not in ids


def test_a_covered_number_that_comes_back_changes_nothing(client_for):
    """Whoever reads a masked row may write it back."""
    client = client_for("township")
    row = client.get(url("responsibility_letter", query="?size=1")).json["result"][0]
    writable = {column["key"] for column in client.get(url("responsibility_letter", "_info")).json["columns"] if not column["read_only"]}
    body = {key: value for key, value in row.items() if key in writable} | {"version": row["version"]}
    answer = client.put(url("responsibility_letter", row["id"]), json=body)
    assert answer.status_code == 200, answer.json
    assert {**answer.json, "version": 0, "updated_at": ""} == {**row, "version": 0, "updated_at": ""}


@pytest.mark.parametrize("entity", ["child", "talk", "hazard", "meal_record", "staff", "school_class", "guardian", "bus_run"])
def test_bad_values_are_refused_by_field_and_never_break(client_for, entity):
    client = client_for("school")
    columns = [column["key"] for column in client.get(url(entity, "_info")).json["columns"]]
    for odd in ODD:
        answer = client.post(url(entity), json=dict.fromkeys(columns, odd))
        assert answer.status_code == 422, (odd, answer.status_code, answer.json)
        row = client.get(url(entity, query="?size=1")).json["result"]
        for key in columns if row else ():
            answer = client.put(url(entity, row[0]["id"]), json={"version": row[0]["version"], key: odd})
            assert answer.status_code in (200, 409, 422), (key, odd, answer.status_code)


@pytest.mark.parametrize("body", [
    b"", b"null", b"[]", b"1", b'"a"', b"{", b'{"a":NaN}', b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b'{"a":' + b"9" * 5000 + b"}"])
def test_what_is_no_object_is_a_400(client_for, body):
    assert client_for("school").post(url("talk"), data=body, content_type="application/json").status_code == 400


def test_forms_and_long_bodies_are_no_json(client_for):
    client = client_for("school")
    assert client.post(url("talk"), data={"child": 1}).status_code == 400
    assert client.post(url("talk"), data=b'{"a":"' + b"x" * 1_100_000 + b'"}', content_type="application/json").status_code == 413


def test_unknown_and_read_only_fields_are_named(client_for, own):
    _me, mine, _other = own
    answer = client_for("school").put(url("child", mine), json={"version": 1, "left_behind": "2", "nonsense": 1, "school_id": 3, "__class__": "x"})
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"left_behind", "nonsense", "school_id", "__class__"}


@pytest.mark.parametrize("address", [
    "?a=abc", "?size=-1", "?o=id_number", "?f.sex=%00", "?q=%00", "?q=" + "x" * 500, "?a=99999999999999999999", "?f.id_number=1", "?d=sideways", "?m=nothing"])
def test_bad_addresses_never_break(client_for, address):
    assert client_for("school").get(url("child", query=address)).status_code in (200, 400)
    assert client_for("school").get(url("child", "99999999999999999999")).status_code == 404
    assert client_for("school").get(url("child", "1/../x")).status_code == 404


def test_nobody_gets_json_and_401(app):
    client = app.test_client()
    for address in ("/api/v1/child/", "/api/v1/child/1", "/api/v1/child/_info", "/api/v1/openapi.json"):
        answer = client.get(address)
        assert answer.status_code == 401 and answer.is_json


def test_the_frameworks_own_doors_are_shut(app, client_for):
    for address in ("/api/v1/security/login", "/api/v1/security/refresh", "/api/v1/security/users/", "/api/v1/menu/", "/api/v1/_openapi",
                    "/swagger/v1", "/users/list/", "/roles/list/", "/users/add", "/resetpassword/form", "/register/form"):
        for client in (app.test_client(), client_for("admin")):
            assert client.get(address).status_code == 404, address
    assert client_for("admin").post("/api/v1/security/login", json={"username": "admin", "password": "x", "provider": "db"}).status_code == 404


def test_cookies_need_the_token(app, client_for, own):
    _me, mine, _other = own
    client = client_for("school")
    answer = client.put(url("child", mine), json={"version": 1}, headers={"X-CSRFToken": ""})
    assert answer.status_code == 400 and answer.is_json
