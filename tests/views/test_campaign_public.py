"""A campaign's results by section of the bureau, and its report for the public."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import Campaign
from app.models.inspection import Answer
from app.models.org import Member
from app.services import scope
from tests.support.visiting import one


@pytest.fixture(scope="module")
def closed(app) -> int:
    return one(app, select(Campaign.id).where(Campaign.state == "closed"))


@pytest.fixture(scope="module")
def draft(app) -> int:
    """One that was never announced."""
    with app.app_context(), scope.everything(db.session()):
        row = db.session.get_one(Campaign, one(app, select(Campaign.id).where(Campaign.state == "closed")))
        made = Campaign(name="筹备中的行动", area_id=row.area_id, template_id=row.template_id, starts_on=row.starts_on, ends_on=row.ends_on,
                        self_due_on=row.starts_on, state="draft")
        db.session.add(made)
        db.session.commit()
        return made.id


def test_the_public_is_told_counts_and_grades_and_no_person(app, client_for, closed):
    page = client_for("county").get(f"/campaign/public/{closed}").text
    told = page[page.index("<article"):page.index("</article>")]
    assert "督导检查结果公告" in told and "平均" in told and "行动结束时留存" in told and "草稿" not in told
    with app.app_context(), scope.everything(db.session()):
        persons = db.session.scalars(select(Member.name)).all()
        remarks = [one for one in db.session.scalars(select(Answer.remark)) if one]
    assert persons and remarks and not [one for one in (*persons, *remarks) if one in told]


def test_a_section_of_the_bureau_that_there_is_not_is_not_found(client_for, closed):
    client = client_for("county")
    assert client.get(f"/campaign/results/{closed}?branch=basic").status_code == 200
    assert client.get(f"/campaign/results/{closed}?branch=nothing").status_code == 404
    assert client.get(f"/campaign/results/{closed}.xlsx?branch=basic").status_code == 200
    assert client.get(f"/campaign/results/{closed}.xlsx?branch=nothing").status_code == 404


def test_of_a_campaign_without_a_notice_the_public_is_told_nothing(client_for, draft):
    assert client_for("county").get(f"/campaign/public/{draft}").status_code == 404
    assert client_for("school").get(f"/campaign/public/{draft}").status_code == 403
