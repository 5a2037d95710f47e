"""What came of a workbook that was taken back: how many rows, and those that stay, each with why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from app.models.rules import RuleError


class Refused(NamedTuple):
    """A row that a rule leaves as it is: its name, and what is wrong, by field."""

    name: str
    why: Mapping[str, RuleError]


@dataclass
class Undone:
    """How many rows went back, and the names of those that did not."""

    rows: int = 0
    changed: list[str] = field(default_factory=list)  # since
    refused: list[Refused] = field(default_factory=list)
    needed: list[str] = field(default_factory=list)  # by other rows, or refused by the database
    moved: list[str] = field(default_factory=list)  # out of the asker's sight: to another school or class
    deleted: list[str] = field(default_factory=list)  # since

    @property
    def left(self) -> list[str]:
        return [*self.changed, *(one.name for one in self.refused), *self.needed, *self.moved, *self.deleted]
