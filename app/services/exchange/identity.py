"""Which row of the database a row of a sheet means: its number, else what identifies such a row in the field's work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import Entity, Field, fields_of
from app.models.crypto import digest

CHUNK = 500  # values in one IN list

# Entity → keys, each a list of fields that together mean one row; the first that is filled counts.
# An entity that is not here has none: rows without a number are new.
NATURAL: dict[str, Sequence[Sequence[str]]] = {
    "Area": [["code"]],
    "School": [["code"]],
    "SchoolClass": [["school", "name"]],
    "Term": [["school_year", "number"]],
    "Staff": [["id_number"]],
    "Child": [["id_number"], ["student_number"]],
    "Guardian": [["child", "rank", "name"]],
    "ParentSpell": [["child", "parent", "since"]],
    "Pairing": [["child", "kind", "started_on"]],
    "Talk": [["child", "talked_on", "kind"]],
    "HomeVisit": [["child", "visited_on"]],
    "FamilyContact": [["child", "contacted_on", "kind", "with_whom"]],
    "Canteen": [["school", "name"]],
    "CanteenWorker": [["canteen", "name"]],
    "MealRecord": [["canteen", "served_on", "meal", "dish"]],
    "Bus": [["plate"]],
    "BusDriver": [["id_number"]],
    "ResponsibilityLetter": [["school", "level", "school_year", "signer", "child"]],
}
Identity = tuple[Any, ...]


def identities(model: type[Entity], values: dict[str, Any]) -> list[Identity]:
    """The keys of a row that are filled, as (place of the key, its values); an optional part of a longer key may lack."""
    found: list[Identity] = []
    for at, keys in enumerate(NATURAL.get(model.__name__, ())):
        parts = tuple(values.get(key) for key in keys)
        optional = [len(keys) > 1 and not fields_of(model)[key].required for key in keys]
        if all(part is not None or lacks for part, lacks in zip(parts, optional, strict=True)):
            found.append((at, *parts))
    return found


def rows_of(session: Session, model: type[Entity], wanted: Iterable[Identity]) -> dict[Identity, list[int]]:
    """Identity → ids of the visible rows that bear it."""
    found: dict[Identity, list[int]] = defaultdict(list)
    by_key: dict[int, set[Identity]] = defaultdict(set)
    for one in wanted:
        by_key[one[0]].add(one)
    for at, group in by_key.items():
        _look_up(session, model, NATURAL[model.__name__][at], group, found)
    return found


def _look_up(session: Session, model: type[Entity], keys: Sequence[str], group: set[Identity], found: dict[Identity, list[int]]) -> None:
    """Ask by the first value of the key, compare the rest here."""
    fields = [fields_of(model)[key] for key in keys]
    columns = [column_of(model, one) for one in fields]
    stored = {(one[0], *(stored_as(model, field, part) for field, part in zip(fields, one[1:], strict=True))): one for one in group}
    firsts = sorted({one[1] for one in stored}, key=str)
    at = next(iter(group))[0]
    for start in range(0, len(firsts), CHUNK):
        for row in session.execute(select(model.id, *columns).where(columns[0].in_(firsts[start : start + CHUNK]))):
            if (identity := stored.get((at, *row[1:]))) is not None:
                found[identity].append(row[0])


def column_of(model: type[Entity], one: Field) -> Any:
    """The column that a value is found by."""
    return getattr(model, f"{one.key}_hash" if one.secret else one.column)


def stored_as(model: type[Entity], one: Field, value: Any) -> Any:
    return digest(value, f"{model.__tablename__}.{one.key}") if one.secret and value is not None else value
