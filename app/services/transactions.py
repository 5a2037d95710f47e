"""How transactions begin. On SQLite a writing one takes the lock at once (BEGIN IMMEDIATE).

A deferred transaction that reads and then writes fails under load whatever the time-out, and the
driver's default lets two writers overwrite each other unseen. Reading ones stay deferred, so that
pages never wait for each other. The threads of a process take turns (turns.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from math import inf
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DisconnectionError, InternalError, OperationalError
from sqlalchemy.orm import Session

from app.services import turns
from app.services.turns import Turns

_reading: ContextVar[bool] = ContextVar("reading", default=False)
_singly: ContextVar[bool] = ContextVar("singly", default=False)
_alike: ContextVar[bool] = ContextVar("alike", default=False)
BUSY_TIMEOUT_MS = 15_000
IF_FREE_MS = 100
TRUSTED_SECONDS = 5  # so long a connection to PostgreSQL is not asked whether it still stands
_turns: WeakKeyDictionary[Any, Turns] = WeakKeyDictionary()  # engine of SQLite → who writes when
_patience: ContextVar[int] = ContextVar("patience", default=BUSY_TIMEOUT_MS)


def read_only(yes: bool, *, singly: bool = False, alike: bool = False) -> None:
    """Say of what follows whether it only reads; a request says it once, by its method.

    ``singly``: each statement may stand alone. PostgreSQL is then asked for no transaction: under its READ COMMITTED
    each statement sees a state of its own anyway, and to begin and to end one costs a tenth of a list. No lock, no
    cursor of the server and no write has a place there; ``writing`` has.

    ``alike``: whatever the values, each statement finds about as much: rows by their ids, and those of one school. PostgreSQL
    may then keep a plan and need not make one at each, which took more than what was planned.
    """
    _reading.set(yes)
    _singly.set(yes and singly)
    _alike.set(alike)


def _stands_alone() -> bool:
    return _reading.get() and _singly.get()


@event.listens_for(Session, "before_flush")
def _refuse(session: Session, *_args: Any) -> None:
    if _stands_alone() and (session.new or session.dirty or session.deleted):
        raise RuntimeError("what only reads, statement by statement, writes within transactions.writing(session)")


@contextmanager
def reading() -> Iterator[None]:
    """Say so of a block that is no request: nobody waits for it."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def begun(connection: Connection, *, to_write: bool) -> Iterator[None]:
    """One transaction of a connection that nobody else uses."""
    token = _reading.set(not to_write)
    try:
        with connection.begin():
            yield
    finally:
        _reading.reset(token)


@contextmanager
def writing(session: Session) -> Iterator[None]:
    """A short writing transaction inside a reading request: an access log line, a login."""
    session.commit()
    token = _reading.set(False)
    try:
        yield
        session.commit()
    finally:
        _reading.reset(token)


@contextmanager
def aside(session: Session) -> Iterator[None]:
    """The same for a line beside what is being shown: what was read for it stays as read, and is not asked for again."""
    before, session.expire_on_commit = session.expire_on_commit, False
    try:
        with writing(session):
            yield
    finally:
        session.expire_on_commit = before


@contextmanager
def writing_if_free(session: Session) -> Iterator[None]:
    """The same for what need not be written now: nothing is, where another one writes or the database takes nothing."""
    token = _patience.set(IF_FREE_MS)
    try:
        with writing(session):
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text(f"SET LOCAL lock_timeout = {IF_FREE_MS}"))
            yield
    except (OperationalError, InternalError):  # locked; not writable at all
        session.rollback()
    finally:
        _patience.reset(token)


def whole_turn(session: Session) -> AbstractContextManager[None]:
    """For a request that writes and has much to reckon around it: on SQLite one thread of a process does so at a time, see turns.py."""
    queue = _turns.get(session.get_bind())
    return queue.whole(BUSY_TIMEOUT_MS / 1000) if queue is not None else nullcontext()


def prepare(engine: Engine) -> None:
    """Set up an engine's connections."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "checkin", _rest)
        event.listen(engine, "checkout", lambda *given: _wake(engine, *given))
        event.listen(engine, "begin", _begin_or_not)
        return
    made = _turns[engine] = Turns()
    event.listen(engine, "do_connect", lambda _dialect, _record, _given, named: named.update(factory=turns.Connection))
    event.listen(engine, "connect", _connect)
    event.listen(engine, "begin", lambda connection: _begin(connection, made))


def _begin_or_not(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    if connection.info.get("plans") != (plans := "auto" if _alike.get() else "force_custom_plan"):
        _plan(driver, plans)
        connection.info["plans"] = plans
    driver.autocommit = _stands_alone()  # told to the driver, not to the server


def _plan(driver: Any, plans: str) -> None:
    """PostgreSQL plans a prepared statement for the values that are asked for, unless these are ``alike``.

    Its plan for any value takes a place to be one of two hundred: for a county with all schools of the database it
    read every child of it, 180 ms instead of 2. Said outside of any transaction, whose end might take it back.
    """
    driver.autocommit = True
    driver.execute(f"SET plan_cache_mode = {plans}")


def _rest(connection: Any, record: Any) -> None:
    record.info["rested_since"] = monotonic()
    if connection is not None:
        connection.autocommit = False


def _wake(engine: Engine, connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that lay idle whether its server is still there; the pool opens another where it is not.

    SQLAlchemy's own ``pool_pre_ping`` asks before each request, which costs as much as a small statement.
    """
    if monotonic() - record.info.get("rested_since", inf) > TRUSTED_SECONDS and not _alive(engine, connection):
        raise DisconnectionError


def _alive(engine: Engine, connection: Any) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False


def _connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY_TIMEOUT_MS}",
                   "cache_size=-32000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection, queue: Turns) -> None:
    if _reading.get():
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.driver_connection
    since, patience = monotonic(), _patience.get()
    queue.take(driver, patience / 1000)
    try:
        _take_lock(connection, max(1, patience - int((monotonic() - since) * 1000)))
    except BaseException:
        driver.give_back()
        raise


def _take_lock(connection: Connection, patience: int) -> None:
    """SQLite's own, for whose holder in another process so many milliseconds are left to wait."""
    if patience == BUSY_TIMEOUT_MS:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
