"""Fifty inspectors saving at once, over HTTP, against the server as it is deployed; beside it two handlers that take a row a request.

``python -m benchmarks --parts saves``. One does the same work a tick (same_work.py), one as little as can be (row_by_row.py). All serve the same
copy of the database by the same gunicorn configuration, one after the other in each round. Afterwards every answer must stand in the
database once, as it was sent, and the handler of the same work must have left the same rows as ours.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import data, phones, postgres, stored
from benchmarks.inspectors import INSPECTORS, ITEMS
from benchmarks.phones import BATCH, Phone, Told, Visit
from benchmarks.report import table
from benchmarks.stored import Left

OURS, SAME, PLAIN = (f"benchmarks.{module}:create_app()" for module in ("served", "same_work", "row_by_row"))
SINGLE = 20  # ticks of each inspector where each is a message
PACES = ((2.0, 12), (0.5, 24))  # seconds from tick to tick, and how many


@dataclass(frozen=True)
class Way:
    """A way of saving; ``items`` of each inspector, ``size`` of them a message at most, ``pace`` seconds from one tick to the next."""

    name: str
    server: str
    message: Callable[[Phone, Sequence[int]], str]
    items: int
    size: int
    pace: float = 0.0


FLAT_OUT = (Way("ours, what waited on the phone, 30 ticks a message", OURS, phones.queue_message, ITEMS, BATCH),
            Way("ours, a tick a message", OURS, phones.queue_message, SINGLE, 1),
            Way("the same work, row by row", SAME, phones.one_tick, SINGLE, 1),
            Way("plain handler, row by row", PLAIN, phones.row, ITEMS // 2, 1))
PACED = tuple(way for pace, items in PACES for way in (
    Way(f"ours, a tick every {pace:.1f} s", OURS, phones.queue_message, items, BATCH, pace),
    Way(f"the same work, a tick every {pace:.1f} s", SAME, phones.one_tick, items, 1, pace)))
WAYS = FLAT_OUT + PACED


@dataclass(frozen=True)
class Ran:
    """A way once: what the phones saw, how many ticks stand as they were sent, and what of them stands."""

    told: Told
    once: str
    left: Left


def measure(children: int, made: Callable[[int], str], name: str, rounds: int) -> None:
    """Every way once a round; print the table. ``made`` as in __main__.ENGINES."""
    made(children)
    with _copied(children, name) as url:
        runs = iter(_inspectors(children, url, rounds * len(WAYS)))
        ran = [[_run(children, url, way, next(runs)) for way in WAYS] for _round in range(rounds)]
    lines = [_line(way, [ways[number] for ways in ran], ran) for number, way in enumerate(WAYS)]
    headings = ("way", "answers/s", "of the same work's", "of the plain handler's", "a tick, until it is stored: median, ms", "p95, ms", "longest, ms",
                "ticks a message", "errors", "stored once, as sent", "loop, ms")
    print(table(f"{name}: {INSPECTORS} inspectors saving at once, {rounds} rounds", headings, lines))
    print(f"\nRows that the same work left otherwise than ours: {_unlike(ran)}.", flush=True)


def _line(way: Way, ran: Sequence[Ran], all_: Sequence[Sequence[Ran]]) -> list[str]:
    told = [one.told for one in ran]
    speed = f"{median(one.speed for one in told):,.0f} ({min(one.speed for one in told):,.0f}–{max(one.speed for one in told):,.0f})"
    ratios = ["–" if way.pace else _ratio(told, [ways[number].told for ways in all_]) for number in (2, 3)]
    times = [f"{median(one.at(part) for one in told) * 1000:,.0f}" for part in (0.5, 0.95)]
    wrong = [one for some in told for one in some.wrong]
    if wrong:
        print(f"{way.name}: {wrong[:3]}", file=sys.stderr)
    size = sum(len(one.seconds) for one in told) / sum(one.messages for one in told)
    return [way.name, speed, *ratios, *times, f"{max(one.at(1) for one in told) * 1000:,.0f}", f"{size:.1f}", str(len(wrong)),
            ", ".join(dict.fromkeys(one.once for one in ran)), f"{median(loop for one in told for loop in one.loops) * 1000:.1f}"]


def _ratio(told: Sequence[Told], others: Sequence[Told]) -> str:
    """How many times as many answers a second, the median over the rounds, each within itself."""
    return f"× {median(one.speed / other.speed for one, other in zip(told, others, strict=True)):.2f}"


def _unlike(ran: Sequence[Sequence[Ran]]) -> str:
    """Of how many, over all rounds; what was otherwise goes to stderr."""
    wrong, compared = list[str](), 0
    for ways in ran:
        ours = ways[0].left
        for way, one in zip(WAYS, ways, strict=True):
            if way.server == SAME:
                compared += len(ours.keys() & one.left.keys())
                wrong += stored.unlike(ours, one.left)
    print(*wrong[:3], sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return f"{len(wrong):,} of {compared:,}"


def _run(children: int, url: str, way: Way, visits: Sequence[Visit]) -> Ran:
    """One way once, after others have warmed the server up."""
    visits, before = visits[:INSPECTORS], visits[INSPECTORS:]
    with _served(children, url, way.server) as port:
        ready = [Phone(port, visit) for visit in visits]
        phones.send([Phone(port, visit) for visit in before], way.message, way.items, way.size, 0.0)
        told = phones.send(ready, way.message, way.items, way.size, way.pace)
    return Ran(told, stored.once(url, visits, way.items), {} if way.server == PLAIN else stored.left(url, visits))


@contextmanager
def _copied(children: int, name: str) -> Iterator[str]:
    """A copy of the database, whose commits last: fsync on PostgreSQL, as SQLite's settings have it."""
    with nullcontext() if name == "SQLite" else postgres.lasting(data.ROOT), data.copied(children, name, "bench_saves") as url:
        yield url


def _inspectors(children: int, url: str, runs: int) -> list[list[Visit]]:
    command = [sys.executable, "-m", "benchmarks.inspectors", str(children), url, str(runs)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@contextmanager
def _served(children: int, url: str, application: str) -> Iterator[int]:
    """The port of gunicorn, with the configuration of deploy/."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    data.settings(children, url)
    with (data.folder_of(children) / "saves.log").open("w") as log:
        server = subprocess.Popen([Path(sys.executable).parent / "gunicorn", "--config", "deploy/gunicorn.conf.py", application],
                                  env={**os.environ, "PORT": str(port)}, stdout=log, stderr=log)
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()
            server.wait()


def _wait(port: int) -> None:
    for _try in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start; see saves.log beside the database")
