"""Long lists a piece at a time: a statement takes only so many parameters, a transaction only so much time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
IDS = 500  # ids in one IN list


def some(values: Sequence[T], most: int = IDS) -> Iterator[list[T]]:
    """The values in their order, at most ``most`` in each list; of none no list. (itertools.batched needs Python 3.12.)"""
    return (list(values[at : at + most]) for at in range(0, len(values), most))
