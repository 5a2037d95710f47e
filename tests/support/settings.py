"""The settings under which tests run, and the password of the seven accounts."""

import base64
from pathlib import Path
from typing import Any

PASSWORD = "Shouwang-test-2026"


def environment(folder: Path) -> dict[str, str]:
    """What config.load() reads: keys that hold for tests alone, files below `folder`."""
    return {
        "SHOUWANG_DEMO": "0",
        "SHOUWANG_HTTPS": "0",
        "SHOUWANG_VAR": str(folder / "var"),
        "SECRET_KEY": "for-tests-only-" * 3,
        "DATA_KEY": base64.urlsafe_b64encode(b"for tests only".ljust(32, b".")).decode(),
        "DATABASE_URL": "sqlite://",  # create_app() without settings() finds no table
    }


def of(url: str) -> dict[str, Any]:
    """Settings of a test app on the database `url`."""
    return {
        "SQLALCHEMY_DATABASE_URI": url,
        "TESTING": True,
        "PROPAGATE_EXCEPTIONS": False,  # a broken page answers 500, as it would in service
        "JOBS_IMMEDIATE": True,  # done at once, in the process of the test; tests/support/worker.py starts a real worker
        "RATELIMIT_ENABLED": False,  # tests log in more often than people do
        "FAB_PASSWORD_HASH_METHOD": "pbkdf2:sha256:1000",  # and need not wait for it
    }
