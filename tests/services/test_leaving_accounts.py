"""Whoever goes to another school sees nothing of the old one by the account of before."""

import pytest
from sqlalchemy import select

from app.models.care import Pairing
from app.models.children import Child
from app.models.org import AccessKey, Member, School, SchoolClass, Staff
from app.services import clock, leaving, members, records, scope
from app.services.exchange import undo
from tests.services.test_leaving import World
from tests.support.asking import asking
from tests.support.intake import commit, plan_of
from tests.support.sheets import asked_by


class Account(World):
    """That teacher has an account, with a key, as has another one who is in the trash."""

    def __init__(self, session, name):
        super().__init__(session, name)
        with scope.everything(session):
            area = session.get(School, self.here).area_id
            told = {"role": "teacher", "area_id": area, "school_id": self.here, "staff_id": self.staff}
            self.id = self._add(session, Member(username=f"u{self.staff}", name=name, session_stamp="before", **told)).id
            self.trashed = self._add(session, Member(username=f"t{self.staff}", name=name, deleted_at=clock.now(), **told)).id
            self._add(session, AccessKey(name="机器", member_id=self.id, digest=f"d{self.staff}", prefix="x", expires_on=clock.today()))

    def of(self, session, pk=0):
        session.expire_all()
        with scope.everything(session), scope.trash(session):
            return session.get(Member, pk or self.id)

    def sees(self, session):
        """What the account would see, were it switched on."""
        member = self.of(session)
        before = session.info["asker"]
        scope.bind(session, scope.asker_of(session, member))
        found = [session.scalars(select(model.id)).all() for model in (Child, Pairing)]
        classes = session.scalars(select(SchoolClass.school_id)).all()
        scope.bind(session, before)
        return found, set(classes)


def test_the_account_is_switched_off_and_its_keys_end(app):
    with asked_by(app, "county") as session:
        world = Account(session, "账号甲")
        assert all(world.sees(session)[0])
        records.edit(session, records.find(session, Staff, world.staff), {"school": world.there})
        member = world.of(session)
        assert (member.active, member.session_stamp != "before", world.of(session, world.trashed).active) == (False, True, False)
        with scope.everything(session):
            assert session.scalars(select(AccessKey).where(AccessKey.member_id == world.id)).one().revoked_at is not None
        assert leaving.told(session).accounts == 1


def test_it_is_not_switched_on_again_at_the_old_school_and_sees_nothing_of_that_at_the_new_one(app):
    with asked_by(app, "county") as session:
        world = Account(session, "账号乙")
        records.edit(session, records.find(session, Staff, world.staff), {"school": world.there})
        with asking(session, "school"), pytest.raises(records.Refused) as refused:
            records.edit(session, world.of(session), {"active": True})
        assert {key: str(error) for key, error in refused.value.errors.items()} == {"staff": "这位教职工不在所选学校"}
        session.expire_all()
        values = members.placed(session, {"school": world.there, "active": True}, world.of(session))
        records.edit(session, world.of(session), values)
        assert world.sees(session) == ([[], []], {world.there})


def test_an_import_shows_it_does_it_and_gives_it_back(app):
    with asked_by(app, "county") as session:
        world = Account(session, "账号丙")
        session.commit()
        plan = plan_of(session, "Staff", [["系统编号", "学校"], [world.staff, world.target]])
        assert [(one.old, one.new) for one in plan.altered if one.label == "启用"] == [("账号丙 · 账号丙", "否")]
        batch = commit(session, "Staff", plan)
        assert world.of(session).active is False
        assert undo.undo(session, batch).left == []
        assert (world.of(session).active, world.of(session).session_stamp != "before") == (True, True)
        assert world.sees(session)[1] == {world.here}
