"""Tables in Markdown, to stand in docs/performance.md as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from benchmarks.contender import Result


def table(title: str, headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A heading and a table."""
    rows = [headings, ["---"] * len(headings), *lines]
    return f"\n### {title}\n\n" + "\n".join("| " + " | ".join(row) + " |" for row in rows)


def calibration(results: Iterable[Result]) -> str:
    """How busy the machine was, by the fixed loop that ran after each measurement."""
    loops = [one["loop"] * 1000 for result in results for one in result.rounds]
    return f"\nThe fixed loop took {min(loops):.1f} ms at best, {median(loops):.1f} ms as a rule, {max(loops):.1f} ms at worst."
