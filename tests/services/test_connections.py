"""A connection that lay idle is asked before it is used: a server that was started anew costs nobody a page."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from app.services import transactions


@pytest.fixture
def engine(empty_url):
    made = create_engine(empty_url)
    transactions.prepare(made)
    yield made
    made.dispose()


def _cut(engine) -> None:
    """End the pool's one connection from the server's side."""
    with engine.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    other = create_engine(engine.url)
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    other.dispose()


def test_a_lost_connection_is_replaced_after_a_rest(engine, monkeypatch):
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
        return
    _cut(engine)
    monkeypatch.setattr(transactions, "TRUSTED_SECONDS", -1.0)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def test_a_loss_within_the_rest_is_told_once(engine):
    if engine.dialect.name == "sqlite":
        assert not engine.pool.dispatch.checkout
        return
    _cut(engine)
    with pytest.raises(OperationalError), engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
