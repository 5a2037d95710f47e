"""Pages that say what went wrong, also when much has gone wrong, and the names the desk answers under."""

import re

import pytest

import config
from app.panel import chrome
from tests.support import settings


def broken():
    raise RuntimeError("王小明")


@pytest.mark.parametrize(("path", "status", "said"), [("/nothing", 404, "找不到这一页"), ("/child/list/", 500, "程序出错了"), ("/child/show/0", 404, "找不到")])
def test_a_fault_in_the_frame_leaves_a_plain_page(client_for, monkeypatch, path, status, said):
    client = client_for("school")
    monkeypatch.setattr(chrome, "chrome", broken)
    answer = client.get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status and said in page and 'href="/"' in page
    assert "王小明" not in page and "<nav" not in page and "<script" not in page
    assert answer.headers["Content-Security-Policy"] and answer.headers["Cache-Control"] == "no-store, private"


def test_with_its_frame_the_page_has_the_menu(client_for):
    answer = client_for("school").get("/nothing")
    assert answer.status_code == 404 and "<nav" in answer.get_data(as_text=True)


def test_hosts_are_read_from_the_environment(tmp_path):
    env = settings.environment(tmp_path)
    assert config.load(env)["TRUSTED_HOSTS"] is None
    assert config.load({**env, "SHOUWANG_HOSTS": "desk.example.cn, 10.0.0.5,"})["TRUSTED_HOSTS"] == ["desk.example.cn", "10.0.0.5"]


def test_a_name_in_an_address_that_no_database_takes_is_not_found(app, client_for):
    """PostgreSQL takes no NUL in a text. Every address that has a name in it is tried, and names in odd spellings."""
    rules = {one.rule for one in app.url_map.iter_rules() if "GET" in one.methods}
    named = [re.sub(r"<[^>]+>", "%00", re.sub(r"<int:[^>]+>", "1", rule)) for rule in sorted(rules) if re.search(r"<(?!int:)", rule)]
    assert {"/request/%00", "/forms/%00/", "/visit/1/answer/%00"} <= set(named)
    for account in ("county", "school", "inspector"):
        client = client_for(account)
        assert {address: status for address in named if (status := client.get(address).status_code) != 404} == {}
        for odd in ("a%00b", "%ff", "%F0%9F%98%80", "-", "A%20B", "nothing", "0" * 500):
            assert (odd, client.get(f"/request/{odd}").status_code) == (odd, 404)
            assert (odd, client.get(f"/forms/{odd}/").status_code) == (odd, 404)


@pytest.mark.parametrize(("host", "status"), [("desk.example.cn", 200), ("desk.example.cn:8080", 200), ("evil.example", 400),
                                              ("desk.example.cn.evil.example", 400)])
@pytest.mark.parametrize("path", ["/login/", "/nothing"])
def test_another_name_is_refused(app, monkeypatch, path, host, status):
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["desk.example.cn"])
    answer = app.test_client().get(path, base_url=f"http://{host}")
    assert answer.status_code == (404 if status == 200 and path == "/nothing" else status)
    assert status == 200 or "请核对网址" in answer.get_data(as_text=True) and host not in answer.get_data(as_text=True)
    assert app.test_client().post(path, base_url=f"http://{host}").status_code >= 400
