"""What an upload would do, row by row, and every cell that is wrong; nothing is written here."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.models.base import Field
from app.models.rules import RuleError
from app.services.sheet.header import Header


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


@dataclass
class Line:
    """One row of the sheet on its way: what it means, and what would be written."""

    at: int  # row of the sheet, from 0
    cells: list[Any]
    row_id: int | None = None
    version: int | None = None  # of the row in the database
    school_id: int | None = None
    values: dict[str, Any] = field(default_factory=dict)  # checked, by field key: all of a new row, what differs of another
    wrong: list[Wrong] = field(default_factory=list)
    altered: list[Altered] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        if self.wrong:
            return "wrong"
        if self.row_id is None:
            return "new"
        return "changed" if self.values else "unchanged"


@dataclass
class Plan:
    """All rows of an upload."""

    header: Header
    fields: dict[str, Field]  # what the sheet's columns are, by key
    lines: list[Line]
    skipped: list[int] = field(default_factory=list)  # rows of the sheet, from 0, that are no records: sums, signatures

    def counts(self) -> Counter[str]:
        """Rows by outcome: new, changed, unchanged, wrong."""
        return Counter(line.outcome for line in self.lines)

    @property
    def wrong(self) -> list[Wrong]:
        return [one for line in self.lines for one in line.wrong]

    @property
    def altered(self) -> list[Altered]:
        return [one for line in self.lines for one in line.altered if not line.wrong]

    def complaint(self, line: Line, key: str, error: RuleError) -> Wrong:
        """An error that came up while writing, at its cell."""
        label = self.fields[key].label if key in self.fields else ""
        return Wrong(line.at, self.header.at.get(key, min(self.header.at.values())), label, "", error)

    def to_write(self) -> Iterator[Line]:
        return (line for line in self.lines if line.outcome in ("new", "changed"))

    def fingerprint(self) -> str:
        """Says whether two plans would do the same to the same rows."""
        said = [(line.at, line.row_id, line.version, sorted(line.values)) for line in self.to_write()]
        return hashlib.sha256(repr(said).encode()).hexdigest()
