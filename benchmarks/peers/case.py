"""The county's questions, read from the file that benchmarks/cases.py wrote; and a counter of statements."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import event


def read() -> tuple[Path, dict[str, Any]]:
    """Path of the peers' database and the case, its name made ready for an address; from the command line."""
    database = Path(sys.argv[1])
    case = json.loads((database.parent / "cases.json").read_text())["county"]
    return database, case | {"name": quote(case["name"])}


def counter(engine: Any) -> Callable[[], int]:
    """How many statements an SQLAlchemy engine has run."""
    counted = [0]
    event.listen(engine, "before_cursor_execute", lambda *_: counted.__setitem__(0, counted[0] + 1))
    return lambda: counted[0]
