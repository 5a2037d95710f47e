"""Imports left to the worker, as tests see them: sent, waited for, died in between, looked at."""

import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.extensions import db
from app.models.audit import ImportBatch
from app.models.base import utc_now
from app.models.job import Job
from app.panel import intake_jobs
from app.services.jobs import store
from tests.support.sending import page, send, token_of

JOB = Job.__table__


@pytest.fixture(autouse=True)
def large(monkeypatch, look):
    """Every file is large; jobs of other tests are away."""
    monkeypatch.setattr(intake_jobs, "LARGE", 0)
    look(lambda session: session.execute(JOB.delete()))


@pytest.fixture
def unheard(app, monkeypatch):
    """Nobody wakes the worker; gives a function that does its work on the newest job."""
    monkeypatch.setattr(app.extensions["worker"], "send", lambda _job: None)

    def work():
        with app.app_context():
            job_id = db.session.scalar(select(func.max(JOB.c.id)))
            db.session.remove()
        app.extensions["worker"].do(job_id)

    return work


def newest(look):
    return look(lambda session: session.execute(select(JOB).order_by(JOB.c.id.desc())).first())


def batches(look, name):
    return look(lambda session: session.scalar(select(func.count(ImportBatch.id)).where(ImportBatch.file_name == name)))


def led(client, answer):
    """The page that an answer leads to, by way of the worker."""
    assert answer.status_code == 302 and "/job/" in answer.location, answer.get_data(as_text=True)[:300]
    return client.get(answer.location)


def commit(client, text):
    return client.post("/sheets/child/import/commit", data={"token": token_of(text)})


def checked(client, work, content, name="等.xlsx"):
    """The dry run of a file, and the answer to its being committed."""
    sent = send(client, content, name)
    work()
    text = page(client.get(sent.location))
    return text, commit(client, text)


def died(app, look):
    """The job as a worker leaves it that was killed long ago, taken up again."""
    job_id = newest(look).id
    with app.app_context(), db.engine.begin() as connection:
        assert store.claim(connection, job_id)
        connection.execute(update(JOB).values(heartbeat=utc_now() - timedelta(minutes=2), state="finishing"))
    with app.app_context(), db.engine.begin() as connection:
        store.recover(connection, timedelta(minutes=1))


def begun_anew(look):
    """The job as if its worker had died after everything was written."""
    job_id = newest(look).id
    look(lambda session: session.execute(update(JOB).where(JOB.c.id == job_id).values(state="queued", attempt=0)))


def zipped(data, *names):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name in names or ("a.txt",):
            package.writestr(name, data)
    return target.getvalue()
