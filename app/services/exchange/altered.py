"""The rows that a plan changes, made ready in a table of their own, so that one statement applies them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Dialect, Integer, MetaData, Table, bindparam, select, text
from sqlalchemy.orm import Session

from app.models.base import Entity, OfSchool, fields_of
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

    def values(self, key: str) -> set[Any]:
        """What a field becomes in these rows."""
        return {values[key] for _row, values in self._rows if key in values}

    def moved(self) -> dict[int, int]:
        """Id → place of the rows that go to another school."""
        return {row.id: at for at, (row, values) in zip(self.places, self._rows, strict=True) if issubclass(self.model, OfSchool) and "school" in values}

    def renamed(self) -> list[int]:
        """Ids of children who have another name: its spelling, which stands in four indexes, follows after the moment."""
        return [row.id for row, values in self._rows if self.model is Child and "name" in values]

    def moving(self) -> list[int]:
        """Ids of rows from which something kept on children follows: of a child few of its own fields do."""
        return [row.id for row, values in self._rows if self.model is not Child or values.keys() & derived.FOLLOWED]

    def left(self) -> list[int]:
        """Ids of the children that rows of their files were taken away from."""
        return sorted({row["child"] for row, values in self._rows if "child" in values})

    def children(self) -> set[Any]:
        """The children on whose files these rows stand by now."""
        return {row["child"] if "child" not in values else values["child"] for row, values in self._rows}

    def born_later(self) -> dict[int, int]:
        """Id → place of the children whose birth is put right to a later day."""
        return {row.id: at for at, (row, values) in zip(self.places, self._rows, strict=True)
                if self.model is Child and "birth_date" in values and values["birth_date"] > row["birth_date"]}

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
        mine: Any = self.model.__table__
        statement = text(_change(connection.dialect, mine, self._bits())).bindparams(bindparam("moment", moment, mine.c.updated_at.type))
        return bool(connection.execute(statement).rowcount == len(self.ids))

    def _bits(self) -> dict[str, int]:
        """Column → the bit in ``said`` of the rows in which it changes."""
        found = {}
        for name in list(self.table.c.keys())[3:]:
            key = next(key for key in self.keys if name in (fields_of(self.model)[key].column, f"{key}_hash"))
            found[name] = 1 << self.keys.index(key)
        return found

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


def _change(dialect: Dialect, table: Table, bits: Mapping[str, int]) -> str:
    """One statement, walked along the staged ids: row by row, in the order in which the table lies on disk.

    As UPDATE … FROM it took SQLite twice the time: it put all rows aside first, and without statistics it walked an index of the table.
    What is refused ends the transaction anyway, so it keeps no second journal of the pages for this statement (OR ROLLBACK).
    """
    quote = dialect.identifier_preparer.quote
    own, verb = quote(table.name), "UPDATE OR ROLLBACK" if dialect.name == "sqlite" else "UPDATE"
    names = ", ".join(map(quote, bits))
    values = ", ".join(f"CASE WHEN (told.said & {bit}) <> 0 THEN told.{quote(name)} ELSE {own}.{quote(name)} END" for name, bit in bits.items())
    same = f"told.row_id = {own}.id"
    return (f"{verb} {own} SET ({names}) = (SELECT {values} FROM {NAME} AS told WHERE {same}), version = version + 1, updated_at = :moment "
            f"WHERE id IN (SELECT row_id FROM {NAME}) AND version = (SELECT told.version FROM {NAME} AS told WHERE {same}) AND deleted_at IS NULL")


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
