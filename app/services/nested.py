"""The tree of places below a place, with the sums of each: all lines and totals of its table and of the tables behind it.

A place is named by its path (models/org.py); the schools that hang on a place itself are a part of it named ``OWN``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from app.services.counters import Place
from app.services.counting import Sums

OWN = "-"  # no path ends so


@dataclass
class Tree:
    """Node → its sums, and node → the nodes that it is parted into; a node of no parts is a leaf."""

    sums: dict[str, Sums] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)

    def depths(self) -> dict[str, int]:
        """Node → how many steps it stands below the top."""
        above = {part: node for node, parts in self.parts.items() for part in parts}
        found: dict[str, int] = {}
        for node in self.sums:
            chain = [node]
            while chain[-1] in above:
                chain.append(above[chain[-1]])
            found[node] = len(chain) - 1
        return found


def part_of(node: str, path: str) -> str:
    """The part of a place that holds the place of a path, which lies in it or is it."""
    return node + (path.removeprefix(node).partition("/")[0] + "/" if path != node else OWN)


def grow(top: str, places: Iterable[Place], leaves: Collection[str]) -> Tree:
    """The tree below a place; ``leaves``: paths of the places that no table parts."""
    tree = Tree({top: Counter()}, {})
    for one in places:
        node = top
        tree.sums[top].update(one.sums)
        while node not in leaves and not node.endswith(OWN):
            parts, node = tree.parts.setdefault(node, []), part_of(node, one.path)
            if node not in tree.sums:
                tree.sums[node] = Counter()
                parts.append(node)
            tree.sums[node].update(one.sums)
    return tree
