"""Settings, read from the environment. A bad one stops the start with a sentence that says what to do."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SECRET_BYTES = 32


class BadSetting(SystemExit):
    """A setting is missing or wrong; the message names it."""


NO_REDIS = BadSetting("JOBS_URL 需要 Redis 客户端，请安装 pyproject.toml 里的 redis 一项。 / JOBS_URL needs the redis extra of pyproject.toml.")


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """All settings as Flask's config keys; BadSetting when the program must not start."""
    env = os.environ if environ is None else environ
    var = Path(env.get("SHOUWANG_VAR") or HERE / "var")
    demo = env.get("SHOUWANG_DEMO", "") == "1"
    return {
        "DEMO": demo,
        "VAR": var,
        "SECRET_KEY": _secret_key(env, var, demo),
        "DATA_KEY": _data_key(env, var, demo),
        "SQLALCHEMY_DATABASE_URI": _database(env, var),
        "SQLALCHEMY_TRACK_MODIFICATIONS": False,
        "DEMO_PASSWORD": env.get("DEMO_PASSWORD", ""),
        **_framework(), **_browser(env, demo), **_limits(), **_jobs(env),
    }


def _framework() -> dict[str, Any]:
    return {
        "APP_NAME": "守望",
        "FAB_CREATE_DB": False,  # tables come from the migrations alone
        "FAB_UPDATE_PERMS": False,  # roles stand in app/roles.py, not in the database
        "FAB_ADD_SECURITY_VIEWS": False,  # members are managed by our own scoped page
        "FAB_ADD_MENU_API": False,
        "FAB_ADD_OPENAPI_VIEWS": False,
        "AUTH_TYPE": 1,
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "BABEL_TRANSLATION_DIRECTORIES": str(HERE / "app" / "translations"),
        "LANGUAGES": {"zh": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}},
    }


def _browser(env: Mapping[str, str], demo: bool) -> dict[str, Any]:
    # Cookies travel over https only, but for the demo on this machine, or where SHOUWANG_HTTPS=0 says that there is none.
    secure = env.get("SHOUWANG_HTTPS") or ("0" if demo else "1")
    if secure not in ("0", "1"):
        raise BadSetting("SHOUWANG_HTTPS 应为 1 或 0，程序不启动。 / SHOUWANG_HTTPS must be 1 or 0.")
    return {
        "SESSION_COOKIE_HTTPONLY": True, "SESSION_COOKIE_SAMESITE": "Lax", "SESSION_COOKIE_SECURE": secure == "1",
        "SESSION_COOKIE_NAME": "__Host-shouwang" if secure == "1" else "shouwang",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=10), "SESSION_REFRESH_EACH_REQUEST": True,
        "WTF_CSRF_TIME_LIMIT": None,  # a form may stand open over lunch; the token dies with the session
        "BEHIND_PROXY": env.get("SHOUWANG_PROXY", "") == "1",
        # Names under which the desk answers; any other is refused. Without the setting it answers to all (the demo).
        "TRUSTED_HOSTS": [name.strip() for name in env.get("SHOUWANG_HOSTS", "").split(",") if name.strip()] or None,
    }


def _limits() -> dict[str, Any]:
    return {
        "MAX_CONTENT_LENGTH": 32 * 1024 * 1024, "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "RATELIMIT_ENABLED": True, "RATELIMIT_STORAGE_URI": "memory://",  # per worker; accounts lock in the database
        "AUTH_RATE_LIMITED": True, "AUTH_RATE_LIMIT": "60 per minute",
        "API_RATE": "600 per minute",  # per member, whatever the number of keys
        "LOCK_AFTER": 5, "LOCK_FOR": timedelta(minutes=15),  # wrong passwords in a row, per account
        "TRASH_DAYS": 30, "LOG_DAYS": 190,
    }


def _jobs(env: Mapping[str, str]) -> dict[str, Any]:
    url = env.get("JOBS_URL", "")
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise BadSetting("JOBS_URL 应以 redis://、rediss:// 或 unix:// 开头，程序不启动。 / JOBS_URL must begin with redis://, rediss:// or unix://.")
    # A worker without a heartbeat for so long is dead; so many jobs run side by side.
    return {"JOBS_URL": url, "JOBS_DEAD_SECONDS": 60, "JOBS_THREADS": 2}


def _database(env: Mapping[str, str], var: Path) -> str:
    url = env.get("DATABASE_URL") or f"sqlite:///{var / 'shouwang.db'}"
    if url.startswith("postgres"):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    return url


def _secret_key(env: Mapping[str, str], var: Path, demo: bool) -> str:
    key = env.get("SECRET_KEY", "").strip() or (_kept(var / "secret_key") if demo else "")
    if len(key) < SECRET_BYTES:
        raise BadSetting("SECRET_KEY 未设置或不足 32 个字符，程序不启动；演示用 SHOUWANG_DEMO=1。"
                         " / SECRET_KEY is missing or shorter than 32 characters; a demo wants SHOUWANG_DEMO=1.")
    return key


def _data_key(env: Mapping[str, str], var: Path, demo: bool) -> bytes:
    """The key of all encrypted columns: 32 bytes in base64. Whoever loses it loses those columns."""
    text = env.get("DATA_KEY") or (_kept(var / "data_key") if demo else "")
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != SECRET_BYTES:
        raise BadSetting("DATA_KEY 未设置或不是 32 字节的 base64，程序不启动。 / DATA_KEY is missing or not 32 bytes in base64.")
    return key


def own_folder(folder: Path) -> Path:
    """The folder, made where it is missing, and shut to other accounts of the machine: what lies in it is shut with it.

    Somebody else's folder, and one that many share (/tmp), keep their rights.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if os.name == "posix" and found.st_uid == os.getuid() and not found.st_mode & stat.S_ISVTX:
        folder.chmod(0o700)
    return folder


def _kept(path: Path) -> str:
    """A demo's own key, made once and readable by its owner alone."""
    if not path.exists():
        own_folder(path.parent)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
    return path.read_text().strip()
