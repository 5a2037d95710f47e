"""The statements that an engine sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from app.extensions import db


@contextmanager
def noted(engine: Engine) -> Iterator[list[str]]:
    """Those that are sent inside, but for what is said on SQLite alone where a write had to wait a millisecond."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("PRAGMA busy_timeout="):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def sent(app: Any, client: Any, address: str) -> list[str]:
    """Those of a page."""
    with app.app_context():
        engine = db.engine
    with noted(engine) as seen:
        assert client.get(address).status_code == 200
    return seen
