"""The rules between the 32 columns of the summary, checked in every line before the form leaves.

Source: the form's own note 2 (表间勾稽关系) of the national census of left-behind children, 民发〔2016〕42号.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.services.statistics import Line

Side = tuple[str, ...]


def _span(first: int, last: int) -> Side:
    return tuple(f"c{n}" for n in range(first, last + 1))


# Left side = right side, each the sum of its columns.
RULES: tuple[tuple[Side, Side], ...] = (
    (("c1",), ("c2", "c5", "c8")), (("c1",), _span(11, 18)), (("c1",), _span(19, 20)), (("c1",), _span(21, 25)),
    (("c1",), _span(26, 29)), (("c1",), _span(30, 32)), (("c2",), ("c3", "c4")), (("c5",), ("c6", "c7")), (("c8",), ("c9", "c10")),
    (("c13", "c14"), ("c24", "c25")))


@dataclass(frozen=True)
class Broken:
    """A rule that a line breaks, with each of its cells: column → number."""

    line: str
    left: Mapping[str, int]
    right: Mapping[str, int]

    @property
    def rule(self) -> str:
        """The rule as the form's note writes it: 1＝2＋5＋8."""
        return f"{_columns(self.left)}＝{_columns(self.right)}"

    @property
    def numbers(self) -> str:
        """The cells' numbers in the same order, with both sums: 120≠40＋50＋20（110）."""
        return f"{_numbers(self.left)}≠{_numbers(self.right)}"

    @property
    def gap(self) -> int:
        """How many children the right side lacks; negative when it has too many."""
        return sum(self.left.values()) - sum(self.right.values())


def check(lines: Iterable[Line]) -> list[Broken]:
    """Every rule that a line breaks, in the order of the lines."""
    return [one for line in lines for left, right in RULES if (one := _judged(line, left, right)).gap]


def _judged(line: Line, left: Side, right: Side) -> Broken:
    return Broken(line.name, {key: line.sums[key] for key in left}, {key: line.sums[key] for key in right})


def _columns(side: Mapping[str, int]) -> str:
    return "＋".join(key.removeprefix("c") for key in side)


def _numbers(side: Mapping[str, int]) -> str:
    told = "＋".join(str(value) for value in side.values())
    return told if len(side) == 1 else f"{told}（{sum(side.values())}）"
