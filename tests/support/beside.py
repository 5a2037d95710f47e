"""Two transactions beside each other: sessions of accounts, and a thread that works in one while the test holds another."""

import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.extensions import db
from app.models.org import Member
from app.services import scope, turns

LET_GO = 2  # seconds that the other may run on, where nothing is seen to hold it
LOOK = 0.05  # seconds; what is held at two looks is held
LOCKED = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def sessions_of(app: Flask, account: str) -> Callable[[], closing[Session]]:
    """Makes new sessions of an account, in no transaction yet; what one read it keeps, as who goes on working. Inside an app context."""
    engine = db.engine
    with scope.everything(db.session()):
        asker = scope.asker_of(db.session(), db.session.scalars(select(Member).where(Member.username == account)).one())
    db.session().rollback()

    def made() -> closing[Session]:
        session = Session(engine, expire_on_commit=False)
        scope.bind(session, asker)
        return closing(session)

    return made


class Beside(threading.Thread):
    """Another request: ``work`` with a session and the row of a model, committed; ``said`` is what it raised."""

    def __init__(self, asked: Callable[[], closing[Session]], model: type, pk: int, work: Callable) -> None:
        super().__init__(daemon=True)
        self.asked, self.model, self.pk, self.work = asked, model, pk, work
        self.said: Exception | None = None
        self.engine = db.engine
        self.start()
        self._let_go()

    def _let_go(self) -> None:
        """Let it run until it ends or is held; the whole time where it does neither, as one that SQLite itself holds."""
        ends, looks = time.monotonic() + LET_GO, [False]
        while self.is_alive() and time.monotonic() < ends and not all(looks[-2:]):
            self.join(LOOK)
            looks.append(self._held())

    def _held(self) -> bool:
        """Whether it waits for its turn at SQLite, or at PostgreSQL for a lock."""
        if self.engine.dialect.name == "postgresql":
            with self.engine.connect() as looking:
                return bool(looking.scalar(LOCKED))
        frame = sys._current_frames().get(self.ident or 0)
        while frame is not None and frame.f_code.co_filename != turns.__file__:
            frame = frame.f_back
        return frame is not None

    def run(self) -> None:
        try:
            with self.asked() as session:
                self.work(session, session.get_one(self.model, self.pk))
                session.commit()
        except Exception as raised:
            self.said = raised
