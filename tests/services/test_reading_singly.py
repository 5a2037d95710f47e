"""Statements that stand alone: PostgreSQL is asked for no transaction, and nothing is written by accident."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, func, select

from app.extensions import db
from app.models.org import School
from app.services import scope, transactions


@pytest.fixture
def session(db_session: Any) -> Iterator[Any]:
    session = db_session()
    scope.bind(session, scope.SYSTEM)
    transactions.read_only(True, singly=True)
    yield session
    session.rollback()
    transactions.read_only(False)


def times(session: Any) -> int:
    """How many moments two statements tell: PostgreSQL's now() stands still within a transaction, SQLite's clock is not asked."""
    return len({session.scalar(select(func.now())) for _statement in range(2)}) if db.engine.dialect.name == "postgresql" else 0


def renamed(session: Any, name: str) -> School:
    school = session.scalars(select(School).order_by(School.id).limit(1)).one()
    school.name = name
    return school


def named(session: Any, name: str) -> int:
    return session.scalar(select(func.count(School.id)).where(School.name == name))


def test_each_statement_has_a_moment_of_its_own(session: Any) -> None:
    assert times(session) in (0, 2)
    with transactions.writing(session):
        assert times(session) in (0, 1)
    assert times(session) in (0, 2)


def test_a_write_is_refused_unless_it_is_said(session: Any) -> None:
    renamed(session, "东风小学")
    with pytest.raises(RuntimeError, match="writing"):
        session.flush()
    session.rollback()
    with transactions.writing(session):
        renamed(session, "东风小学")
    assert named(session, "东风小学") == 1


def test_what_was_half_written_is_rolled_back(session: Any) -> None:
    def fails() -> None:
        with transactions.writing(session):
            renamed(session, "西风小学")
            session.flush()
            assert named(session, "西风小学") == 1
            raise ValueError

    with pytest.raises(ValueError):
        fails()
    session.rollback()
    assert named(session, "西风小学") == 0


def test_the_next_one_begins_a_transaction(session: Any) -> None:
    session.scalar(select(func.count(School.id)))
    session.rollback()
    transactions.read_only(True)
    assert times(session) in (0, 1)


def test_a_list_is_read_so(app: Any, client_for: Any) -> None:
    client = client_for("school")
    client.get("/")  # logged in
    modes: list[Any] = []

    def note(connection: Any, *_rest: Any) -> None:
        modes.append(getattr(connection.connection.driver_connection, "autocommit", None))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for address in ("/child/list/", "/talk/list/"):
            assert client.get(address).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert modes and (all(modes) or engine.dialect.name != "postgresql")
