"""The heartbeat of a running job: a thread that says every second that the worker lives, and hears when to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from app.services.jobs import store
from app.services.jobs.kinds import Work

log = logging.getLogger(__name__)
BEAT_SECONDS = 1.0


class Pulse:
    """Beats while its block runs, with connections of its own: the work itself may sit in one long reading transaction."""

    def __init__(self, engine: Engine, name: str, work: Work, ending: Callable[[], bool]) -> None:
        self.engine, self.name, self.work, self.ending = engine, name, work, ending
        self._over = Event()
        self._thread = Thread(target=self._run, name=f"pulse {name[:6]}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            if self.ending() or not self._beat():
                self.work.stop.set()
                return

    def _beat(self) -> bool:
        try:
            with self.engine.begin() as connection:
                return store.beat(connection, self.name, self.work.done_rows, self.work.total_rows)
        except DBAPIError as missed:  # a busy database: one beat more or less
            log.warning("a heartbeat was missed: %s", type(missed).__name__)
            return True
