"""Fifty inspectors saving at once, over HTTP, against the server as it is deployed; beside it a plain handler, a row a request.

``python -m benchmarks --parts saves``. Both serve the same copy of the database by the same gunicorn configuration, one after the
other in each round. Afterwards every answer must stand in the database once, as it was sent.
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

from sqlalchemy import create_engine, text

from benchmarks import data, phones, postgres
from benchmarks.inspectors import INSPECTORS, ITEMS
from benchmarks.phones import Phone, Told, Visit
from benchmarks.report import table

OURS, PLAIN = "benchmarks.served:create_app()", "benchmarks.row_by_row:create_app()"
PACE, PACED_ITEMS = 2.0, 15  # seconds from tick to tick, and how many


@dataclass(frozen=True)
class Way:
    """A way of saving; ``items`` of each inspector, ``size`` of them a message, ``pace`` seconds from one to the next."""

    name: str
    server: str
    message: Callable[[Phone, Sequence[int]], str]
    items: int
    size: int
    pace: float = 0.0


WAYS = (Way("ours, what waited on the phone, 30 ticks a message", OURS, phones.queue_message, ITEMS, 30),
        Way("plain handler, a row a request", PLAIN, phones.row, ITEMS // 2, 1),
        Way("ours, a tick a message", OURS, phones.queue_message, ITEMS // 2, 1),
        Way(f"ours, a tick every {PACE:.0f} s", OURS, phones.queue_message, PACED_ITEMS, 1, PACE),
        Way(f"plain handler, a tick every {PACE:.0f} s", PLAIN, phones.row, PACED_ITEMS, 1, PACE))


def measure(children: int, made: Callable[[int], str], name: str, rounds: int) -> None:
    """Every way once a round; print the table. ``made`` as in __main__.ENGINES."""
    made(children)
    with _copied(children, name) as url:
        runs = iter(_inspectors(children, url, rounds * len(WAYS)))
        told = [[_run(children, url, way, next(runs)) for way in WAYS] for _round in range(rounds)]
    plain = [ways[1] for ways in told]
    lines = [_line(way, [ways[number] for ways in told], plain) for number, way in enumerate(WAYS)]
    headings = ("way", "answers/s", "of the plain handler's", "a message: median, ms", "p95, ms", "longest, ms", "messages", "errors", "stored once, as sent")
    print(table(f"{name}: {INSPECTORS} inspectors saving at once, {rounds} rounds", headings, lines))
    loops = [one * 1000 for ways in told for ran in ways for one in ran[0].loops]
    print(f"\nThe fixed loop took {min(loops):.1f} ms at best, {median(loops):.1f} ms as a rule, {max(loops):.1f} ms at worst.", flush=True)


def _line(way: Way, ran: Sequence[tuple[Told, str]], plain: Sequence[tuple[Told, str]]) -> list[str]:
    told = [one for one, _stored in ran]
    speeds, others = [[_speed(one) * _size(some) for one, _stored in some] for some in (ran, plain)]
    ratio = "–" if way.pace else f"× {median(one / other for one, other in zip(speeds, others, strict=True)):.2f}"
    times = [f"{median(one.at(part) for one in told) * 1000:,.0f}" for part in (0.5, 0.95)]
    wrong = [one for some in told for one in some.wrong]
    if wrong:
        print(f"{way.name}: {wrong[:3]}", file=sys.stderr)
    return [way.name, f"{median(speeds):,.0f}", ratio, *times, f"{max(one.at(1) for one in told) * 1000:,.0f}",
            f"{sum(len(one.seconds) for one in told):,}", str(len(wrong)), ", ".join(dict.fromkeys(stored for _one, stored in ran))]


def _speed(told: Told) -> float:
    return len(told.seconds) / told.lasted


def _size(ran: Sequence[tuple[Told, str]]) -> int:
    """Answers a message."""
    answers = int(ran[0][1].partition(" of ")[2].replace(",", ""))
    return round(answers / len(ran[0][0].seconds))


def _run(children: int, url: str, way: Way, visits: Sequence[Visit]) -> tuple[Told, str]:
    """One way once, after others have warmed the server up; with how many of the answers stand as they were sent."""
    visits, before = visits[:INSPECTORS], visits[INSPECTORS:]
    with _served(children, url, way.server) as port:
        ready = [Phone(port, visit) for visit in visits]
        phones.send([Phone(port, visit) for visit in before], way.message, way.items, way.size, 0.0)
        told = phones.send(ready, way.message, way.items, way.size, way.pace)
    return told, _stored(url, visits, way.items)


def _stored(url: str, visits: Sequence[Visit], items: int) -> str:
    query = text("SELECT inspection_id, code, result, remark, reason FROM answer JOIN checklist_item ON checklist_item.id = item_id "
                 "WHERE inspection_id >= :first AND inspection_id <= :last AND answer.deleted_at IS NULL")
    with create_engine(url).connect() as reading:
        rows = sorted(map(tuple, reading.execute(query, {"first": visits[0]["pk"], "last": visits[-1]["pk"]})))
    wanted = sorted((visit["pk"], visit["codes"][number], *phones.said(visit, number).values()) for visit in visits for number in range(items))
    once = len(set(rows) & set(wanted)) if len(rows) == len(set(rows)) else 0
    return f"{once:,} of {max(len(wanted), len(rows)):,}"


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
