"""What figures ask of the database, and one statement for all that the figures of a sheet ask at the same time.

Each read becomes a part of one UNION ALL: its columns stand in slots of their type, the others are NULL.
A statement costs more in the ORM than in the database, and a sheet has over a hundred figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import cast, false, func, literal_column, null, select, union_all
from sqlalchemy.orm import Session

from app.services import pieces
from app.services.evidence.group import up_to

MOST_PARTS = 60  # of one statement: SQLite takes 500, and 32,766 parameters (a scope of 50 schools fills that at 200)
NULL = null()


@dataclass(frozen=True, eq=False)
class Read:
    """A statement without order or limit; answered with its rows, or with the one row that it has.

    No DISTINCT either: PostgreSQL gives the NULLs of such a part the type of a text.
    """

    statement: Any
    single: bool = False

    def answer(self, rows: Sequence[Any]) -> Any:
        return rows[0] if self.single else rows


@dataclass(frozen=True, eq=False)
class Kept:
    """Rows of a book of a school: of some kinds, from a first day (None: ever) to a last one."""

    columns: tuple[Any, ...]
    school_id: int
    kind: Any
    kinds: frozenset[str]
    day: Any
    first: date | None
    last: date

    @property
    def book(self) -> tuple[Any, ...]:
        """What reads have in common that can be made as one."""
        return self.kind.class_, self.school_id, self.last

    def with_(self, other: Kept) -> Kept:
        """The read that finds what either does."""
        first = min(self.first, other.first) if self.first and other.first else None
        return replace(self, kinds=self.kinds | other.kinds, first=first)

    @property
    def statement(self) -> Any:
        since = [self.day >= self.first] if self.first else []
        where = (self.kind.class_.school_id == self.school_id, self.kind.in_(sorted(self.kinds)), up_to(self.day, self.last))
        return select(*self.columns).where(*where, *since)

    def answer(self, rows: Sequence[Any]) -> Any:
        """The rows that were asked for, the oldest first."""
        kind, day = self.kind.key, self.day.key
        own = [row for row in rows if getattr(row, kind) in self.kinds and (self.first is None or getattr(row, day) >= self.first)]
        return sorted(own, key=lambda row: (getattr(row, day), row.id))


def tally(model: Any, *where: Any, values: Mapping[str, Any] | None = None, **parts: Any) -> Read:
    """``total`` rows, of these how many meet each named condition, and named aggregates."""
    counts = [func.count(model.id).filter(condition).label(name) for name, condition in parts.items()]
    told = [value.label(name) for name, value in (values or {}).items()]
    return Read(select(func.count(model.id).label("total"), *counts, *told).where(*where), single=True)


def tally_of(groups: Any, **parts: Any) -> Read:
    """The same over the rows of a subquery."""
    counts = [func.count().filter(condition).label(name) for name, condition in parts.items()]
    return Read(select(func.count().label("total"), *counts).select_from(groups), single=True)


def look(statement: Any) -> Read:
    """All rows of a statement."""
    return Read(statement)


def answers(session: Session, reads: Sequence[Read | Kept]) -> list[Any]:
    """What each read found, with as few statements as can be."""
    books: dict[Any, Kept] = {}
    for one in reads:
        if isinstance(one, Kept):
            books[one.book] = one.with_(books[one.book]) if one.book in books else one
    keys = [one.book if isinstance(one, Kept) else one for one in reads]
    wanted = {key: books.get(key, one) for key, one in zip(keys, reads, strict=True)}
    found = dict(zip(wanted, _rows(session, [one.statement for one in wanted.values()]), strict=True))
    return [one.answer(found[key]) for key, one in zip(keys, reads, strict=True)]


def prepared(*reads: Read) -> Callable[[Session, Mapping[str, Any]], list[Any]]:
    """The same for reads that always go out together, with parameters (``bindparam``): their one statement is made once."""
    united = _united([one.statement for one in reads])
    return lambda session, values: [one.answer(rows) for one, rows in zip(reads, united.rows(session, values), strict=True)]


def _rows(session: Session, statements: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The rows of each statement."""
    for some in pieces.some(statements, MOST_PARTS):
        yield from [session.execute(some[0]).all()] if len(some) == 1 else _united(some).rows(session)


@dataclass(frozen=True)
class _United:
    """Several statements as one; of each the names of its columns and the slots where they stand."""

    statement: Any
    names: Sequence[Sequence[str]]
    places: Sequence[Sequence[int]]

    def rows(self, session: Session, values: Mapping[str, Any] | None = None) -> list[list[Any]]:
        """The rows of each statement; ``values`` of parameters."""
        found: list[list[Any]] = [[] for _names in self.names]
        for row in session.execute(self.statement, values):
            number = row[0]
            found[number].append(SimpleNamespace(**dict(zip(self.names[number], [row[place + 1] for place in self.places[number]], strict=True))))
        return found


def _united(statements: Sequence[Any]) -> _United:
    columns = [list(one.selected_columns) for one in statements]
    slots = _slots(columns)
    places = [_places(own, slots) for own in columns]
    # Of typed columns and without a row: PostgreSQL and the ORM take the types of a union from its first part.
    head = select(literal_column("-1"), *(cast(NULL, slot) for slot in slots)).where(false())
    parts = [one.with_only_columns(literal_column(str(number)), *_padded(own, at, len(slots)), maintain_column_froms=True)
             for number, (one, own, at) in enumerate(zip(statements, columns, places, strict=True))]
    return _United(union_all(head, *parts), [[column.key for column in own] for own in columns], places)


def _slots(columns: Iterable[Sequence[Any]]) -> list[Any]:
    """Types of the columns that hold every part: of each type as many as the part with the most has."""
    widths: Counter[type] = Counter()
    types: dict[type, Any] = {}
    for own in columns:
        widths |= Counter(type(column.type) for column in own)
        types.update((type(column.type), column.type) for column in own)
    return [types[kind] for kind, width in widths.items() for _number in range(width)]


def _places(columns: Sequence[Any], slots: Sequence[Any]) -> list[int]:
    """Which slot each column takes."""
    free: dict[type, list[int]] = {}
    for number, slot in enumerate(slots):
        free.setdefault(type(slot), []).append(number)
    return [free[type(column.type)].pop(0) for column in columns]


def _padded(columns: Sequence[Any], places: Sequence[int], width: int) -> list[Any]:
    taken = dict(zip(places, columns, strict=True))
    return [taken.get(number, NULL) for number in range(width)]
