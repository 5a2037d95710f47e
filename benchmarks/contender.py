"""The side that measures: contenders as processes of their own, asked in turn, round by round.

A B C A B C …: whatever else the machine does falls on all of them alike, so ratios hold where times do not.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
LEAST_SECONDS = 0.1  # of CPU in one measurement, so that the clock's steps do not matter
MOST_TIMES = 10


class Broken(Exception):
    """A contender ended; its last words say why."""


class Contender:
    """A process that serves operations, see desk.py."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name, self._log = name, log
        with log.open("w") as errors:
            self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
        self.operations: set[str] = set(self._answer())

    def measure(self, operation: str, times: int = 1) -> dict[str, float]:
        """What one run costs, the mean of so many."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{operation}\t{times}\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _answer(self):  # type: ignore[no-untyped-def]
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Broken(f"{self.name}: {self._log.read_text()[-800:]}")
        return json.loads(line)


@dataclass
class Result:
    """The measurements of one operation of one contender; times are CPU milliseconds."""

    contender: str
    operation: str
    rounds: list[dict[str, float]] = field(default_factory=list)

    @property
    def ms(self) -> float:
        """Its own process and the database server's."""
        return median(one["cpu"] + one["server"] for one in self.rounds) * 1000

    @property
    def server_ms(self) -> float:
        return median(one["server"] for one in self.rounds) * 1000

    @property
    def loops(self) -> float:
        """The same, in fixed loops that ran right after it."""
        return median((one["cpu"] + one["server"]) / one["loop"] for one in self.rounds)

    @property
    def last(self) -> dict[str, float]:
        return self.rounds[-1]


def in_rounds(pairs: Sequence[tuple[Contender, str]], rounds: int) -> list[Result]:
    """Every (contender, operation) once a round, in the same order."""
    results = [Result(contender.name, operation) for contender, operation in pairs]
    times = [_times(contender, operation) for contender, operation in pairs]
    for _ in range(rounds):
        for (contender, operation), many, result in zip(pairs, times, results, strict=True):
            result.rounds.append(contender.measure(operation, many))
    return results


def _times(contender: Contender, operation: str) -> int:
    return max(1, min(MOST_TIMES, round(LEAST_SECONDS / max(contender.measure(operation)["cpu"], 0.001))))


def ratio(one: Result, other: Result) -> float:
    """How many times what ``one`` costs ``other`` costs: the median over the rounds, each within itself."""
    return median((b["cpu"] + b["server"]) / (a["cpu"] + a["server"]) for a, b in zip(one.rounds, other.rounds, strict=True))
