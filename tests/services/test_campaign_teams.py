"""The teams of a campaign, on both engines: who may be in one, and who steps aside from which school."""

from sqlalchemy import select

from app.models.campaign import CampaignMember, CampaignSchool
from app.models.inspection import Inspection
from app.models.org import School
from app.services import campaign, campaign_notice, clock, records
from tests.support.campaigning import announce, recuse, refused, told


def test_a_team_has_three_and_one_leader(office):
    office.team("inspector", "inspector2", leader=False)
    assert "至少三人" in told(announce(office)) and "要有一名组长" in told(refused(campaign_notice.announce, office.session, office.row))


def test_a_leader_inspects_and_so_needs_an_inspectors_account(office):
    office.team("county", "inspector2", "inspector3")
    assert "督导员账号" in told(announce(office))


def test_without_a_team_or_a_draw_no_notice_goes_out(office):
    assert "还没有抽签" in told(refused(campaign_notice.announce, office.session, office.row))
    assert "还没有督导组" in told(announce(office))


def test_who_is_related_to_a_school_is_in_no_team_for_it(office):
    office.team("inspector", "inspector2", "inspector3")
    office.place("school", "must")
    recuse(office, "inspector3", office.school("school"))
    assert "要回避" in told(announce(office))


def test_who_belongs_to_a_school_is_related_to_it(office):
    office.team("inspector", "inspector2", "school")
    office.place("school", "must")
    assert office.school("school").name in told(announce(office))


def test_schools_are_dealt_to_teams_past_those_that_are_related(office):
    office.team("inspector", "county", "township")
    office.team("inspector2", "inspector3", "school", number=2)
    office.place("school", "must")
    campaign.make_draw(office.session, office.row)
    campaign_notice.announce(office.session, office.row)
    assert next(one.team for one in office.places("must")) == 1
    assert {one.team for one in office.places()} == {1, 2}


def test_after_the_notice_no_change_breaks_a_team(office):
    office.announced()
    members = office.session.scalars(select(CampaignMember).where(CampaignMember.campaign_id == office.row.id)).all()
    ids, place = [one.id for one in members], office.places()[0]
    tried = [lambda: records.delete(office.session, office.session.get_one(CampaignMember, ids[2])),
             lambda: records.edit(office.session, office.session.get_one(CampaignMember, ids[0]), {"leader": False}),
             lambda: records.edit(office.session, office.session.get_one(CampaignMember, ids[1]), {"team": 2}),
             lambda: records.edit(office.session, office.session.get_one(CampaignMember, ids[1]), {"leader": True}),
             lambda: records.edit(office.session, office.session.get_one(CampaignSchool, place.id), {"team": 4}),
             lambda: recuse(office, "inspector3", office.session.get_one(School, place.school_id))]
    for attempt in tried:
        assert refused(attempt)
    records.edit(office.session, office.session.get_one(CampaignMember, ids[1]), {"member": office.member("township").id})
    assert office.row.state == "announced"


def test_nobody_inspects_a_school_that_they_are_related_to(office):
    school = office.school("school")
    recuse(office, "inspector2", school)
    values = {"name": "抽查", "school": school.id, "template": office.row.template_id, "planned_on": clock.today()}
    errors = refused(office.add, Inspection, inspector=office.member("inspector2").id, **values)
    assert list(errors) == ["inspector"]
    assert office.add(Inspection, inspector=office.member("inspector").id, **values).id
