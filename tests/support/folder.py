"""The temporary folder of a test session: databases, uploads, whatever a test or the application writes beside them.

It lies in memory where there is room: on a disk a copy of a database takes ten times as long. TMPDIR names another place.
"""

import os
import shutil
import tempfile
from pathlib import Path

from tests.support import postgres

VARIABLE = "SHOUWANG_TEST_FOLDER"  # one for all workers of a session
IN_MEMORY = Path("/dev/shm")
ROOM = 2 * 2**30  # bytes; the log of PostgreSQL alone may grow to half of it
PREFIX = "shouwang-tests-"


def make() -> Path:
    """This session's folder, after those of sessions that were killed were removed; everything temporary goes there from now on."""
    parent = str(IN_MEMORY) if "TMPDIR" not in os.environ and room() >= ROOM else tempfile.gettempdir()
    sweep(Path(parent))
    made = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent)
    os.environ.update({VARIABLE: made, "TMPDIR": made})
    tempfile.tempdir = None  # read it anew
    return Path(made)


def room() -> int:
    """Bytes that may be written to memory: half of what is free, 0 where nothing can."""
    try:
        free = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable:"))
        return min(shutil.disk_usage(IN_MEMORY).free, int(free.split()[1]) * 1024 // 2)
    except (OSError, StopIteration):
        return 0


def remove(folder: Path) -> None:
    """Stop its database server and take it away."""
    postgres.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Remove the own folders whose session is no more, where it can be told."""
    for left in parent.glob(f"{PREFIX}*-*") if Path("/proc/self").exists() else ():
        pid = left.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and left.stat().st_uid == os.getuid():
            remove(left)
