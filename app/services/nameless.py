"""Files that no attachment names: what a killed upload or import has left behind.

A file is written before its row commits, so a young one may yet get its name. What stays without is put aside for
as long as the trash is kept, and taken back where a row names it again: somebody may have brought back an older
database for an hour. The history tells of attachments by their own name, never by that of the file.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.audit import Attachment

ASIDE = "nameless"  # below the folder of files
DAY = 24 * 3600  # seconds: no transaction lasts so long
_NAME = re.compile(r"[0-9a-f]{32}")
ATTACHMENT: Any = Attachment.__table__


@dataclass
class Swept:
    """How many files were put aside, taken back, removed for good."""

    aside: int = 0
    back: int = 0
    gone: int = 0


def sweep(session: Session, folder: Path, days: int) -> Swept:
    """Put aside, take back, and remove what lies aside for so many days. ``folder``: VAR/files."""
    done = Swept()
    old, waiting = [*_files(folder, "[0-9a-f][0-9a-f]", DAY)], [*_files(folder, ASIDE, 0)]  # before the table is read
    if not old and not waiting:
        return done
    known = set(session.scalars(select(ATTACHMENT.c.stored_as)))  # those in the trash too
    for path in waiting:
        if (name := f"{path.name[:2]}/{path.name}") in known:
            done.back += _move(path, folder / name)
        elif _older(path, days * DAY):
            path.unlink(missing_ok=True)
            done.gone += 1
    for path in old:
        if f"{path.parent.name}/{path.name}" not in known and _move(path, folder / ASIDE / path.name):
            os.utime(folder / ASIDE / path.name)  # from now on it counts as long as it lies there
            done.aside += 1
    return done


def _files(folder: Path, below: str, seconds: float) -> Iterator[Path]:
    """The files that this house has named so, and that are as old."""
    return (path for path in folder.glob(f"{below}/*") if _NAME.fullmatch(path.name) and path.is_file() and _older(path, seconds))


def _older(path: Path, seconds: float) -> bool:
    try:
        return time.time() - path.stat().st_mtime >= seconds
    except FileNotFoundError:
        return False


def _move(path: Path, target: Path) -> bool:
    """Whether it was moved; what lies there already is left alone."""
    if target.exists():
        return False
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.rename(target)
    return True
