"""Nobody has anything to do with the inspection of a school that they are related to, on both engines."""

from contextlib import contextmanager

from sqlalchemy import select

from app.models.audit import Attachment
from app.models.campaign import CampaignMember, CampaignSchool, Recusal
from app.models.inspection import Finding, Inspection
from app.services import campaign, campaign_notice, clock, findings, inspection, records
from app.services.checklist import items_of
from app.services.inspection_marks import to_do
from tests.support.asking import asking
from tests.support.campaigning import recuse, refused, told
from tests.support.filling import fill


def planned(office, username="inspector", school="school"):
    return office.add(Inspection, name="抽查", school=office.school(school).id, template=office.row.template_id, planned_on=clock.today(),
                      inspector=office.member(username).id)


@contextmanager
def visiting(office, username, row):
    with asking(office.session, username):
        yield office.session, records.find(office.session, Inspection, row.id)


def plain(session, row):
    return next(one.code for one in items_of(session, row.template_id) if not one.evidence and not one.applies_when)


def free(office, username, school):
    """No inspection of this school waits for this inspector, so that only what a test makes is in the way."""
    for row in office.session.scalars(select(Inspection).where(Inspection.school_id == office.school(school).id, to_do())):
        if row.inspector_id == office.member(username).id:
            records.edit(office.session, row, {"inspector": office.member("inspector2").id})


def test_who_is_related_neither_ticks_nor_submits_a_colleagues_inspection(office):
    row = planned(office)
    free(office, "inspector3", "school")
    recuse(office, "inspector3", office.school("school"))
    code = plain(office.session, row)
    with visiting(office, "inspector3", row) as (session, mine):
        assert "要回避" in told(refused(inspection.save_answer, session, mine, code, result="pass"))
    with visiting(office, "inspector", row) as (session, mine):
        fill(session, mine, {})
    with visiting(office, "inspector3", row) as (session, mine):
        answer = inspection.answer_to(session, mine, code)
        assert "要回避" in told(refused(inspection.clear_answer, session, mine, code, answer.version))
        assert "要回避" in told(refused(inspection.submit, session, mine))
    with visiting(office, "inspector", row) as (session, mine):
        inspection.submit(session, mine)
    assert row.state == "submitted"


def test_a_school_dealt_to_another_team_goes_to_that_teams_leader(office):
    office.team("inspector", "county", "township")
    office.team("inspector2", "inspector3", "school2", number=2)
    place = office.place("school", "must", team=1)
    free(office, "inspector", "school")
    campaign.make_draw(office.session, office.row)
    campaign_notice.announce(office.session, office.row)
    row = office.session.get_one(Inspection, place.inspection_id)
    assert row.inspector_id == office.member("inspector").id
    records.edit(office.session, place, {"team": 2})
    assert row.inspector_id == office.member("inspector2").id
    recuse(office, "inspector", office.school("school"))
    assert "要回避" in told(refused(records.edit, office.session, place, {"team": 1}))


def test_a_new_leader_takes_over_what_is_not_submitted(office):
    office.announced()
    leader = office.session.scalars(select(CampaignMember).where(CampaignMember.campaign_id == office.row.id, CampaignMember.leader)).one()
    second = next(one for one in office.session.scalars(select(CampaignMember).where(CampaignMember.campaign_id == office.row.id)) if not one.leader)
    township = office.member("township").id
    assert second.member_id == office.member("inspector2").id
    records.edit(office.session, second, {"member": township})
    records.edit(office.session, leader, {"member": office.member("inspector2").id})
    rows = office.session.scalars(select(Inspection).join(CampaignSchool, CampaignSchool.inspection_id == Inspection.id).where(
        CampaignSchool.campaign_id == office.row.id)).all()
    assert len(rows) == 4 and {one.inspector_id for one in rows} == {office.member("inspector2").id}


def test_an_inspector_outside_the_teams_does_not_become_related_meanwhile(office):
    office.team("inspector", "county", "township")
    place = office.place("school", "must", inspector=office.member("inspector2").id)
    free(office, "inspector2", "school")
    campaign.make_draw(office.session, office.row)
    campaign_notice.announce(office.session, office.row)
    assert list(refused(recuse, office, "inspector2", office.school("school"))) == ["member"]
    records.edit(office.session, office.session.get_one(CampaignSchool, place.id), {"inspector": None})
    assert office.session.get_one(Inspection, place.inspection_id).inspector_id == office.member("inspector").id
    assert recuse(office, "inspector2", office.school("school")).id


def test_a_planned_inspection_goes_to_no_related_school_and_its_inspector_stays_unrelated(office):
    for known in office.session.scalars(select(Recusal)).all():
        records.delete(office.session, known)
    recuse(office, "inspector3", office.school("school2"))
    row = planned(office, "inspector3")
    assert list(refused(records.edit, office.session, row, {"school": office.school("school2").id})) == ["inspector"]
    assert list(refused(recuse, office, "inspector3", office.school("school"))) == ["member"]
    account = office.member("inspector3")
    records.edit(office.session, row, {"inspector": office.member("inspector").id})
    made = recuse(office, "inspector3", office.school("school"))
    assert list(refused(records.edit, office.session, row, {"inspector": account.id})) == ["inspector"]
    records.delete(office.session, made)
    assert records.edit(office.session, row, {"inspector": account.id}).inspector_id == account.id


def test_who_is_related_since_looks_at_nothing_again(office):
    """The submission stands, and the county office looks at what was put right; a photo is no way in either."""
    row = planned(office, "inspector3")
    with visiting(office, "inspector3", row) as (session, mine):
        fill(session, mine, {"A1": "fail"})
        inspection.submit(session, mine)
    free(office, "inspector3", "school")
    assert recuse(office, "inspector3", office.school("school")).id
    finding = office.session.scalars(select(Finding).where(Finding.inspection_id == row.id)).one()
    with asking(office.session, "inspector3"):
        assert "要回避" in told(refused(findings.take, office.session, finding, "escalate", {"text": "逾期没有整改"}))
    assert findings.take(office.session, finding, "escalate", {"text": "逾期没有整改"}).id
    begun = planned(office)
    with visiting(office, "inspector", begun) as (session, mine):
        tick = inspection.save_answer(session, mine, plain(session, mine), result="pass")
    values = {"entity": "Answer", "row_id": tick.id, "name": "现场.png", "media_type": "image/png", "size": 1, "sha256": "0", "stored_as": "00/a"}
    for username, taken in (("inspector3", False), ("inspector2", True)):
        with asking(office.session, username) as _who:
            if taken:
                assert records.add(office.session, Attachment, {"school": row.school_id}, own=values).id
            else:
                assert "要回避" in told(refused(records.add, office.session, Attachment, {"school": row.school_id}, own=values))
