"""The list page and the search, ours beside the floor and beside peers."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import data, peer_data
from benchmarks.cases import ROLES, cases
from benchmarks.contender import ROOT, Broken, Contender, Result, in_rounds, ratio
from benchmarks.report import calibration, table

PEERS = {"Flask-Admin": "flask_admin", "Django admin": "django_admin", "SQLAdmin": "sqladmin_list", "Flask-AppBuilder": "appbuilder"}
PEERS_PYTHON = ROOT / "benchmarks" / ".venv-peers" / "bin" / "python"
OPERATIONS = ("list", "deep", "sorted", "by name", "filtered", "name", "pinyin", "initials", "home", "roll-up")


def measure(children: int, url: str, engine: str, *, peers: bool, rounds: int) -> list[Result]:
    """Print the tables of one engine; returns all results."""
    cases(children)
    running = [own("ours", children, url), own("floor", children, url)]
    if peers and engine == "SQLite":
        running += _peers(children)
    try:
        results = [*_county(running, rounds, f"{engine}, {children:,} children, county account"),
                   *_roles(running[0], rounds, f"{engine}, {children:,} children, ours by account (ms)")]
    finally:
        for contender in running:
            contender.close()
    print(calibration(results))
    return results


def own(name: str, children: int, url: str) -> Contender:
    """A contender of this environment."""
    return Contender(name, [sys.executable, "-m", f"benchmarks.{name}", str(children), url], _log(children, name))


def _peers(children: int) -> list[Contender]:
    found = []
    for name, module in PEERS.items():
        try:
            found.append(Contender(name, [str(PEERS_PYTHON), "-m", f"benchmarks.peers.{module}", str(peer_data.sqlite(children))], _log(children, module)))
        except (Broken, OSError) as why:
            print(f"{name} did not run: {why}")
    return found


def _log(children: int, name: str) -> Path:
    return data.folder_of(children) / f"{name}.log"


def _county(running: list[Contender], rounds: int, title: str) -> list[Result]:
    ours, lines, results = running[0], [], []
    for operation in OPERATIONS[:-2]:  # the last two are our own pages
        pairs = [(ours, f"county {operation}"), *((one, operation) for one in running[1:] if operation in one.operations)]
        found = in_rounds(pairs, rounds)
        results += found
        lines += [[operation, one.contender, f"{one.ms:.1f}", f"× {ratio(found[0], one):.2f}", f"{one.last['bytes'] / 1000:.0f}", f"{one.last['queries']:.0f}"]
                  for one in found]
    print(table(title, ["operation", "who", "CPU ms", "to ours", "KB", "queries"], lines))
    return results


def _roles(ours: Contender, rounds: int, title: str) -> list[Result]:
    found = {result.operation: result for result in in_rounds([(ours, f"{role} {name}") for name in OPERATIONS for role in ROLES], rounds)}
    lines = [[name, *(f"{found[f'{role} {name}'].ms:.1f}" for role in ROLES), f"{found[f'county {name}'].server_ms:.1f}"] for name in OPERATIONS]
    print(table(title, ["operation", *ROLES, "of it the server's, county"], lines))
    return list(found.values())
