"""A batch that is taken back asks for births where a child or a day goes back, and then once for all rows of a step."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.care import Talk
from app.models.children import Child
from app.services import records
from app.services.exchange import undo
from tests.services.test_births import DAY, DAYS, newborn, values
from tests.support.intake import commit, outcome, plan_of, told
from tests.support.sheets import asked_by
from tests.support.statements import noted

FEW, MANY = 3, 12  # rows, both in one step


@pytest.fixture
def session(app):
    with asked_by(app, "school") as session:
        yield session


@pytest.fixture
def children(session):
    first = session.scalars(select(Child).order_by(Child.id).limit(1)).one()
    made = [newborn(session, first) for _nth in range(MANY)]
    for one in made:
        records.add(session, Talk, values(session, one, "talked_on", one.birth_date, DAYS[0][2]))
    session.commit()
    return made


def taken_back(session, entity, column, rows):
    """What is asked as a batch that wrote this column is taken back."""
    plan = plan_of(session, entity, [["系统编号", column], *rows])
    assert not plan.wrong, (told(plan), outcome(plan))
    batch = commit(session, entity, plan)
    with noted(db.engine) as asked:
        done = undo.undo(session, batch)
    assert done.rows == len(rows)
    return asked


def births(asked):
    return [one for one in asked if "SELECT child.id, child.birth_date" in one]


def talks(session):
    return session.scalars(select(Talk).where(Talk.content == DAYS[0][2]["content"]).order_by(Talk.id.desc()).limit(MANY)).all()


def test_of_other_words_no_birth_is_asked(session, children):
    assert births(taken_back(session, "Talk", "谈心内容", [[one.id, "另外的话"] for one in talks(session)])) == []


@pytest.mark.parametrize("count", [FEW, MANY])
def test_of_days_the_births_are_asked_once(session, children, count):
    asked = taken_back(session, "Talk", "谈心日期", [[one.id, one.talked_on + DAY] for one in talks(session)[:count]])
    assert len(births(asked)) == 1


def test_of_births_what_was_done_is_asked_once(session, children):
    few, many = ([one for one in taken_back(session, "Child", "出生日期", [[one.id, one.birth_date - 9 * DAY] for one in children[:count]])
                  if "min(talk.talked_on)" in one] for count in (FEW, MANY))
    assert (len(few), len(many)) == (1, 1)
