"""Rows that an import has written but that are not to be seen yet (models/staged.py), hidden from every statement.

Looked up once a transaction, in its own snapshot, so that a statement sees all rows of an import or none.
PostgreSQL writes an import in one transaction and has none.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import ColumnElement, Connection, event, literal_column, select
from sqlalchemy.orm import Session, with_loader_criteria

from app.models import entities
from app.models.base import Entity
from app.models.staged import STAGED

QUERY = "SELECT table_name, low, high FROM import_staged WHERE kind = 'hidden'"


@event.listens_for(Session, "after_begin")
def _look(session: Session, _transaction: Any, connection: Connection) -> None:
    session.info["unseen"] = _ranges(connection) if connection.dialect.name == "sqlite" else ()


def _ranges(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    try:
        return driver.execute(QUERY).fetchall()  # past SQLAlchemy: every transaction asks
    except sqlite3.OperationalError:  # not migrated yet
        return ()


def options(session: Session) -> list[Any]:
    """Loader options that hide these rows; most often none."""
    session.connection()  # the transaction has begun
    tables = {table for table, _low, _high in session.info.get("unseen", ())}
    return [_hide(model) for model in entities().values() if model.__tablename__ in tables] if tables else []


def _hide(model: type[Entity]) -> Any:
    return with_loader_criteria(model, lambda cls: _to_be_seen(cls), include_aliases=True)  # noqa: PLW0108  only a lambda follows an alias


def _to_be_seen(cls: Any) -> ColumnElement[bool]:
    """No parameter in it: those of two lambdas of one statement would be taken for each other."""
    table: ColumnElement[str] = literal_column(f"'{cls.__tablename__}'")
    found = select(STAGED.c.id).where(STAGED.c.kind == literal_column("'hidden'"), STAGED.c.table_name == table,
                                      cls.id.between(STAGED.c.low, STAGED.c.high))
    return ~found.correlate_except(STAGED).exists()
