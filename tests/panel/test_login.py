"""The door: names, passwords, locks, sessions, and where one is sent afterwards."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from app.models.audit import AccessLog
from app.models.base import utc_now
from app.models.org import Member
from app.services import clock
from tests.support.client import DeskClient
from tests.support.settings import PASSWORD

NEW = "Another-pass-2027"


def knock(app, account, password, address="/login/"):
    client = DeskClient(app)
    client.get("/login/")
    return client, client.post(address, data={"username": account, "password": password})


def member(look, username):
    """(id, version, failed log-ins) of an account."""
    return look(lambda session: session.execute(select(Member.id, Member.version, Member.failed_logins).where(Member.username == username)).one())


@pytest.mark.parametrize("account", ["school", "nobody-here", "a\x00b", "x" * 5000, "' OR 1=1 --"])
def test_wrong_password_gives_the_form_back_and_tells_nothing(app, account):
    _client, answer = knock(app, account, "not-the-password")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "账号或密码不对" in page
    if account == "school":
        assert 'value="school"' in page
    assert "not-the-password" not in page


def test_known_and_unknown_account_are_answered_alike(app):
    pages = [knock(app, account, "wrong")[1].get_data(as_text=True).replace(account, "?") for account in ("county", "county9")]
    strip = [[line for line in page.splitlines() if "csrf_token" not in line and "nonce" not in line] for page in pages]
    assert strip[0] == strip[1]


def test_name_is_taken_whatever_its_case(app):
    assert knock(app, " School ", PASSWORD)[1].status_code == 302


def test_a_session_that_ended_stays_ended(app):
    """Whatever cookie comes back: a copy of it, or one that an answer still on its way set again after the log-out."""
    client, _answer = knock(app, "school", PASSWORD)
    cookie = client.get_cookie("shouwang").value
    copy, other = DeskClient(app), knock(app, "school", PASSWORD)[0]
    copy.set_cookie("shouwang", cookie)
    assert copy.get("/child/list/").status_code == 200
    assert client.get("/logout/").status_code == 302
    copy.set_cookie("shouwang", cookie)
    assert "/login/" in copy.get("/child/list/").location
    assert other.get("/child/list/").status_code == 200, "the member's other sessions go on"
    assert copy.get("/logout/").status_code == 302


def test_two_log_outs_at_once_are_no_error(app):
    """One tab after the other, or a click twice: one of them ends the session, each leads to the door."""
    for _time in range(5):
        cookie, gate = knock(app, "township", PASSWORD)[0].get_cookie("shouwang").value, Barrier(4)

        def leave(cookie=cookie, gate=gate):
            client = DeskClient(app)
            client.set_cookie("shouwang", cookie)
            gate.wait()
            return client.get("/logout/").status_code

        with ThreadPoolExecutor(4) as pool:
            assert [one.result() for one in [pool.submit(leave) for _one in range(4)]] == [302] * 4


def test_account_locks_after_five_and_opens_again(app, look):
    for _try in range(5):
        assert knock(app, "school2", "wrong")[1].status_code == 401
    assert knock(app, "school2", PASSWORD)[1].status_code == 401, "the right password must not open a locked account"
    with clock.freeze(utc_now() + timedelta(minutes=16)):
        assert knock(app, "school2", PASSWORD)[1].status_code == 302
    assert member(look, "school2").failed_logins == 0


def test_failures_in_a_row_are_forgotten_after_a_right_one(app, look):
    for _try in range(4):
        knock(app, "school3", "wrong")
    assert knock(app, "school3", PASSWORD)[1].status_code == 302
    assert knock(app, "school3", "wrong")[1].status_code == 401
    assert knock(app, "school3", PASSWORD)[1].status_code == 302


def test_log_ins_leave_lines_but_do_not_change_the_version(app, look):
    row_id, version, _failed = member(look, "inspector")
    knock(app, "inspector", PASSWORD)
    knock(app, "inspector", "wrong")
    assert member(look, "inspector").version == version
    lines = look(lambda session: session.scalars(select(AccessLog.action).where(AccessLog.entity == "Member", AccessLog.row_id == row_id)).all())
    assert {"login", "refused"} <= set(lines)


@pytest.mark.parametrize("target", [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "http:evil.example", "javascript:alert(1)",
    "///evil.example", "/\t/evil.example", "https://localhost@evil.example/", "%2f%2fevil.example"])
def test_no_way_to_another_host(app, target):
    _client, answer = knock(app, "township", PASSWORD, "/login/?next=" + target.replace("%", "%25").replace("\\", "%5C").replace("\t", "%09"))
    assert answer.status_code == 302
    place = answer.location
    assert place.startswith("/") and not place.startswith("//") and "\\" not in place


def test_leads_where_one_wanted_to_go(app):
    assert knock(app, "township", PASSWORD, "/login/?next=/child/list/?q=a")[1].location == "/child/list/?q=a"
    assert knock(app, "township", PASSWORD, "/login/?next=http://localhost/child/list/")[1].location == "/child/list/"


def test_nothing_planted_before_the_log_in_lives_on(app):
    client = DeskClient(app)
    with client.session_transaction() as session:
        session["planted"], session["locale"] = "yes", "en"
    client.token()  # plants one that whoever planted it knows
    client.post("/login/", data={"username": "county", "password": PASSWORD})
    with client.session_transaction() as session:
        assert "_user_id" in session
        assert "planted" not in session and "csrf_token" not in session
        assert session["locale"] == "en"
        assert session.permanent


def test_cookie_is_strict_enough(app):
    _client, answer = knock(app, "county", PASSWORD)
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("shouwang="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Expires=" in cookie
    assert app.permanent_session_lifetime == timedelta(hours=10)


def test_session_ends_after_ten_hours_and_by_leaving(app):
    client, _answer = knock(app, "county", PASSWORD)
    assert client.get("/me/").status_code == 200
    app.permanent_session_lifetime, lifetime = timedelta(seconds=-1), app.permanent_session_lifetime
    try:
        assert client.get("/me/").status_code == 302
    finally:
        app.permanent_session_lifetime = lifetime
    client, _answer = knock(app, "county", PASSWORD)
    assert re.fullmatch(r"/login/\?out=\d+", client.get("/logout/").location)
    assert client.get("/me/").status_code == 302


def test_log_in_needs_the_token(app):
    client = app.test_client()
    assert client.post("/login/", data={"username": "county", "password": PASSWORD}).status_code == 400


def test_own_password_ends_other_sessions_and_keeps_this_one(app):
    here, _answer = knock(app, "teacher", PASSWORD)
    there, _answer = knock(app, "teacher", PASSWORD)

    def change(old, new, again):
        return here.post("/me/password", data={"old": old, "new": new, "again": again})

    for values, message in (
            (("wrong", NEW, NEW), "原密码不对"), ((PASSWORD, "short1A", "short1A"), "至少 10 位"), ((PASSWORD, "aaaaaaaaaaaa", "aaaaaaaaaaaa"), "太简单"),
            ((PASSWORD, PASSWORD, PASSWORD), "不能与原密码相同"), ((PASSWORD, NEW, NEW + "x"), "不一致"), (("", "", ""), "原密码不对")):
        answer = change(*values)
        assert answer.status_code == 200 and message in answer.get_data(as_text=True)
    assert there.get("/me/").status_code == 200
    assert change(PASSWORD, NEW, NEW).status_code == 302
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302
    assert knock(app, "teacher", PASSWORD)[1].status_code == 401
    assert knock(app, "teacher", NEW)[1].status_code == 302
    assert change(NEW, PASSWORD, PASSWORD).status_code == 302  # as the other tests know it


def test_me_says_who_i_am_and_my_log_ins(app):
    client, _answer = knock(app, "school", PASSWORD)
    page = client.get("/me/").get_data(as_text=True)
    assert "学校管理员" in page and "最近登录" in page
    assert "登录失败" in page or "登录" in page


def test_rate_of_log_ins_is_limited(app, backend):
    from app import create_app  # noqa: PLC0415 - an application of its own, with the limit on

    limited = create_app({"SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"], "RATELIMIT_ENABLED": True,
                          "AUTH_RATE_LIMIT": "2 per minute", "FAB_PASSWORD_HASH_METHOD": "pbkdf2:sha256:1000"})
    assert [knock(limited, "nobody", "wrong")[1].status_code for _try in range(3)] == [401, 401, 429]
