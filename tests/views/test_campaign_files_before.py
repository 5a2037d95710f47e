"""A campaign that was announced before the list of its files was kept (migration 0017): its pages say so, in place of a button that is not there."""

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models.campaign import Campaign, CampaignSchool
from app.services import scope
from tests.support.visiting import one

PLACE = CampaignSchool.__table__
SAID = "系统还不留存抽档案的名单"


@pytest.fixture(scope="module")
def running(app):
    return one(app, select(Campaign.id).where(Campaign.state == "running"))


@pytest.fixture(scope="module")
def pk(app, running):
    """A school's row in it."""
    return one(app, select(CampaignSchool.id).where(CampaignSchool.campaign_id == running, CampaignSchool.inspection_id.is_not(None)))


@pytest.fixture
def before(app, running):
    with app.app_context(), scope.everything(db.session()):
        db.session.execute(update(PLACE).where(PLACE.c.campaign_id == running).values(files_hash=None, files_from=None))
        db.session.commit()


def test_the_page_of_one_that_has_the_list_says_nothing_of_it(client_for, running, pk):
    county = client_for("county")
    assert SAID not in county.get(f"/campaign_school/files/{pk}").text and "重抽的结果" in county.get(f"/campaign_school/files/{pk}").text
    assert SAID not in county.get(f"/campaign/redraw/{running}").text


def test_it_is_said_where_it_was_not_kept(app, client_for, running, pk, before):
    inspection = one(app, select(CampaignSchool.inspection_id).where(CampaignSchool.id == pk))
    for account in ("county", "inspector"):
        client = client_for(account)
        assert f'href="/campaign_school/files/{pk}"' in client.get(f"/campaign_school/show/{pk}").text
        page = client.get(f"/campaign_school/files/{pk}").text
        assert SAID in page and "没有留存名单，不能复核" in page and "重抽的结果" not in page
        assert f"/inspection/show/{inspection}?tab=DrawnChild" in page and client.get(f"/inspection/show/{inspection}?tab=DrawnChild").status_code == 200
        assert SAID in client.get(f"/campaign/redraw/{running}").text
    for account in ("school", "township", "superior"):
        assert client_for(account).get(f"/campaign_school/files/{pk}").status_code in (403, 404), account
        assert f"/campaign_school/files/{pk}" not in client_for(account).get(f"/campaign_school/show/{pk}").text, account
