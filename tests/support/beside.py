"""Two transactions beside each other: sessions of accounts, and a thread that works in one while the test holds another."""

import threading
from collections.abc import Callable
from contextlib import closing

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models.org import Member
from app.services import scope

LET_GO = 2  # seconds that the other may run on, where nothing holds it


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
        self.start()
        self.join(LET_GO)

    def run(self) -> None:
        try:
            with self.asked() as session:
                self.work(session, session.get_one(self.model, self.pk))
                session.commit()
        except Exception as raised:
            self.said = raised
