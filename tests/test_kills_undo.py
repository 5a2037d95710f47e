"""kill -9 at random moments of taking an import back, in the server and in the worker: the next worker brings it to its end."""

import random

from sqlalchemy import func, select

from app.extensions import db
from app.models.audit import Change, ImportBatch
from app.models.children import Child
from app.models.job import Job
from app.panel.undoing import UNDO
from app.services import transactions
from app.services.jobs import run, store
from tests.support.client import logged_in
from tests.support.killing import KILLS, duration, killed, sound
from tests.support.settings import PASSWORD
from tests.support.sheets import asked_by
from tests.test_kills import CHANGED, NEW, seen, take_in
from tests.test_kills_exports import over

SEED = 20261122
ALL = NEW + CHANGED


def groups(app):
    """Ethnic group of each child in sight: what the imports change."""
    with asked_by(app, "school") as session, transactions.reading():
        return dict(session.execute(select(Child.id, Child.ethnic_group)).all())


def imported(app, mark):
    """The id of an import."""
    take_in(app, mark)
    assert seen(app, mark) == (NEW, CHANGED, 1)
    with asked_by(app, "school") as session:
        return session.scalars(select(ImportBatch.id).where(ImportBatch.file_name == mark)).one()


def begin(app, mark):
    """An import, and the job that takes it back; nobody wakes a worker."""
    batch_id = imported(app, mark)
    with asked_by(app, "school") as session:
        return store.submit(session, UNDO, {"batch": batch_id}, title=mark, file_name="撤销结果.txt")


def work(app, job):
    app.extensions["worker"].do(job)


def ask(client, batch):
    """The click; the worker of the tests does the job within the request."""
    assert client.post(f"/sheets/batches/{batch}/undo").location == "/sheets/batches"


def asked(app, batch):
    """The id of the job that a click has left; None where there is none."""
    with app.app_context():
        made = db.session.connection().execute(select(Job.__table__.c["id", "args"]).where(Job.__table__.c.kind == UNDO)).all()
        db.session.remove()
    return next((one.id for one in made if one.args == {"batch": batch}), None)


def undone(app, mark):
    """Whether the batch counts as taken back, and how many rows have a line of it in their history."""
    with app.app_context():
        connection = db.session.connection()
        batch = connection.execute(select(ImportBatch.__table__).where(ImportBatch.__table__.c.file_name == mark)).one()
        lines = connection.execute(select(func.count(), func.count(func.distinct(Change.__table__.c.row_id))).where(
            Change.__table__.c.request_id == f"u{batch.request_id[1:]}")).one()
        db.session.remove()
    assert lines[0] == lines[1]  # one a row, however often it was begun
    return batch.undone_at is not None, lines[0]


def test_a_killed_undoing_is_brought_to_its_end_by_the_next_worker(app):
    chance, before, mark = random.Random(SEED), groups(app), f"杀{KILLS}·"
    job = begin(app, mark)
    lasts = duration(app, lambda: work(app, job))
    assert undone(app, mark) == (True, ALL)
    for at in range(KILLS):
        mark = f"杀{at}·"
        job = begin(app, mark)
        killed(app, lambda job=job: work(app, job), chance.uniform(0, lasts * 1.1))
        new, changed, _batch = seen(app, mark)
        assert undone(app, mark)[1] == ALL - new - changed, at  # as many as went back
        sound(app)
        found = over(app, job)
        assert (found.state, found.error) == ("done", None), at
        assert undone(app, mark) == (True, ALL) and seen(app, mark) == (0, 0, 1) and groups(app) == before, at
        assert f"已撤销 {ALL} 条" in (app.config["VAR"] / run.FOLDER / found.stored_as).read_text("utf-8-sig")
    sound(app)


def test_a_click_that_was_killed_has_done_nothing_or_left_a_job(app):
    chance, before, mark, client = random.Random(SEED), groups(app), f"杀点{KILLS}·", logged_in(app, "school", PASSWORD)
    batch = imported(app, mark)
    lasts = duration(app, lambda: ask(client, batch))
    assert undone(app, mark) == (True, ALL)
    for at in range(KILLS):
        mark = f"杀点{at}·"
        batch = imported(app, mark)
        killed(app, lambda batch=batch: ask(client, batch), chance.uniform(0, lasts * 1.1))
        sound(app)
        job = asked(app, batch)
        if job is None:
            assert undone(app, mark) == (False, 0) and seen(app, mark) == (NEW, CHANGED, 1), at
            ask(client, batch)
        else:
            assert over(app, job).state == "done", at
        assert undone(app, mark) == (True, ALL) and seen(app, mark) == (0, 0, 1) and groups(app) == before, at
    sound(app)
