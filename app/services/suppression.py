"""Small counts hidden in what leaves the county (the law on the protection of personal information, 28 and 31), so that no sum gives them back.

A count of children under ``LEAST`` is hidden, but not zero: it counts nobody, and whole blocks of the summary are zero in most
places. The places below come to their total, in the table and in those behind it, and within a line parts come to a whole:
more is hidden, in all tables that the asker can open at once, until whoever reckons with all of them (leeway.py) is left
with three numbers at least for a small count. Marks: ``<5`` is 1 to 4, ``*`` says nothing but that it is not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.services import leeway, nested, scope
from app.services.nested import Tree
from app.services.remember import Memory
from app.services.scope import Asker
from app.services.statistics import COUNTS_ONLY, SECTIONS, Line, Measure, Report, report

LEAST = 5
LEEWAY = 2  # most less least that a small count can be, by what is shown
Rule = tuple[tuple[str, ...], tuple[str, ...]]  # the keys left come to the same as those right
SUMS: tuple[Rule, ...] = ((("left_behind",), ("one", "both")), (("left_behind",), ("boys", "girls")))
# Different counts of nearly the same children: one shown would tell the other.
TWINS = ("left_behind", "education", "civil_affairs", "half_year")
COUNTS = tuple(dict.fromkeys(one.key for _label, measures in SECTIONS.values() for one in measures if one.counted and one.personal))


@dataclass(frozen=True)
class Counts:
    """Which keys of a line count children, and what adds up. ``twins``: different counts of nearly the same children.

    ``told``: counts that another table tells anyway, so that hiding them here would hide nothing.
    """

    keys: tuple[str, ...]
    sums: tuple[Rule, ...] = ()
    twins: tuple[str, ...] = ()
    told: frozenset[str] = frozenset()


STATISTICS = Counts(COUNTS, SUMS, TWINS)
FOUND = Memory(seconds=600, most=20)  # what was hidden of the very same counts: a city's takes seconds
SMALL, ANY = (1, LEAST - 1), (1, leeway.FAR)  # what the marks say
Cell = int  # place in the list of all cells
Sum = tuple[list[Cell], list[Cell]]  # cells left come to the same as those right


class Hidden:
    """Which cells are hidden of all tables that the asker can open: the lines of a tree of places.

    ``marks``: (node, key) → what its mark says.
    """

    MARKS = (f"<{LEAST}", "*")

    def __init__(self, tree: Tree, counts: Counts = STATISTICS) -> None:
        self.counts = counts
        known = (counts, tuple(tree.sums), tuple(sums[key] for sums in tree.sums.values() for key in counts.keys))
        self.marks = FOUND.get(known)
        if self.marks is None:
            self.marks = _Search(tree, counts).marked()
            FOUND.put(known, self.marks)

    def text(self, line: Line, one: Measure) -> str | None:
        """What stands in the place of a hidden value; None when it may be shown."""
        hidden = [self.marks[line.node, key] for key in (one.key, one.of) if (line.node, key) in self.marks]
        if not hidden:
            return None
        return self.MARKS[0] if one.counted and hidden[0] == SMALL else self.MARKS[1]


class _Search:
    """Hides more and more of a tree until every small count has room enough."""

    def __init__(self, tree: Tree, counts: Counts) -> None:
        self.cells = [(node, key) for node in tree.sums for key in counts.keys]
        self.numbers = [tree.sums[node][key] for node, key in self.cells]
        at = {cell: place for place, cell in enumerate(self.cells)}
        self.sums: list[Sum] = [([at[cell] for cell in left], [at[cell] for cell in right]) for left, right in _sums(tree, counts)]
        self.of: list[list[Sum]] = [[] for _cell in self.cells]
        for one in self.sums:
            for cell in _both(one):
                self.of[cell].append(one)
        twins = [[at[node, key] for key in counts.twins] for node in tree.sums]
        self.twins = {cell: [other for other in some if self.numbers[other]] for some in twins for cell in some}
        depths = tree.depths()
        # Which to take first: what is told nowhere else, in the deepest place, the smallest.
        self.dear = [(key in counts.told, -depths[node], self.numbers[place], place) for place, (node, key) in enumerate(self.cells)]
        self.marks: dict[Cell, leeway.Room] = {}

    def marked(self) -> dict[tuple[str, str], leeway.Room]:
        """(node, key) → what the mark of a hidden cell says."""
        self.marks = {cell: SMALL for cell, number in enumerate(self.numbers) if is_small(number)}
        while more := self._twins() or self._needed():
            self.marks.update(dict.fromkeys(more, ANY))
        return {self.cells[cell]: mark for cell, mark in self.marks.items()}

    def _twins(self) -> set[Cell]:
        return {other for cell in self.marks for other in self.twins.get(cell, ())} - self.marks.keys()

    def _needed(self) -> set[Cell]:
        """Cells to mark, for each small one that is left too little room."""
        left = leeway.rooms(self.marks, self.sums, dict(enumerate(self.numbers)))
        tight = [cell for cell, room in left.items() if is_small(self.numbers[cell]) and _width(room) < LEEWAY]
        return {other for cell in tight for other in self._lonely(cell, left) or self._helpful(cell, left)}

    def _binding(self, cell: Cell, left: Mapping[Cell, leeway.Room]) -> list[Sum]:
        """The sums whose other cells leave a hidden one too little room."""
        return [one for one in self.of[cell] if sum(_width(left[other]) for other in _both(one) if other in left and other != cell) < LEEWAY]

    def _lonely(self, tight: Cell, left: Mapping[Cell, leeway.Room]) -> list[Cell]:
        """A cell for each sum that binds this one and hides no other; else for the cheapest such sum of a cell that is bound together with it."""
        known, edge = {tight}, {tight}
        while edge:
            sums = [one for cell in edge for one in self._binding(cell, left)]
            alone = [min((cell for cell in _both(one) if self.numbers[cell] and cell not in self.marks), key=self.dear.__getitem__)
                     for one in sums if sum(cell in self.marks for cell in _both(one)) == 1]
            if alone:
                return alone if edge == {tight} else [min(alone, key=self.dear.__getitem__)]
            edge = {cell for one in sums for cell in _both(one) if cell in left and _width(left[cell]) < LEEWAY} - known
            known |= edge
        return []

    def _helpful(self, tight: Cell, left: Mapping[Cell, leeway.Room]) -> list[Cell]:
        """What else gives room to a cell: a shown one of the sums that bind it, or a mark there that says too much; else the nearest of either.

        Such a mark is mostly that of a whole, whose parts are known to be 1 at least each.
        """
        near, known = {cell for one in self._binding(tight, left) or self.of[tight] for cell in _both(one) if self.numbers[cell]}, {tight}
        while near := near - known:
            if shown := near - self.marks.keys():
                return [min(shown, key=self.dear.__getitem__)]
            if telling := [cell for cell in near if self.marks[cell] == SMALL]:
                return [max(telling, key=self.dear.__getitem__)]
            known |= near
            near = {other for cell in near for one in self.of[cell] for other in _both(one) if self.numbers[other]}
        return []


def _sums(tree: Tree, counts: Counts) -> Iterator[tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
    """Cells that come to the same: a place and its parts, the sides of a rule in each line."""
    for key in counts.keys:
        for node, parts in tree.parts.items():
            yield [(node, key)], [(part, key) for part in parts]
    for node in tree.sums:
        for left, right in counts.sums:
            yield [(node, key) for key in left], [(node, key) for key in right]


def _both(one: Sum) -> list[Cell]:
    return one[0] + one[1]


def _width(room: leeway.Room) -> int:
    return room[1] - room[0]


def is_small(count: int) -> bool:
    """Whether a count is of so few children that it may not leave the county."""
    return 0 < count < LEAST


def over_time(who: Asker, counts: Sequence[tuple[date, int]]) -> list[int | None]:
    """The numbers of a line over time as who asks may see them: a small one is left out, and no sum stands beside the line."""
    return [None if who.role in COUNTS_ONLY and is_small(count) else count for _day, count in counts]


def hidden_in(session: Session, shown: Report, counts: Counts = STATISTICS, again: Callable[[int], Report | None] | None = None) -> Hidden | None:
    """What to hide of a report, if who asks may see no small count. The report must hold all sections.

    ``again`` makes the same report of another area.
    """
    who = scope.asker(session)
    if who.role not in COUNTS_ONLY:
        return None
    top = shown
    if who.area_id is not None and shown.area_id != who.area_id:
        top = (again(who.area_id) if again is not None else report(session, area_id=who.area_id)) or shown
    return Hidden(nested.grow(top.node, top.places, top.leaves), counts)
