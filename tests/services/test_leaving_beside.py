"""An import that takes staff to another school, while somebody else has a hand on what leans on them: all of it or nothing, told beside the school."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from app.extensions import db
from app.models.audit import Change, ImportBatch
from app.models.org import SchoolClass
from app.models.rules import RuleError
from app.models.staged import STAGED
from app.services import leaving, records, scope
from app.services.exchange.writing import Stopped
from tests.services.test_leaving import World, places
from tests.support.intake import commit, plan_of, told
from tests.support.sheets import asked_by

CLASS = SchoolClass.__table__


@contextmanager
def meanwhile(monkeypatch, work):
    """``work`` happens once, after the writer has read what leans on the rows and before it changes that."""
    read, done = leaving.leaners, []

    def leaners(session, model, ids):
        found = read(session, model, ids)
        if not done:
            done.append(work(session))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(leaving, "leaners", leaners)
        yield
    assert done


def another_grade(room):
    """Who saves the class in a session of their own; SQLite has one writer at a time, there the writer's own connection must do it."""

    def work(session):
        change = update(CLASS).where(CLASS.c.id == room).values(grade=6, version=CLASS.c.version + 1)
        if db.engine.dialect.name == "sqlite":
            session.connection().execute(change)
        else:
            with db.engine.begin() as other:
                other.execute(change)

    return work


def stand(session, world):
    with scope.everything(session):
        return world.leaners(session), places(session), session.scalar(select(func.count(Change.id))), session.scalar(select(func.count(ImportBatch.id)))


def hold(session, world, before, stopped, message):
    """Nothing was written, and the one line says why beside its school."""
    session.rollback()
    assert [(label, error) for _row, label, _value, error in told(stopped.value.plan)] == [("学校", message)]
    assert stand(session, world) == before
    with scope.everything(session):
        assert session.connection().scalar(select(func.count()).select_from(STAGED)) == 0


def moving(session, world):
    return plan_of(session, "Staff", [["系统编号", "学校"], [world.staff, world.target]])


def test_who_saves_the_class_meanwhile_is_not_overwritten(app, monkeypatch):
    with asked_by(app, "county") as session:
        world = World(session, "同时甲")
        session.commit()
        plan, before = moving(session, world), stand(session, world)
        session.commit()
        with meanwhile(monkeypatch, another_grade(world.room)), pytest.raises(Stopped) as stopped:
            commit(session, "Staff", plan)
        hold(session, world, before, stopped, "与它相连的记录刚刚被别人改过，请重新检查")
        with scope.everything(session):
            kept = db.engine.dialect.name != "sqlite"  # what the writer's own connection did goes back with it
            assert session.scalar(select(CLASS.c.grade).where(CLASS.c.id == world.room)) == (6 if kept else 3)
        batch = commit(session, "Staff", moving(session, world))
        world.hold(session, batch.request_id)


@pytest.mark.parametrize(("refusal", "message"), [
    (records.Refused({"teacher": RuleError("这个班 %(year)s 年起归档", year=2026)}), "这个班 2026 年起归档"),
    (scope.OutOfScope("school"), "与它相连的记录不在您的管辖范围，不能换学校")])
def test_what_leans_on_them_and_may_not_be_changed_stops_all(app, refusal, message):
    """No rule refuses it today: so one is put there."""
    def refuse(session, *_args):
        if any(isinstance(row, SchoolClass) for row in session.dirty):
            raise refusal

    with asked_by(app, "county") as session:
        world = World(session, f"同时{type(refusal).__name__}")
        session.commit()
        plan, before = moving(session, world), stand(session, world)
        session.commit()
        event.listen(Session, "before_flush", refuse)
        try:
            with pytest.raises(Stopped) as stopped:
                commit(session, "Staff", plan)
        finally:
            event.remove(Session, "before_flush", refuse)
        hold(session, world, before, stopped, message)
