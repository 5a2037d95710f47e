"""kill -9 at random moments of exports and of jobs: no half file under a name, none that stays, and the job starts over."""

import random
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from functools import partial
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models.audit import AccessLog
from app.models.children import Child
from app.models.job import OPEN, Job
from app.panel.views_by_entity import VIEWS
from app.services import exporting, scope
from app.services.jobs import queue, run, store
from app.services.sheet import book, scratch
from tests.support import worker
from tests.support.client import logged_in
from tests.support.killing import KILLS, duration, end, forked, killed, sound, until
from tests.support.settings import PASSWORD
from tests.support.sheets import asked_by

SEED = 20260902
JOB, LOG = Job.__table__, AccessLog.__table__
PAGES = ("/sheets/child/export.xlsx", "/forms/roster.xlsx")  # rows packed as they come; xlsxwriter with files of its own
JOBS = {
    "list": ("list", {"entity": "Child", "asked": {}}),
    "zip": ("bulk", {"what": "Child", "by": "school", "way": "zip"}),
    "sheets": ("bulk", {"what": "Child", "by": "township", "way": "sheets"}),
    "forms": ("forms", {"key": "roster", "from": "", "by": "school", "way": "zip"}),
}


@pytest.fixture
def desk(app, tmp_path, monkeypatch):
    """The application with files and a queue of its own; what is temporary goes to ``temporary``."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    made = worker.app_of(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def whole(path):
    with ZipFile(path) as package:  # its directory stands at its end
        return package.testzip() is None and len(package.namelist()) > 5


def tidied(folder):
    """What killed work left for the next to take away is gone."""
    scratch.sweep(0)
    return names(folder / "temporary") == []


# Exports at once ----------------------------------------------------------------------------
def fetch(client, address):
    with client.get(address) as answer:
        assert answer.status_code == 200 and answer.data[:2] == b"PK"


def write(app, target):
    with asked_by(app, "county") as session:
        exporting.export(session, scope.asker(session), Child, VIEWS["Child"].columns, target)


def lines(app):
    """How many exports the access log tells."""
    with app.app_context():
        found = db.session.connection().scalar(select(func.count()).select_from(LOG).where(LOG.c.action == "export"))
        db.session.remove()
        return found


def test_a_killed_export_leaves_no_file(desk, tmp_path):
    chance, client, target = random.Random(SEED), logged_in(desk, "county", PASSWORD), tmp_path / "book.xlsx"
    part = target.with_name(target.name + book.PART)
    works = {**{address: partial(fetch, client, address) for address in PAGES}, "file": partial(write, desk, target)}
    lasts = {name: duration(desk, work) for name, work in works.items()}
    assert whole(target) and tidied(tmp_path)
    for at in range(KILLS):
        name, before = [*works][at % len(works)], lines(desk)
        target.unlink(missing_ok=True)
        killed(desk, works[name], chance.uniform(0, lasts[name] * 1.1))
        assert not target.exists() or whole(target), at
        part.unlink(missing_ok=True)
        assert names(tmp_path / "exports") == [] and tidied(tmp_path), (at, name)
        assert lines(desk) - before in (0, 1)
        sound(desk)
    for address in PAGES:
        fetch(client, address)


# Jobs -----------------------------------------------------------------------------------------
def begin(app, name):
    kind, args = JOBS[name]
    with asked_by(app, "county") as session:
        job = store.submit(session, kind, args, title="孩子", file_name="孩子.xlsx")
        app.extensions["worker"].send(job)
    return job


def work(app):
    app.extensions["worker"].work(1, lambda: False)


def row(app, job):
    with app.app_context():
        found = db.session.connection().execute(select(JOB).where(JOB.c.id == job)).one()
        db.session.remove()
        return found


def over(app, job):
    """What the next worker does: the job starts over where it is not done, and what nobody needs goes."""
    with app.app_context():
        with db.engine.begin() as connection:
            store.recover(connection, timedelta(0))
        app.extensions["worker"].do(job)
        app.extensions["worker"].sweep()
        db.session.remove()
    return row(app, job)


def timed(app, name):
    """Seconds from the start of a worker until the job is done."""
    job, start = begin(app, name), time.monotonic()
    pid = forked(app, partial(work, app))
    try:
        until(lambda: row(app, job).state not in OPEN)
        lasted = time.monotonic() - start
    finally:
        end(app, pid)
    assert row(app, job).state == "done", row(app, job).error
    return lasted


def test_a_killed_job_starts_over_and_leaves_one_whole_file(desk, tmp_path):
    chance, folder = random.Random(SEED), tmp_path / run.FOLDER
    lasts = {name: timed(desk, name) for name in JOBS}
    for at in range(KILLS):
        name = [*JOBS][at % len(JOBS)]
        job = begin(desk, name)
        killed(desk, partial(work, desk), chance.uniform(0, lasts[name] * 1.1))
        assert all(whole(path) for path in folder.iterdir() if path.suffix != run.PART), at
        sound(desk)
        if not desk.config["JOBS_URL"]:  # else the bell is Redis's
            with closing(sqlite3.connect(tmp_path / queue.FILE)) as bell:
                assert bell.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = over(desk, job)
        assert (found.state, found.error) == ("done", None) and found.attempt in (1, 2), (at, name)
        assert (folder / found.stored_as).stat().st_size == found.size and whole(folder / found.stored_as)
        assert tidied(tmp_path) and set(names(folder)) == kept(desk), (at, name)


def kept(app):
    """The files that jobs have a name for: one each, since all are done."""
    with app.app_context():
        found = db.session.connection().execute(select(JOB.c["state", "stored_as"])).all()
        db.session.remove()
    assert {one.state for one in found} == {"done"} and all(one.stored_as for one in found)
    return {one.stored_as for one in found}
