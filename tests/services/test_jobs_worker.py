"""A worker of flesh and blood: killed, asked to end, never woken; on both engines."""

import io
import os
import signal
import time

import openpyxl
import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.audit import AccessLog
from app.models.org import Member
from app.services.jobs import run, store
from tests.support import worker
from tests.support.asking import asking
from tests.support.jobs import WAIT, files, row, session

assert session  # pytest finds them here by their names


@pytest.fixture
def desk(app, backend, session, tmp_path):
    """(app with a real queue, start): start() begins a worker, which ends with the test."""
    made, started = worker.app_of(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path), []

    def start():
        started.append(worker.start(made))
        return started[-1]

    yield made, start
    for process in started:
        process.terminate()
        assert ended(process) is not None
    with made.app_context():
        db.engine.dispose()


def until(session, job_id, *states, rows=0):
    """The job, once it is in one of the states and so far; an error where it never is."""
    for _turn in range(WAIT * 10):
        now = row(session, job_id)
        if now.state in states and now.done >= rows:
            return now
        time.sleep(0.1)
    raise AssertionError(f"{job_id} is {now.state} after {WAIT} s, {now.done} of {now.total} rows")


def ended(process):
    """What the process ended with, of a signal less than nothing; None where it goes on."""
    process.join(WAIT)
    return process.exitcode


def slow_job(session, made, rows, pause=0.02):
    with asking(session, "county"):
        job = store.submit(session, "slow", {"rows": rows, "pause": pause}, title="慢", file_name="慢.txt")
    with made.app_context():
        made.extensions["worker"].send(job)
    return job


def test_a_killed_worker_leaves_nothing_half_written_and_the_job_starts_over(session, desk, tmp_path):
    made, start = desk
    first, folder = start(), tmp_path / run.FOLDER
    job = slow_job(session, made, 200)
    running = until(session, job, "running", rows=1)
    first.kill()
    assert ended(first) == -signal.SIGKILL
    assert files(folder) == [running.stored_as + run.PART]
    time.sleep(made.config["JOBS_DEAD_SECONDS"])  # a worker looks when it starts, and then every minute
    start()
    done = until(session, job, "done", "failed")
    assert (done.state, done.attempt, done.done) == ("done", 2, 200)
    made.extensions["worker"].look_after()
    assert files(folder) == [done.stored_as] and done.stored_as != running.stored_as
    assert (folder / done.stored_as).read_bytes() == b"".join(b"%d\n" % number for number in range(200))


def test_a_worker_that_is_asked_to_end_gives_its_job_to_the_next(session, desk, tmp_path):
    made, start = desk
    first = start()
    job = slow_job(session, made, 300)
    until(session, job, "running", rows=1)
    os.kill(first.pid, signal.SIGINT)
    assert ended(first) == 0
    assert row(session, job).state == "queued" and files(tmp_path / run.FOLDER) == []
    start()
    assert (until(session, job, "done", "failed").state, row(session, job).attempt) == ("done", 1)


def test_a_job_that_nobody_was_woken_for_is_found_in_the_table(session, desk):
    _made, start = desk
    with asking(session, "county"):
        job = store.submit(session, "slow", {"rows": 3, "pause": 0}, title="慢", file_name="慢.txt")
    start()
    assert until(session, job, "done").done == 3


def test_a_county_exports_its_children_by_a_worker(app, session, desk, tmp_path):
    made, start = desk
    start()
    with asking(session, "county"):
        job = store.submit(session, "list", {"entity": "Child", "asked": {}}, title="儿童档案", file_name="儿童档案.xlsx")
    with made.app_context():
        made.extensions["worker"].send(job)
    done = until(session, job, "done", "failed")
    assert (done.state, done.done) == ("done", 300)
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / run.FOLDER / done.stored_as).read_bytes()), read_only=True)
    assert sum(1 for _row in book.active.iter_rows(min_row=4)) == 300
    logged = session.execute(select(AccessLog.__table__.c["who", "rows"]).where(AccessLog.__table__.c.action == "export").order_by(
        AccessLog.__table__.c.id.desc())).first()
    assert logged.rows == 300 and logged.who == session.scalar(select(Member.__table__.c.name).where(Member.__table__.c.username == "county"))
