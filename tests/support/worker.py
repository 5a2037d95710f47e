"""A real worker: a process of its own on a test's database and folder, that a test starts, kills and starts again.

It is forked from the test's, which has imported everything; connections it makes its own.
The job ``slow`` writes a line a row and tells of each, as many as its argument says.
"""

import multiprocessing
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

from flask import Flask

from app import create_app
from app.extensions import db
from app.services.jobs.kinds import Work, kind
from tests.support import settings


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


def start(app: Flask) -> BaseProcess:
    """A worker of the application's queue, until a signal ends it."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    process = multiprocessing.get_context("fork").Process(target=app.extensions["worker"].work, args=(1, lambda: False))
    process.start()
    return process
