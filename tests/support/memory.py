"""A database in memory without an application: tables are made once a worker, and what it asks is compiled once."""

import sqlite3
from functools import cache

from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from app.models import crypto
from app.models.base import Entity
from app.services import scope


def database() -> Session:
    """An empty database of its own, which holds foreign keys as the app's does; the system asks."""
    crypto.use_key(b"k" * 32)
    session = Session(_engine.connect())  # each connection is a database
    scope.bind(session, scope.SYSTEM)
    return session


def _new() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    made.deserialize(_tables())
    made.execute("PRAGMA foreign_keys=ON")
    return made


@cache
def _tables() -> bytes:
    made = create_engine("sqlite://")
    Entity.metadata.create_all(made)
    with made.connect() as connection:
        return connection.connection.driver_connection.serialize()


_engine = create_engine("sqlite://", creator=_new, poolclass=NullPool)
