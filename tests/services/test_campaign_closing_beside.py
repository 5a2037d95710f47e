"""A campaign that is closed while something is written in it, on both engines: what came first stands, what comes second is refused."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import Campaign, CampaignSchool, SelfAnswer
from app.models.inspection import Answer, Inspection
from app.models.org import Area, Member, School
from app.services import attachments, campaign, clock, inspection, merging, records, scope, self_check, visit_sync
from app.services.checklist import items_of
from tests.support.beside import Beside, sessions_of
from tests.support.visiting import photo

CODE = []  # of an item that no record speaks of


@pytest.fixture
def row(app):
    """A running campaign of this test alone with two inspections, one of them begun: everything of it is ticked, and of its self-check nothing."""
    with app.app_context():
        with scope.everything(db.session()):
            made = _made(db.session())
        yield made


def _made(session):
    day = clock.today()
    me, place = (session.scalars(select(Member).where(Member.username == name)).one() for name in ("inspector", "school"))
    like = session.scalars(select(Inspection).where(Inspection.inspector_id == me.id)).first()
    area = session.get_one(Area, me.area_id)
    row = Campaign(name="同时结束", area_id=area.id, starts_on=day, ends_on=day + timedelta(5), self_due_on=day, template_id=like.template_id, state="running",
                   announced_on=day, seed="同时")
    others = select(School.id).join(Area, Area.id == School.area_id).where(Area.path.startswith(area.path), School.id != place.school_id)
    beside = session.scalars(others).first()
    made = [Inspection(school_id=school, template_id=like.template_id, inspector_id=me.id, name="同时结束", planned_on=day, state=state)
            for school, state in ((place.school_id, "planned"), (beside, "open"))]
    session.add_all([row, *made])
    session.flush()
    session.add_all(CampaignSchool(school_id=one.school_id, campaign_id=row.id, how="must", reason="同时结束", team=1, inspection_id=one.id,
                                   announced_on=day, self_due_on=day) for one in made)
    items = items_of(session, like.template_id)
    CODE[:] = [next(item.code for item in items if not item.evidence and not item.applies_when)]
    session.add_all(Answer(school_id=beside, inspection_id=made[1].id, item_id=item.id, result="pass") for item in items if item.code not in CODE)
    session.commit()
    return row.id, [one.id for one in made]


@pytest.fixture
def desks(app, row):
    """Account → its sessions."""
    return {account: sessions_of(app, account) for account in ("county", "inspector", "school")}


def close(session, row):
    campaign.close(session, row, "道路中断，改期再查")


def tick(session, row):
    inspection.save_answer(session, row, CODE[0], result="pass")


def tick_by_phone(session, row):
    sent = visit_sync.Op(str(uuid.uuid4()), row.id, CODE[0], merging.said({}), merging.said({"result": "pass"}))
    done = visit_sync.take(session, [sent])[0]
    if done.state == visit_sync.REFUSED:
        raise records.Refused(dict(done.errors))


def submit(session, row):
    inspection.submit(session, row)


def check(session, row):
    place = session.scalars(select(CampaignSchool).where(CampaignSchool.inspection_id == row.id)).one()
    self_check.save(session, place, row, CODE[0], {"result": "pass"})


# Who, what, at which of the two inspections, and the state in which it leaves that.
WORKS = {"tick": ("inspector", tick, 0, "open"), "phone": ("inspector", tick_by_phone, 0, "open"), "second tick": ("inspector", tick, 1, "open"),
         "submission": ("inspector", submit, 1, "submitted"), "self-check": ("school", check, 0, "planned")}


@pytest.fixture(params=[*WORKS])
def work(request, desks, row):
    account, done, which, leaves = WORKS[request.param]
    pk = row[1][which]
    if done is submit:
        with desks["inspector"]() as session:
            tick(session, session.get_one(Inspection, pk))
            session.commit()
    return account, done, pk, leaves


def stands(desks, row, pk):
    """State of the campaign and of an inspection, and how many ticks of either kind the item has."""
    with desks["county"]() as session:
        ticks = [one.item.code for model in (Answer, SelfAnswer) for one in session.scalars(select(model).where(model.inspection_id == pk))]
        return session.get_one(Campaign, row[0]).state, session.get_one(Inspection, pk).state, ticks.count(CODE[0])


def test_the_closing_waits_for_what_is_being_written(desks, row, work):
    account, done, pk, leaves = work
    with desks[account]() as session:
        done(session, session.get_one(Inspection, pk))
        other = Beside(desks["county"], Campaign, row[0], close)
        session.commit()
        other.join()
    assert other.said is None
    assert stands(desks, row, pk) == ("closed", leaves, 1)


def test_what_comes_after_the_closing_is_refused(desks, row, work):
    account, done, pk, _leaves = work
    before = stands(desks, row, pk)
    with desks["county"]() as session:
        close(session, session.get_one(Campaign, row[0]))
        other = Beside(desks[account], Inspection, pk, done)
        session.commit()
        other.join()
    assert isinstance(other.said, records.Refused) and "已经结束" in str(other.said.errors[""]), other.said
    assert stands(desks, row, pk) == ("closed", *before[1:])


@pytest.mark.parametrize("which", ["tick", "signature"])
def test_a_photo_is_refused_after_the_closing(desks, row, tmp_path, which):
    pk = row[1][1]

    def hang(session, found):
        on = found if which == "signature" else session.scalars(select(Answer).where(Answer.inspection_id == pk)).first()
        attachments.store(session, on, attachments.taken("现场.jpg", photo().read()), tmp_path)

    with desks["county"]() as session:
        close(session, session.get_one(Campaign, row[0]))
        other = Beside(desks["inspector"], Inspection, pk, hang)
        session.commit()
        other.join()
    assert isinstance(other.said, records.Forbidden), other.said
    assert not list(tmp_path.rglob("*/*"))


def test_a_phones_ticks_at_two_schools_and_the_closing_do_not_wait_for_each_other(desks, row):
    """The message names the second school first; both are held in the order of their numbers, as the closing does."""
    def both(session, _row):
        ops = [visit_sync.Op(str(uuid.uuid4()), pk, CODE[0], merging.said({}), merging.said({"result": "pass"})) for pk in reversed(row[1])]
        return [one.state for one in visit_sync.take(session, ops)]

    with desks["inspector"]() as session:
        assert both(session, None) == [visit_sync.TAKEN] * 2
        other = Beside(desks["county"], Campaign, row[0], close)
        session.commit()
        other.join()
    assert other.said is None and stands(desks, row, row[1][0])[0] == "closed"


def test_of_two_who_close_it_the_second_is_told(desks, row):
    with desks["county"]() as session:
        close(session, session.get_one(Campaign, row[0]))
        other = Beside(desks["county"], Campaign, row[0], close)
        session.commit()
        other.join()
    assert isinstance(other.said, records.Refused) and "可以结束" in str(other.said.errors[""]), other.said
