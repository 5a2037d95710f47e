"""The page that closes a campaign asks why schools were not inspected, and the results tell it; in a house whose closed campaign has nothing kept too."""

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, select

from app.extensions import db
from app.models.campaign import Campaign, CampaignSchool
from app.models.campaign_result import CAMPAIGN_RESULT
from app.models.inspection import Inspection
from app.models.org import School
from app.services import clock, scope
from tests.support.visiting import one

WHY, OWN = "道路中断，改期再查", "学校正在搬迁"


@pytest.fixture(scope="module")
def running(app):
    """The demo's campaign on the way, of which nothing is submitted."""
    return one(app, select(Campaign.id).where(Campaign.state == "running"))


@pytest.fixture(scope="module")
def left(app, running):
    """Row → school's name, by name."""
    query = select(CampaignSchool.id, School.name).join(School, School.id == CampaignSchool.school_id).join(
        Inspection, Inspection.id == CampaignSchool.inspection_id)
    with app.app_context(), scope.everything(db.session()):
        return dict(db.session.execute(query.where(CampaignSchool.campaign_id == running, Inspection.state != "submitted").order_by(School.name)).all())


def test_it_is_closed_with_a_reason_for_each_school_and_these_are_told(app, client_for, running, left):
    county, (first, *others) = client_for("county"), left
    assert others and "还没有公告" in county.get(f"/campaign/public/{running}").text
    version = one(app, select(CampaignSchool.version).where(CampaignSchool.id == first))
    assert county.put(f"/api/v1/campaign_school/{first}", json={"version": version, "unvisited": OWN}).status_code == 200
    asked = county.get(f"/campaign/step/{running}/close").text
    assert f"还有 {len(left)} 所没有提交检查" in asked and "还没有写明原因" in asked and 'name="reason"' in asked
    assert left[first] not in re.search("其中(.*?)还没有写明原因", asked)[1]
    refused = county.post(f"/campaign/step/{running}/close", data={"reason": "无"})
    assert refused.status_code == 200 and 'id="reason-err"' in refused.text and 'value="无"' in refused.text
    assert one(app, select(Campaign.state).where(Campaign.id == running)) == "running"
    assert county.post(f"/campaign/step/{running}/close", data={"reason": WHY}).status_code == 302
    page = county.get(f"/campaign/results/{running}").text
    table = page[page.index('aria-label="未检查的学校"'):]
    told = dict(re.findall(r'<th scope="row">([^<]*)</th><td[^>]*>[^<]*</td><td[^>]*>([^<]*)</td>', table))
    assert told == {name: OWN if pk == first else WHY for pk, name in left.items()}
    assert f"{clock.today().isoformat()} 行动结束时留存的结果" in page
    book = load_workbook(io.BytesIO(county.get(f"/campaign/results/{running}.xlsx").data))["未检查的学校"]
    assert {row[0]: row[2] for row in book.iter_rows(min_row=4, values_only=True)} == told
    assert WHY in county.get(f"/campaign/history/{running}").text
    above = client_for("superior").get(f"/campaign/results/{running}").text
    assert "未检查的学校" in above and WHY not in above and OWN not in above, "a text that may name somebody stays in the county"


def test_where_nothing_is_left_out_no_reason_is_asked(app, client_for, running, left):
    county = client_for("county")
    county.post(f"/campaign/step/{running}/reopen", data={"reason": "两所学校漏填"})
    asked = county.get(f"/campaign/step/{running}/close").text
    assert 'name="reason"' not in asked and f"还有 {len(left)} 所没有提交检查" in asked, "each has its reason from before"
    assert county.post(f"/campaign/step/{running}/close").status_code == 302
    assert one(app, select(Campaign.state).where(Campaign.id == running)) == "closed"


def test_of_one_closed_before_results_were_kept_the_page_says_so(app, client_for, running):
    with app.app_context(), scope.everything(db.session()):
        db.session.execute(delete(CAMPAIGN_RESULT).where(CAMPAIGN_RESULT.c.campaign_id == running))
        db.session.commit()
    county = client_for("county")
    assert "系统还不留存结果，按" in county.get(f"/campaign/results/{running}").text
    assert "请重新打开行动，再结束一次" in county.get(f"/campaign/public/{running}").text
