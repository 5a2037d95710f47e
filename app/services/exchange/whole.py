"""Rows as they stand, by field key, for rules that look at a whole row: secrets are opened only where a rule asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import crypto
from app.models.base import Entity, Field, fields_of
from app.services.exchange.identity import asked


class Whole(Mapping[str, Any]):
    """Field key → value of one row (a link's is its id), like records.current."""

    def __init__(self, table: str, fields: Mapping[str, Field], places: Mapping[str, int], row: Sequence[Any]) -> None:
        self._table, self._fields, self._places, self._row = table, fields, places, row

    @property
    def id(self) -> int:
        return int(self._row[0])

    @property
    def uid(self) -> str:
        return str(self._row[1])

    def raw(self, key: str) -> Any:
        """The value as it is stored: of a secret its cipher."""
        return self._row[self._places[key]]

    def __getitem__(self, key: str) -> Any:
        value = self._row[self._places[key]]
        if value is None or not self._fields[key].secret:
            return value
        return crypto.unseal(value, f"{self._table}.{key}", self._row[1])

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Both(Mapping[str, Any]):
    """A row as it would be: what changes, else what is there."""

    def __init__(self, changed: Mapping[str, Any], kept: Mapping[str, Any]) -> None:
        self._changed, self._kept = changed, kept

    def __getitem__(self, key: str) -> Any:
        return self._changed[key] if key in self._changed else self._kept[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def whole_rows(session: Session, model: type[Entity], ids: Sequence[int]) -> dict[int, Whole]:
    """id → row, of those in scope."""
    fields, found = fields_of(model), dict[int, Whole]()
    places = {key: at for at, key in enumerate(fields, 2)}
    query = select(model.id, model.uid, *(getattr(model, one.column) for one in fields.values()))
    for some in asked(session, query, model.id, ids):
        for row in session.execute(some):
            found[row[0]] = Whole(model.__tablename__, fields, places, row)
    return found


def load(session: Session, model: type[Entity], ids: Sequence[int]) -> dict[int, Any]:
    """id → row of the ORM, of those in scope."""
    found = {}
    for some in asked(session, select(model), model.id, ids):
        found.update({row.id: row for row in session.scalars(some)})
    return found
