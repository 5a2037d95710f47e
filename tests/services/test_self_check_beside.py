"""A school's self-check in transactions beside each other and beside the visit: nothing of it is written once the visit has begun or it was sent."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import Campaign, CampaignSchool, SelfAnswer
from app.models.inspection import Inspection
from app.models.org import Member
from app.services import attachments, clock, inspection, merging, records, scope, self_check
from tests.support.beside import Beside, sessions_of
from tests.support.visiting import photo


@pytest.fixture
def pk(app):
    """Id of the school's place in an announced campaign of this test alone, every item of its self-check ticked."""
    with app.app_context():
        with scope.everything(db.session()):
            place = _place(db.session())
        with sessions_of(app, "school")() as session:
            check = self_check.opened(session, *self_check.find(session, place))
            row, asked = check.sheet.inspection, [line.item for part in check.sheet.parts for line in part.lines if line.applies]
            session.add_all(SelfAnswer(school_id=row.school_id, inspection_id=row.id, item_id=item.id, result="pass") for item in asked)
            session.commit()
        yield place


def _place(session):
    school = session.scalars(select(Member.school_id).where(Member.username == "school")).one()
    like, day = session.scalars(select(Inspection).order_by(Inspection.id)).first(), clock.today()
    area = session.scalars(select(Member.area_id).where(Member.username == "county")).one()
    row = Inspection(school_id=school, template_id=like.template_id, inspector_id=like.inspector_id, name=like.name, planned_on=day)
    campaign = Campaign(name="秋季督导", area_id=area, template_id=like.template_id, starts_on=day, ends_on=day + timedelta(9), self_due_on=day,
                        state="announced", announced_on=day)
    session.add_all([row, campaign])
    session.flush()
    place = CampaignSchool(campaign_id=campaign.id, school_id=school, how="must", reason="投诉较多", inspection_id=row.id,
                           self_due_on=day, announced_on=day)
    session.add(place)
    session.commit()
    return place.id


@pytest.fixture
def school(app, pk):
    return sessions_of(app, "school")


@pytest.fixture
def inspector(app, pk):
    return sessions_of(app, "inspector")


def begin(session, place):
    inspection.save_answer(session, session.get_one(Inspection, place.inspection_id), "A1", result="pass", reason="现场核实")


def tick(session, place, result="fail"):
    _place, row, _school = self_check.find(session, place.id)
    known = session.scalars(select(SelfAnswer).join(SelfAnswer.item).where(SelfAnswer.inspection_id == row.id).order_by(SelfAnswer.id)).first()
    self_check.save(session, place, row, known.item.code, {"result": result}, merging.said_of(known))


def send(session, place):
    self_check.submit(session, self_check.opened(session, *self_check.find(session, place.id)))


def said(beside):
    beside.join()
    assert isinstance(beside.said, records.Refused), beside.said
    return str(beside.said.errors[""])


def first_tick(session, place):
    return session.scalars(select(SelfAnswer).where(SelfAnswer.inspection_id == place.inspection_id).order_by(SelfAnswer.id)).first()


def files(school, pk):
    with school() as session:
        return len(attachments.of_row(session, first_tick(session, session.get_one(CampaignSchool, pk))))


def stands(school, pk):
    """Results of the self-check, and whether it was sent."""
    with school() as session:
        place = session.get_one(CampaignSchool, pk)
        ticks = session.scalars(select(SelfAnswer.result).where(SelfAnswer.inspection_id == place.inspection_id))
        return set(ticks), place.self_submitted_at is not None


@pytest.mark.parametrize("work", [tick, send])
def test_the_visit_that_is_beginning_shuts_it(school, inspector, pk, work):
    with inspector() as session:
        begin(session, session.get_one(CampaignSchool, pk))
        other = Beside(school, CampaignSchool, pk, work)
        session.commit()
    assert "已经开始检查" in said(other)
    assert stands(school, pk) == ({"pass"}, False)


@pytest.mark.parametrize("work", [tick, send])
def test_the_visit_begins_after_what_is_being_written(school, inspector, pk, work):
    with school() as session:
        place = session.get_one(CampaignSchool, pk)
        work(session, place)
        other = Beside(inspector, CampaignSchool, pk, begin)
        session.commit()
        other.join()
        assert other.said is None
        assert session.scalars(select(Inspection.state).where(Inspection.id == place.inspection_id)).one() == "open"
    assert stands(school, pk) == ({"pass", "fail"} if work is tick else {"pass"}, work is send)


def test_a_tick_beside_the_sending_is_refused(school, pk):
    with school() as session:
        send(session, session.get_one(CampaignSchool, pk))
        other = Beside(school, CampaignSchool, pk, tick)
        session.commit()
    assert "自查已经提交" in said(other)
    assert stands(school, pk) == ({"pass"}, True)


def test_nothing_is_sent_over_a_tick_that_is_being_taken_back(school, pk):
    with school() as session:
        tick(session, session.get_one(CampaignSchool, pk), None)
        other = Beside(school, CampaignSchool, pk, send)
        session.commit()
    assert "还有 1 条没有填" in said(other)
    assert stands(school, pk) == ({"pass", None}, False)


def test_of_two_who_send_it_the_second_is_told(school, pk):
    with school() as session:
        send(session, session.get_one(CampaignSchool, pk))
        other = Beside(school, CampaignSchool, pk, send)
        session.commit()
    assert "自查已经提交" in said(other)


@pytest.mark.parametrize("end", [send, begin])
def test_a_photo_beside_the_end_of_the_self_check_is_refused(school, inspector, pk, tmp_path, end):
    def hang(session, place):
        attachments.store(session, first_tick(session, place), attachments.taken("现场.jpg", photo().read()), tmp_path)

    with (school if end is send else inspector)() as session:
        end(session, session.get_one(CampaignSchool, pk))
        other = Beside(school, CampaignSchool, pk, hang)
        session.commit()
    other.join()
    assert isinstance(other.said, records.Forbidden), other.said
    assert files(school, pk) == 0 and not list(tmp_path.rglob("*/*"))


def test_a_photo_is_kept_while_it_is_open(school, pk, tmp_path):
    with school() as session:
        place = session.get_one(CampaignSchool, pk)
        tick(session, place)
        attachments.store(session, first_tick(session, place), attachments.taken("现场.jpg", photo().read()), tmp_path)
        session.commit()
    assert (files(school, pk), stands(school, pk)) == (1, ({"pass", "fail"}, False))
