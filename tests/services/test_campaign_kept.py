"""What a closed campaign came to stays, whatever becomes of registers, findings and letters; on both engines."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.models.audit import Change
from app.models.campaign import CampaignSchool
from app.models.inspection import Finding, Inspection, Opinion
from app.models.org import School
from app.services import campaign, campaign_kept, campaign_results, findings, inspection, records, scope
from tests.support.asking import asking
from tests.support.campaigning import WHY, refused, told
from tests.support.filling import fill

BRANCHES = ("", "basic", "vocational")


@pytest.fixture
def inspected(office):
    """The office, with all schools but the last one inspected, two items failed at each."""
    office.announced()
    with asking(office.session, "inspector"):
        for place in office.places()[:-1]:
            row = records.find(office.session, Inspection, place.inspection_id)
            fill(office.session, row, {"A1": "fail", "B1": "fail"})
            inspection.submit(office.session, row)
    return office


def results(office, branch=""):
    return campaign_results.results(office.session, office.row, branch)


def figures(found):
    """Without when and how often it was closed, and so of the campaign before it, which is closed."""
    return replace(found, made_at=None, closing=0, before=figures(found.before) if found.before is not None else None)


def first(office, model):
    inspections = select(CampaignSchool.inspection_id).where(CampaignSchool.campaign_id == office.row.id)
    return office.session.scalars(select(model).where(model.inspection_id.in_(inspections)).order_by(model.id)).first()


def test_what_is_kept_is_what_stood(inspected):
    before = {branch: results(inspected, branch) for branch in BRANCHES}
    assert len(before[""].schools) == len(inspected.places()) - 1 and before[""].findings and before[""].items and before[""].before
    campaign.close(inspected.session, inspected.row, WHY)
    inspected.session.expire_all()
    for branch, was in before.items():
        kept = results(inspected, branch)
        assert (was.made_at, kept.closing, bool(kept.made_at)) == (None, 1, True) and figures(kept) == figures(was)


def test_nothing_later_changes_it_until_it_is_opened_again(inspected):
    session = inspected.session
    campaign.close(session, inspected.row, WHY)
    before = results(inspected)
    finding, letter = first(inspected, Finding), first(inspected, Opinion)
    with scope.everything(session):
        school = session.get_one(School, finding.school_id)
        school.name, school.type = "改了名的学校", "vocational"
        finding.state, letter.state, letter.score, letter.grade = "closed", "issued", 12.5, "poor"
        session.flush()
    assert results(inspected) == before and [results(inspected, branch).planned for branch in BRANCHES] == [
        before.planned, *(campaign_kept.read(session, inspected.row, branch).planned for branch in BRANCHES[1:])]
    campaign.reopen(session, inspected.row, "两所学校漏填")
    now = results(inspected)
    assert now.made_at is None and {"改了名的学校"} <= {one.name for one in now.schools}
    assert 12.5 in {one.score for one in now.schools} and now.left == before.left - 1
    campaign.close(session, inspected.row, WHY)
    again = results(inspected)
    assert again.closing == 2 and figures(again) == figures(now)


def test_an_objection_that_is_decided_later_is_told_and_does_not_count(inspected):
    session = inspected.session
    campaign.close(session, inspected.row, WHY)
    before, finding = results(inspected), first(inspected, Finding)
    assert campaign_kept.decided_since(session, before) == 0
    with scope.everything(session):
        finding.state = "objected"
        session.flush()
    findings.take(session, finding, "withdraw", {"text": "核对属实，撤销"})
    assert campaign_kept.decided_since(session, results(inspected)) == 1 and results(inspected) == before


def test_a_school_that_was_not_inspected_is_told_with_its_reason(inspected):
    session, place = inspected.session, inspected.places()[-1]
    assert [*campaign.unaccounted(session, inspected.row)] == [place] == [*campaign.unmade(session, inspected.row)]
    for reason in ("", "  ", "无"):
        errors = refused(campaign.close, session, inspected.row, reason)
        assert set(errors) == {"reason"} and "请写明" in told(errors)
    assert inspected.row.state == "running"
    campaign.close(session, inspected.row, WHY)
    assert place.unvisited == WHY and [one.place_id for one in results(inspected).unmade] == [place.id]
    with scope.everything(session):
        lines = session.scalars(select(Change).where(Change.entity == "Campaign", Change.row_id == inspected.row.id).order_by(Change.id.desc())).first().lines
        own = session.scalars(select(Change).where(Change.entity == "CampaignSchool", Change.row_id == place.id).order_by(Change.id.desc())).first().lines
    assert WHY in str(lines) and WHY in str(own)


def test_a_reason_of_its_own_stays_and_no_other_is_asked(inspected):
    session, place = inspected.session, inspected.places()[-1]
    records.edit(session, place, {"unvisited": "学校正在搬迁"})
    assert not campaign.unaccounted(session, inspected.row) and campaign.unmade(session, inspected.row)
    campaign.close(session, inspected.row)
    assert place.unvisited == "学校正在搬迁"
    assert refused(records.edit, session, place, {"unvisited": "改写"})
