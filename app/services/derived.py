"""What follows from other rows, kept at every flush: search keys, left-behind status, last talk.

Lists then need no counting. ``recount`` gives the same result from scratch; a test holds the two
against each other after random edits.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import bindparam, delete, event, func, insert, inspect, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.models.base import utc_now
from app.models.care import FamilyContact, HomeVisit, Talk
from app.models.children import Child, ChildKey, ParentSpell
from app.models.org import Area, Member, School
from app.services import clock, left_behind, pieces, pinyin, scope, touched

CHILD, KEY, SPELL = Child.__table__, ChildKey.__table__, ParentSpell.__table__
AREA, MEMBER, SCHOOL = Area.__table__, Member.__table__, School.__table__
LAST = {"last_talk_on": (Talk.__table__, "talked_on"), "last_visit_on": (HomeVisit.__table__, "visited_on"),
        "last_contact_on": (FamilyContact.__table__, "contacted_on")}
CIVIL = left_behind.DEFINITIONS["civil_affairs"]  # whom the official forms name, whatever a county counts by
KEPT = ("left_behind", "left_behind_civil", *LAST)
FOLLOWED = {"school", "birth_date", "rural", "stage"}  # of a child: what its left-behind status follows from
CHUNK = pieces.IDS


@event.listens_for(Session, "before_flush")
def _spell_names(session: Session, *_args: Any) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, Child) and row.name:
            row.pinyin = pinyin.full(row.name)


@event.listens_for(Session, "before_flush")
def _move_places(session: Session, *_args: Any) -> None:
    """An area that moves takes the paths below along, a school its members."""
    with session.no_autoflush:
        for row in list(session.dirty):
            changed = inspect(row).attrs
            if isinstance(row, Area) and (changed.code.history.has_changes() or changed.parent_id.history.has_changes()):
                _move_area(session, row)
            elif isinstance(row, School) and changed.area_id.history.has_changes():
                session.execute(update(MEMBER).where(MEMBER.c.school_id == row.id).values(area_id=row.area_id))


def _move_area(session: Session, area: Area) -> None:
    old, new = area.path, scope.path_of(session, area)
    below = AREA.c.path.startswith(old, autoescape=True) & (AREA.c.id != area.id)
    session.execute(update(AREA).where(below).values(path=new + func.substr(AREA.c.path, len(old) + 1)))
    area.path = new


@event.listens_for(Session, "after_flush")
def _follow(session: Session, *_args: Any) -> None:
    rows = [*session.new, *session.dirty, *session.deleted]
    renamed = [row for row in rows if isinstance(row, Child) and inspect(row).attrs.name.history.has_changes()]
    if renamed:
        index_names(session, [(row.id, row.school_id, row.name) for row in renamed])
    children = {child_id for row in rows if isinstance(row, Child | Talk | HomeVisit | FamilyContact | ParentSpell) for child_id in _children_of(row)}
    for schools in touched.redefined(session):
        children.update(session.scalars(select(CHILD.c.id).where(CHILD.c.school_id.in_(schools))))
    if children:
        for values in recount(session, children):
            _refresh(session, values)


def _children_of(row: Any) -> set[int]:
    """A child, or that of a row, and the one that the row was taken away from in this flush."""
    if isinstance(row, Child):
        return {row.id}
    past = inspect(row).attrs.child_id.history
    return {row.child_id, *(past.deleted or ())} - {None}


def _refresh(session: Session, values: dict[str, Any]) -> None:
    """Tell a child that is in memory what was counted."""
    child = session.identity_map.get(session.identity_key(Child, values["id"]))
    if child is not None:
        for key in KEPT:
            set_committed_value(child, key, values[key])


def index_names(session: Session, children: Iterable[tuple[int, int, str]]) -> None:
    """Make the search keys of children anew: (id, school id, name)."""
    rows, ids = [], []
    for child_id, school_id, name in children:
        ids.append(child_id)
        rows += [key_row(child_id, school_id, key) for key in pinyin.search_keys(name)]
    session.execute(delete(KEY).where(KEY.c.child_id.in_(ids)))
    if rows:
        session.execute(insert(KEY), rows)


def respell(session: Session, children: Collection[tuple[int, int, str]]) -> None:
    """Make what follows from the names of children anew: (id, school id, name)."""
    spell = update(CHILD).where(CHILD.c.id == bindparam("row_id")).values(pinyin=bindparam("spelt"))
    session.connection().execute(spell, [{"row_id": child_id, "spelt": pinyin.full(name)} for child_id, _school, name in children])
    index_names(session, children)


def key_row(child_id: int, school_id: int, key: str) -> dict[str, Any]:
    moment = utc_now()
    return {"child_id": child_id, "school_id": school_id, "origin_school_id": school_id, "key": key,
            "uid": uuid.uuid4().hex, "version": 1, "created_at": moment, "updated_at": moment}


def recount_all(session: Session) -> Iterator[int]:
    """Make everything kept on all children anew, ``CHUNK`` by ``CHUNK``; yields how many were done each time."""
    last = 0
    query = select(CHILD.c.id, CHILD.c.school_id, CHILD.c.name).order_by(CHILD.c.id).limit(CHUNK)
    while children := session.execute(query.where(CHILD.c.id > last)).all():
        respell(session, [(one.id, one.school_id, one.name) for one in children])
        recount(session, [one.id for one in children])
        touched.touch(session, {one.school_id for one in children})
        last = children[-1].id
        yield len(children)


def recount(session: Session, child_ids: Collection[int]) -> list[dict[str, Any]]:
    """Count what is kept on children anew and write it; returns the values, one dict a child."""
    found, ids = [], sorted(child_ids)
    for some in pieces.some(ids, CHUNK):
        found += _recount_chunk(session, some)
    return found


def _recount_chunk(session: Session, ids: list[int]) -> list[dict[str, Any]]:
    last = {key: _last_days(session, table, day, ids) for key, (table, day) in LAST.items()}
    spells, official = _spells(session, ids), _definitions(session, ids)
    columns = (CHILD.c.id, CHILD.c.school_id, CHILD.c.birth_date, CHILD.c.rural, CHILD.c.stage)
    found = []
    for child in session.execute(select(*columns).where(CHILD.c.id.in_(ids))):
        both = {"left_behind": official(child.school_id), "left_behind_civil": CIVIL}
        told = left_behind.statuses(birth=child.birth_date, on=clock.today(), rural=child.rural, stage=child.stage, spells=spells.get(child.id, []),
                                    definitions=both)
        found.append({"id": child.id, **{key: str(status.code) for key, status in told.items()}, **{key: days.get(child.id) for key, days in last.items()}})
    if found:
        write = update(CHILD).where(CHILD.c.id == bindparam("row_id"))  # what is set follows from the names of the values
        session.connection().execute(write, [{"row_id": values["id"], **{key: values[key] for key in KEPT}} for values in found])
    return found


def _last_days(session: Session, table: Any, day: str, ids: list[int]) -> dict[int, Any]:
    query = select(table.c.child_id, func.max(table.c[day])).where(table.c.child_id.in_(ids), table.c.deleted_at.is_(None))
    return dict(session.execute(query.group_by(table.c.child_id)).all())


def _spells(session: Session, ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    query = select(SPELL.c.child_id, SPELL.c.parent, SPELL.c.state, SPELL.c.since, SPELL.c.until, SPELL.c.able)
    for row in session.execute(query.where(SPELL.c.child_id.in_(ids), SPELL.c.deleted_at.is_(None))):
        found.setdefault(row.child_id, []).append(row)
    return found


def _definitions(session: Session, child_ids: list[int]) -> Any:
    """School id → its county's official definition, for the schools of these children."""
    counties = session.execute(select(AREA.c.path, AREA.c.definition).where(AREA.c.level == "county")).all()
    schools = select(CHILD.c.school_id).where(CHILD.c.id.in_(child_ids))
    places = select(SCHOOL.c.id, AREA.c.path).join(AREA, AREA.c.id == SCHOOL.c.area_id).where(SCHOOL.c.id.in_(schools))
    paths: dict[int, str] = dict(session.execute(places).all())

    def official(school_id: int) -> left_behind.Definition:
        path = paths.get(school_id, "")
        key = next((definition for county, definition in counties if path.startswith(county)), "education")
        return left_behind.DEFINITIONS[key]

    return official
