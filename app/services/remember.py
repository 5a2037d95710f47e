"""Answers of the database that a process remembers for a while: only what may be that much out of date."""

from __future__ import annotations

from collections.abc import Hashable
from time import monotonic
from typing import Any


class Memory:
    """At most ``most`` answers, each for ``seconds``; when there are more, all are forgotten.

    A key begins with the engine: a process may serve several databases, as tests do.
    """

    def __init__(self, seconds: float, most: int = 1_000) -> None:
        self.seconds, self.most = seconds, most
        self._known: dict[Hashable, tuple[float, Any]] = {}

    def get(self, key: Hashable) -> Any:
        """The answer, or None when it is not known or too old."""
        until, answer = self._known.get(key, (0.0, None))
        return answer if until > monotonic() else None

    def put(self, key: Hashable, answer: Any) -> None:
        if len(self._known) >= self.most:
            self._known.clear()
        self._known[key] = monotonic() + self.seconds, answer

    def clear(self) -> None:
        self._known.clear()
