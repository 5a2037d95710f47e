"""A batch that is taken back leaves what a rule holds, names it, and says which rule."""

import pytest
from sqlalchemy import select

from app.models.care import Talk
from app.models.cases import CaseFile
from app.models.children import Child
from app.services import clock, records
from app.services.exchange import undo
from tests.services.test_births import DAY, DAYS, newborn, values
from tests.support.intake import commit, outcome, plan_of, told
from tests.support.sheets import asked_by

TALK = DAYS[0][2]


@pytest.fixture
def session(app):
    with asked_by(app, "school") as session:
        yield session


@pytest.fixture
def children(session):
    """Two children of the same name and age: one to whom something happens after the import, one to whom nothing does."""
    first = session.scalars(select(Child).order_by(Child.id).limit(1)).one()
    return newborn(session, first), newborn(session, first)


def brought_in(session, entity, rows):
    plan = plan_of(session, entity, rows)
    assert not plan.wrong, (told(plan), outcome(plan))
    return commit(session, entity, plan)


def whys(done):
    return [(one.name, {key: str(error) for key, error in one.why.items()}) for one in done.refused]


def test_a_birth_before_which_something_was_done_since(session, children):
    born = children[0].birth_date
    session.commit()
    batch = brought_in(session, "Child", [["系统编号", "出生日期"], *([one.id, born - 9 * DAY] for one in children)])
    records.add(session, Talk, values(session, children[0], "talked_on", born - DAY, TALK))
    done = undo.undo(session, batch)
    why = {"birth_date": f"已有 {(born - DAY).isoformat()} 的谈心记录，出生日期不能晚于这一天"}
    assert (done.rows, whys(done), done.left) == (1, [(children[0].name, why)], [children[0].name])
    assert whys(undo.outcome(session, batch)) == whys(done)
    session.expire_all()
    assert [one.birth_date for one in children] == [born - 9 * DAY, born]


def test_a_day_before_a_birth_that_was_put_right_since(session, children):
    born = children[0].birth_date
    talks = [records.add(session, Talk, values(session, one, "talked_on", born, TALK)) for one in children]
    session.commit()
    batch = brought_in(session, "Talk", [["系统编号", "谈心日期"], *([one.id, born + 9 * DAY] for one in talks)])
    session.expire_all()
    records.edit(session, children[0], {"birth_date": born + DAY})
    done = undo.undo(session, batch)
    assert (done.rows, whys(done)) == (1, [(str(talks[0]), {"talked_on": f"谈心记录的谈心日期 {born.isoformat()} 早于孩子的出生日期，请先核对出生日期"})])
    session.expire_all()
    assert [one.talked_on for one in talks] == [born + 9 * DAY, born]


def test_a_report_of_harm(session, children):
    names = [f"{one.name} #{one.id}" for one in children]
    day = clock.today() - DAY
    session.commit()
    cases = brought_in(session, "CaseFile", [["儿童", "类别", "发现日期"], [names[0], "强制报告线索", day], [names[1], "因病缺课", day]])
    done = undo.undo(session, cases)
    report = session.scalars(select(CaseFile).where(CaseFile.child_id == children[0].id)).one()
    assert (done.rows, whys(done)) == (1, [(str(report), {"": CaseFile.kept(records.current(report), None)[""]})])
    assert done.needed == []


def test_the_page_says_it_beside_the_name(app, client_for, session, children):
    born = children[0].birth_date
    session.commit()
    batch = brought_in(session, "Child", [["系统编号", "出生日期"], *([one.id, born - 9 * DAY] for one in children)])
    records.add(session, Talk, values(session, children[0], "talked_on", born - DAY, TALK))
    batch_id, day = batch.id, (born - DAY).isoformat()
    session.commit()
    page = client_for("school").post(f"/sheets/batches/{batch_id}/undo").text
    assert "已撤销 1 条。" in page
    assert f"不能退回的 1 条没有动：新建档（已有 {day} 的谈心记录，出生日期不能晚于这一天）" in page
    assert "已有记录冲突" not in page
