"""The search for what has to be hidden of a tree of tables, so that no small count follows from what is shown (suppression.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from app.services import leeway
from app.services.counting import Sums
from app.services.leeway import Cell, Sum
from app.services.nested import Tree

LEAST = 5
NO_PART = -1  # what is left of a whole that the part is none of
LEEWAY = 2  # most less least that a small count can be, by what is shown
Rule = tuple[tuple[str, ...], tuple[str, ...]]  # the keys left come to the same as those right
SMALL, ANY, UNSEEN = (1, LEAST - 1), (1, leeway.FAR), (0, leeway.FAR)  # what the marks say; the last: nothing at all


class Rest(NamedTuple):
    """What a part leaves of a whole. No table shows it, but it is not less than nothing, and that tells something of both.

    ``kept``: another table does show it, so that a small one must not follow. ``same``: two counts; only where they are equal is the one a part
    of the other.
    """

    whole: str
    part: str
    kept: bool = False
    same: tuple[str, str] | None = None

    @property
    def key(self) -> str:
        return f"{self.whole}-{self.part}"


@dataclass(frozen=True)
class Counts:
    """Which keys of a line count children, and what adds up.

    ``twins``: different counts of nearly the same children. ``unseen``: counts of the sums that no table shows.
    ``given``: counts of a table that stands already: what is hidden of them is not for this search to say.
    """

    keys: tuple[str, ...]
    sums: tuple[Rule, ...] = ()
    twins: tuple[str, ...] = ()
    rests: tuple[Rest, ...] = ()
    unseen: tuple[str, ...] = ()
    given: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every key, a rest after what it is the rest of."""
        return (*self.given, *self.keys, *self.unseen, *(one.key for one in self.rests))

    def numbers(self, sums: Sums) -> dict[str, int]:
        """Key → number, of one line. Less than zero: what was declared a part of it is none there."""
        found = {key: sums[key] for key in (*self.given, *self.keys, *self.unseen)}
        for one in self.rests:
            apart = one.same is not None and found[one.same[0]] != found[one.same[1]]
            found[one.key] = NO_PART if apart else found[one.whole] - found[one.part]
        return found


def is_small(count: int) -> bool:
    """Whether a count is of so few children that it may not leave the county."""
    return 0 < count < LEAST


class Search:
    """Hides more and more of a tree until every small count has room enough. ``given``: (node, key) → mark of the counts given."""

    def __init__(self, tree: Tree, counts: Counts, given: Mapping[tuple[str, str], leeway.Room]) -> None:
        self.counts, self.given = counts, given
        self.nodes = [*tree.sums]
        self.cells = [(node, key) for node in self.nodes for key in counts.all]
        self.numbers = [number for sums in tree.sums.values() for number in counts.numbers(sums).values()]
        self.at = {cell: place for place, cell in enumerate(self.cells)}
        sums = ([[self.at[cell] for cell in side] for side in both] for both in _sums(tree, counts))
        self.sums: list[Sum] = [(left, right) for left, right in sums if min(self.numbers[cell] for cell in (*left, *right)) >= 0]
        self.both = [left + right for left, right in self.sums]
        self.of: list[list[int]] = [[] for _cell in self.cells]  # places of the sums that a cell stands in
        for at, both in enumerate(self.both):
            for cell in both:
                self.of[cell].append(at)
        kept = {*counts.keys, *counts.given, *(one.key for one in counts.rests if one.kept)}
        self.small = {cell for cell, (_node, key) in enumerate(self.cells) if key in kept and is_small(self.numbers[cell])}
        twins = [[self.at[node, key] for key in counts.twins] for node in self.nodes]
        self.twins = {cell: [other for other in some if self.numbers[other]] for some in twins for cell in some}
        depths = tree.depths()
        # Which to take first: in the deepest place, the smallest.
        self.dear = [(-depths[node], self.numbers[place], place) for place, (node, _key) in enumerate(self.cells)]
        self.marks: dict[Cell, leeway.Room] = {}
        self.shut: set[Cell] = set()  # what cannot be hidden

    def marked(self) -> dict[tuple[str, str], leeway.Room]:
        """(node, key) → what the mark of a hidden cell says."""
        self._begin()
        while more := self._twins() or self._needed():
            self.marks.update(dict.fromkeys(more, ANY))
        return {self.cells[cell]: mark for cell, mark in self.marks.items()}

    def _begin(self) -> None:
        """Small counts are hidden, and so is what is nearly a hidden count given; what is the very same as one shown cannot be."""
        shown = {*self.counts.keys}
        for cell, (node, key) in enumerate(self.cells):
            if key in self.counts.given:
                self.marks |= {cell: self.given[node, key]} if (node, key) in self.given else {}
            elif key not in shown:
                self.marks |= {cell: SMALL if cell in self.small else UNSEEN} if self.numbers[cell] > 0 else {}
            elif cell in self.small:
                self.marks[cell] = SMALL
            if key not in shown:
                self.shut.add(cell)
        self._close()
        for one in (one for one in self.counts.rests if one.whole in self.counts.given and one.part in shown):
            for node in self.nodes:
                self._follow(self.at[node, one.whole], self.at[node, one.part], self.numbers[self.at[node, one.key]])

    def _close(self) -> None:
        """Of a small whole no part is told, not even which are none: 4 with four parts that are not zero would be 1 each."""
        closed: set[Cell] = set()
        rules = [(left[0], right) for left, right in self.counts.sums if len(left) == 1 and left[0] not in self.counts.given]
        before = -1
        while len(closed) > before:
            before = len(closed)
            for node in self.nodes:
                for whole, parts in rules:
                    if is_small(self.numbers[self.at[node, whole]]) or self.at[node, whole] in closed:
                        closed.update(self.at[node, part] for part in parts)
        self.marks.update(dict.fromkeys(closed, UNSEEN))

    def _follow(self, whole: Cell, part: Cell, rest: int) -> None:
        if rest < 0:
            return
        if whole in self.marks:
            if self.numbers[part]:
                self.marks.setdefault(part, ANY)
        elif not rest:
            self.shut.add(part)

    def _twins(self) -> set[Cell]:
        return {other for cell in self.marks for other in self.twins.get(cell, ())} - self.marks.keys() - self.shut

    def _needed(self) -> set[Cell]:
        """Cells to mark, for each small one that is left too little room."""
        look = _Look(self, leeway.rooms(self.marks, self.sums, self.numbers))
        tight = [cell for cell in look.bound if cell in self.small]
        return {other for cell in tight for other in look.lonely(cell) or self._helpful(cell, look)}

    def _helpful(self, tight: Cell, look: _Look) -> list[Cell]:
        """What else gives room to a cell: a shown one of the sums that bind it, or a mark there that says too much; else the nearest of either.

        Such a mark is mostly that of a whole, whose parts are known to be 1 at least each.
        """
        near, known = {cell for at in look.binding(tight) or self.of[tight] for cell in self.both[at] if self.numbers[cell]}, {tight}
        while near := near - known:
            if shown := near - self.marks.keys() - self.shut:
                return [min(shown, key=self.dear.__getitem__)]
            if telling := [cell for cell in near if self.marks.get(cell) == SMALL and cell not in self.shut]:
                return [max(telling, key=self.dear.__getitem__)]
            known |= near
            near = {other for cell in near for at in self.of[cell] for other in self.both[at] if self.numbers[other]}
        return []


class _Look:
    """What the rooms of the hidden cells say at one time, each thing found once: cells that are bound together ask for the same."""

    def __init__(self, search: Search, left: Mapping[Cell, leeway.Room]) -> None:
        self._search = search
        self._width = {cell: high - low for cell, (low, high) in left.items()}
        self.bound = [cell for cell, width in self._width.items() if width < LEEWAY]  # what is left too little room
        self._cheapest = cache(self._cheapest_of)
        self._together = cache(self._together_with)
        self._slack = cache(lambda at: sum(self._width[cell] for cell in search.both[at] if cell in self._width))

    def binding(self, cell: Cell) -> list[int]:
        """The sums whose other cells leave a hidden one too little room."""
        return [at for at in self._search.of[cell] if self._slack(at) - self._width[cell] < LEEWAY]

    def lonely(self, tight: Cell) -> list[Cell]:
        """A cell for each sum that binds this one and hides no other; else for the cheapest such sum of a cell that is bound together with it."""
        alone, edge = self._together(tight)
        if alone:
            return alone
        known = {tight}
        while edge := edge - known:
            known |= edge
            found = [self._together(cell) for cell in edge]
            if alone := [one for some, _edge in found for one in some]:
                return [min(alone, key=self._search.dear.__getitem__)]
            edge = {one for _alone, some in found for one in some}
        return []

    def _together_with(self, cell: Cell) -> tuple[list[Cell], set[Cell]]:
        """Of the sums that bind a cell: what to hide of those that hide no other, and the bound cells of them all."""
        sums = self.binding(cell)
        alone = [one for at in sums if (one := self._cheapest(at)) is not None]
        return alone, {one for at in sums for one in self._search.both[at] if self._width.get(one, LEEWAY) < LEEWAY}

    def _cheapest_of(self, at: int) -> Cell | None:
        """What to hide of a sum that hides one cell alone."""
        search, both = self._search, self._search.both[at]
        if sum(cell in search.marks for cell in both) != 1:
            return None
        shown = [cell for cell in both if search.numbers[cell] and cell not in search.marks and cell not in search.shut]
        return min(shown, key=search.dear.__getitem__, default=None)


def _sums(tree: Tree, counts: Counts) -> Iterator[tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
    """Cells that come to the same: a place and its parts, the sides of a rule in each line, a whole and what a part leaves of it."""
    for key in counts.all:
        for node, parts in tree.parts.items():
            yield [(node, key)], [(part, key) for part in parts]
    rules = (*counts.sums, *(((one.whole,), (one.part, one.key)) for one in counts.rests))
    for node in tree.sums:
        for left, right in rules:
            yield [(node, key) for key in left], [(node, key) for key in right]
