"""What all parts of the demo share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from seeds.bulk import Bulk, Row
from seeds.demo.days import Days
from seeds.numbers import IdNumbers


@dataclass
class World:
    """The dice, the calendar, the writer and how much is recorded."""

    rng: Random
    days: Days
    bulk: Bulk
    ids: IdNumbers
    light: bool = False

    def chance(self, percent: float) -> bool:
        return self.rng.random() * 100 < percent

    def pick(self, weights: Mapping[str, float]) -> str:
        """A key, as often as its weight says."""
        return self.rng.choices(list(weights), weights=list(weights.values()))[0]


@dataclass
class Place:
    """A county or a township as schools need it."""

    row: Row
    county: str
    division: str
    villages: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.row["name"]


@dataclass
class SchoolPlan:
    """What a school will be; ``gaps`` names what goes wrong there for certain (seeds/demo/gaps.py)."""

    type: str
    place: Place
    name: str
    code: str
    children: int
    canteen: bool
    bus: bool
    boarders: bool
    gaps: frozenset[str] = frozenset()
    account: str = ""  # user name of its school admin, where it has one; "school" is the demo school

    @property
    def demo(self) -> bool:
        return self.account == "school"


@dataclass
class School:
    """A school in the making: its rows, as far as other parts point at them."""

    plan: SchoolPlan
    row: Row
    staff: list[Row] = field(default_factory=list)
    classes: list[tuple[int, Row, Row]] = field(default_factory=list)  # grade (-3…12), class, its teacher
    children: list[Row] = field(default_factory=list)
    talks: list[Row] = field(default_factory=list)
    guarding: dict[int, set[str]] = field(default_factory=dict)  # child → relations of its entrusted guardians
    said: set[str] = field(default_factory=set)  # what talks were told of in these very words
    typed_at_once: list[Row] = field(default_factory=list)  # the talks of one evening, see gaps.py

    @property
    def id(self) -> int:
        return self.row["id"]

    def of_post(self, *posts: str) -> list[Row]:
        return [one for one in self.staff if one["post"] in posts]

    def of_child(self, child: Row) -> dict[str, Any]:
        """The columns that every row of a child's file carries."""
        return {"child_id": child["id"], "school_id": self.id, "origin_school_id": self.id}
