"""What a closed campaign still takes: nothing, on both engines."""

import uuid
from datetime import timedelta

from sqlalchemy import func, select

from app.models.campaign import CampaignSchool, SelfAnswer
from app.models.inspection import Answer, Finding, Inspection
from app.models.org import School
from app.services import attachments, campaign, clock, findings, inspection, merging, overview, records, scope, self_check, visit_sync, visits, work
from app.services.checklist import items_of
from app.services.evidence.place import placed
from tests.support.asking import asking
from tests.support.campaigning import WHY, refused, told
from tests.support.filling import fill


def plain(session, row):
    return [one.code for one in items_of(session, row.template_id) if not one.evidence and not one.applies_when]


def sent(row, code, result="fail"):
    return visit_sync.Op(str(uuid.uuid4()), row.id, code, merging.said({}), merging.said({"result": result, "remark": "写在手机上"}))


def test_no_tick_is_taken_by_page_or_phone(office):
    office.announced()
    session = office.session
    begun, planned = (session.get_one(Inspection, one.inspection_id) for one in office.places()[:2])
    first, *others = plain(session, begun)
    with asking(session, "inspector"):
        tick = inspection.save_answer(session, begun, first, result="pass")
    campaign.close(session, office.row, WHY)
    with asking(session, "inspector"):
        assert "已经结束" in told(refused(inspection.save_answer, session, begun, others[0], result="fail", remark="关闭以后"))
        assert "已经结束" in told(refused(inspection.clear_answer, session, begun, first, tick.version))
        done = visit_sync.take(session, [*(sent(begun, code) for code in others[:2]), *(sent(planned, code) for code in (first, others[0]))])
        assert [one.state for one in done] == ["refused"] * 4 and all("已经结束" in told(one.errors) for one in done)
        assert not attachments.may_change(session, tick)
    session.expire_all()
    ticks = select(Answer.inspection_id, Answer.result).where(Answer.inspection_id.in_([begun.id, planned.id]))
    assert session.execute(ticks).all() == [(begun.id, "pass")] and planned.state == "planned"
    campaign.reopen(session, office.row, "两所学校漏填")
    with asking(session, "inspector"):
        assert inspection.save_answer(session, begun, others[0], result="fail", remark="重新打开以后").id
        assert attachments.may_change(session, tick)


def test_no_self_check_goes_on(office):
    office.place("school", "must")
    office.announced()
    session = office.session
    place = office.places("must")[0]
    with asking(session, "school"):
        place, row, _school = self_check.find(session, place.id)
        first, second, *_rest = plain(session, row)
        mine = self_check.save(session, place, row, first, {"result": "pass"})
        assert attachments.may_change(session, mine)
    campaign.close(session, office.row, WHY)
    with asking(session, "school"):
        assert "已经结束" in told(refused(self_check.save, session, place, row, second, {"result": "pass"}))
        assert "已经结束" in str(self_check.opened(session, *self_check.find(session, place.id)).shut.message)
        assert not attachments.may_change(session, mine)
        assert session.scalars(select(SelfAnswer.id).where(SelfAnswer.inspection_id == row.id)).all() == [mine.id]
    campaign.reopen(session, office.row, "两所学校漏填")
    with asking(session, "school"):
        assert self_check.save(session, place, records.find(session, Inspection, row.id), second, {"result": "pass"}).id


def test_its_schools_are_nobodys_work_any_more(office):
    """Neither on the lists and figures of inspector, county and school, nor in a figure beside a tick."""
    office.place("school", "must")
    office.announced()
    session, place = office.session, office.places("must")[0]
    school = session.get_one(School, place.school_id)

    def seen():
        own = {one.inspection_id for one in office.places()}
        with asking(session, "inspector") as who:
            figures = {str(one.label): one.value for one in overview.figures(session, who)}
            listed = {one.inspection.id for one in visits.listed(session)[0]} & own
            near = {one.inspection.id for one in visits.near(session)} & own
            tasks = {one.row_id for one in work.tasks(session, who) if one.entity == "Inspection"} & own
        with asking(session, "school") as who:
            told = {one.row_id for one in work.tasks(session, who, 99) if one.entity == "CampaignSchool"} & {place.id}
        late = session.scalar(select(func.count(CampaignSchool.id)).where(self_check.late(), CampaignSchool.campaign_id == office.row.id))
        running = {one.id for one in overview.running_inspections(session, 200)} & own
        return len(listed), len(near), len(tasks), len(told), late, len(running), figures["还没提交"], figures["今天要查"]

    with clock.freeze(office.row.starts_on):
        before = seen()
        visit = placed(session, school, clock.today()).visit
        campaign.close(session, office.row, WHY)
        after = seen()
        assert visit == office.row.starts_on and placed(session, school, clock.today()).visit != visit
    count = len(office.places())
    assert before[:6] == (count, count, count, 1, count, count) and after[:6] == (0,) * 6
    assert (before[6] - after[6], before[7] - after[7]) == (count, count)


def test_a_planned_day_that_is_long_past_is_no_visit_to_come(office):
    school, session = office.school("school"), office.session
    for row in session.scalars(select(Inspection).where(Inspection.school_id == school.id, Inspection.state != "submitted")):
        row.state = "submitted"
    with scope.everything(session):
        session.flush()
    inspector = office.member("inspector3").id
    row = office.add(Inspection, name="抽查", school=school.id, template=office.row.template_id, planned_on=clock.today(), inspector=inspector)
    assert placed(session, school, clock.today() - timedelta(3)).visit == row.planned_on
    assert placed(session, school, clock.today()).visit == row.planned_on
    assert placed(session, school, clock.today() + timedelta(200)).visit is None


def test_it_is_closed_once_every_objection_is_decided(office):
    office.place("school", "must")
    office.announced()
    session, place = office.session, office.places("must")[0]
    assert len(campaign.unmade(session, office.row)) == len(office.places())
    with asking(session, "inspector"):
        row = records.find(session, Inspection, place.inspection_id)
        fill(session, row, {"A1": "fail"})
        inspection.submit(session, row)
    assert len(campaign.unmade(session, office.row)) == len(office.places()) - 1
    finding = session.scalars(select(Finding).where(Finding.inspection_id == row.id)).one()
    with asking(session, "school"):
        findings.take(session, finding, "object", {"text": "不属实，有材料"})
    assert "1 条申辩没有裁决" in told(refused(campaign.close, session, office.row, WHY)) and office.row.state == "running"
    findings.take(session, finding, "uphold", {"text": "现场照片清楚"})
    campaign.close(session, office.row, WHY)
    assert office.row.state == "closed"
