"""The first ticks at two schools of a campaign in the same moment: both inspections begin, and the campaign runs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import Campaign, CampaignSchool
from app.models.inspection import Inspection
from app.models.org import Area, Member, School
from app.services import clock, inspection, scope
from app.services.checklist import items_of
from tests.support.beside import Beside, sessions_of


@pytest.fixture
def announced(app: Any) -> tuple[int, list[int], str]:
    """A campaign with two planned inspections, and the code of an item that no record speaks of."""
    with app.app_context(), scope.everything(db.session()):
        session, day = db.session(), clock.today()
        me = session.scalars(select(Member).where(Member.username == "inspector")).one()
        like = session.scalars(select(Inspection).where(Inspection.inspector_id == me.id, Inspection.state != "submitted")).first()
        area = session.get_one(Area, me.area_id)
        row = Campaign(name="同时开始", area_id=area.id, starts_on=day, ends_on=day, self_due_on=day, template_id=like.template_id, state="announced",
                       announced_on=day, seed="同时")
        session.add(row)
        session.flush()
        below = select(School).join(Area, Area.id == School.area_id).where(Area.path.startswith(area.path)).order_by(School.id).limit(2)
        made = [Inspection(school_id=school.id, template_id=like.template_id, inspector_id=me.id, name="同时开始", planned_on=day)
                for school in session.scalars(below)]
        session.add_all(made)
        session.flush()
        session.add_all(CampaignSchool(school_id=one.school_id, campaign_id=row.id, how="must", reason="同时开始", team=1, inspection_id=one.id,
                                       announced_on=day, self_due_on=day) for one in made)
        code = next(item.code for item in items_of(session, like.template_id) if not item.evidence and not item.applies_when)
        session.commit()
        return row.id, [one.id for one in made], code


def test_both_begin(app: Any, announced: tuple[int, list[int], str]) -> None:
    campaign, (first, second), code = announced

    def tick(session: Any, row: Inspection) -> None:
        inspection.save_answer(session, row, code, result="pass")

    with app.app_context():
        asked = sessions_of(app, "inspector")
        with asked() as session:
            tick(session, session.get_one(Inspection, first))
            other = Beside(asked, Inspection, second, tick)
            session.commit()
            other.join()
        assert other.said is None
        with asked() as session:
            assert [session.get_one(Inspection, pk).state for pk in (first, second)] == ["open", "open"]
            assert session.get_one(Campaign, campaign).state == "running"
