"""The worker: a process of its own beside the server, that does the jobs one after the other and looks after the rest.

The server sends the number of a job (``send``); ``flask --app app worker`` does what was sent. All that is
known of a job stands in its row, so that nothing is lost with a queue, a worker or the machine.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_babel import force_locale
from huey import Huey, crontab
from huey.exceptions import ConfigurationError

import config
from app.extensions import db
from app.services.jobs import queue, run, store
from app.services.sheet import scratch

log = logging.getLogger(__name__)
STOP_SECONDS = 20  # so long a stopping worker waits for a job to notice; then the job starts over when its heartbeat is old
LOOK_SECONDS, HEALTH_SECONDS = 0.5, 10
PERIOD = crontab(minute="*")


class Worker:
    """The queue of one application, and what is done with its messages."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.folder = Path(app.config["VAR"]) / run.FOLDER
        self.ending: Callable[[], bool] = lambda: False
        try:
            self.huey: Huey = queue.make(app.config["VAR"], app.config["SECRET_KEY"], app.config["JOBS_URL"],
                                         immediate=app.config.get("JOBS_IMMEDIATE", False))
        except ConfigurationError as missing:
            raise config.NO_REDIS from missing
        self._job = self.huey.task(name="job")(self.do)
        self.huey.periodic_task(PERIOD, name="look_after", expires=50)(self.look_after)

    def send(self, job_id: int) -> None:
        """Wake the worker. A queue that cannot be reached is no loss: the worker looks into the table every minute."""
        try:
            self._job(job_id)
        except Exception as error:  # noqa: BLE001  SQLite's, Redis's or the network's
            log.warning("job %s waits for the next look: %s", job_id, type(error).__name__)

    def do(self, job_id: int) -> None:
        with self.app.app_context(), force_locale("zh"):  # a sheet is read back by its labels, whoever asked for it
            run.run(db.session(), job_id, self.folder, self.ending)

    def look_after(self) -> None:
        """Every minute: what died starts over, what nobody was woken for is sent again, what is old goes."""
        with self.app.app_context():
            with db.engine.begin() as connection:
                waiting = store.recover(connection, timedelta(seconds=self.app.config["JOBS_DEAD_SECONDS"]))
            self.sweep()
        if not self.huey.immediate and not self.huey.pending_count():  # an empty queue: whatever waits was forgotten
            for job_id in waiting:
                self.send(job_id)

    def sweep(self) -> int:
        """Forget what was kept for a day, row and file, and what killed processes left; returns how many jobs went."""
        scratch.sweep()
        return run.sweep(db.engine, self.folder)

    def work(self, threads: int, ended: Callable[[], bool]) -> None:
        """Do what is sent until a signal comes or ``ended`` says so; a running job then goes back to the queue."""
        consumer: Any = self.huey.create_consumer(workers=threads, initial_delay=0.1, max_delay=1.0, shutdown_timeout=STOP_SECONDS)
        self.ending = consumer.stop_flag.is_set
        consumer.start()
        heard: list[int] = []
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # huey's own handlers let a job run on for SIGINT, and break it off for SIGTERM
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda number, _frame: heard.append(number))
        looked = time.monotonic()
        while not heard and not ended():
            time.sleep(LOOK_SECONDS)
            if time.monotonic() - looked >= HEALTH_SECONDS:
                looked = time.monotonic()
                consumer.check_worker_health()
        consumer.stop(graceful=True)


def register(app: Flask) -> None:
    """Give the application its queue and its command."""
    app.extensions["worker"] = Worker(app)
    app.cli.add_command(worker)


def send(job_id: int) -> None:
    """Wake the worker of this application."""
    current_app.extensions["worker"].send(job_id)


@click.command()
@click.option("--beside", is_flag=True, help="End with the process that started this one.")
@with_appcontext
def worker(beside: bool) -> None:
    """Do what runs in the background, until Ctrl-C."""
    logging.getLogger("huey").setLevel(logging.WARNING)
    parent = os.getppid()
    gc.freeze()  # as deploy/gunicorn.conf.py does
    current_app.extensions["worker"].work(current_app.config["JOBS_THREADS"], lambda: beside and os.getppid() != parent)
