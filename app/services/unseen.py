"""Rows that an import has written but that are not to be seen yet (models/staged.py), hidden from every statement.

Looked up once a transaction, in its own snapshot, so that a statement sees all rows of an import or none.
PostgreSQL writes an import in one transaction and has none.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, with_loader_criteria

from app.models import entities

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
    return [_hide(table, low, high) for table, low, high in session.info.get("unseen", ())]


def _hide(table: str, low: int, high: int) -> Any:
    model = next(model for model in entities().values() if model.__tablename__ == table)
    return with_loader_criteria(model, lambda cls: ~cls.id.between(low, high), include_aliases=True)
