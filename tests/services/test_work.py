"""What is to be done, counted by hand beside it; the figures of the first page."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.models.base import utc_now
from app.models.bus import Bus
from app.models.canteen import Canteen, CanteenWorker
from app.models.care import Talk
from app.models.children import Child
from app.models.inspection import Inspection
from app.models.org import Member, School
from app.models.safety import Hazard
from app.models.term import Term
from app.services import clock, evidence, overview, scope, work
from app.services.evidence import period
from tests.support.asking import asking


def test_school_is_told_of_children_due_and_of_hazards(db_session):
    with asking(db_session, "school") as who:
        tasks, badges = work.tasks(db_session, who, limit=500), work.badges(db_session, who)
        children = [one for one in db_session.scalars(select(Child)) if one.left_behind != "0" and one.file_state == "open"]
        hazards = [one for one in db_session.scalars(select(Hazard)) if one.fixed_on is None]
    first = clock.today().replace(day=1)
    untalked = sum(one.last_talk_on is None or one.last_talk_on < first for one in children)
    assert [task.values["count"] for task in tasks if task.mark == "no_talk"] == [untalked] and badges["talk"] == untalked > 0
    soon = {one.id for one in hazards if one.due_on <= clock.today() + timedelta(work.SOON_DAYS)}
    assert {task.row_id for task in tasks if task.entity == "Hazard"} == soon != set()
    assert badges["hazard"] == sum(one.due_on < clock.today() for one in hazards)
    assert [task.due_on for task in tasks] == sorted(task.due_on for task in tasks)


# Rows without the day of a paper, what is said of them, and the figure that counts them as bad.
UNKNOWN = ((Bus, "tested_on", "校车 %(name)s 没有登记半年检验日期", "bus_test"), (Bus, "permit_until", "校车 %(name)s 没有登记标牌有效期", "bus_permit"),
           (Canteen, "licence_until", "没有登记食品经营许可证有效期：%(name)s", "food_licence"),
           (CanteenWorker, "certificate_until", "没有登记健康证有效期：%(name)s", "health_certificates"))


@pytest.mark.parametrize(("model", "column", "text", "figure"), UNKNOWN)
def test_school_is_told_today_of_a_paper_that_is_not_recorded_as_the_evidence_counts_it(session, model, column, text, figure):
    who, today = scope.asker(session), clock.today()
    school = session.scalars(select(School)).one()
    rows = [row for row in session.scalars(select(model).order_by(model.id)) if getattr(row, "present", True)]
    for row in rows:
        setattr(row, column, today - timedelta(days=1) if column == "tested_on" else today + timedelta(days=300))
    session.flush()

    def told():
        return {one.row_id: one for one in work.tasks(session, who, limit=500) if one.entity == model.__name__ and one.text == text}

    def bad():
        return {row.id for row in evidence.rows_of(session, evidence.compute(session, school, figure, today))}

    assert told() == {} and rows
    before = bad()
    setattr(rows[0], column, None)
    session.flush()
    assert {key: one.due_on for key, one in told().items()} == {rows[0].id: today}
    assert bad() - before == {rows[0].id}


def test_what_is_overdue_comes_before_what_is_not_recorded(session):
    buses, today = session.scalars(select(Bus).order_by(Bus.id)).all(), clock.today()
    session.add(Bus(plate="示Z99999", seats=20, school_id=buses[0].school_id, permit_until=None, tested_on=None))
    buses[0].permit_until = today - timedelta(days=9)
    session.flush()
    found = [one for one in work.tasks(session, scope.asker(session), limit=500) if one.entity == "Bus" and "标牌" in one.text]
    assert [one.days for one in found] == sorted(one.days for one in found) and found[0].days <= -9
    assert "没有登记" in next(one.text for one in found if one.days == 0)


def test_a_worker_who_left_is_no_task(session):
    worker = session.scalars(select(CanteenWorker).where(CanteenWorker.present)).first()
    worker.certificate_until, worker.present = None, False
    session.flush()
    tasks = work.tasks(session, scope.asker(session), limit=500)
    assert worker.id not in {one.row_id for one in tasks if one.entity == "CanteenWorker"}


def test_inspector_begins_with_the_schools_to_visit(db_session):
    with asking(db_session, "inspector") as who:
        tasks, figures = work.tasks(db_session, who), overview.figures(db_session, who)
        mine = [one for one in db_session.scalars(select(Inspection)) if one.inspector_id == who.member_id]
    entities = [task.entity for task in tasks]
    assert entities[0] == "Inspection" and "Finding" in entities
    left = sum(one.state != "submitted" for one in mine)
    assert [one.value for one in figures][1:3] == [left, len(mine) - left]


def test_figures_of_a_school_are_counts_of_its_children(db_session):
    with asking(db_session, "school") as who:
        figures = overview.figures(db_session, who)
        children = [one for one in db_session.scalars(select(Child)) if one.left_behind != "0" and one.file_state == "open"]
    assert [one.value for one in figures][:2] == [len(children), sum(one.filed_on is not None for one in children)]


def test_talks_by_month_are_those_of_the_place(db_session):
    with asking(db_session, "school") as who:
        months = overview.talks_by_month(db_session)
    with scope.everything(db_session):
        talks = [one.talked_on for one in db_session.scalars(select(Talk)) if one.school_id == who.school_id]
    assert len(months) == overview.MONTHS and months[-1][0] == clock.today().replace(day=1)
    assert [count for _first, count in months] == [sum((day.year, day.month) == (first.year, first.month) for day in talks) for first, _count in months]
    assert sum(count for _first, count in months) > 0


def test_admin_counts_accounts_and_locks_and_sees_no_child(db_session):
    with asking(db_session, "admin") as who:
        member = db_session.scalars(select(Member).where(Member.username == "teacher")).one()
        member.locked_until = utc_now() + timedelta(minutes=5)
        db_session.flush()
        figures, roles = overview.figures(db_session, who), overview.accounts(db_session)
        members = list(db_session.scalars(select(Member)))
    assert figures[1].value == 1 == sum(locked for _label, _count, _off, locked in roles)
    assert sum(count for _label, count, _off, _locked in roles) == len(members) == figures[0].of
    assert {one.entity for one in figures} == {"Member", "School"}


@pytest.mark.parametrize("day", [date(2027, 1, 31), date(2027, 2, 1), date(2027, 3, 10), date(2027, 8, 15), date(2027, 9, 1)])
def test_without_terms_the_home_page_counts_from_the_same_day_as_the_evidence(db_session, day):
    """1 September or 1 February: a new desk has no terms yet."""
    with scope.everything(db_session), clock.freeze(day):
        for term in db_session.scalars(select(Term)):
            term.deleted_at = clock.now()
        db_session.flush()
        begins = date(2027, 2, 1) if 2 <= day.month < 9 else date(2026 if day.month < 9 else 2027, 9, 1)
        assert work.term_start(db_session) == period.term_of(db_session, day).first == begins
