"""A house with closed campaigns goes below the version that keeps their results, and up again: they are reckoned as things stand, and closed anew kept."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from app.extensions import db
from app.models.campaign import Campaign
from app.models.campaign_result import CAMPAIGN_RESULT
from app.services import campaign, campaign_public, campaign_results, scope
from tests.support.asking import asking


@pytest.fixture
def closed(app):
    """Id of the demo's closed campaign, whose results are kept."""
    with app.app_context():
        with scope.everything(db.session()):
            found = db.session.scalars(select(Campaign.id).where(Campaign.state == "closed")).one()
            assert db.session.scalar(select(func.count()).select_from(CAMPAIGN_RESULT)) == 3
            db.session.rollback()
        db.session.remove()
        yield found
        upgrade()


def test_results_of_before_are_those_of_now(closed):
    downgrade(revision="0017")
    assert "campaign_result" not in inspect(db.engine).get_table_names()
    assert "unvisited" not in {one["name"] for one in inspect(db.engine).get_columns("campaign_school")}
    upgrade()
    session = db.session()
    scope.bind(session, scope.SYSTEM)
    with asking(session, "county"):
        row = session.get_one(Campaign, closed)
        now = campaign_results.results(session, row)
        assert now.made_at is None and now.schools and campaign_public.public(session, row) is None
        campaign.reopen(session, row, "补存结果")
        campaign.close(session, row, "补存结果")
        kept = campaign_results.results(session, row)
        assert kept.closing == 1 and list(kept.schools) == list(now.schools) and campaign_public.public(session, row).first
        session.rollback()
