"""The county that tests find in their database: small, made up, always the same."""

import base64
from pathlib import Path
from typing import Any

from flask_migrate import upgrade

from app import create_app
from app.extensions import db
from seeds.demo import make_demo

PASSWORD = "Shouwang-test-2026"
CHILDREN, SCHOOLS, SEED = 300, 8, 7


def environment(folder: Path) -> dict[str, str]:
    """What config.load() reads: keys that hold for tests alone, files below `folder`."""
    return {
        "SHOUWANG_DEMO": "0",
        "SHOUWANG_VAR": str(folder / "var"),
        "SECRET_KEY": "for-tests-only-" * 3,
        "DATA_KEY": base64.urlsafe_b64encode(b"for tests only".ljust(32, b".")).decode(),
        "DATABASE_URL": "sqlite://",  # create_app() without settings() finds no table
    }


def settings(url: str) -> dict[str, Any]:
    """Settings of a test app on the database `url`."""
    return {
        "SQLALCHEMY_DATABASE_URI": url,
        "TESTING": True,
        "PROPAGATE_EXCEPTIONS": False,  # a broken page answers 500, as it would in service
        "RATELIMIT_ENABLED": False,  # tests log in more often than people do
        "FAB_PASSWORD_HASH_METHOD": "pbkdf2:sha256:1000",  # and need not wait for it
    }


def fill(url: str) -> None:
    """Migrate the empty database `url` and make the county in it."""
    app = create_app(settings(url))
    with app.app_context():
        upgrade()
        make_demo(children=CHILDREN, schools=SCHOOLS, seed=SEED, password=PASSWORD)
        db.session.remove()
        db.engine.dispose()
