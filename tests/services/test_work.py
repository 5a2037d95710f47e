"""What is to be done, counted by hand beside it; the figures of the first page."""

from datetime import timedelta

from sqlalchemy import select

from app.models.base import utc_now
from app.models.care import Talk
from app.models.children import Child
from app.models.inspection import Inspection
from app.models.org import Member
from app.models.safety import Hazard
from app.services import clock, overview, scope, work
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
