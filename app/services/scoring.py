"""From ticks to scores and a grade. Every number that a county may want otherwise stands here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from app.models.words import _

VALUE = {"pass": 1.0, "partly": 0.5, "fail": 0.0}  # "na" is out of both sums
GRADE = {"excellent": _("优"), "good": _("良"), "fair": _("合格"), "poor": _("不合格")}
FROM_SCORE = {"excellent": 90.0, "good": 75.0, "fair": 60.0, "poor": 0.0}
CAP = "fair"  # the best grade that a school with a failed red line may have
DAYS_TO_FIX = {"critical": 15, "general": 30}


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


def grade(points: float | None, ticks: Iterable[Tick]) -> str | None:
    """Key of ``GRADE``; a failed red line caps it."""
    if points is None:
        return None
    reached = next(key for key, least in FROM_SCORE.items() if points >= least)
    order = list(GRADE)
    failed = any(tick.critical and tick.result == "fail" for tick in ticks)
    return max(reached, CAP, key=order.index) if failed else reached


def counts(ticks: Iterable[Tick]) -> dict[str, int]:
    """How often each result was given; "open" is what has none."""
    found = dict.fromkeys((*VALUE, "na", "open"), 0)
    for tick in ticks:
        found[tick.result or "open"] += 1
    return found
