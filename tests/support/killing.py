"""Work that is killed: in a process of its own, by a signal that nobody can catch."""

import os
import signal
import time
from collections.abc import Callable

from flask import Flask

from app.extensions import db

KILLS = int(os.environ.get("KILLS", "5"))  # each kind of work on each engine; KILLS=100 for a thorough run


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
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    time.sleep(0.2)  # PostgreSQL's process ends by itself once its client is gone
