"""A workbook goes in, or is taken back, while a birth is put right or something is done for the child: whoever comes second is told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models.audit import ImportBatch
from app.models.care import Talk
from app.models.children import Child
from app.models.org import Staff
from app.services import importing, records
from app.services.exchange import undo
from app.services.exchange.writing import Writer
from tests.support.beside import Beside, sessions_of
from tests.support.intake import commit, outcome, plan_of, told
from tests.support.statements import noted

BORN, TALKED, LATER = date(2016, 3, 2), date(2016, 3, 5), date(2016, 5, 1)
TOO_EARLY = [(2, "谈心日期", "不能早于孩子的出生日期")]
TOO_LATE = [(2, "出生日期", "已有 2016-03-05 的谈心记录，出生日期不能晚于这一天")]


class World:
    """Sessions of a school, a child of its own and one late talk with it."""

    def __init__(self, asked):
        self.asked = asked
        with asked() as session:
            child = records.add(session, Child, {"name": "竞生", "sex": "f", "birth_date": BORN, "stage": "primary"})
            self.staff = session.scalars(select(Staff).where(Staff.school_id == child.school_id)).first()
            self.told = {"child": child.id, "teacher": self.staff.id, "kind": "regular", "content": "聊了作业"}
            talk = records.add(session, Talk, {**self.told, "talked_on": LATER})
            session.commit()
            self.child, self.talk = child.id, talk.id

    def talks(self, *days):
        """A sheet of new talks with the child."""
        head, teacher = ["儿童*", "谈心日期*", "谈心教师*", "谈心类别*", "谈心内容*"], f"{self.staff.name} #{self.staff.id}"
        return "Talk", [head, *([f"竞生 #{self.child}", day, teacher, "例行谈心", "聊了作业"] for day in days)]

    def new(self):
        return self.talks(TALKED)

    def changed(self, day=TALKED):
        return "Talk", [["系统编号", "谈心日期"], [self.talk, day]]

    def born(self, day=LATER):
        return "Child", [["系统编号", "出生日期"], [self.child, day]]

    def stand(self):
        """The birth, the days of the talks, how many batches."""
        with self.asked() as session:
            days = session.scalars(select(Talk.talked_on).where(Talk.child_id == self.child).order_by(Talk.talked_on)).all()
            return session.get_one(Child, self.child).birth_date, days, session.scalar(select(func.count(ImportBatch.id)))


@pytest.fixture
def world(app):
    with app.app_context():
        yield World(sessions_of(app, "school"))


@pytest.fixture
def pausing(monkeypatch):
    """Runs this when the rows of a workbook are written and their batch is about to be: nothing of it is committed yet."""
    def pause(work):
        finish = Writer._open_batch
        monkeypatch.setattr(Writer, "_open_batch", lambda self, *given: (work(), finish(self, *given))[1])

    return pause


def put_right(session, child):
    records.edit(session, child, {"birth_date": LATER})


def taken_in(session, entity, rows):
    plan = plan_of(session, entity, rows)
    session.commit()
    return plan, lambda beside=session: commit(beside, entity, plan)


SHEETS = pytest.mark.parametrize("sheet", [World.new, World.changed])


@SHEETS
def test_a_workbook_is_told_that_the_birth_was_put_right(world, sheet):
    before = world.stand()
    with world.asked() as session, world.asked() as first:
        plan, write = taken_in(session, *sheet(world))
        put_right(first, first.get_one(Child, world.child))
        other = Beside(world.asked, Child, world.child, lambda beside, _child: write(beside))
        assert other.is_alive(), "the child is held"
        first.commit()
        other.join()
    assert isinstance(other.said, importing.Stopped)
    assert [(row, label, error) for row, label, _typed, error in told(plan)] == TOO_EARLY
    assert world.stand() == (LATER, *before[1:]), "nothing of it was written"


@SHEETS
def test_who_puts_the_birth_right_waits_for_the_workbook_and_is_told(world, sheet, pausing):
    others = []
    with world.asked() as session:
        _plan, write = taken_in(session, *sheet(world))
        pausing(lambda: others.append(Beside(world.asked, Child, world.child, put_right)) or others.append(others[0].is_alive()))
        write()
    other, waited = others
    other.join()
    assert waited, "the birth is held"
    assert isinstance(other.said, records.Refused)
    assert {key: str(error) for key, error in other.said.errors.items()} == {"birth_date": TOO_LATE[0][2]}
    assert world.stand()[0] == BORN and world.stand()[1][0] == TALKED


def test_a_workbook_of_births_is_told_what_was_done_meanwhile(world):
    batches = world.stand()[2]
    with world.asked() as session, world.asked() as first:
        plan, write = taken_in(session, *world.born())
        records.add(first, Talk, {**world.told, "talked_on": TALKED})
        other = Beside(world.asked, Child, world.child, lambda beside, _child: write(beside))
        assert other.is_alive(), "what is being done is waited for"
        first.commit()
        other.join()
    assert isinstance(other.said, importing.Stopped)
    assert [(row, label, error) for row, label, _typed, error in told(plan)] == TOO_LATE
    assert world.stand() == (BORN, [TALKED, LATER], batches)


def test_who_does_something_waits_for_a_workbook_of_births_and_is_told(world, pausing):
    others = []
    with world.asked() as session:
        _plan, write = taken_in(session, *world.born())
        pausing(lambda: others.append(Beside(world.asked, Child, world.child, lambda beside, _child: records.add(
            beside, Talk, {**world.told, "talked_on": TALKED}))) or others.append(others[0].is_alive()))
        write()
    other, waited = others
    other.join()
    assert waited, "the child is held"
    assert isinstance(other.said, records.Refused) and list(other.said.errors) == ["talked_on"]
    assert world.stand()[:2] == (LATER, [LATER])


def test_a_workbook_that_is_right_by_what_came_in_between_goes_in(world):
    with world.asked() as session, world.asked() as first:
        _plan, write = taken_in(session, *world.talks(TALKED, LATER + timedelta(1)))
        records.edit(first, first.get_one(Child, world.child), {"birth_date": TALKED})
        first.commit()
        write()
        plan, write = taken_in(session, *world.born(BORN))
        records.add(first, Talk, {**world.told, "talked_on": TALKED})
        first.commit()
        write()
    assert outcome(plan) == {"changed": 1} and world.stand()[:2] == (BORN, [TALKED, TALKED, LATER, LATER + timedelta(1)])


def undone(world, batch):
    """A thread that takes it back, and what came of it."""
    came = []

    def work(session, _child):
        came.append(undo.undo(session, undo.find(session, batch)))

    return came, lambda: Beside(world.asked, Child, world.child, work)


def test_taking_a_workbook_back_waits_for_the_birth_and_keeps_the_row(world):
    with world.asked() as session:
        records.edit(session, session.get_one(Talk, world.talk), {"talked_on": TALKED})
        session.commit()
        batch = taken_in(session, *world.changed(LATER))[1]().id
        session.commit()
    came, start = undone(world, batch)
    with world.asked() as first:
        put_right(first, first.get_one(Child, world.child))
        other = start()
        assert other.is_alive(), "the child is held"
        first.commit()
        other.join()
    assert other.said is None and [[*one.why] for one in came[0].refused] == [["talked_on"]]
    assert world.stand()[:2] == (LATER, [LATER])


def test_taking_births_back_waits_for_what_is_being_done_and_keeps_the_birth(world):
    with world.asked() as session:
        put_right(session, session.get_one(Child, world.child))
        session.commit()
        batch = taken_in(session, *world.born(BORN))[1]().id
        session.commit()
    came, start = undone(world, batch)
    with world.asked() as first:
        records.add(first, Talk, {**world.told, "talked_on": TALKED})
        other = start()
        assert other.is_alive(), "what is being done is waited for"
        first.commit()
        other.join()
    assert other.said is None and [[*one.why] for one in came[0].refused] == [["birth_date"]]
    assert world.stand()[:2] == (BORN, [TALKED, LATER])


def test_no_workbook_puts_a_birth_right_in_the_trash_so_the_child_comes_back_with_its_file_as_it_went(world):
    with world.asked() as session, world.asked() as first:
        batch = taken_in(session, *world.born(TALKED))[1]().id
        plan, write = taken_in(session, *world.born(LATER))
        records.delete(first, first.get_one(Child, world.child))
        first.commit()
        with pytest.raises(importing.Stopped):
            write()
        session.rollback()
        assert [label for _row, label, _typed, _error in told(plan)] == [""] and told(plan_of(session, *world.born(LATER)))
        session.commit()
        assert undo.undo(session, undo.find(session, batch)).deleted
        records.restore(session, records.find(session, Child, world.child, trash=True))
        session.commit()
    assert world.stand()[:2] == (TALKED, [LATER])


def test_however_many_rows_are_asked_for_at_once(world):
    taken = []
    for count in (2, 300):
        with world.asked() as session:
            _plan, write = taken_in(session, *world.talks(*(LATER + timedelta(at) for at in range(count))))
            with noted(db.engine) as seen:
                write()
            taken.append([one for one in seen if "talked_on < child.birth_date" in one])
    assert [len(some) for some in taken] == [1, 1]
