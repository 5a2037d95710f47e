"""The export of the children to a workbook: ours, its reading alone, xlsxwriter's own loop, django-import-export; a workbook a school."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import data
from benchmarks.contender import ROOT, Broken, Result, ratio
from benchmarks.lists import PEERS_PYTHON
from benchmarks.report import calibration, table

LOOP = "xlsxwriter"
PEER = "django-import-export"
PEER_ROWS = 50_000  # it takes minutes and gigabytes beyond
GROUPS = {  # what is measured → its ways, ours first
    "export of 30 columns": ("ours", LOOP, "read"),
    "export of 30 columns, four ciphers a row opened and masked": ("ours, opened", f"{LOOP}, opened"),
    "a workbook a school, 300 at most, in one zip": ("ours, schools", f"{LOOP}, schools"),
}
HEADINGS = ["rows", "who", "CPU s", "of it the server's", "to ours", "peak MB", "of it before the export", "file MB", "the loop, ms"]


def measure(children: int, url: str, engine: str, *, peers: bool, rounds: int) -> list[Result]:
    """Print the tables for all rows of the database; returns the results."""
    found = []
    for what, ways in GROUPS.items():
        asked = [*ways, PEER] if peers and engine == "SQLite" and children <= PEER_ROWS and "ours" in ways else list(ways)
        found += _group(f"{engine}, {children:,} children: {what}", asked, children, url, rounds)
    return found


def _group(title: str, ways: Sequence[str], children: int, url: str, rounds: int) -> list[Result]:
    results = [Result(way, "export") for way in ways]
    for _ in range(rounds):
        for result in results:
            result.rounds.append(once(result.contender, children, url))
    print(table(title, HEADINGS, [
        [f"{one.last['rows']:,}", one.contender, f"{one.ms / 1000:.2f}", f"{one.server_ms / 1000:.2f}", f"× {ratio(results[0], one):.1f}",
         f"{one.last['mb']:.0f}", f"{one.last['base_mb']:.0f}", f"{one.last['file_mb']:.1f}", f"{one.last['loop'] * 1000:.0f}"] for one in results]))
    print(calibration(results))
    return results


def once(way: str, children: int, url: str) -> dict[str, float]:
    """One export in a process of its own, see cost.py; and the size of its file."""
    rows = children * 2  # more than there are: the demo adds a few to what was asked for
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        target = Path(folder) / "book.xlsx"
        own = [sys.executable, "-m", "benchmarks.export_ours", way, str(children), url, str(rows), str(target)]
        peer = [str(PEERS_PYTHON), "-m", "benchmarks.peers.import_export", str(data.for_peers(children)), str(rows), str(target)]
        found = _told(peer if way == PEER else own)
        return found | {"file_mb": target.stat().st_size / 1e6 if target.exists() else 0.0}


def _told(command: Sequence[str]) -> dict[str, float]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(done.stderr[-800:])
    return json.loads(done.stdout.splitlines()[-1])
