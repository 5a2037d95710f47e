"""Settings that would not hold stop the start with one sentence; data lie in a folder of their own."""

import os
import stat
import subprocess
import sys

import pytest

import config
from tests.support import settings


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("name", "value"), [
    ("SECRET_KEY", ""), ("SECRET_KEY", "x" * 31), ("SECRET_KEY", " " * 40), ("SHOUWANG_HTTPS", "yes"),
    ("DATA_KEY", ""), ("DATA_KEY", "AAAA"), ("DATA_KEY", "?"),
])
def test_a_key_that_is_missing_or_short_is_named(tmp_path, name, value):
    with pytest.raises(config.BadSetting, match=name):
        config.load({**settings.environment(tmp_path), name: value})


def test_a_demo_makes_its_keys_once_and_for_itself_alone(tmp_path):
    demo = {"SHOUWANG_DEMO": "1", "SHOUWANG_VAR": str(tmp_path / "var")}
    first, again = config.load(demo), config.load(demo)
    assert first["SECRET_KEY"] == again["SECRET_KEY"] and first["DATA_KEY"] == again["DATA_KEY"]
    assert [mode(tmp_path / "var"), mode(tmp_path / "var" / "secret_key"), mode(tmp_path / "var" / "data_key")] == [0o700, 0o600, 0o600]


def test_cookies_travel_over_https_alone_but_for_a_demo_and_where_plain_http_is_said(tmp_path):
    env = settings.environment(tmp_path)
    served, plain = config.load({**env, "SHOUWANG_HTTPS": ""}), config.load({**env, "SHOUWANG_HTTPS": "0"})
    demo = config.load({**env, "SHOUWANG_HTTPS": "", "SHOUWANG_DEMO": "1"})
    assert [one["SESSION_COOKIE_SECURE"] for one in (served, plain, demo)] == [True, False, False]
    assert [one["SESSION_COOKIE_NAME"] for one in (served, plain)] == ["__Host-shouwang", "shouwang"]


def test_a_folder_that_stood_open_is_shut(tmp_path):
    tmp_path.chmod(0o755)
    assert mode(config.own_folder(tmp_path)) == 0o700


def test_a_folder_that_many_share_keeps_its_rights(tmp_path):
    tmp_path.chmod(0o1777)
    assert mode(config.own_folder(tmp_path)) == 0o1777


@pytest.mark.skipif(os.name != "posix", reason="gunicorn runs on POSIX alone")
def test_gunicorn_refuses_a_missing_key_once_and_before_it_tells_an_address(tmp_path):
    env = {**os.environ, **settings.environment(tmp_path), "SECRET_KEY": "", "PORT": "0"}
    ended = subprocess.run([sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "app:create_app()"],
                           cwd=config.HERE, env=env, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr.count("SECRET_KEY 未设置") == 1 and "Traceback" not in ended.stderr
    assert "http://" not in ended.stdout


def test_it_starts_where_there_is_no_posix(tmp_path):
    """As on Windows: without the modules that only POSIX has."""
    env = {**os.environ, **settings.environment(tmp_path)}
    code = "import sys; sys.modules.update(fcntl=None, resource=None, pwd=None, grp=None); from app import create_app; create_app(); print('here')"
    ended = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=config.HERE, env=env, capture_output=True, text=True, timeout=120)
    assert (ended.stdout.strip(), ended.returncode) == ("here", 0), ended.stderr[-2000:]
