"""Rows on their way: written where nobody sees them, in short transactions; and what becomes of those left behind.

SQLite has one lock for all writers. See docs/decisions/0005-imports.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.models import entities
from app.models.audit import Change
from app.models.base import Entity, utc_now
from app.models.care import FamilyContact, HomeVisit, Talk
from app.models.children import Child, ChildKey, ParentSpell
from app.models.staged import STAGED
from app.services import clock, derived, pieces, touched, transactions

ALIVE = timedelta(seconds=60)  # an import that was silent for longer is dead
SOME = 200  # rows in one short transaction
NAMES = 50  # of children, each of which has ten search keys in four indexes
PAUSE = 0.01  # seconds; SQLite tries again after 1, 2, 5, 10 … ms
COUNTED = (Child, ParentSpell, Talk, HomeVisit, FamilyContact)  # what is kept on children follows from these
CHANGE, KEY, CHILD = Change.__table__, ChildKey.__table__, Child.__table__


@contextmanager
def short(connection: Connection) -> Iterator[None]:
    """A short writing transaction; then a pause, so that others come to write."""
    with transactions.begun(connection, to_write=True):
        yield
    time.sleep(PAUSE)


def reserve(connection: Connection, table: Any, request_id: str, token: str, count: int) -> int:
    """The first of so many ids of a table, which are hidden from now on. The caller writes the row of the last one in the same transaction."""
    low = (connection.scalar(select(func.max(table.c.id))) or 0) + 1
    connection.execute(insert(STAGED).values(request_id=request_id, token=token, kind="hidden", table_name=table.name, low=low,
                                             high=low + count - 1, beat=utc_now()))
    return int(low)


def alive(connection: Connection, request_id: str) -> None:
    connection.execute(update(STAGED).where(STAGED.c.request_id == request_id).values(beat=utc_now()))


# What follows ---------------------------------------------------------------------------------
def follow(session: Session, model: type[Entity], ids: Sequence[int], renamed: Sequence[int], left: Sequence[int] = ()) -> Iterator[None]:
    """Count anew what is kept on children, some at a time, also on those that rows were taken away from (``left``); the caller commits at each step."""
    table: Any = model.__table__
    if model not in COUNTED:
        return
    for some in pieces.some(ids, SOME):
        _recount(session, set(some) if model is Child else set(session.scalars(select(table.c.child_id).where(table.c.id.in_(some)))))
        yield
    for some in pieces.some(left, SOME):
        _recount(session, set(some))
        yield
    for some in pieces.some(renamed, NAMES):
        names = select(CHILD.c.id, CHILD.c.school_id, CHILD.c.name).where(CHILD.c.id.in_(some))
        derived.respell(session, [(row[0], row[1], row[2]) for row in session.execute(names)])
        yield


def _recount(session: Session, children: set[int]) -> None:
    derived.recount(session, children)
    touched.touch(session, set(session.scalars(select(CHILD.c.school_id).where(CHILD.c.id.in_(children)))))


# What was left behind -------------------------------------------------------------------------
def sweep(session: Session, request_id: str | None = None) -> None:
    """Clear away, or bring to its end, what dead imports have left; or (``request_id``) one's own. Commits."""
    dead = STAGED.c.beat < clock.now() - ALIVE if request_id is None else STAGED.c.request_id == request_id
    session.commit()
    with transactions.reading():
        found = session.execute(select(STAGED).where(dead)).all()
    for one in found:
        with transactions.writing(session):  # claimed: an import that awakes finds its mark gone and gives up
            mine = session.connection().execute(update(STAGED).where(STAGED.c.id == one.id, dead).values(
                request_id=f"-{one.id}", beat=utc_now(), token=f"-{one.id}")).rowcount
        if mine and one.kind == "hidden":
            _erase(session, one)
        elif mine:
            _bring_to_end(session, one)
        if mine:
            with transactions.writing(session):
                session.execute(delete(STAGED).where(STAGED.c.id == one.id))


def _erase(session: Session, one: Any) -> None:
    table = Entity.metadata.tables[one.table_name]
    counted = next((model for model in COUNTED if model is not Child and model.__tablename__ == one.table_name), None)
    for low in range(one.low, one.high + 1, SOME):
        with transactions.writing(session):
            some = table.c.id.between(low, min(low + SOME - 1, one.high))
            children = set(session.scalars(select(table.c.child_id).where(some))) if counted else set()
            if table is CHILD:
                session.execute(delete(KEY).where(KEY.c.child_id.between(low, min(low + SOME - 1, one.high))))
            session.execute(delete(table).where(some))
            derived.recount(session, children)


def _bring_to_end(session: Session, one: Any) -> None:
    model = next(model for model in entities().values() if model.__tablename__ == one.table_name)
    session.commit()
    with transactions.reading():
        told = session.execute(select(CHANGE.c.row_id, CHANGE.c.lines).where(CHANGE.c.request_id == one.request_id, CHANGE.c.entity == model.__name__)).all()
    ids, left = [row_id for row_id, _lines in told], {line[1] for _row_id, lines in told for line in lines if line[0] == "child_id"} - {None}
    steps = follow(session, model, ids, ids if model is Child else (), sorted(left))
    in_steps(session, steps)


def in_steps(session: Session, steps: Iterator[None]) -> None:
    """Each step in a transaction of its own."""
    more = True
    while more:
        with transactions.writing(session):
            more = next(steps, True) is None
        time.sleep(PAUSE)
