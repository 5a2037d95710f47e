"""The export of the children to a workbook at growing sizes: ours, xlsxwriter's own loop, openpyxl, Django, Flask-Admin; a workbook a school."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import peer_data
from benchmarks.contender import ROOT, Broken, Result, ratio
from benchmarks.lists import PEERS_PYTHON
from benchmarks.report import calibration, table

LOOP, PEN, REPEATED, TIMES = "xlsxwriter", "openpyxl", ", 4 times", 4
PEERS = {"django-import-export": "import_export", "Flask-Admin": "flask_admin_export"}
GROUPS: dict[str, tuple[tuple[str, ...], int]] = {  # what is measured → its ways, ours first; of how many sizes, the largest ones
    "export of 30 columns": (("ours", "read", LOOP, PEN, *PEERS), 4),
    "export of 30 columns, four ciphers a row opened and masked": (("ours, opened", f"{LOOP}, opened"), 2),
    "a workbook a school, 300 at most, in one zip": (("ours, schools", f"{LOOP}, schools"), 1),
}
MOST = {f"{LOOP}, opened": 50_000}  # children: it says nothing new beyond
LARGE = 260_000  # children: measured once; and each four times, which makes a million rows
HELD = 14_000  # MB that a peer fills with a million rows before it writes the first one
MEMORY = Path("/proc/meminfo")  # Linux alone
HEADINGS = ["rows", "who", "CPU s", "of it the server's", "to ours", "CPU µs a row", "peak MB", "of it before the export", "file MB"]


def measure(sizes: Sequence[int], made: Callable[[int], str], engine: str, *, peers: bool, rounds: int) -> None:
    """Print the tables, a group of lines a size; ``made`` gives the URL of the database of so many children."""
    for what, (ways, most) in GROUPS.items():
        lines: list[list[str]] = []
        results: list[Result] = []
        for size in sizes[-most:]:
            asked = [way for way in ways if size <= MOST.get(way, size) and (peers or way not in (PEN, *PEERS))]
            if size == LARGE and asked[0] == "ours":
                asked += [way + REPEATED for way in asked if way != "read" and _has_room(way)]
            found = _in_turn(asked, size, made(size), rounds if size < LARGE else 1)
            lines += [_line(one, next(ours for ours in found if REPEATED in ours.contender or REPEATED not in one.contender)) for one in found]
            results += found
        print(table(f"{engine}: {what}", HEADINGS, lines), calibration(results), sep="\n", flush=True)


def _has_room(way: str) -> bool:
    """Whether a million rows of this way fit into the memory that is free; says so where they do not."""
    lines = MEMORY.read_text().splitlines() if MEMORY.exists() else []
    free = next((int(line.split()[1]) // 1000 for line in lines if line.startswith("MemAvailable")), HELD)
    if way in PEERS and free < HELD:
        print(f"{way} at {LARGE * TIMES:,} rows was left out: it holds {HELD:,} MB, and {free:,} are free")
    return way not in PEERS or free >= HELD


def _in_turn(ways: Sequence[str], children: int, url: str, rounds: int) -> list[Result]:
    results = [Result(way, "export") for way in ways]
    for _ in range(rounds):
        for result in results:
            result.rounds.append(once(result.contender, children, url))
    return results


def _line(one: Result, ours: Result) -> list[str]:
    rows = one.last["rows"]
    return [f"{rows:,}", one.contender, f"{one.ms / 1000:.2f}", f"{one.server_ms / 1000:.2f}", f"× {ratio(ours, one):.1f}",
            f"{one.ms * 1000 / rows:.0f}", f"{one.last['mb']:.0f}", f"{one.last['base_mb']:.0f}", f"{one.last['file_mb']:.1f}"]


def once(way: str, children: int, url: str) -> dict[str, float]:
    """One export in a process of its own, see cost.py; and the size of its file."""
    rows = children * 2  # more than there are: the demo adds a few to what was asked for
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        target = Path(folder) / "book.xlsx"
        if (peer := way.removesuffix(REPEATED)) in PEERS:
            times = 1 if peer == way else TIMES
            theirs = peer_data.postgresql(children, times) if url.startswith("postgresql") else f"sqlite:///{peer_data.sqlite(children, times)}"
            command = [str(PEERS_PYTHON), "-m", f"benchmarks.peers.{PEERS[peer]}", theirs, str(rows * times), str(target)]
        else:
            command = [sys.executable, "-m", "benchmarks.export_ours", way, str(children), url, str(rows), str(target)]
        found = _told(command)
        print(json.dumps({"way": way, "children": children, **found}), file=sys.stderr, flush=True)
        return found | {"file_mb": target.stat().st_size / 1e6 if target.exists() else 0.0}


def _told(command: Sequence[str]) -> dict[str, float]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(done.stderr[-800:])
    return json.loads(done.stdout.splitlines()[-1])
