"""Who sees a campaign and its parts, before and after the notice, on both engines."""

import pytest

from app.models.campaign import Campaign, CampaignSchool
from app.services import campaign, campaign_notice, records, scope
from tests.support.asking import asking


@pytest.mark.parametrize(("account", "before", "after"), [
    ("county", True, True), ("inspector", True, True), ("township", False, True), ("school", False, True), ("superior", False, True),
    ("school2", False, False)])
def test_before_the_notice_only_those_see_it_who_prepare_it(office, account, before, after):
    office.team("inspector", "inspector2", "inspector3")
    place = office.place("school", "must").id
    campaign.make_draw(office.session, office.row)
    for told_out in (before, after):
        with asking(office.session, account):
            assert (records.find(office.session, CampaignSchool, place) is not None) is told_out
        if office.row.state == "draft":
            campaign_notice.announce(office.session, office.row)


@pytest.mark.parametrize(("account", "sees"), [
    ("county", True), ("inspector", True), ("superior", True), ("school", False), ("township", False), ("teacher", False)])
def test_the_campaign_itself_is_the_offices(office, account, sees):
    office.announced()
    with asking(office.session, account):
        assert (records.find(office.session, Campaign, office.row.id) is not None) is sees
        assert scope.asker(office.session).may("read", "DrawnChild") is (account in ("county", "inspector"))
