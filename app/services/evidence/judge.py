"""From counts to an evidence: the one place that says what ok, partly and bad are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.models.words import _
from app.services.evidence.core import Evidence, Figure, Rows, ids, untrue
from app.services.evidence.reads import tally

# A shortfall suggests "partly" from this part of the target on, "fail" below it. No rule fixes it.
PARTLY_FROM = 0.8
OVER = Fraction(1)  # of a period that has ended
LEVELS = {"pass": "ok", "partly": "warn", "fail": "bad", None: "ok"}


def percent_of(part: int, whole: int) -> float:
    """Percent to one decimal; 100 only when nothing lacks, 0 only when nothing is there."""
    rounded = round(100 * part / whole, 1)
    if part < whole:
        rounded = min(rounded, 99.9)
    return max(rounded, 0.1) if part else rounded


def measure(good: int, total: int, target: float) -> str:
    """pass, partly or fail by how much of the target was reached."""
    reached = 100 * good / total
    if reached >= target:
        return "pass"
    return "partly" if reached >= PARTLY_FROM * target else "fail"


def nothing(text: str, **params: Any) -> Evidence:
    """No record that the figure could be made from."""
    return Evidence(text, params=params)


def share(good: int, total: int, *, text: str, empty: str, rows: Rows | None = None, target: float = 100,
          suggestion: str | None = "", **params: Any) -> Evidence:
    """``good`` of ``total``, shown in percent. ``suggestion``: given, else measured against the target."""
    if not total:
        return nothing(empty)
    advice = measure(good, total, target) if suggestion == "" else suggestion
    part = percent_of(good, total)
    said = {"good": good, "total": total, "bad": total - good, "percent": part, "target": target, **params}
    return Evidence(text, part, "%", good, total, part, LEVELS[advice], advice, _("应达到 %(target)s%%"), said, rows)


def faults(bad: int, total: int, *, text: str, empty: str, unit: str, rows: Rows | None = None, threshold: str = "",
           suggestion: str | None = "", **params: Any) -> Evidence:
    """``bad`` of ``total``, shown as a count; one is enough to suggest "fail" unless a suggestion is given."""
    if not total:
        return nothing(empty)
    advice = ("fail" if bad else "pass") if suggestion == "" else suggestion
    said = {"bad": bad, "total": total, "good": total - bad, **params}
    return Evidence(text, bad, unit, bad, total, percent_of(bad, total), LEVELS[advice], advice,
                    threshold or _("不允许有"), said, rows)


def behind(count: int, needed: Fraction | int, elapsed: Fraction) -> str | None:
    """What is suggested before the end of a period: "partly" where whole ones lack that its part so far asks for."""
    return "partly" if count < int(elapsed * needed) else None


def paced(good: int, total: int, elapsed: Fraction, *, target: int = 100, **told: Any) -> Evidence:
    """A share that is due only at the end of a period, of which ``elapsed`` (0–1) is over.

    Before the end it passes when done, suggests nothing while it keeps pace, and "partly" behind it.
    """
    if not total or elapsed >= 1 or 100 * good >= target * total:
        return share(good, total, target=target, **told)
    return share(good, total, target=target, suggestion=behind(good, Fraction(target * total, 100), elapsed), **told)


def reached(count: int, needed: int, *, text: str, unit: str, rows: Rows | None = None, elapsed: Fraction = OVER, threshold: str = "",
            **params: Any) -> Evidence:
    """``count`` against at least ``needed`` by the end of a period, of which ``elapsed`` (0–1) is over."""
    good = min(count, needed)
    advice: str | None = measure(good, needed, 100) if needed else "pass"
    if good < needed and elapsed < 1:
        advice = behind(good, needed, elapsed)
    said = {"good": count, "needed": needed, **params}
    return Evidence(text, count, unit, count, needed, percent_of(good, needed) if needed else 100, LEVELS[advice], advice,
                    threshold or _("不少于 %(needed)s"), said, rows)


def share_of(model: Any, of: Sequence[Any], good: Any, **told: Any) -> Figure:
    """Rows of a group that meet a condition; behind the figure stand those that do not."""
    found = yield tally(model, *of, good=good)
    return share(found.good, found.total, rows=Rows(model, ids(model, *of, untrue(good)), found.total - found.good), **told)


def faults_of(model: Any, of: Sequence[Any], bad: Any, **told: Any) -> Figure:
    """Rows of a group that a condition finds fault with; these stand behind the figure."""
    found = yield tally(model, *of, bad=bad)
    return faults(found.bad, found.total, rows=Rows(model, ids(model, *of, bad), found.bad), **told)
