"""One PostgreSQL server for the benchmarks, kept below var/bench/, and the CPU time it spends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from benchmarks.cost import of_process
from tests.support import postgres
from tests.support.backends import PostgreSQL
from tests.support.postgres import Unavailable

OTHERS = "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1"

__all__ = ["Unavailable", "behind", "database", "spent", "stop"]


def database(folder: Path, name: str, *, anew: bool) -> str:
    """SQLAlchemy URL of a database of the running server; emptied when ``anew``."""
    server = PostgreSQL(folder)
    if anew:
        server.drop(name)
        server.create(name)
    return server.url(name)


@contextmanager
def copy(folder: Path, source: str, name: str) -> Iterator[str]:
    """SQLAlchemy URL of a copy of a database, dropped in the end. Whoever still has the source open is sent away: it is copied only so."""
    try:
        yield made(folder, source, name)
    finally:
        PostgreSQL(folder).drop(name)


def made(folder: Path, source: str, name: str) -> str:
    """SQLAlchemy URL of a copy that stays."""
    server = PostgreSQL(folder)
    server.drop(name)
    with psycopg.connect(server.server, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (source,))
    server.copy(source, name)
    return server.url(name)


@contextmanager
def lasting(folder: Path) -> Iterator[None]:
    """Commits reach the disk, as on a server in service: the tests' own settings, under which this one runs, are put aside."""
    uri = postgres.start(folder)
    for setting in postgres.FASTER:
        postgres.execute(uri, f"ALTER SYSTEM RESET {setting.partition(' ')[0]}")
    postgres.execute(uri, "SELECT pg_reload_conf()")
    try:
        yield
    finally:
        for setting in postgres.FASTER:
            postgres.execute(uri, f"ALTER SYSTEM SET {setting}")
        postgres.execute(uri, "SELECT pg_reload_conf()")


def stop(folder: Path) -> None:
    """Unless others are at work there, who would lose their connections."""
    with psycopg.connect(postgres.start(folder), autocommit=True) as connection:
        others = connection.execute(OTHERS).fetchone()
    if not others:
        postgres.stop(folder)


def behind(session: Session) -> Callable[[], float]:
    """CPU seconds of the server's process behind a session, which works alone from now on; 0 on SQLite, which has no server."""
    if session.get_bind().dialect.name != "postgresql":
        return lambda: 0.0
    session.connection().exec_driver_sql("SET max_parallel_workers_per_gather = 0")  # what these spend nobody tells
    session.commit()
    return lambda: spent(session.connection().connection.dbapi_connection)


def spent(connection: Any) -> float:
    """CPU seconds of the server process behind a connection; 0 where the system does not tell."""
    return of_process(connection.info.backend_pid)
