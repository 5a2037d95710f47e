"""The rows that a plan changes, made ready in a table of their own, so that one statement applies them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Table, case, select, update
from sqlalchemy.orm import Session

from app.models.base import Entity, fields_of
from app.models.children import Child
from app.models.org import School
from app.services import derived, history
from app.services.exchange import bulk, made
from app.services.exchange.plan import Plan
from app.services.exchange.whole import Whole, whole_rows

NAME = "import_changes"


class Altered:
    """What changes: ``ids`` of the rows, ``schools`` they stand at, ``lines`` of their history."""

    def __init__(self, session: Session, model: type[Entity], plan: Plan, places: Sequence[int]) -> None:
        self.model, self.plan, self.lost = model, plan, list[int]()  # places of rows that are not there any more
        self.ids: list[int] = []
        self.places: list[int] = []
        self.schools: list[Any] = []
        self._rows: list[tuple[Whole, dict[str, Any]]] = []
        kept = whole_rows(session, model, [plan.lines.row_id[i] or 0 for i in places])
        for i in places:
            self._read(i, kept.get(plan.lines.row_id[i] or 0))
        self.keys = [key for key in fields_of(model) if any(key in values for _row, values in self._rows)]
        self.lines = _lines(session, model, self.keys, self._rows)

    def _read(self, i: int, row: Whole | None) -> None:
        if row is None:
            self.lost.append(i)
            return
        values = {key: value for key, value in self.plan.lines[i].values.items() if row[key] != value}
        if values:
            self.ids.append(row.id)
            self.places.append(i)
            self.schools.append(row.get("school") if self.model is not School else row.id)
            self._rows.append((row, values))

    def renamed(self) -> list[int]:
        """Ids of children who have another name: its spelling, which stands in four indexes, follows after the moment."""
        return [row.id for row, values in self._rows if self.model is Child and "name" in values]

    def moving(self) -> list[int]:
        """Ids of rows from which something kept on children follows: of a child few of its own fields do."""
        return [row.id for row, values in self._rows if self.model is not Child or values.keys() & derived.FOLLOWED]

    # In the database ----------------------------------------------------------------------
    def stage(self, connection: Connection) -> None:
        """Put the new values into a table that this connection alone sees; locks nothing."""
        versions = [self.plan.lines.version[i] for i in self.places]
        columns: dict[str, list[Any]] = {"row_id": self.ids, "version": versions, "said": self._masks(), **self._columns()}
        self.table = _temporary(self.model, list(columns)[3:])
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {NAME}")
        self.table.create(connection, checkfirst=False)
        for statement in bulk.inserts(connection.dialect, self.table, columns):
            statement.run(connection)
        connection.exec_driver_sql(f"ANALYZE {NAME}")  # else SQLite takes it for huge and walks all rows of the other table

    def _masks(self) -> list[int]:
        return [sum(1 << at for at, key in enumerate(self.keys) if key in values) for _row, values in self._rows]

    def _columns(self) -> made.Columns:
        found: made.Columns = {}
        uids = [row.uid for row, _values in self._rows]
        for key in self.keys:
            found |= made.stored(self.model, fields_of(self.model)[key], [values.get(key) for _row, values in self._rows], uids)
        return found

    def apply(self, connection: Connection, moment: datetime) -> bool:
        """Change the rows; whether all of them were still as they were read."""
        mine, temp, found = self.model.__table__, self.table, dict[Any, Any]()
        for name in list(temp.c.keys())[3:]:
            key = next(key for key in self.keys if name in (fields_of(self.model)[key].column, f"{key}_hash"))
            found[mine.c[name]] = case((temp.c.said.op("&")(1 << self.keys.index(key)) != 0, temp.c[name]), else_=mine.c[name])
        changed = update(mine).values({**found, mine.c.version: mine.c.version + 1, mine.c.updated_at: moment}).where(
            mine.c.id == temp.c.row_id, mine.c.version == temp.c.version, mine.c.deleted_at.is_(None))
        # What is refused ends the transaction anyway: SQLite then keeps no second journal of the pages for this statement.
        changed = changed.prefix_with("OR ROLLBACK", dialect="sqlite")
        return bool(connection.execute(changed).rowcount == len(self.ids))

    def stale(self, connection: Connection) -> list[int]:
        """Places of the rows that somebody changed or deleted since they were read."""
        mine: Any = self.model.__table__
        same = set(connection.scalars(select(mine.c.id).join(self.table, self.table.c.row_id == mine.c.id).where(
            mine.c.version == self.table.c.version, mine.c.deleted_at.is_(None))))
        return [i for i, row_id in zip(self.places, self.ids, strict=True) if row_id not in same]


def _temporary(model: type[Entity], names: Sequence[str]) -> Table:
    own: Any = model.__table__
    return Table(NAME, MetaData(), Column("row_id", Integer, primary_key=True, autoincrement=False), Column("version", Integer), Column("said", BigInteger),
                 *(Column(name, own.c[name].type) for name in names), prefixes=["TEMPORARY"])


def _lines(session: Session, model: type[Entity], keys: Sequence[str], rows: Sequence[tuple[Whole, Mapping[str, Any]]]) -> list[list[Any]]:
    """What the history tells of each row; ciphers are not told again: the old one is what undoing needs."""
    found: list[list[Any]] = [[] for _row in rows]
    for key in keys:
        one = fields_of(model)[key]
        say = made.teller(session, one, [value for row, values in rows if key in values for value in (row.raw(key), values[key])] if not one.secret else [])
        for line, (row, values) in zip(found, rows, strict=True):
            if key in values:
                new = made.stored(model, one, [values[key]], [row.uid])[one.column][0]
                line.append([one.column, history.raw(row.raw(key)), history.raw(new), say(row.raw(key)), say(values[key])])
    return found
