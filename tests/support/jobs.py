"""Jobs of tests: made, done at once, looked at."""

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models.job import Job
from app.services import scope
from app.services.jobs import run, store
from app.services.jobs.kinds import KINDS
from tests.support.asking import asking

JOB = Job.__table__
WAIT = 60  # seconds until a worker that did nothing is an error


@pytest.fixture
def session(app):
    """Bound to the system; jobs of other tests are away."""
    with app.app_context():
        made = db.session()
        scope.bind(made, scope.SYSTEM)
        made.execute(JOB.delete())
        made.commit()
        yield made
        made.rollback()


@pytest.fixture
def making(monkeypatch):
    """making(function): what the kind "made" does."""
    return lambda maker: monkeypatch.setitem(KINDS, "made", maker)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "downloads"


def submit(session, account="county", **args):
    with asking(session, account):
        return store.submit(session, "made", args, title="孩子", file_name="孩子.xlsx")


def row(session, job_id):
    """The job as it stands in the table; leaves no transaction open."""
    session.rollback()
    found = session.execute(select(JOB).where(JOB.c.id == job_id)).one()
    session.rollback()
    return found


def do(session, job_id, folder):
    session.rollback()
    run.run(session, job_id, folder)
    scope.bind(session, scope.SYSTEM)
    return row(session, job_id)


def files(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def at(session, job_id, **values):
    session.execute(update(JOB).where(JOB.c.id == job_id).values(**values))
    session.commit()
