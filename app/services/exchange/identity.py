"""Which row of the database a row of a sheet means: its number, else what identifies such a row in the field's work."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Select, any_, func, literal, select
from sqlalchemy.orm import Session

from app.models.base import Entity, Field, fields_of
from app.models.crypto import digest
from app.services.exchange.plan import KEPT

CHUNK = 20_000  # values asked for at a time

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
Columns = Mapping[str, Sequence[Any]]


class Hashes:
    """Values as the columns hold them that they are found by: secrets as keyed hashes, each made once an upload."""

    def __init__(self, model: type[Entity]) -> None:
        self._table = model.__tablename__
        self._known: dict[str, dict[Any, Any]] = {}

    def stored(self, one: Field, values: Sequence[Any]) -> Sequence[Any]:
        """None for nothing, and for what is KEPT."""
        if not one.secret:
            return [None if value is KEPT else value for value in values]
        known, place = self._known.setdefault(one.key, {None: None, KEPT: None}), f"{self._table}.{one.key}"
        for value in set(values) - known.keys():
            known[value] = digest(value, place)
        return [*map(known.__getitem__, values)]


def keys_of_rows(model: type[Entity], columns: Columns, count: int) -> Iterator[tuple[Sequence[str], list[Any]]]:
    """Of each natural key its fields, and of each of so many rows its value: a tuple of parts, None where the key is not filled.

    An optional part of a longer key may lack.
    """
    fields, nothing = fields_of(model), [None] * count
    for keys in NATURAL.get(model.__name__, ()):
        parts = [columns.get(key, nothing) for key in keys]
        needed = [column for key, column in zip(keys, parts, strict=True) if len(keys) == 1 or fields[key].required]
        lacks = {i for column in needed if None in column for i, value in enumerate(column) if value is None}
        yield keys, [None if i in lacks else one for i, one in enumerate(zip(*parts, strict=True))] if lacks else [*zip(*parts, strict=True)]


def rows_of(session: Session, model: type[Entity], columns: Columns, count: int, hashes: Hashes) -> dict[int, set[int]]:
    """Place of a row → ids of the visible rows that it means, for those that mean one. ``columns``: its values by field key."""
    fields, found = fields_of(model), defaultdict[int, set[int]](set)
    stored = {key: hashes.stored(fields[key], column) for key, column in columns.items()}
    for keys, values in keys_of_rows(model, stored, count):
        there = _look_up(session, model, [fields[key] for key in keys], {value for value in values if value is not None})
        for i, value in enumerate(values) if there else ():
            if value in there:
                found[i] |= there[value]
    return found


def _look_up(session: Session, model: type[Entity], fields: Sequence[Field], wanted: Collection[tuple[Any, ...]]) -> dict[Any, set[int]]:
    """Ask by the first part of the key, compare the rest here."""
    found, columns = defaultdict[Any, set[int]](set), [column_of(model, one) for one in fields]
    for query in asked(session, select(model.id, *columns), columns[0], {value[0] for value in wanted}):
        for row in session.execute(query):
            if row[1:] in wanted:
                found[tuple(row[1:])].add(row[0])
    return found


def asked(session: Session, query: Select[Any], column: Any, values: Collection[Any]) -> Iterator[Select[Any]]:
    """The query narrowed to these values of a column (texts or whole numbers): each list is one parameter and not thousands."""
    ordered = sorted(values, key=str)
    for start in range(0, len(ordered), CHUNK):
        some = ordered[start : start + CHUNK]
        if session.get_bind().dialect.name == "postgresql":
            yield query.where(column == any_(literal(some, ARRAY(column.type))))
        else:
            yield query.where(column.in_(select(func.json_each(json.dumps(some)).table_valued("value").c.value)))


def column_of(model: type[Entity], one: Field) -> Any:
    """The column that a value is found by."""
    return getattr(model, f"{one.key}_hash" if one.secret else one.column)
