"""kill -9 at random moments of an import: nothing is half-written, and nothing is left behind."""

import random
import secrets
from datetime import timedelta

from sqlalchemy import func, select

from app.extensions import db
from app.models.audit import Change, ImportBatch
from app.models.children import Child, ChildKey
from app.models.staged import STAGED
from app.panel.views_by_entity import VIEWS
from app.services import clock, importing, scope, transactions
from app.services.exchange import staging
from tests.support.killing import KILLS, duration, killed, sound
from tests.support.sheets import asked_by

SEED, NEW, CHANGED = 20260902, 120, 20
CHILD, KEY, CHANGE = Child.__table__, ChildKey.__table__, Change.__table__


def take_in(app, mark):
    """An import of new and changed children, all of which bear a mark."""
    with asked_by(app, "school") as session:
        old = session.execute(select(Child.id).where(~Child.name.startswith("杀")).order_by(Child.id).limit(CHANGED)).scalars().all()
        rows = [["系统编号", "姓名", "性别", "出生日期", "就学状态", "民族"], *([None, f"{mark}{i}", "女", "2016-03-02", "小学", mark] for i in range(NEW)),
                *([row_id, None, None, None, None, mark] for row_id in old)]
        names = dict(session.execute(select(Child.id, Child.name)).all())
        sexes = dict(session.execute(select(Child.id, Child.sex)).all())
        births = dict(session.execute(select(Child.id, Child.birth_date)).all())
        stages = dict(session.execute(select(Child.id, Child.stage)).all())
        for row in rows[1 + NEW :]:
            row[1:5] = names[row[0]], sexes[row[0]], births[row[0]], stages[row[0]]
        plan = importing.read_plan(session, Child, VIEWS["Child"].columns, rows)
        assert not plan.wrong, plan.wrong[:3]
        importing.commit(session, Child, plan, file_name=mark, token=secrets.token_urlsafe(24))


def seen(app, mark):
    """New children, changed children and batches with the mark, as the school sees them."""
    with asked_by(app, "school") as session, transactions.reading():
        new = session.scalar(select(func.count(Child.id)).where(Child.name.startswith(mark)))
        changed = session.scalar(select(func.count(Child.id)).where(Child.ethnic_group == mark)) - new
        return new, changed, session.scalar(select(func.count(ImportBatch.id)).where(ImportBatch.file_name == mark))


def test_a_killed_import_is_there_whole_or_not_at_all(app):
    chance, whole = random.Random(SEED), [f"杀{KILLS}·"]
    lasts = duration(app, lambda: take_in(app, whole[0]))
    assert seen(app, whole[0]) == (NEW, CHANGED, 1)
    for at in range(KILLS):
        mark = f"杀{at}·"
        killed(app, lambda mark=mark: take_in(app, mark), chance.uniform(0, lasts * 1.1))
        found = seen(app, mark)
        assert found in ((0, 0, 0), (NEW, CHANGED, 1)), (at, found)
        if found[0]:
            whole.append(mark)
        sound(app)
    with app.app_context(), clock.freeze(clock.now() + timedelta(minutes=5)):
        scope.bind(db.session(), scope.SYSTEM)
        staging.sweep(db.session())
        connection = db.session.connection()
        assert connection.scalar(select(func.count()).select_from(STAGED)) == 0
        assert connection.scalar(select(func.count()).select_from(CHILD).where(CHILD.c.name.startswith("杀"))) == NEW * len(whole)
        assert connection.scalar(select(func.count()).select_from(CHANGE).where(CHANGE.c.action == "import")) == (NEW + CHANGED) * len(whole)
        assert connection.scalar(select(func.count(func.distinct(KEY.c.child_id))).join(CHILD, CHILD.c.id == KEY.c.child_id).where(
            CHILD.c.name.startswith("杀"))) == NEW * len(whole)
        db.session.remove()
    sound(app)
