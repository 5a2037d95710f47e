"""How far hidden numbers can be narrowed down by whoever knows the others, what the marks mean, and what adds up."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

Cell = TypeVar("Cell", bound=Hashable)
FAR = 10 ** 9  # no bound
MOST_LOOKS = 100  # at each sum, on average; tables come to rest after a few
Room = tuple[int, int]  # least and most that a number can be


def rooms(marks: Mapping[Cell, Room], sums: Iterable[tuple[Sequence[Cell], Sequence[Cell]]], numbers: Mapping[Cell, int]) -> dict[Cell, Room]:
    """Hidden cell → its room. ``marks``: what its mark says of it; ``sums``: cells left and right that come to the same; ``numbers``: all that is shown.

    Bounds consistency to the fixed point: what the rest of a sum leaves for a number, again and again.
    """
    found = dict(marks)
    opened = [one for one in (_open(left, right, found, numbers) for left, right in sums) if one[0] or one[1]]
    of = defaultdict(list)
    for at, (left, right, _more) in enumerate(opened):
        for cell in (*left, *right):
            of[cell].append(at)
    waiting, looks = deque(range(len(opened))), MOST_LOOKS * len(opened)
    queued = set(waiting)
    while waiting and looks:
        looks -= 1
        at = waiting.popleft()
        queued.discard(at)
        again = {other for cell in _narrow(found, *opened[at]) for other in of[cell]} - queued
        waiting.extend(sorted(again))
        queued |= again
    return found


def _open(left: Sequence[Cell], right: Sequence[Cell], hidden: Mapping[Cell, Room], numbers: Mapping[Cell, int]) -> tuple[list[Cell], list[Cell], int]:
    """The hidden cells of both sides, and by how much the left ones come to more than the right ones."""
    more = sum(numbers[cell] for cell in right if cell not in hidden) - sum(numbers[cell] for cell in left if cell not in hidden)
    return [cell for cell in left if cell in hidden], [cell for cell in right if cell in hidden], more


def _narrow(found: dict[Cell, Room], left: list[Cell], right: list[Cell], more: int) -> list[Cell]:
    """One sum, all its hidden cells: those that it leaves less room."""
    least = sum(found[cell][0] for cell in left) - sum(found[cell][1] for cell in right)
    most = sum(found[cell][1] for cell in left) - sum(found[cell][0] for cell in right)
    new = [(cell, more - most + found[cell][1], more - least + found[cell][0]) for cell in left]
    new += [(cell, least + found[cell][1] - more, most + found[cell][0] - more) for cell in right]
    changed = []
    for cell, low, high in new:
        before = found[cell]
        if low > before[0] or high < before[1]:
            found[cell] = max(before[0], low), min(before[1], high)
            changed.append(cell)
    return changed
