"""Work that is killed: in a process of its own, by a signal that nobody can catch."""

import os
import signal
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import text

from app.extensions import db

KILLS = int(os.environ.get("KILLS", "3"))  # each kind of work on each engine; KILLS=100 for a thorough run
WAIT = 60  # seconds until what does not come is an error
OTHERS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'")


def forked(app: Flask, work: Callable[[], None]) -> int:
    """Start the work in a child process with connections of its own; gives its id."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def duration(app: Flask, work: Callable[[], None]) -> float:
    """Seconds that the work takes when it is left alone."""
    start = time.monotonic()
    assert os.waitpid(forked(app, work), 0)[1] == 0
    return time.monotonic() - start


def killed(app: Flask, work: Callable[[], None], after: float) -> None:
    """Start the work and kill it after so many seconds, wherever it is then."""
    pid = forked(app, work)
    time.sleep(after)
    end(app, pid)


def end(app: Flask, pid: int) -> None:
    """Kill a child; comes back when nobody works for it any more."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            until(lambda: not _others())  # its server process ends by itself once the client is gone


def _others() -> int:
    """How many work on the database beside who asks; a transaction each time, as within one PostgreSQL tells what it told first."""
    with db.engine.connect() as connection:
        return int(connection.scalar(OTHERS) or 0)


def until(happened: Callable[[], object]) -> None:
    """Wait for it; an AssertionError where it never comes."""
    last = time.monotonic() + WAIT
    while not happened():
        assert time.monotonic() < last, f"it did not come in {WAIT} s"
        time.sleep(0.02)


def sound(app: Flask) -> None:
    """The database is whole, as far as it can tell itself."""
    with app.app_context():
        connection = db.session.connection()
        if connection.dialect.name == "sqlite":
            assert connection.scalars(text("PRAGMA integrity_check")).all() == ["ok"]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        db.session.remove()
