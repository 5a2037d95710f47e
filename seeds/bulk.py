"""Write many rows by Core, with everything that the mapping would add: ids, uids, defaults, ciphers.

Seeds leave no history and ask for no scope, so they go round the session's hooks; what the hooks
derive (search keys, left-behind status, last talk) the seeds put in by the same functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.orm import Session

from app.models.base import Entity, fields_of
from app.models.crypto import digest, seal

CHUNK = 5_000  # rows in one executemany
Row = dict[str, Any]


@dataclass
class _Target:
    """One table: its next id, what a row is when nothing is said, and what waits to be written."""

    table: Table
    secrets: list[str]
    blank: Row
    next_id: int
    rows: list[Row] = field(default_factory=list)


class Bulk:
    """Collects rows of any entity and writes them in the order of their foreign keys."""

    def __init__(self, session: Session, rng: Random, moment: datetime) -> None:
        """``moment`` is when the rows were made, unless a row says otherwise."""
        self._session, self._rng, self._moment = session, rng, moment
        self._targets: dict[type[Entity], _Target] = {}
        self.waiting = 0
        self.counts: dict[str, int] = {}

    def add(self, model: type[Entity], **values: Any) -> Row:
        """One row by column names (a link as ``school_id``, a secret by its plain key); returns the row.

        Until ``flush`` the row may still be changed, but for its secrets.
        """
        target = self._targets.get(model) or self._target(model)
        row = {**target.blank, "id": target.next_id, "uid": f"{self._rng.getrandbits(128):032x}"}
        for key in target.secrets:
            row.update(_sealed(target.table.name, key, values.pop(key, None), row["uid"]))
        row.update(values)
        target.next_id += 1
        target.rows.append(row)
        self.waiting += 1
        return row

    @contextmanager
    def dice(self, rng: Random) -> Iterator[None]:
        """Take the names of rows from other dice, so that what is added leaves the rest as it was."""
        before, self._rng = self._rng, rng
        try:
            yield
        finally:
            self._rng = before

    def flush(self) -> None:
        """Write what waits."""
        for target in sorted(self._targets.values(), key=lambda t: _ORDER[t.table.name]):
            for start in range(0, len(target.rows), CHUNK):
                self._session.execute(insert(target.table), target.rows[start : start + CHUNK])
            name = target.table.name
            self.counts[name] = self.counts.get(name, 0) + len(target.rows)
            target.rows.clear()
        self.waiting = 0

    def finish(self) -> None:
        """Write what waits and tell PostgreSQL which ids are taken."""
        self.flush()
        if self._session.get_bind().dialect.name != "postgresql":
            return
        for target in self._targets.values():
            self._session.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                                  {"name": target.table.name, "last": max(1, target.next_id - 1)})

    def _target(self, model: type[Entity]) -> _Target:
        table: Table = model.__table__  # type: ignore[assignment]
        taken = self._session.scalar(select(func.max(table.c.id))) or 0
        secrets = [key for key, one in fields_of(model).items() if one.secret]
        blank = {column.name: _default(column) for column in table.columns}
        blank |= {"version": 1, "created_at": self._moment, "updated_at": self._moment}
        self._targets[model] = _Target(table, secrets, blank, taken + 1)
        return self._targets[model]


_ORDER = {table.name: place for place, table in enumerate(Entity.metadata.sorted_tables)}


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None


def _sealed(table: str, key: str, value: str | None, uid: str) -> Row:
    place = f"{table}.{key}"
    return {f"{key}_enc": seal(value, place, uid) if value else None,
            f"{key}_hash": digest(value, place) if value else None}
