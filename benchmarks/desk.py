"""The contender's side: do one operation a few times when asked, and say what it cost.

Runs in peers' environments too, so it knows nothing but the standard library.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Mapping
from time import process_time
from typing import TextIO

Operation = Callable[[], bytes]
LOOP = 200_000


def loop() -> float:
    """CPU seconds of a fixed loop: when they grow, the machine was busy and times mean less."""
    start, total = process_time(), 0
    for number in range(LOOP):
        total += number * number % 7
    return process_time() - start


def serve(operations: Mapping[str, Operation], queries: Callable[[], int] = lambda: 0,
          elsewhere: Callable[[], float] = lambda: 0.0) -> None:
    """Answer lines ``name<TAB>times`` on stdin with JSON lines on stdout until stdin ends.

    ``queries`` counts statements so far; ``elsewhere`` is the CPU seconds that a database server
    has spent for this process. Whatever the operations print goes to stderr.
    """
    answers = _own_stdout()
    gc.collect()
    gc.freeze()  # what was loaded is not looked through again, as in deploy/gunicorn.conf.py; for every contender alike
    print(json.dumps(sorted(operations)), file=answers, flush=True)
    for line in sys.stdin:
        name, times = line.rstrip("\n").split("\t")
        print(json.dumps(_measure(operations[name], int(times), queries, elsewhere)), file=answers, flush=True)


def _measure(operation: Operation, times: int, queries: Callable[[], int], elsewhere: Callable[[], float]) -> dict[str, float]:
    """Seconds are those of one run, after one run that warms up."""
    operation()
    asked, served, start = queries(), elsewhere(), process_time()
    for _ in range(times):
        page = operation()
    spent = process_time() - start
    return {"cpu": spent / times, "server": (elsewhere() - served) / times, "bytes": len(page),
            "queries": (queries() - asked) / times, "loop": loop()}


def _own_stdout() -> TextIO:
    """Stdout for the answers alone."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers
