"""Who writes to SQLite takes turns: within a process one thread after the other.

SQLite lets one connection write at a time; who comes second tries again after 1, 2, 5 … 100 ms, whoever came first. And all the
while the other threads of the process take Python's own lock from the one that writes, which so keeps SQLite's many times as long.
Here a thread waits without trying, and who has much to reckon around its writing waits before it begins (``whole``). Other
processes are kept apart by SQLite as before. A turn is a courtesy: what is written is safe without.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Connection(sqlite3.Connection):
    """One whose transaction gives the turn back when it ends."""

    turn: threading.Lock | None = None

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self.give_back()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.give_back()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self.give_back()

    def give_back(self) -> None:
        """Give the turn to the next one, if this connection has it."""
        turn, self.turn = self.turn, None
        if turn is not None:
            turn.release()


class Turns:
    """Of one database in one process."""

    def __init__(self) -> None:
        self._turn, self._thread = threading.Lock(), threading.local()

    def take(self, connection: Connection, patience: float) -> None:
        """Wait at most so many seconds for the turn of a transaction that begins."""
        if not self._has() and self._turn.acquire(timeout=patience):
            connection.turn = self._turn

    @contextmanager
    def whole(self, patience: float) -> Iterator[None]:
        """The turn for a block that reckons, writes, and reckons again; who waits longer goes on without."""
        if self._has() or not self._turn.acquire(timeout=patience):
            yield
            return
        self._thread.has = True
        try:
            yield
        finally:
            self._thread.has = False
            self._turn.release()

    def _has(self) -> bool:
        return getattr(self._thread, "has", False)
