"""From ticks to scores, a grade and the next visit. Every number that a county may want otherwise stands in the version of its checklist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from app.models import codes
from app.models.base import fields_of
from app.models.clock import add_months
from app.models.inspection import ChecklistTemplate

VALUE = {"pass": 1.0, "partly": 0.5, "fail": 0.0}  # "na" is out of both sums
GRADE = codes.GRADE


@dataclass(frozen=True)
class Rules:
    """What a version of the checklist says: least points of a grade, the best grade with a failed red line, days to fix by level,
    months until the next visit by grade."""

    from_score: Mapping[str, int]
    cap: str
    days_to_fix: Mapping[str, int]
    months: Mapping[str, int]


def rules_of(template: ChecklistTemplate) -> Rules:
    """The rules of a version."""
    return _rules({key: getattr(template, key) for key in fields_of(ChecklistTemplate)})


def _rules(said: Mapping[str, Any]) -> Rules:
    least = {grade: said.get(f"{grade}_from", 0) for grade in GRADE}  # "poor" begins at nothing
    return Rules(least, said["cap"], {level: said[f"{level}_days"] for level in codes.FINDING_LEVEL}, {grade: said[f"{grade}_months"] for grade in GRADE})


USUAL = _rules({key: one.default for key, one in fields_of(ChecklistTemplate).items()})  # of a version that says nothing else


class Tick(NamedTuple):
    """What counts of an answered item."""

    result: str | None
    weight: int
    critical: bool


def score(ticks: Iterable[Tick]) -> float | None:
    """0–100 to one decimal; None when nothing that counts was answered."""
    counted = [tick for tick in ticks if tick.result in VALUE]
    weight = sum(tick.weight for tick in counted)
    return round(100 * sum(VALUE[tick.result or ""] * tick.weight for tick in counted) / weight, 1) if weight else None


def grade(points: float | None, ticks: Iterable[Tick], rules: Rules = USUAL) -> str | None:
    """Key of ``GRADE``; a failed red line caps it."""
    return capped(points, any(tick.critical and tick.result == "fail" for tick in ticks), rules)


def capped(points: float | None, red: bool, rules: Rules) -> str | None:
    """The same, where it is known whether a red line failed."""
    if points is None:
        return None
    reached = next(key for key, least in rules.from_score.items() if points >= least)
    order = list(GRADE)
    return max(reached, rules.cap, key=order.index) if red else reached


def next_visit(reached: str | None, day: date, rules: Rules = USUAL) -> date | None:
    """When a school of this grade is due again: so many months on, the last of the month where it has no such day."""
    if reached is None:
        return None
    return add_months(day, rules.months[reached])


def counts(ticks: Iterable[Tick]) -> dict[str, int]:
    """How often each result was given; "open" is what has none."""
    found = dict.fromkeys((*VALUE, "na", "open"), 0)
    for tick in ticks:
        found[tick.result or "open"] += 1
    return found
