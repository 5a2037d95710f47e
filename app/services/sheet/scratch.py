"""Folders for what xlsxwriter writes to disk by name: held as long as their process lives, swept when it was killed.

The rows of a book in the making are people's data; nobody would ever remove what a kill -9 has left.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: the folder goes with its block, and what a killed process left stays
    fcntl = None  # type: ignore[assignment]

PREFIX = "shouwang-book-"
YOUNG_SECONDS = 60.0  # a folder is made before it is held


@contextmanager
def folder() -> Iterator[str]:
    """A folder for its owner alone, gone at the end of the block; takes along what killed processes have left."""
    sweep()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as path, _held(path):
        yield path


def sweep(young_seconds: float = YOUNG_SECONDS) -> int:
    """Remove the folders that nobody holds any more; returns how many."""
    gone = 0
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*") if fcntl else ():
        with suppress(OSError):  # another process holds it, or was faster
            if time.time() - path.stat().st_mtime >= young_seconds:
                with _held(str(path)):
                    shutil.rmtree(path)
                    gone += 1
    return gone


@contextmanager
def _held(path: str) -> Iterator[None]:
    """Held by a lock, which ends with the process however that ends; OSError where another one holds it."""
    if fcntl is None:
        yield
        return
    held = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(held)
