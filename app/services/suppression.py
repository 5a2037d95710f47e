"""Small counts hidden in what leaves the county (the law on the protection of personal information, 28 and 31), so that no sum gives them back.

A count of children under ``LEAST`` is hidden, zero too. A column adds up to its total, and within a line
parts add up to a whole: where a sum has exactly one hidden part, the next smallest is hidden with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.services import scope
from app.services.scope import Asker
from app.services.statistics import COUNTS_ONLY, SECTIONS, Line, Measure, Report, report

LEAST = 5
SUMS = (("left_behind", "one", "both"), ("left_behind", "boys", "girls"))
# Different counts of nearly the same children: one shown would tell the other.
TWINS = ("left_behind", "education", "civil_affairs", "half_year")
COUNTS = tuple(dict.fromkeys(one.key for _label, measures in SECTIONS.values() for one in measures if one.counted and one.personal))


@dataclass(frozen=True)
class Counts:
    """Which keys of a line count children, and what adds up. ``twins``: different counts of nearly the same children.

    ``told``: counts that another table tells anyway, so that hiding them here would hide nothing.
    """

    keys: tuple[str, ...]
    sums: tuple[tuple[str, ...], ...] = ()
    twins: tuple[str, ...] = ()
    told: frozenset[str] = frozenset()


STATISTICS = Counts(COUNTS, SUMS, TWINS)
Cell = tuple[int, str]  # place of the line (the total stands behind the last), key


class Hidden:
    """Which cells of a report are hidden; ``above``: keys that the table above hides of the total."""

    MARKS = (f"<{LEAST}", "*")  # small itself; hidden so that another cannot be reckoned

    def __init__(self, report: Report, above: Collection[str] = (), counts: Counts = STATISTICS) -> None:
        self.counts = counts
        self.lines = [*report.lines, report.total]
        self.last = len(report.lines)
        self.cells: set[Cell] = {(at, key) for at, line in enumerate(self.lines) for key in counts.keys if line.sums[key] < LEAST}
        self.cells |= {(self.last, key) for key in above}
        while added := {cell for group in self._sums() for cell in self._needed(group)} - self.cells:
            self.cells |= added

    def text(self, line: Line, one: Measure) -> str | None:
        """What stands in the place of a hidden value; None when it may be shown."""
        at = next(at for at, other in enumerate(self.lines) if other is line)
        hidden = [key for key in (one.key, one.of) if (at, key) in self.cells]
        if not hidden:
            return None
        return self.MARKS[0] if one.counted and line.sums[one.key] < LEAST else self.MARKS[1]

    def keys_of(self, area_id: int) -> set[str]:
        """Keys hidden in the line of an area: those of the total in the table of that area."""
        at = next((at for at, line in enumerate(self.lines) if line.area_id == area_id), None)
        return {key for other, key in self.cells if other == at}

    def _sums(self) -> Iterator[list[Cell]]:
        """Cells of which any one can be reckoned from the others."""
        for key in self.counts.keys:
            yield [(at, key) for at in range(len(self.lines))]
        for at in range(len(self.lines)):
            for keys in self.counts.sums:
                yield [(at, key) for key in keys]
            for other in self.counts.twins[1:]:
                yield [(at, self.counts.twins[0]), (at, other)]

    def _needed(self, group: Iterable[Cell]) -> list[Cell]:
        """The one more cell to hide, when exactly one of the group is hidden."""
        group = list(group)
        shown = [cell for cell in group if cell not in self.cells]
        if len(group) - len(shown) != 1:
            return []
        shown = [cell for cell in shown if cell[1] not in self.counts.told] or shown
        return [min(shown, key=lambda cell: (cell[0] == self.last, self.lines[cell[0]].sums[cell[1]]))]


def over_time(who: Asker, counts: Sequence[tuple[date, int]]) -> list[int | None]:
    """The numbers of a line over time as who asks may see them: a small one is left out, and no sum stands beside the line."""
    return [None if who.role in COUNTS_ONLY and count < LEAST else count for _day, count in counts]


def hidden_in(session: Session, shown: Report, counts: Counts = STATISTICS, again: Callable[[int], Report | None] | None = None) -> Hidden | None:
    """What to hide of a report, if who asks may see no small count. The report must hold all sections.

    ``again`` makes the same report of another area.
    """
    who = scope.asker(session)
    if who.role not in COUNTS_ONLY:
        return None
    if shown.area_id == who.area_id or shown.area_id is None or shown.parent_id is None:
        return Hidden(shown, (), counts)
    above = again(shown.parent_id) if again is not None else report(session, area_id=shown.parent_id)
    hidden = hidden_in(session, above, counts, again) if above is not None else None
    return Hidden(shown, hidden.keys_of(shown.area_id) if hidden is not None else (), counts)
