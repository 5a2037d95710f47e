"""Shouwang's own list of children, as three accounts see it: ``python -m benchmarks.ours <children> <url>``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, event

from app import create_app
from app.extensions import db
from benchmarks import data, postgres
from benchmarks.cases import ROLES, SIZE, Case, cases
from benchmarks.desk import Operation, serve
from benchmarks.wire import Browser

LIST = f"/child/list/?size={SIZE}"


def addresses(case: Case) -> dict[str, str]:
    """Operation → address."""
    return {
        "list": LIST, "deep": f"{LIST}&a={case.deep_id}", "sorted": f"{LIST}&o=birth_date&d=desc",
        "by name": f"{LIST}&o=name&d=desc", "filtered": f"{LIST}&f.left_behind=2", "name": f"{LIST}&q={quote(case.name)}", "pinyin": f"{LIST}&q={case.pinyin}",
        "initials": f"{LIST}&q={case.initials}", "home": "/", "roll-up": "/statistics/"}


def main(children: int, url: str) -> None:
    data.settings(children, url)
    app = create_app({"RATELIMIT_ENABLED": False})
    counted, known = [0], cases(children)
    operations: dict[str, Operation] = {}
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *_: counted.__setitem__(0, counted[0] + 1))
        elsewhere = server_time(db.engine)
    for role in ROLES:
        browser = Browser(app.wsgi_app)
        browser.log_in("/login/", role, data.PASSWORD)
        operations.update({f"{role} {name}": lambda b=browser, a=address: b.get(a) for name, address in addresses(known[role]).items()})
    serve(operations, lambda: counted[0], elsewhere)


def server_time(engine: Engine) -> Callable[[], float]:
    """Seconds that PostgreSQL has spent for the one connection that all requests use: alone, for what its parallel workers spend nobody tells."""
    opened: list[object] = []

    def connected(connection: Any, _record: object) -> None:
        opened.append(connection)
        if engine.dialect.name == "postgresql":
            connection.execute("SET max_parallel_workers_per_gather = 0")
            connection.commit()

    event.listen(engine, "connect", connected)
    engine.dispose()
    return lambda: sum(map(postgres.spent, opened)) if engine.dialect.name == "postgresql" else 0.0


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
