"""Somebody goes to another school: nothing that only leans on the row is carried along, whatever the way."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models import entities
from app.models.audit import Change
from app.models.base import Entity, OfSchool
from app.models.bus import Bus, BusRun
from app.models.canteen import Canteen, CanteenWorker
from app.models.care import Pairing
from app.models.children import Child
from app.models.org import Member, School, SchoolClass, Staff
from app.models.safety import Hazard
from app.services import clock, leaving, records, scope
from app.services.exchange import undo
from tests.support.asking import asking
from tests.support.intake import commit, plan_of, told
from tests.support.sheets import asked_by

DAY = clock.today() - timedelta(days=90)


def two_schools(session):
    here, there = (session.scalar(select(Member.school_id).where(Member.username == name)) for name in ("school", "school2"))
    assert here != there
    return here, there


class World:
    """A teacher of a class with two children, who also keeps a canteen, mends a hazard and helps a child; the other school has a class of that name."""

    def __init__(self, session, name):
        with scope.everything(session):
            self.here, self.there = two_schools(session)
            self.staff = self._add(session, Staff(school_id=self.here, name=name, sex="f", post="teacher")).id
            self.other = self._add(session, Staff(school_id=self.there, name=f"{name}乙", sex="f", post="teacher")).id
            for school, staff in ((self.here, self.staff), (self.there, self.other)):
                room = self._add(session, SchoolClass(school_id=school, name=f"{name}班", grade=3, teacher_id=staff))
                self.room = self.room if school == self.there else room.id
            children = session.scalars(select(Child).where(Child.school_id == self.here).order_by(Child.id).limit(2)).all()
            for child in children:
                child.school_class_id = self.room
            self.canteen = self._add(session, Canteen(school_id=self.here, name=f"{name}食堂", manager_id=self.staff)).id
            told = {"what": "线路", "where": "楼道", "kind": "fire", "found_on": DAY, "due_on": DAY}
            self.hazard = self._add(session, Hazard(school_id=self.here, responsible_id=self.staff, **told)).id
            self.gone = self._add(session, Canteen(school_id=self.here, name=f"{name}旧食堂", manager_id=self.staff)).id
            session.get(Canteen, self.gone).deleted_at = clock.now()
            self.pairing = self._add(session, Pairing(child_id=children[0].id, kind="teacher", staff_id=self.staff, started_on=DAY)).id
            self.target = session.get(School, self.there).name
            session.flush()
            self.before = places(session)

    @staticmethod
    def _add(session, row):
        session.add(row)
        session.flush()
        return row

    def leaners(self, session):
        """Who stands in the links to the teacher."""
        session.expire_all()
        with scope.everything(session), scope.trash(session):
            return [session.get(SchoolClass, self.room).teacher_id, session.get(Canteen, self.canteen).manager_id,
                    session.get(Hazard, self.hazard).responsible_id, session.get(Canteen, self.gone).manager_id]

    def hold(self, session, request_id):
        """The teacher alone went; every link was emptied, in a line of its own, of one request."""
        assert self.leaners(session) == [None] * 4
        after = places(session)
        assert {key for key in after if self.before.get(key, after[key]) != after[key]} == {("Staff", self.staff)}
        assert after["Staff", self.staff] == self.there
        with scope.everything(session):
            assert session.get(Pairing, self.pairing).ended_on == clock.today()
            lines = session.scalars(select(Change).where(Change.request_id == request_id)).all()
        assert {("SchoolClass", self.room), ("Canteen", self.canteen), ("Hazard", self.hazard), ("Pairing", self.pairing)} < {
            (line.entity, line.row_id) for line in lines}
        said = next(line.lines for line in lines if line.entity == "SchoolClass")
        assert [(line[0], line[1], line[2]) for line in said] == [("teacher_id", self.staff, None)]


def places(session):
    """(entity, id) → school of every row, deleted ones among them."""
    rows = {}
    for name, model in entities().items():
        if issubclass(model, OfSchool) and issubclass(model, Entity):
            table = model.__table__
            rows |= {(name, row_id): school for row_id, school in session.connection().execute(select(table.c.id, table.c.school_id))}
    return rows


def request_of(session, staff):
    with scope.everything(session):
        return session.scalars(select(Change.request_id).where(Change.entity == "Staff", Change.row_id == staff).order_by(Change.id.desc())).first()


def test_by_a_save_nothing_is_carried_along(session):
    world = World(session, "调动甲")
    with asking(session, "county"):
        records.edit(session, records.find(session, Staff, world.staff), {"school": world.there})
        world.hold(session, request_of(session, world.staff))
        left = leaving.told(session)
        assert len(left.links) == 3 and left.pairings == 1 and leaving.told(session).links == []


def test_a_new_teacher_named_in_the_same_breath_stays(session):
    world = World(session, "调动乙")
    with asking(session, "county"), records.together(session):
        with scope.everything(session):
            second = session.scalars(select(Staff.id).where(Staff.school_id == world.here, Staff.id != world.staff)).first()
        records.edit(session, records.find(session, SchoolClass, world.room), {"teacher": second})
        records.edit(session, records.find(session, Staff, world.staff), {"school": world.there})
    assert world.leaners(session) == [second, None, None, None] and places(session)["SchoolClass", world.room] == world.here


def test_by_import_undoing_and_going_back_nothing_is_carried_along(app):
    with asked_by(app, "county") as session:
        world = World(session, "调动丙")
        session.commit()
        plan = plan_of(session, "Staff", [["系统编号", "学校"], [world.staff, world.target]])
        assert {(one.label, one.old, one.new) for one in plan.altered if one.label != "学校"} == {
            ("班主任", "调动丙班 · 调动丙", ""), ("食品安全管理员", "调动丙食堂 · 调动丙", ""),
            ("责任人", "线路 · 调动丙", ""), ("结束日期", f"结对帮扶 {world.pairing} · 调动丙", clock.today().isoformat())}
        batch = commit(session, "Staff", plan)
        world.hold(session, batch.request_id)
        with scope.everything(session):
            now_there = session.scalars(select(SchoolClass).where(SchoolClass.school_id == world.there, SchoolClass.teacher_id == world.other)).first()
            now_there.teacher_id = world.staff
            second = session.scalars(select(Staff.id).where(Staff.school_id == world.here)).first()
            session.get(Canteen, world.canteen).manager_id = second
            session.commit()
            room, world.before = now_there.id, places(session)
        done = undo.undo(session, batch)
        session.expire_all()
        after = places(session)
        assert (done.rows, done.left) == (1, [])
        assert {key for key in after if world.before[key] != after[key]} == {("Staff", world.staff)} and after["Staff", world.staff] == world.here
        with scope.everything(session):
            assert session.get(SchoolClass, room).teacher_id is None and session.get(Pairing, world.pairing).ended_on is None
        assert world.leaners(session) == [world.staff, second, world.staff, None]  # what was found another meanwhile keeps it


def test_undoing_gives_nothing_back_to_who_has_moved_on(app):
    with asked_by(app, "county") as session:
        world = World(session, "调动戊")
        session.commit()
        batch = commit(session, "Staff", plan_of(session, "Staff", [["系统编号", "学校"], [world.staff, world.target]]))
        records.edit(session, records.find(session, Staff, world.staff), {"name": "调动戊二"})
        session.commit()
        assert undo.undo(session, batch).changed == ["调动戊二"]
        with scope.everything(session):
            assert session.get(Pairing, world.pairing).ended_on == clock.today()
        assert world.leaners(session) == [None] * 4


def test_setting_back_an_edit_that_moved_somebody_carries_nothing_along(session):
    world = World(session, "调动丁")
    with asking(session, "county"):
        staff = records.find(session, Staff, world.staff)
        records.edit(session, staff, {"school": world.there})
        with scope.everything(session):
            change = session.scalars(select(Change).where(Change.entity == "Staff", Change.row_id == world.staff).order_by(Change.id.desc())).first()
            room = session.scalars(select(SchoolClass).where(SchoolClass.teacher_id == world.other)).first()
            room.teacher_id = world.staff
            session.flush()
            world.before = places(session)
        records.revert(session, staff, change)
        after = places(session)
        assert {key for key in after if world.before[key] != after[key]} == {("Staff", world.staff)} and after["Staff", world.staff] == world.here
        session.refresh(room)
        assert room.teacher_id is None
        with scope.everything(session):
            emptied = session.scalars(select(Change).where(Change.entity == "SchoolClass", Change.row_id == world.room).order_by(Change.id.desc())).first()
        records.revert(session, staff, change_of(session, world.staff))
        with pytest.raises(records.Refused) as refused:
            records.revert(session, records.find(session, SchoolClass, world.room), emptied)
        assert {key: error.message for key, error in refused.value.errors.items()} == {"teacher": "不是这所学校的"}


def change_of(session, staff):
    with scope.everything(session):
        return session.scalars(select(Change).where(Change.entity == "Staff", Change.row_id == staff).order_by(Change.id.desc())).first()


@pytest.mark.parametrize("trashed", [False, True])
def test_what_others_cannot_be_without_does_not_go(app, trashed):
    """No role may move these today; the rule holds for whoever will."""
    with asked_by(app, "county") as session, scope.everything(session):
        here, there = two_schools(session)
        canteen = Canteen(school_id=here, name=f"要搬的食堂{trashed}")
        session.add(canteen)
        session.flush()
        session.add(CanteenWorker(school_id=here, canteen_id=canteen.id, name="某师傅", deleted_at=clock.now() if trashed else None))
        session.commit()
        row_id, name = canteen.id, session.get(School, there).name
        with pytest.raises(records.Refused) as refused:
            records.edit(session, records.find(session, Canteen, row_id), {"school": there})
        said = "还有 1 条食堂从业人员（含回收站里的）与它相连，不能换学校；请在新学校另建"
        assert {key: str(error) for key, error in refused.value.errors.items()} == {"school": said}
        session.rollback()
        plan = plan_of(session, "Canteen", [["系统编号", "学校"], [row_id, name]])
        assert [(label, error) for _row, label, _value, error in told(plan)] == [("学校", said)]


def test_a_bus_that_ran_does_not_go(session):
    with asking(session, "county"), scope.everything(session):
        bus = session.scalars(select(Bus).where(Bus.id.in_(select(BusRun.bus_id)))).first()
        bus.school_id = session.scalars(select(School.id).where(School.id != bus.school_id)).first()
        with pytest.raises(records.Refused) as refused:
            session.flush()
    assert list(refused.value.errors) == ["school"]


def test_a_class_stays_where_it_is(app):
    with asked_by(app, "county") as session:
        with scope.everything(session):
            here, there = two_schools(session)
            room = session.scalars(select(SchoolClass.id).where(SchoolClass.school_id == here)).first()
            name = session.get(School, there).name
        with pytest.raises(records.Refused) as refused:
            records.edit(session, records.find(session, SchoolClass, room), {"school": there, "teacher": None})
        said = "班级不能换学校，请在新学校另建班级"
        assert {key: error.message for key, error in refused.value.errors.items()} == {"school": said}
        session.rollback()
        plan = plan_of(session, "SchoolClass", [["系统编号", "学校"], [room, name]])
        assert [(label, error) for _row, label, _value, error in told(plan)] == [("学校", said)]
