"""The rows of a plan as the tables take them: new rows, changes, their history; all made before anything is locked."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import crypto, entities
from app.models.base import Entity, Field, OfChild, fields_of
from app.models.children import Child
from app.services import history, pieces, pinyin, scope
from app.services.exchange.plan import Plan
from app.services.table import names_anywhere
from app.services.values import text_of

Columns = dict[str, list[Any]]


def new_rows(model: type[Entity], plan: Plan, places: Sequence[int], ids: Sequence[int], moment: datetime) -> Columns:
    """Column of the table → values of the new rows."""
    lines, count, schools = plan.lines, len(places), [plan.lines.school[i] for i in places]
    made: Columns = {"id": list(ids), "uid": new_uids(count), "version": [1] * count,
                     "created_at": [moment] * count, "updated_at": [moment] * count}
    for key, one in fields_of(model).items():
        said = [lines.values[key][i] for i in places] if key in lines.values else schools if key == "school" else [one.default] * count
        made |= stored(model, one, said, made["uid"])
    if issubclass(model, OfChild):
        made["origin_school_id"] = schools
    if model is Child:
        made["pinyin"] = spelt(made["name"])
    return made


def stored(model: type[Entity], one: Field, values: Sequence[Any], uids: Sequence[str]) -> Columns:
    """The columns that hold a field: of a secret its ciphers and hashes."""
    if not one.secret:
        return {one.column: list(values)}
    place = f"{model.__tablename__}.{one.key}"
    return {one.column: [crypto.seal(value, place, uid) if value else None for value, uid in zip(values, uids, strict=True)],
            f"{one.key}_hash": [crypto.digest(value, place) if value else None for value in values]}


def spelt(names: Sequence[str]) -> list[str]:
    known = {name: pinyin.full(name) for name in set(names)}
    return [known[name] for name in names]


def search_keys(made: Columns, moment: datetime) -> Columns:
    """The rows of ChildKey for new children."""
    known = {name: pinyin.search_keys(name) for name in set(made["name"])}
    rows = [(child_id, school_id, key) for child_id, school_id, name in zip(made["id"], made["school_id"], made["name"], strict=True) for key in known[name]]
    ids, schools, keys = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    count = len(rows)
    return {"child_id": ids, "school_id": schools, "origin_school_id": schools, "key": keys, "uid": new_uids(count),
            "version": [1] * count, "created_at": [moment] * count, "updated_at": [moment] * count}


def new_uids(count: int) -> list[str]:
    """Names of so many rows, as models.base.new_uid makes them, but quicker."""
    drawn = os.urandom(16 * count).hex()
    return [drawn[at : at + 32] for at in range(0, 32 * count, 32)]


# History ------------------------------------------------------------------------------------
def told(session: Session, model: type[Entity], request_id: str, moment: datetime, ids: Sequence[int], schools: Sequence[Any],
         lines: Sequence[Any]) -> Columns:
    """The rows of Change, without their ids."""
    who, count = scope.asker(session), len(ids)
    same = {"at": moment, "member_id": who.member_id, "who": who.name, "action": "import", "entity": model.__name__, "request_id": request_id,
            "version": 1, "created_at": moment, "updated_at": moment}
    return {**{key: [value] * count for key, value in same.items()}, "row_id": list(ids), "school_id": list(schools), "lines": list(lines),
            "uid": new_uids(count)}


def lines_of_new(session: Session, model: type[Entity], made: Columns) -> list[list[Any]]:
    """What the history tells of each new row: [column, nothing, new raw, "", new text] of each filled column."""
    count = len(made["id"])
    parts = []
    for column, one in history.told_columns(model).items():
        if one is None or (one.read_only and one.key != "school") or column not in made:
            continue
        say = teller(session, one, made[column])
        parts.append([None if value is None else [column, None, history.raw(value), "", say(value)] for value in made[column]])
    return [[part for part in row if part is not None] for row in zip(*parts, strict=True)] if parts else [[] for _row in range(count)]


def teller(session: Session, one: Field, values: Sequence[Any]) -> Callable[[Any], str]:
    """Value → the text that the history tells; of secrets nothing."""
    if one.secret:
        return lambda value: ""
    ids = {value for value in values if value is not None}
    if not one.target:
        known = {value: text_of(one, value) for value in ids}
        return lambda value: known.get(value, "") if value is not None else ""
    names = _names(session, one, sorted(ids))
    return lambda value: names.get(value, f"#{value}") if value is not None else ""


def _names(session: Session, one: Field, ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in pieces.some(ids):
        found |= names_anywhere(session, entities()[str(one.target)], some)
    return found
