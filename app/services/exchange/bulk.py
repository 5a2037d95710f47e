"""Many rows of one table in few statements.

A statement of many rows and not one a row: SQLite's driver lets go of Python's lock at every statement, and beside
busy threads gets it back only after 5 ms, while it holds the database's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Date, Dialect, Table

from app.models.base import UtcDateTime

MOST_VALUES = 30_000  # in one statement; SQLite takes 32,766, PostgreSQL 65,535
MOST_ROWS = 200


class Statement(NamedTuple):
    text: str
    values: tuple[Any, ...]
    rows: int

    def run(self, connection: Connection) -> None:
        connection.exec_driver_sql(self.text, self.values)


def inserts(dialect: Dialect, table: Table, columns: Mapping[str, Sequence[Any]]) -> Iterator[Statement]:
    """Statements that insert rows given by columns; everything is made ready before it is run."""
    rows = zip(*(_bound(dialect, table, name, values) for name, values in columns.items()), strict=True)
    many = max(1, min(MOST_ROWS, MOST_VALUES // len(columns)))
    quote, mark = dialect.identifier_preparer.quote, "?" if dialect.paramstyle == "qmark" else "%s"
    head = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))}) VALUES "
    one = f"({', '.join([mark] * len(columns))})"
    while part := [row for _at, row in zip(range(many), rows, strict=False)]:
        yield Statement(head + ", ".join([one] * len(part)), tuple(value for row in part for value in row), len(part))


def _bound(dialect: Dialect, table: Table, name: str, values: Sequence[Any]) -> Sequence[Any]:
    """Values as the driver takes them; days and moments, which repeat themselves, made once."""
    kind = table.c[name].type
    fit = kind.dialect_impl(dialect).bind_processor(dialect)
    if fit is None:
        return values
    if isinstance(kind, Date | UtcDateTime):
        known = {value: fit(value) for value in set(values)}
        return [known[value] for value in values]
    return [fit(value) for value in values]
