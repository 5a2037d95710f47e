"""What PostgreSQL spends for a peer; on SQLite there is no server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from benchmarks.cost import of_process


def behind(engine: Any) -> Callable[[], float]:
    """CPU seconds of the server's processes behind the connections that an SQLAlchemy engine opens from now on."""
    if engine.dialect.name != "postgresql":
        return lambda: 0.0
    pids: set[int] = set()
    event.listen(engine, "connect", lambda opened, _record: pids.add(opened.info.backend_pid))
    return lambda: sum(map(of_process, pids))


def behind_django() -> Callable[[], float]:
    """The same behind the one connection of a Django that was set up."""
    from django.db import connection  # noqa: PLC0415 - Django's parts can be imported only once it is set up

    if connection.vendor != "postgresql":
        return lambda: 0.0
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return lambda: of_process(pid)
