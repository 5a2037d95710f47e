"""Who sees which rows: the one rule, enforced on the session, deny by default.

A row is visible when it belongs to a school or an area below the asker's place; a teacher sees the
children of the own class and of the own pairings. Every ORM statement gets the rule
(``do_orm_execute``), every flush is held against it (``before_flush``). Without an asker no
statement runs at all; look-ups over the border say so aloud: ``with everything(session): …``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, event, inspect, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, joinedload

from app.models.base import Entity, OfChild, OfSchool, fields_of
from app.models.care import Pairing
from app.models.children import Child
from app.models.org import Area, Member, School, SchoolClass
from app.services import bare, clock, pieces, unseen, vouched
from app.services.asking import FEW, LIVE, SYSTEM, Asker
from app.services.bare import NoScope
from app.services.remember import Memory

__all__ = ["SYSTEM", "Asker", "NoScope", "OutOfScope", "asker", "asker_of", "bind", "everything", "path_of", "sees_school", "trash"]


class OutOfScope(Exception):
    """A write outside the asker's place; ``key`` names the field that pointed there."""

    def __init__(self, key: str = "") -> None:
        super().__init__(key)
        self.key = key


def asker_of(session: Session, member: Member) -> Asker:
    """The asker that a member is, with what a teacher's scope needs. Quick for a member loaded with ``PLACE``."""
    with everything(session):
        path, place = _place(member)
        classes, paired = _teaching(session, member) if member.role == "teacher" else ((), ())
        few = _few_schools(session, path) if member.school_id is None and path else None
    return _same(Asker(member.id, member.name, member.role, member.area_id, path, member.school_id, member.staff_id, classes, paired, few, place))


# Loads with a member what asker_of needs.
PLACE = (joinedload(Member.area).load_only(Area.path, Area.name), joinedload(Member.school).load_only(School.name))


def _place(member: Member) -> tuple[str, str]:
    """Path of the area and name of the school or area; nothing where the area was deleted."""
    if member.area is None:
        return "", ""
    return member.area.path, member.school.name if member.school is not None else member.area.name


def _few_schools(session: Session, path: str) -> tuple[int, ...] | None:
    """Ids of the schools below a path, or None when they are many.

    Only that they are many is remembered: then the rule asks for the path, which is right for any number.
    """
    key = (session.get_bind(), path)
    if _many.get(key):
        return None
    ids = session.scalars(_below(), {"path": path, "end": path + "\uffff"}).all()
    if len(ids) <= FEW:
        return tuple(ids)
    _many.put(key, True)
    return None


@cache
def _below() -> Select[Any]:
    """Ids of the schools below ``:path``, FEW and one more: what an office asks at each request, made once."""
    below = select(School.id).join(Area, Area.id == School.area_id).where(Area.path >= bindparam("path"), Area.path < bindparam("end"))
    return below.order_by(School.id).limit(FEW + 1)


_many = Memory(seconds=600)  # (engine, path) → that its schools are many


@lru_cache(maxsize=256)
def _same(asker: Asker) -> Asker:
    """One object for equal askers, so that the rule is built once and not at every request."""
    return asker


def _teaching(session: Session, member: Member) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if member.staff_id is None:
        return (), ()
    classes = session.scalars(select(SchoolClass.id).where(SchoolClass.teacher_id == member.staff_id))
    paired = session.scalars(select(Pairing.child_id).where(
        Pairing.staff_id == member.staff_id, Pairing.school_id == member.school_id,
        or_(Pairing.ended_on.is_(None), Pairing.ended_on >= clock.today())))
    return tuple(sorted(classes)), tuple(sorted(paired))


def bind(session: Session, asker: Asker) -> None:
    """Say who asks for all that follows in this session; its changes share one request id."""
    session.info.update(asker=asker, request_id=uuid.uuid4().hex)


def asker(session: Session) -> Asker:
    """Who asks; NoScope when nobody said."""
    try:
        return session.info["asker"]
    except KeyError:
        raise NoScope("say who asks before the first query: scope.bind(session, asker)") from None


@contextmanager
def everything(session: Session) -> Iterator[None]:
    """Look over the border, aloud. Nothing that was loaded inside may be shown without a check."""
    with _set(session, "asker", SYSTEM):
        yield


@contextmanager
def trash(session: Session) -> Iterator[None]:
    """See deleted rows too."""
    with _set(session, "trash", True):
        yield


@contextmanager
def _set(session: Session, key: str, value: Any) -> Iterator[None]:
    before = session.info.get(key)
    session.info[key] = value
    try:
        yield
    finally:
        if before is None:
            session.info.pop(key)
        else:
            session.info[key] = before


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    """Add the rule to every ORM statement. Bulk changes must be those of services that tell the history."""
    if not state.is_orm_statement:
        bare.check(state.statement)
        return  # on bare tables, which a guard keeps inside services/
    if state.is_column_load:
        return  # a refresh of a row already seen
    who = asker(state.session)
    if (state.is_update or state.is_delete) and not state.execution_options.get("told"):
        raise NoScope("bulk update and delete go through services/records.py, which tells the history")
    if not (state.is_select or state.is_update or state.is_delete):
        return
    if not state.session.info.get("trash"):
        state.statement = state.statement.options(LIVE)
    if hidden := unseen.options(state.session):
        state.statement = state.statement.options(*hidden)
    if not who.unbound:
        in_order = state.execution_options.get("in_order")
        state.statement = state.statement.options(*(who.criteria_in_order if in_order else who.criteria))


@event.listens_for(Session, "before_flush")
def _guard(session: Session, *_args: Any) -> None:
    """Refuse what would be written outside the scope, and give each row its school."""
    added = [row for row in session.new if isinstance(row, Entity)]
    changed = [*added, *(row for row in (*session.dirty, *session.deleted) if isinstance(row, Entity))]
    if not changed:
        return
    who = asker(session)
    known = vouched.rows_of(session, who)
    with session.no_autoflush:
        _look_ahead(session, known, Child.school_id, (_child_of(row) for row in added if isinstance(row, OfChild)))
        for row in added:
            _adopt(session, row, known)
        if not who.unbound:
            _check(session, who, changed, known)


def _check(session: Session, who: Asker, rows: Sequence[Any], known: dict[Any, Any]) -> None:
    """Hold the places of rows, and what they newly point at, against the scope."""
    pointing = [(row, [(key, target, value) for key, target in _targets(type(row).__name__) for value in _newly_linked(row, key)]) for row in rows]
    wanted: dict[Any, set[int]] = {School: {row.school_id for row in rows if isinstance(row, OfSchool)}}  # type: ignore[attr-defined]
    for _row, links in pointing:
        for _key, target, value in links:
            wanted.setdefault(target, set()).add(value)
    for target, ids in wanted.items():
        _look_ahead(session, known, target.id, ids)
    for row, links in pointing:
        _check_place(session, who, row, known)
        for key, target, value in links:
            if _look(session, known, target.id, value) is None:
                raise OutOfScope(key)


def _look_ahead(session: Session, known: dict[Any, Any], column: Any, row_ids: Iterable[int | None]) -> None:
    """Ask at once what ``_look`` would ask row by row."""
    wanted = sorted({row_id for row_id in row_ids if row_id is not None and (column.class_, column.key, row_id) not in known})
    for some in pieces.some(wanted) if len(wanted) > 1 else ():
        rows: Any = session.execute(select(column.class_.id, column.label("asked")).where(column.class_.id.in_(some))).all()
        found = dict(rows)
        known.update({(column.class_, column.key, row_id): found.get(row_id) for row_id in some})


def _look(session: Session, known: dict[Any, Any], column: Any, row_id: int | None) -> Any:
    """A column of a visible row, asked for once a flush; None where there is no such row."""
    key = (column.class_, column.key, row_id)
    if key not in known:
        known[key] = session.scalar(select(column).where(column.class_.id == row_id))
    return known[key]


def _adopt(session: Session, row: Any, known: dict[Any, Any]) -> None:
    """Give a new row its place: a child's row the child's school, an area its path."""
    if isinstance(row, OfChild):
        _adopt_of_child(session, row, known)
    elif isinstance(row, Area):
        row.path = path_of(session, row)


def path_of(session: Session, area: Area) -> str:
    """The codes of all areas above and the own one; OutOfScope when an area would hang below itself."""
    above = session.scalar(select(Area.path).where(Area.id == area.parent_id)) if area.parent_id else "/"
    if above is None or (area.path and above.startswith(area.path)):
        raise OutOfScope("parent")
    return f"{above}{area.code}/"


def _child_of(row: Any) -> int | None:
    return row.child_id or (row.child.id if row.child is not None else None)


def _adopt_of_child(session: Session, row: Any, known: dict[Any, Any]) -> None:
    child_id = _child_of(row)
    school_id = _look(session, known, Child.school_id, child_id) if child_id else (
        row.child.school_id if row.child is not None else None)
    if school_id is None:
        raise OutOfScope("child")
    row.school_id = school_id
    row.origin_school_id = row.origin_school_id or school_id


def _check_place(session: Session, who: Asker, row: Entity, known: dict[Any, Any]) -> None:
    if isinstance(row, OfSchool):
        if _look(session, known, School.id, row.school_id) is None:  # type: ignore[attr-defined]
            raise OutOfScope("school")
    elif isinstance(row, Member | School):
        _check_area(session, who, row)
    elif isinstance(row, Area):
        _check_branch(session, who, row)
    if isinstance(row, Child) and who.by_class and not _keeps_class(who, row):
        raise OutOfScope("school_class")


def _check_branch(session: Session, who: Asker, row: Area) -> None:
    """An area stays below the asker's place; where the place itself hangs is for those above it to say."""
    changed: Any = inspect(row).attrs
    moved = [key for key in ("parent", "code") if changed[f"{key}_id" if key == "parent" else key].history.has_changes()]
    if moved and row.id is not None and row.id == who.area_id:
        raise OutOfScope(moved[0])
    path = path_of(session, row) if moved else row.path or ""
    if not (who.path and path.startswith(who.path)):
        raise OutOfScope("parent")


def _keeps_class(who: Asker, row: Child) -> bool:
    """A teacher's child stays in an own class; one of a pairing stays in the class that it has."""
    past: Any = inspect(row).attrs.school_class_id.history
    if row.school_class_id in who.class_ids:
        return row.id is None or not past.has_changes() or set(past.deleted or ()) <= set(who.class_ids)
    return row.id in who.paired_ids and not past.has_changes()


def _check_area(session: Session, who: Asker, row: Member | School) -> None:
    if who.school_id is not None:
        place = row.id if isinstance(row, School) else row.school_id
        if place != who.school_id or row.area_id != who.area_id:
            raise OutOfScope("school" if isinstance(row, Member) else "area")
    elif session.scalar(select(Area.id).where(Area.id == row.area_id)) is None:
        raise OutOfScope("area")


def sees_school(session: Session, school_id: int | None) -> bool:
    """Whether a school lies within the scope of who asks."""
    return session.scalar(select(School.id).where(School.id == school_id)) is not None


@cache
def _targets(entity: str) -> list[tuple[str, Any]]:
    """The links of an entity: field key, entity that it points at."""
    models = {mapper.class_.__name__: mapper.class_ for mapper in Entity.registry.mappers}
    return [(one.key, models[one.target]) for one in fields_of(models[entity]).values() if one.target]


def _newly_linked(row: Entity, key: str) -> list[int]:
    """Ids that a link newly points at, whether it was set by id or by row."""
    attrs: Any = inspect(row).attrs
    rows = [linked.id for linked in attrs[key].history.added or () if linked is not None]
    ids = [value for value in attrs[f"{key}_id"].history.added or () if value is not None]
    return [value for value in (*ids, *rows) if value is not None]
