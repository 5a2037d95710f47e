"""What an upload would do, row by row, and every cell that is wrong; nothing is written here.

The rows are kept by columns: 30,000 dicts would take more memory than what they hold.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.models.base import Field
from app.models.rules import RuleError
from app.services.sheet.grid import Grid
from app.services.sheet.header import Header


class _Kept:
    """Stands in a column of values where nothing is to be written."""

    def __repr__(self) -> str:
        return "KEPT"


KEPT = _Kept()


class Wrong(NamedTuple):
    """One wrong cell; places count from 0, ``column`` is None where the sheet has no such column."""

    row: int
    column: int | None
    label: str
    value: str  # as typed, secrets covered
    error: RuleError


class Altered(NamedTuple):
    """One value that would be changed, in words, secrets covered."""

    row: int
    label: str
    old: str
    new: str


class Lines(Sequence["Line"]):
    """The rows of the sheet on their way, by columns; each list has one item a row."""

    def __init__(self, at: list[int], grid: Grid, school_id: int | None) -> None:
        self.at, self.grid = at, grid  # row of the sheet, from 0
        self.row_id: list[int | None] = [None] * len(at)
        self.version: list[int | None] = [None] * len(at)  # of the row in the database
        self.school: list[int | None] = [school_id] * len(at)
        self.values: dict[str, list[Any]] = {}  # checked, by field key: all of a new row, what differs of another
        self.wrong: dict[int, list[Wrong]] = defaultdict(list)  # by place in these lists
        self.altered: dict[int, list[Altered]] = defaultdict(list)
        self.changed: set[int] = set()

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, i: Any) -> Any:
        return Line(self, i) if isinstance(i, int) else [Line(self, one) for one in range(*i.indices(len(self)))]

    def __iter__(self) -> Iterator[Line]:
        return (Line(self, i) for i in range(len(self.at)))

    def set(self, key: str, places: Sequence[int], values: Sequence[Any]) -> None:
        """Values of a field for the rows at these places."""
        if len(places) == len(self.at):
            self.values[key] = list(values)
            return
        if key not in self.values:
            self.values[key] = [KEPT] * len(self.at)
        column = self.values[key]
        for i, value in zip(places, values, strict=True):
            column[i] = value

    def value(self, key: str, i: int) -> Any:
        """What would be written there, None where nothing would."""
        found = self.values[key][i] if key in self.values else None
        return None if found is KEPT else found

    def outcome(self, i: int) -> str:
        if i in self.wrong:
            return "wrong"
        if self.row_id[i] is None:
            return "new"
        return "changed" if i in self.changed else "unchanged"


@dataclass(frozen=True)
class Line:
    """One row of ``Lines``."""

    lines: Lines
    i: int

    @property
    def at(self) -> int:
        return self.lines.at[self.i]

    @property
    def row_id(self) -> int | None:
        return self.lines.row_id[self.i]

    @property
    def version(self) -> int | None:
        return self.lines.version[self.i]

    @property
    def outcome(self) -> str:
        return self.lines.outcome(self.i)

    @property
    def values(self) -> dict[str, Any]:
        return {key: column[self.i] for key, column in self.lines.values.items() if column[self.i] is not KEPT}


@dataclass
class Plan:
    """All rows of an upload."""

    header: Header
    fields: dict[str, Field]  # what the sheet's columns are, by key
    lines: Lines
    again: Callable[[], None] = field(default=lambda: None, repr=False)  # asks once more what is taken in the database
    skipped: list[int] = field(default_factory=list)  # rows of the sheet, from 0, that are no records: sums, signatures

    def counts(self) -> Counter[str]:
        """Rows by outcome: new, changed, unchanged, wrong."""
        return Counter(map(self.lines.outcome, range(len(self.lines))))

    @property
    def wrong(self) -> list[Wrong]:
        return [one for i in sorted(self.lines.wrong) for one in self.lines.wrong[i]]

    @property
    def altered(self) -> list[Altered]:
        return [one for i in sorted(self.lines.altered) if i not in self.lines.wrong for one in self.lines.altered[i]]

    def refuse(self, i: int, key: str, error: RuleError) -> None:
        """Note an error that came up while writing, at its cell."""
        label = self.fields[key].label if key in self.fields else ""
        self.lines.wrong[i].append(Wrong(self.lines.at[i], self.header.at.get(key, min(self.header.at.values())), label, "", error))

    def places(self, outcome: str) -> list[int]:
        """Places of the rows with this outcome."""
        return [i for i in range(len(self.lines)) if self.lines.outcome(i) == outcome]

    def fingerprint(self) -> str:
        """Says whether two plans would do the same to the same rows."""
        lines, said = self.lines, hashlib.sha256()
        new = self.places("new")
        said.update(repr(([lines.at[i] for i in new], sorted(lines.values) if new else [])).encode())
        for one in self._changes():
            said.update(repr(one).encode())
        return said.hexdigest()

    def _changes(self) -> Iterator[tuple[Any, ...]]:
        for i in self.places("changed"):
            yield self.lines.at[i], self.lines.row_id[i], self.lines.version[i], sorted(self.lines[i].values)
