"""How far hidden numbers can be narrowed down by whoever knows the others, what the marks mean, and what adds up."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence

Cell = int  # place in the list of all numbers
Sum = tuple[list[Cell], list[Cell]]  # cells left come to the same as those right
FAR = 10 ** 9  # no bound
MOST_LOOKS = 100  # at each sum, on average; tables come to rest after a few
Room = tuple[int, int]  # least and most that a number can be


def rooms(marks: Mapping[Cell, Room], sums: Iterable[Sum], numbers: Sequence[int]) -> dict[Cell, Room]:
    """Hidden cell → its room. ``marks``: what its mark says of it; ``numbers``: of which only those shown are looked at.

    Bounds consistency to the fixed point: what the rest of a sum leaves for a number, again and again. The numbers themselves satisfy all of it, so
    that a sum narrows its cells as far as it can at one look.
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
        for cell in _narrow(found, *opened[at]):
            again = [other for other in of[cell] if other not in queued]
            waiting.extend(again)
            queued.update(again)
        queued.discard(at)  # which the look has brought to rest
    return found


def _open(left: list[Cell], right: list[Cell], hidden: Mapping[Cell, Room], numbers: Sequence[int]) -> tuple[list[Cell], list[Cell], int]:
    """The hidden cells of both sides, and by how much the left ones come to more than the right ones."""
    more = sum(numbers[cell] for cell in right if cell not in hidden) - sum(numbers[cell] for cell in left if cell not in hidden)
    return [cell for cell in left if cell in hidden], [cell for cell in right if cell in hidden], more


def _narrow(found: dict[Cell, Room], left: list[Cell], right: list[Cell], more: int) -> list[Cell]:
    """One sum, all its hidden cells: those that it leaves less room."""
    least = most = widest = 0
    for cell in left:
        low, high = found[cell]
        least, most = least + low, most + high
        if high - low > widest:
            widest = high - low
    for cell in right:
        low, high = found[cell]
        least, most = least - high, most - low
        if high - low > widest:
            widest = high - low
    below, above = most - more, more - least  # how far a left cell can be below its greatest, and above its least; a right one the other way round
    if widest <= below and widest <= above:
        return []  # most often so
    return [cell for side, down, up in ((left, below, above), (right, above, below)) for cell in side if _cut(found, cell, down, up)]


def _cut(found: dict[Cell, Room], cell: Cell, down: int, up: int) -> bool:
    """Hold a cell to so much below its greatest and above its least; whether that is less than it had."""
    low, high = found[cell]
    if high - low <= min(down, up):
        return False
    found[cell] = max(low, high - down), min(high, low + up)
    return True
