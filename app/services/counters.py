"""The sums of many schools from one counter row each (models/counts.py), right to the last child.

What was touched since, or counted for another day, is counted anew: first in the reader's memory, then, where
the reader may write, also kept. A school is kept only when nobody else kept it meanwhile (its ``stamp``); its
marks are those that were to be seen before the count, and no later one is taken away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models.base import new_uid
from app.models.counts import COUNT, DEFINED, PLAIN, TOUCHED
from app.models.org import Area, School
from app.services import clock, counting, pieces, progress, scope, transactions
from app.services.asking import Walked
from app.services.counting import Sums

OF_AREA = Area.id == Walked(School.area_id)  # else SQLite looks each school in scope up in each area
CHUNK = 100  # schools counted and kept at a time: a long count that is cut off loses little
PLAIN_SECTIONS = tuple(name for name in counting.SOURCES if name != "definitions")


@dataclass(frozen=True)
class Place:
    """Sums of one school, or of all schools that hang on one area (``school_id`` and ``name`` then say nothing)."""

    path: str
    sums: Sums
    school_id: int | None = None
    name: str = ""


def below(session: Session, where: ColumnElement[bool], *, by_school: bool, defined: bool, keep: bool) -> list[Place]:
    """Sums of the schools in scope for which ``where`` (a condition on Area) holds; by area, those just counted one by one.

    ``keep``: write down what had to be counted; this commits.
    """
    on = clock.today()
    stale = _stale(session, on, defined, where)
    found = [Place(school.path, _whole(school, sums.get(school.id, Counter())), school.id, school.name)
             for some, sums in _recount(session, on, stale, defined, keep=keep, wait=False) for school in some]
    return [*found, *_kept(session, where, by_school, defined, [school.id for school in stale])]


def waiting(session: Session, where: ColumnElement[bool]) -> int:
    """How many schools in scope have to be counted anew before ``below`` knows all."""
    return len(_stale(session, clock.today(), True, where))


def recount_all(session: Session) -> Iterator[int]:
    """Count every school anew and keep it, ``CHUNK`` by ``CHUNK``; yields how many each time. Commits."""
    with scope.everything(session):
        every = session.execute(_schools()).all()
    for some, _sums in _recount(session, clock.today(), every, True, keep=True, wait=True):
        yield len(some)
    there: Any = School.__table__
    with transactions.writing(session):
        for table in (COUNT, TOUCHED):  # of schools that were purged
            session.execute(delete(table).where(table.c.school_id.not_in(select(there.c.id))))


def _schools() -> Any:
    """All that a count needs to know of a school: its place, and the stamp that its counter bears."""
    query = select(School.id, School.name, School.pupils, Area.path, COUNT.c.stamp).join(Area, OF_AREA)
    return query.outerjoin(COUNT, COUNT.c.school_id == School.id).order_by(School.id)


def _stale(session: Session, on: date, defined: bool, where: ColumnElement[bool]) -> Sequence[Any]:
    """Schools whose counter does not hold."""
    days = (COUNT.c.counted_on, COUNT.c.defined_on) if defined else (COUNT.c.counted_on,)
    old = (or_(day.is_(None), day != on) for day in days)
    return session.execute(_schools().where(where, or_(*old, School.id.in_(select(TOUCHED.c.school_id))))).all()


def _whole(school: Any, sums: Sums) -> Sums:
    return Counter({**sums, "schools": 1, "pupils": school.pupils})


def _recount(session: Session, on: date, schools: Sequence[Any], defined: bool, *, keep: bool, wait: bool) -> Iterator[tuple[Sequence[Any], dict[int, Sums]]]:
    """Schools and their sums, some at a time. They were found in scope: what is counted of them is all that is theirs."""
    sections = tuple(counting.SOURCES) if defined else PLAIN_SECTIONS
    for some in pieces.some(schools, CHUNK):
        ids = [school.id for school in some]
        marks = session.scalars(select(TOUCHED.c.id).where(TOUCHED.c.school_id.in_(ids))).all() if keep else ()
        with scope.everything(session):
            sums = counting.count(session, ids, on, sections)
        if keep:
            with transactions.writing(session) if wait else transactions.writing_if_free(session):
                _keep(session, on, some, sums, marks, defined)
        progress.tell(session, len(some))
        yield some, sums


def _keep(session: Session, on: date, schools: Sequence[Any], sums: dict[int, Sums], marks: Sequence[int], defined: bool) -> None:
    """Write counters down where nobody else did since their stamps were read, and take the marks away that they answer."""
    stamp, keys = new_uid(), (*PLAIN, *DEFINED) if defined else PLAIN
    rows = [{"school_id": school.id, "stamp": stamp, "counted_on": on, "defined_on": on if defined else None, "was": school.stamp or "",
             **{key: sums.get(school.id, Counter())[key] for key in keys}} for school in schools]
    session.connection().execute(_upsert(session.get_bind().dialect.name, keys), rows)
    mine = select(COUNT.c.school_id).where(COUNT.c.stamp == stamp)
    for answered in pieces.some(marks, CHUNK):
        session.execute(delete(TOUCHED).where(TOUCHED.c.id.in_(answered), TOUCHED.c.school_id.in_(mine)))


def _upsert(dialect: str, keys: Collection[str]) -> Any:
    kept = ("stamp", "counted_on", "defined_on", *keys)
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    new = insert(COUNT).values({key: bindparam(key) for key in ("school_id", *kept)})
    return new.on_conflict_do_update(index_elements=["school_id"], set_={key: new.excluded[key] for key in kept},
                                     where=COUNT.c.stamp == bindparam("was"))


def _kept(session: Session, where: ColumnElement[bool], by_school: bool, defined: bool, but: Sequence[int]) -> Iterator[Place]:
    """The sums of the counters that hold: of each school, or of each area with schools."""
    keys = ("schools", "pupils", *PLAIN, *(DEFINED if defined else ()))
    per = (Area.path, School.id, School.name) if by_school else (Area.path,)
    query = select(*per, func.count(School.id), func.sum(School.pupils), *(func.sum(COUNT.c[key]) for key in keys[2:]))
    query = query.join_from(School, Area, OF_AREA).join(COUNT, COUNT.c.school_id == School.id).where(where)
    for row in session.execute((query.where(School.id.not_in(but)) if but else query).group_by(*per)):
        sums = Counter(dict(zip(keys, row[len(per) :], strict=True)))
        yield Place(row[0], sums, row[1], row[2]) if by_school else Place(row[0], sums)
