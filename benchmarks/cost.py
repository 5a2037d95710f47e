"""What one run in a process of its own costs, told on stdout. Standard library only: peers use it too."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

from benchmarks.desk import loop

STATUS = Path("/proc/self/status")  # Linux alone
KILO = 1 if sys.platform == "darwin" else 1024  # bytes in a unit of ru_maxrss


def told(run: Callable[[], int], elsewhere: Callable[[], float] = lambda: 0.0) -> None:
    """Run it and print one line of JSON: CPU seconds here and ``elsewhere``, peak and base memory in MB, rows, the fixed loop."""
    base, served, start = _peak(), elsewhere(), process_time()
    rows = run()
    spent = process_time() - start
    print(json.dumps({"cpu": spent, "server": elsewhere() - served, "mb": _peak(), "base_mb": base, "rows": rows, "loop": loop()}))


def of_process(pid: int) -> float:
    """CPU seconds that another process has spent so far; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def _peak() -> float:
    """Megabytes that the process has held at most."""
    if STATUS.exists():  # ru_maxrss begins with what the parent held
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILO / 1e6
