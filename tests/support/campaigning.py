"""The county office at work on a campaign: what the tests of campaigns share."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import Campaign, CampaignMember, CampaignSchool, Recusal
from app.models.inspection import ChecklistTemplate
from app.models.org import Area, Member, School
from app.services import campaign, campaign_notice, clock, records, scope

WHY = "道路中断，改期再查"  # why schools were not inspected


class Office:
    """The county office at work on a campaign."""

    def __init__(self, session) -> None:
        self.session = session
        self.area = session.scalars(select(Area).where(Area.id == scope.asker(session).area_id)).one()
        self.row = self.add(Campaign, name="秋季督导", area=self.area.id, starts_on=clock.today() + timedelta(5), ends_on=clock.today() + timedelta(20),
                            self_due_on=clock.today() + timedelta(3), template=session.scalars(select(ChecklistTemplate.id)).first(), unit="county",
                            kindergarten=1, primary=1, junior=1, senior=1, files=3, seed="2026-42")

    def add(self, model, **values):
        return records.add(self.session, model, values)

    def member(self, username):
        return self.session.scalars(select(Member).where(Member.username == username)).one()

    def school(self, username):
        return self.session.get_one(School, self.member(username).school_id)

    def team(self, *usernames, number=1, leader=True):
        return [self.add(CampaignMember, area=self.area.id, campaign=self.row.id, member=self.member(username).id, team=number, leader=leader and order == 0)
                for order, username in enumerate(usernames)]

    def place(self, username, how, **values):
        return self.add(CampaignSchool, campaign=self.row.id, school=self.school(username).id, how=how, **{"reason": "投诉较多", **values})

    def places(self, *how):
        query = select(CampaignSchool).where(CampaignSchool.campaign_id == self.row.id)
        return [one for one in self.session.scalars(query.order_by(CampaignSchool.id)) if not how or one.how in how]

    def announced(self):
        self.team("inspector", "inspector2", "inspector3")
        campaign.make_draw(self.session, self.row)
        campaign_notice.announce(self.session, self.row)
        return self


def refused(work, *args, **values):
    """What was said against it; nothing of it stays."""
    inner = db.session.begin_nested()
    with pytest.raises(records.Refused) as told:
        work(*args, **values)
    inner.rollback()
    return told.value.errors


def announce(office):
    campaign.make_draw(office.session, office.row)
    return refused(campaign_notice.announce, office.session, office.row)


def told(errors):
    return " ".join(str(one.message) % one.params for one in errors.values())


def recuse(office, username, school):
    return office.add(Recusal, member=office.member(username).id, school=school.id, why="近亲属在该校工作")
