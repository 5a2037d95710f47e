"""How long an import that writes keeps others waiting: 20 threads save all the while, each a row that the import does not touch."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import rules
from app.models.base import Entity, fields_of
from app.models.care import Talk
from app.models.children import Child
from app.models.org import SchoolClass, Staff
from app.services import clock, importing, transactions
from app.services.exchange.plan import Plan
from benchmarks.desk import loop

SAVERS = 20


def measure(session: Session, keys: Sequence[str], sheet: Sequence[list[Any]]) -> str:
    """A line each: new rows, the same changed where no index stands, renamed, in other classes, a talk with each, and their births put right to a later day."""
    plan = importing.read_plan(session, Child, keys, sheet)
    told, many = [f"new rows: {_written(session, plan, 'b')}"], len(plan.lines)
    rows = session.execute(select(Child.id, Child.name, Child.school_id, Child.school_class_id).order_by(Child.id.desc()).limit(many)).all()
    plain = [[f"走{row.id % 50}里", "土家族", f"安静{row.id % 300}"] for row in rows]
    told.append(f"changed rows: {_changed(session, keys, rows, ('journey', 'ethnic_group', 'character'), plain, 'c')}")
    told.append(f"renamed rows: {_changed(session, keys, rows, ('name',), [['欧阳' + row.name[1:]] for row in rows], 'd')}")
    classes = dict[int, list[tuple[int, str]]]()
    for pk, name, school_id in session.execute(select(SchoolClass.id, SchoolClass.name, SchoolClass.school_id)):
        classes.setdefault(school_id, []).append((pk, name))
    others = [next((f"{name} #{pk}" for pk, name in classes[row.school_id] if pk != row.school_class_id), None) for row in rows]
    told.append(f"rows in other classes: {_changed(session, keys, rows, ('school_class',), [[cell] for cell in others], 'e')}")
    told.append(f"new talks: {_talks(session, rows)}")
    births = session.execute(select(Child.birth_date, Child.sex).where(Child.id <= rows[0].id).order_by(Child.id.desc()).limit(many))
    born = [_born_a_day_later(at, row.birth_date, row.sex) for at, row in enumerate(births)]
    told.append(f"births put right: {_changed(session, keys, rows, ('birth_date', 'id_number'), born, 'g')}")
    return "\n".join(told)


def _talks(session: Session, rows: Sequence[Any]) -> str:
    """A talk with each of these children."""
    teachers = {one.school_id: f"{one.name} #{one.id}" for one in session.execute(select(Staff.school_id, Staff.id, Staff.name))}
    keys = ("child", "talked_on", "teacher", "kind", "content")
    day = clock.today() - timedelta(days=1)
    sheet = [[f"{row.name} #{row.id}", day, teachers[row.school_id], "例行谈心", f"聊了作业{row.id % 300}"] for row in _named(session, rows)]
    plan = importing.read_plan(session, Talk, keys, [[fields_of(Talk)[key].label for key in keys], *sheet])
    return _written(session, plan, "f", Talk)


def _named(session: Session, rows: Sequence[Any]) -> Sequence[Any]:
    """The same children by their names as they are by now."""
    query = select(Child.id, Child.name, Child.school_id).where(Child.id <= rows[0].id).order_by(Child.id.desc()).limit(len(rows))
    return session.execute(query).all()


def _born_a_day_later(at: int, birth: date, sex: str) -> list[Any]:
    """The birth and a number that says it."""
    born = birth + timedelta(days=1)
    number = f"98{at // 500:04d}{born:%Y%m%d}{at % 500 * 2 + (sex == 'm'):03d}"
    return [born, number + rules.check_digit(number)]


def _changed(session: Session, keys: Sequence[str], rows: Sequence[Any], columns: Sequence[str], cells: Sequence[list[Any]], token: str) -> str:
    head = ["系统编号", *(fields_of(Child)[key].label for key in columns)]
    return _written(session, importing.read_plan(session, Child, keys, [head, *([row.id, *some] for row, some in zip(rows, cells, strict=True))]), token)


def _written(session: Session, plan: Plan, token: str, model: type[Entity] = Child) -> str:
    assert not plan.wrong, plan.wrong[:3]
    done, waited, errors, held = threading.Event(), list[float](), list[str](), list[float]()
    engine, begun, writing = db.engine, transactions.begun, transactions.writing

    @contextmanager
    def watched(connection: Connection, *, to_write: bool) -> Iterator[None]:
        """CPU of this thread from the lock to the end of the commit; SQLite may copy its log back within, when the lock is free again."""
        with begun(connection, to_write=to_write):
            start = time.thread_time()
            yield
        held.append(time.thread_time() - start if to_write else 0.0)

    @contextmanager
    def watched_session(session: Session) -> Iterator[None]:
        start = time.thread_time()
        with writing(session):
            yield
        held.append(time.thread_time() - start)

    def save(number: int) -> None:
        while not done.is_set():
            start = time.monotonic()
            try:
                with engine.connect() as connection, begun(connection, to_write=True):
                    connection.exec_driver_sql(f"UPDATE child SET journey = '第{number}位' WHERE id = {number + 1}")
                    waited.append(time.monotonic() - start)
            except Exception as broken:
                errors.append(str(broken)[:80])
            time.sleep(0.5)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(SAVERS)]
    for thread in threads:
        thread.start()
    start, spent, before = time.monotonic(), time.process_time(), loop()
    transactions.begun, transactions.writing = watched, watched_session  # type: ignore[assignment]
    try:
        importing.commit(session, model, plan, file_name="bench.xlsx", token=token * 32)
        lasted, spent = time.monotonic() - start, time.process_time() - spent
    finally:
        transactions.begun, transactions.writing = begun, writing
        done.set()
        for thread in threads:
            thread.join()
    waited.sort()
    held.sort(reverse=True)
    lock = f"the lock held {held[0] * 1000:.0f} ms CPU at the longest, then {held[1] * 1000:.0f} and {held[2] * 1000:.0f} " if len(held) > 2 else ""
    return (f"{dict(plan.counts())}, {lasted:.1f} s, {spent:.1f} s CPU; {lock}(loop {(before + loop()) * 500:.1f} ms); "
            f"{len(waited)} saves by {SAVERS} threads, {len(errors)} errors, waited {waited[len(waited) // 2] * 1000:.0f} ms median, "
            f"{waited[int(len(waited) * 0.95)] * 1000:.0f} ms p95, {waited[-1] * 1000:.0f} ms longest")
