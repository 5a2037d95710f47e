"""One PostgreSQL server for the benchmarks, kept below var/bench/, and the CPU time it spends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from tests.support import postgres
from tests.support.backends import PostgreSQL
from tests.support.postgres import Unavailable

OTHERS = "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1"

__all__ = ["Unavailable", "database", "spent", "stop"]


def database(folder: Path, name: str, *, anew: bool) -> str:
    """SQLAlchemy URL of a database of the running server; emptied when ``anew``."""
    server = PostgreSQL(folder)
    if anew:
        server.drop(name)
        server.create(name)
    return server.url(name)


def stop(folder: Path) -> None:
    """Unless others are at work there, who would lose their connections."""
    with psycopg.connect(postgres.start(folder), autocommit=True) as connection:
        others = connection.execute(OTHERS).fetchone()
    if not others:
        postgres.stop(folder)


def spent(connection: Any) -> float:
    """CPU seconds of the server process behind a connection; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{connection.info.backend_pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0
