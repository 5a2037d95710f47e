"""A step that is refused gives back what was typed with it, whatever it was refused for."""

import pytest
from sqlalchemy import select

from app.models.campaign import Campaign
from app.models.rules import RuleError
from app.panel.steps import Stepped
from app.panel.views_by_entity import VIEWS
from app.services import records
from app.views.campaign import CampaignView
from tests.support.visiting import one

REASON = "名单漏了两所新建的学校"


@pytest.fixture
def campaign(app):
    """campaign("closed"): id of one in that state."""
    return lambda state: one(app, select(Campaign.id).where(Campaign.state == state))


@pytest.mark.parametrize(("state", "step", "why"), [("running", "reopen", "这次行动没有结束"), ("running", "undraw", "抽签不能再撤销")])
def test_a_step_that_another_took_first_gives_back_the_reason(app, client_for, campaign, state, step, why):
    pk = campaign(state)
    answer = client_for("county").post(f"/campaign/step/{pk}/{step}", data={"reason": REASON})
    assert answer.status_code == 200 and f'<div class="say danger" role="alert"><span>{why}' in answer.text.replace("已经发出通知，", "")
    assert f'value="{REASON}"' in answer.text and "data-dirty" in answer.text and "data-keep" in answer.text
    assert one(app, select(Campaign.state).where(Campaign.id == pk)) == state


def test_a_conflict_gives_back_the_reason_and_leaves_nothing_half_done(app, client_for, campaign, monkeypatch):
    pk = campaign("closed")

    def late(_session, row, _reason):
        row.name = "半途"
        raise records.Conflict

    monkeypatch.setitem(CampaignView.steps, "reopen", CampaignView.steps["reopen"]._replace(work=late))
    answer = client_for("county").post(f"/campaign/step/{pk}/reopen", data={"reason": REASON})
    assert answer.status_code == 200 and "有人刚刚改了这条记录" in answer.text and f'value="{REASON}"' in answer.text
    assert one(app, select(Campaign.name).where(Campaign.id == pk)) != "半途"


def test_a_refusal_of_the_reason_stands_beside_it_and_of_the_rest_above(app, client_for, campaign, monkeypatch):
    pk, client = campaign("closed"), client_for("county")
    answer = client.post(f"/campaign/step/{pk}/reopen", data={"reason": "啊"})
    assert answer.status_code == 200 and 'id="reason-err"' in answer.text and 'class="say danger"' not in answer.text and 'value="啊"' in answer.text

    def both(*_args):
        raise records.Refused({"reason": RuleError("甲"), "": RuleError("乙")})

    monkeypatch.setitem(CampaignView.steps, "reopen", CampaignView.steps["reopen"]._replace(work=both))
    answer = client.post(f"/campaign/step/{pk}/reopen", data={"reason": REASON})
    assert '<p class="err" id="reason-err">甲</p>' in answer.text and '<div class="say danger" role="alert"><span>乙</span></div>' in answer.text


def test_a_step_that_asks_nothing_leads_back_with_the_message(client_for, campaign):
    pk = campaign("closed")
    answer = client_for("county").post(f"/campaign/step/{pk}/close")
    assert answer.status_code == 302 and answer.location == f"/campaign/show/{pk}"


@pytest.mark.no_database
def test_no_step_both_asks_and_makes(app):
    """Its page would have to tell of other words than before; those that make something make it of the record alone."""
    steps = [(name, what, step) for name, view in VIEWS.items() if issubclass(view, Stepped) for what, step in view.steps.items()]
    assert {what for _name, what, step in steps if step.makes} == {"copy"}
    assert [(name, what) for name, what, step in steps if step.makes and step.asks] == []
