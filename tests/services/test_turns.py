"""Threads of one process take turns at writing to SQLite, and nobody keeps a turn."""

import sqlite3
import threading
import time
from contextlib import closing

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.services import transactions

WRITERS, EACH = 6, 20


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """A database whose lock nobody waits for: without turns the second writer fails at once."""
    def at_once(connection, _patience):
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    monkeypatch.setattr(transactions, "_take_lock", at_once)
    made = create_engine(f"sqlite:///{tmp_path / 'turns.db'}", pool_size=WRITERS)
    transactions.prepare(made)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE counter (value INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    yield made
    made.dispose()


def count(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE counter SET value = value + 1"))
        time.sleep(0.001)  # the others run


def value(engine):
    with transactions.reading(), engine.connect() as connection:
        return connection.execute(text("SELECT value FROM counter")).scalar_one()


def beside(*works):
    """What was raised by works in threads of their own."""
    raised = []

    def run(work):
        try:
            work()
        except OperationalError as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads), "somebody kept the turn"
    return raised


@pytest.mark.no_database
def test_no_writer_finds_the_database_locked(engine):
    assert beside(*[lambda: [count(engine) for _time in range(EACH)]] * WRITERS) == []
    assert value(engine) == WRITERS * EACH


def fail(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE nothing SET value = 1"))


def fail_to_begin(engine):
    with closing(sqlite3.connect(engine.url.database)) as another_process:
        another_process.execute("BEGIN IMMEDIATE")
        count(engine)


def close(engine):
    connection = engine.connect()
    connection.execute(text("UPDATE counter SET value = 7"))
    connection.close()


@pytest.mark.no_database
@pytest.mark.parametrize("way", [count, fail, fail_to_begin, close])
def test_a_turn_ends_with_its_transaction(engine, way):
    before = len(beside(lambda: way(engine)))
    assert before == (way in (fail, fail_to_begin))
    assert beside(lambda: count(engine)) == []
    assert value(engine) == (2 if way is count else 1), "what was not committed is not there"


@pytest.mark.no_database
def test_a_connection_that_stays_open_keeps_no_turn(engine):
    with engine.connect() as connection:
        with transactions.begun(connection, to_write=True):
            connection.execute(text("UPDATE counter SET value = 7"))
        assert beside(lambda: count(engine)) == []
    assert value(engine) == 8


@pytest.mark.no_database
def test_a_whole_turn_keeps_others_waiting_and_not_itself(engine):
    seen = []

    def whole():
        with Session(engine) as session, transactions.whole_turn(session):
            started.set()
            count(engine)
            time.sleep(0.05)
            seen.append(value(engine))
            count(engine)
            seen.append(value(engine))

    started = threading.Event()
    assert beside(whole, lambda: (started.wait(5), [count(engine) for _time in range(EACH)])) == []
    assert seen == [1, 2] and value(engine) == EACH + 2
