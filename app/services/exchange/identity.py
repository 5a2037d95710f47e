"""Which row of the database a row of a sheet means: its number, else what identifies such a row in the field's work."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from typing import Any

from sqlalchemy import ARRAY, Select, any_, func, literal, select
from sqlalchemy.orm import Session

from app.models.base import Entity, Field, fields_of
from app.models.crypto import digester
from app.services import pieces, scope, unique
from app.services.exchange.plan import KEPT

CHUNK = 20_000  # values asked for at a time

# Entity → keys, each a list of fields that together mean one row; the first that is filled counts.
# An entity that is not here has none. Rows that mean none by these may be told by what makes them alike (exchange/alike.py), else they are new.
NATURAL: dict[str, Sequence[Sequence[str]]] = {
    "Area": [["code"]],
    "School": [["code"]],
    "SchoolClass": [["school", "name"]],
    "Term": [["school_year", "number"]],
    "Staff": [["id_number"]],
    "Child": [["id_number"], ["student_number"]],
    "Guardian": [["child", "rank", "name"]],
    "ParentSpell": [["child", "parent", "since"]],
    "FamilyContact": [["child", "contacted_on", "kind", "with_whom"]],
    "CaseFile": [["child", "kind", "opened_on"]],
    "Aid": [["child", "kind", "decided_on"]],
    "LogEntry": [["school", "kind", "held_on", "title"]],
    "SchoolDocument": [["school", "kind", "dated_on", "title"]],
    "Equipment": [["school", "kind", "place"]],
    "Canteen": [["school", "name"]],
    "CanteenWorker": [["canteen", "name"]],
    "MealRecord": [["canteen", "served_on", "meal", "dish"]],
    "Bus": [["plate"]],
    "BusDriver": [["id_number"]],
    "BusRun": [["bus", "ran_on", "direction", "driver", "boarded"]],  # a bus may go twice of a morning
    "Hazard": [["school", "found_on", "where", "what"]],
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
            return [None if value is KEPT else value for value in values] if KEPT in values else values
        known = self._known.setdefault(one.key, {None: None, KEPT: None})
        new = [*(set(values) - known.keys())]
        known.update(zip(new, map(digester(f"{self._table}.{one.key}"), new), strict=True))
        return [*map(known.__getitem__, values)]


def keys_of_rows(model: type[Entity], columns: Columns, count: int) -> Iterator[tuple[Sequence[str], Sequence[Any]]]:
    """Of each natural key its fields, and of each of so many rows its value: a tuple of parts, None where the key is not filled.

    An optional part of a longer key may lack; a key of one part is that part itself.
    """
    fields, nothing = fields_of(model), [None] * count
    for keys in NATURAL.get(model.__name__, ()):
        parts = [columns.get(key, nothing) for key in keys]
        if len(keys) == 1:
            yield keys, parts[0]
            continue
        needed = [column for key, column in zip(keys, parts, strict=True) if fields[key].required]
        lacks = {i for column in needed if None in column for i, value in enumerate(column) if value is None}
        yield keys, [None if i in lacks else one for i, one in enumerate(zip(*parts, strict=True))] if lacks else [*zip(*parts, strict=True)]


class Owners:
    """Which row bears a unique value, over the border too: asked once an upload, though both who is meant and what is taken follow from it.

    ``released``: column → value → the rows that gave it up (services/unique.py), of the values that were asked for.
    """

    def __init__(self, session: Session, model: type[Entity]) -> None:
        self._session, self._model = session, model
        self.forget()

    def of(self, one: Field, values: Set[Any]) -> dict[Any, int]:
        """Value, as its column holds it → id, for those that some row bears."""
        found, column = self._found[one.key], column_of(self._model, one)
        new = values - self._asked[one.key]
        self._asked[one.key] |= new
        with scope.everything(self._session):
            for query in asked(self._session, select(column, self._model.id, *unique.holding(self._model)), column, new):
                for value, *said in self._session.execute(query):
                    holder = unique.Holder(*said)
                    if holder.bears:
                        found[value] = holder.row_id
                    else:
                        self.released[one.key][value].append(holder)
        return {value: found[value] for value in found.keys() & values}

    def forget(self) -> None:
        """Ask the database anew from now on."""
        self.released = defaultdict[str, defaultdict[Any, list[unique.Holder]]](lambda: defaultdict(list))
        self._asked, self._found = defaultdict[str, set[Any]](set), defaultdict[str, dict[Any, int]](dict)


def rows_of(session: Session, model: type[Entity], columns: Columns, count: int, hashes: Hashes, owners: Owners) -> dict[int, set[int]]:
    """Place of a row → ids of the visible rows that it means, for those that mean one. ``columns``: its values by field key."""
    fields, found = fields_of(model), defaultdict[int, set[int]](set)
    stored = {key: hashes.stored(fields[key], column) for key, column in columns.items()}
    for keys, values in keys_of_rows(model, stored, count):
        wanted = {*values} - {None}
        if len(keys) == 1 and fields[keys[0]].unique:
            there = _visible(session, model, {value: {row_id} for value, row_id in owners.of(fields[keys[0]], wanted).items()})
            gone = owners.released[keys[0]]  # of these who is within sight is meant where nobody is who bears the value
            if gone:
                there = _visible(session, model, {value: {one.row_id for one in gone[value]} for value in gone.keys() & wanted}) | there
        else:
            there = _look_up(session, model, [fields[key] for key in keys], wanted)
        for i, value in enumerate(values) if there else ():
            if value in there:
                found[i] |= there[value]
    return found


def _visible(session: Session, model: type[Entity], owners: Mapping[Any, set[int]]) -> dict[Any, set[int]]:
    ids = {row_id for some in owners.values() for row_id in some}
    seen = {row_id for query in asked(session, select(model.id), model.id, ids) for row_id in session.scalars(query)}
    return {value: some & seen for value, some in owners.items() if some & seen}


def _look_up(session: Session, model: type[Entity], fields: Sequence[Field], wanted: Collection[tuple[Any, ...]]) -> dict[Any, set[int]]:
    """Ask by the first part of the key, compare the rest here."""
    found, columns = defaultdict[Any, set[int]](set), [column_of(model, one) for one in fields]
    single = len(fields) == 1
    for query in asked(session, select(model.id, *columns), columns[0], wanted if single else {value[0] for value in wanted}):
        for row in session.execute(query):
            value = row[1] if single else tuple(row[1:])
            if value in wanted:
                found[value].add(row[0])
    return found


def asked(session: Session, query: Select[Any], column: Any, values: Collection[Any]) -> Iterator[Select[Any]]:
    """The query narrowed to these values of a column (texts or whole numbers): each list is one parameter and not thousands."""
    ordered = sorted(values)
    for some in pieces.some(ordered, CHUNK):
        if session.get_bind().dialect.name == "postgresql":
            yield query.where(column == any_(literal(some, ARRAY(column.type))))
        else:
            yield query.where(column.in_(select(func.json_each(json.dumps(some)).table_valued("value").c.value)))


def column_of(model: type[Entity], one: Field) -> Any:
    """The column that a value is found by."""
    return getattr(model, f"{one.key}_hash" if one.secret else one.column)
