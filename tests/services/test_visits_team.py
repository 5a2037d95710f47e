"""What a phone takes along of a team's schools, on both engines."""

from datetime import timedelta

import pytest

from app.models.campaign import CampaignMember
from app.models.inspection import Inspection
from app.services import campaign, campaign_notice, clock, visits
from tests.support.asking import asking
from tests.support.campaigning import recuse


@pytest.fixture
def teams(office):
    """Two teams; the first one's leader is the demo's inspector, and the day is the first of the campaign."""
    for number in range(2, 7):
        office.session.add(clone(office, f"inspector{number}0"))
    office.session.flush()
    office.team("inspector", "inspector2", "inspector3")
    office.team("inspector20", "inspector30", "inspector40", number=2)
    campaign.make_draw(office.session, office.row)
    campaign_notice.announce(office.session, office.row)
    with clock.freeze(office.row.starts_on):
        yield office


def clone(office, username):
    first = office.member("inspector")
    return type(first)(username=username, name=f"督导{username[-2:]}", role="inspector", area_id=first.area_id, password=first.password)


def taken(office, username):
    """Ids of the campaign's inspections that the phone of this account takes along, in their order."""
    own = {one.inspection_id for one in office.places()}
    with asking(office.session, username):
        return [one.inspection.id for one in visits.near(office.session) if one.inspection.id in own]


def of_team(office, number):
    return {one.inspection_id for one in office.places() if one.team == number}


def test_each_of_a_team_takes_the_teams_schools_along_and_no_others(teams):
    first, second = of_team(teams, 1), of_team(teams, 2)
    assert first and second and not first & second
    assert [set(taken(teams, name)) for name in ("inspector", "inspector2", "inspector3")] == [first] * 3
    assert [set(taken(teams, name)) for name in ("inspector20", "inspector30")] == [second] * 2
    assert taken(teams, "inspector50") == []
    with asking(teams.session, "inspector2"):
        assert {one.inspection.id for one in visits.listed(teams.session)[0] if one.teamed} == first


def test_who_left_the_team_takes_nothing_along(teams):
    teams.session.add(CampaignMember(area_id=teams.area.id, campaign_id=teams.row.id, member_id=teams.member("inspector50").id, team=1))
    teams.session.flush()
    gone = teams.session.query(CampaignMember).filter_by(campaign_id=teams.row.id, member_id=teams.member("inspector3").id).one()
    gone.deleted_at = clock.now()
    teams.session.flush()
    assert taken(teams, "inspector3") == [] and set(taken(teams, "inspector50")) == of_team(teams, 1)


def test_nobody_takes_a_related_school_along(teams):
    """A recusal that stood in nobody's way when it was written: the account joined the team later."""
    place = next(one for one in teams.places() if one.team == 1)
    recuse(teams, "inspector50", teams.session.get_one(Inspection, place.inspection_id).school)
    teams.session.info["campaign"] = teams.row.id  # past the rule of the teams, as rows of another time may be
    teams.session.add(CampaignMember(area_id=teams.area.id, campaign_id=teams.row.id, member_id=teams.member("inspector50").id, team=1))
    teams.session.flush()
    del teams.session.info["campaign"]
    assert set(taken(teams, "inspector50")) == of_team(teams, 1) - {place.inspection_id}


def test_own_ones_come_first_and_within_the_bound(teams, monkeypatch):
    rows = [teams.session.get_one(Inspection, pk) for pk in sorted(of_team(teams, 1))]
    mine = rows[-1]
    teams.session.info["campaign"] = teams.row.id
    mine.inspector_id, mine.planned_on = teams.member("inspector2").id, teams.row.starts_on + timedelta(6)
    teams.session.flush()
    del teams.session.info["campaign"]
    with asking(teams.session, "inspector2"):
        found = visits.near(teams.session)
        assert len(found) == len(rows) > 1 and found[0].inspection.id == mine.id, "its day is the last one, and it is the only own one"
        monkeypatch.setattr(visits, "MOST_NEAR", 1)
        assert [one.inspection.id for one in visits.near(teams.session)] == [mine.id]
