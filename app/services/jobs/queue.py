"""The bell: a queue of job numbers that wakes the worker. SQLite below var/, or Redis when JOBS_URL names one."""

from __future__ import annotations

import os
from pathlib import Path

from huey import Huey, MemoryHuey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

NAME = "shouwang"
FILE = "jobs.db"


def make(var: Path, secret: str, url: str = "", *, immediate: bool = False) -> Huey:
    """The queue. Its messages are signed with ``secret``: huey pickles them, and who could write a pickle could do anything.

    ``immediate`` does what is sent at once, in the sender's process: for tests. huey's ConfigurationError where
    ``url`` is given and the redis package is not installed.
    """
    said = {"serializer": SignedSerializer(secret=secret, salt="shouwang jobs"), "results": False}
    if immediate:
        return MemoryHuey(NAME, immediate=True, **said)
    if url:
        return RedisHuey(NAME, url=url, **said)
    file = var / FILE
    if not file.exists():
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))  # SQLite gives its companions the same rights
    return SqliteHuey(NAME, filename=str(file), **said)
