"""What a regular expression costs on a text, counted and not timed: a backtracking matcher that walks Python's own parse of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

_parser: Any = re._parser  # type: ignore[attr-defined]
_parsed = cache(_parser.parse)


class Steps:
    """Places that were tried, as an engine that goes back tries them; ``search_all`` gives what ``finditer`` would."""

    def __init__(self, pattern: str) -> None:
        self.tree, self.taken = _parsed(pattern), 0
        self._fitting: dict[tuple[str, int, str], bool] = {}  # (operation, id of its part of the tree, character) → whether it fits

    def search_all(self, text: str) -> Iterator[tuple[int, int]]:
        at = 0
        while at <= len(text):
            end = next(self._items(list(self.tree), text, at), None)
            if end is None:
                at += 1
                continue
            yield at, end
            at = max(end, at + 1)

    def _items(self, items: list[Any], text: str, at: int) -> Iterator[int]:
        if not items:
            yield at
            return
        for end in self._one(*items[0], text, at):
            yield from self._items(items[1:], text, end)

    def _one(self, op: Any, arg: Any, text: str, at: int) -> Iterator[int]:
        self.taken += 1
        name = str(op)
        if name == "MAX_REPEAT":
            yield from self._repeat(*arg[:2], list(arg[2]), text, at, 0)
        elif name == "SUBPATTERN":
            yield from self._items(list(arg[3]), text, at)
        elif name == "BRANCH":
            for branch in arg[1]:
                yield from self._items(list(branch), text, at)
        elif name in ("ASSERT", "ASSERT_NOT"):
            assert arg[0] == 1, "looks behind, which an old browser cannot"
            if (next(self._items(list(arg[1]), text, at), None) is not None) is (name == "ASSERT"):
                yield at
        elif name == "AT":
            if at == 0:
                yield at
        elif at < len(text) and self._fits(name, arg, text[at]):
            yield at + 1

    def _fits(self, name: str, arg: Any, character: str) -> bool:
        key = name, id(arg), character
        if key not in self._fitting:
            self._fitting[key] = _fits(name, arg, ord(character))
        return self._fitting[key]

    def _repeat(self, least: int, most: int, items: list[Any], text: str, at: int, done: int) -> Iterator[int]:
        if done < most:
            for end in self._items(items, text, at):
                if end > at:
                    yield from self._repeat(least, most, items, text, end, done + 1)
        if done >= least:
            yield at


def _fits(name: str, arg: Any, code: int) -> bool:
    if name in ("LITERAL", "NOT_LITERAL"):
        return bool((arg == code) is (name == "LITERAL"))
    assert name == "IN", name
    kinds = [(str(kind), value) for kind, value in arg]
    found = any(value[0] <= code <= value[1] if kind == "RANGE" else value == code for kind, value in kinds if kind != "NEGATE")
    return found is (kinds[0][0] != "NEGATE")
