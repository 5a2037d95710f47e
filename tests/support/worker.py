"""A real worker: a process of its own on a test's database and folder, that a test starts, kills and starts again.

Run as a program it works with the settings given as JSON, a slow kind of job included:
``slow`` writes a line a row and tells of each, as many as its argument says.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.services.jobs.kinds import Work, kind
from tests.support import settings

HERE = Path(__file__).resolve().parents[2]


@kind("slow")
def slow(work: Work) -> None:
    work.total(work.args["rows"])
    for number in range(work.args["rows"]):
        work.file.write(b"%d\n" % number)
        work.file.flush()
        time.sleep(work.args["pause"])
        work.progress(1)


def app_of(url: str, folder: Path) -> Flask:
    """An application whose jobs wait for a real worker."""
    return create_app({**settings.of(url), "VAR": folder, "JOBS_IMMEDIATE": False, "JOBS_DEAD_SECONDS": 2})


def start(url: str, folder: Path) -> subprocess.Popen[bytes]:
    said: list[Any] = [url, str(folder)]
    return subprocess.Popen([sys.executable, "-m", "tests.support.worker", json.dumps(said)], cwd=HERE)


if __name__ == "__main__":
    url, folder = json.loads(sys.argv[1])
    made = app_of(url, Path(folder))
    made.extensions["worker"].work(1, lambda: False)
