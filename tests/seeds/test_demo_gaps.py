"""The demo county has every gap that an inspector shall find, and the evidence shows it."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.audit import Change
from app.models.bus import Bus, BusDriver, BusRun
from app.models.canteen import Canteen, CanteenWorker, MealRecord
from app.models.care import Talk
from app.models.children import Child, Guardian
from app.models.inspection import Answer, ChecklistItem, Finding, Inspection
from app.models.org import Member, School
from app.models.safety import Hazard, ResponsibilityLetter
from app.services import clock
from app.services.evidence import assess
from tests.support.demo import CHILDREN, TODAY, count, school_of


def test_some_talks_of_this_month_are_overdue(session):
    overdue = count(session, Child, Child.last_talk_on < TODAY.replace(day=1)) + count(session, Child, Child.last_talk_on.is_(None))
    assert 0.08 < overdue / count(session, Child) < 0.18


def test_some_homes_are_not_visited_this_term(session):
    missed = count(session, Child, Child.last_visit_on < date(2026, 2, 24))
    assert 0.05 < missed / count(session, Child) < 0.3


def test_canteen_gaps(session):
    school = school_of(session, "school")
    assert count(session, MealRecord, MealRecord.school_id == school.id, MealRecord.sample_grams == 110) == 1
    kept = [meal.discarded_at - meal.sampled_at for meal in session.scalars(
        select(MealRecord).where(MealRecord.school_id == school.id, MealRecord.discarded_at.is_not(None)))]
    assert Counter(span < timedelta(hours=48) for span in kept)[True] == 1 and min(kept) == timedelta(hours=40)
    assert count(session, CanteenWorker, CanteenWorker.school_id == school.id, CanteenWorker.certificate_until < TODAY) >= 1
    expired = session.scalars(select(Canteen.school_id).where(Canteen.licence_until < TODAY)).all()
    assert expired == [school_of(session, "school2").id]


def test_bus_gaps(session):
    school = school_of(session, "school")
    over = select(BusRun.school_id).join(Bus, Bus.id == BusRun.bus_id).where(BusRun.boarded > Bus.seats)
    assert session.scalars(over).all() == [school.id]
    assert count(session, BusRun, BusRun.school_id == school.id, BusRun.attendant.is_(None)) >= 1
    ages = Counter(clock.age_on(driver.birth_date, TODAY) for driver in session.scalars(select(BusDriver)))
    assert ages[61] == 1 and max(ages) == 61
    assert count(session, Bus, Bus.tested_on < TODAY - timedelta(days=183)) == 1


def test_overdue_hazards(session):
    overdue = (Hazard.fixed_on.is_(None), Hazard.due_on < TODAY)
    assert count(session, Hazard, Hazard.school_id == school_of(session, "school").id, *overdue) >= 1
    assert count(session, Hazard, Hazard.level == "serious", Hazard.fixed_on.is_(None)) >= 1


def test_letters_unsigned_and_expired(session):
    signed = select(ResponsibilityLetter.child_id).where(ResponsibilityLetter.level == "school_guardian")
    assert count(session, Child, Child.id.not_in(signed)) > 0
    assert count(session, ResponsibilityLetter, ResponsibilityLetter.expires_on < TODAY) > 0
    assert {"school_guardian", "school_class", "school_driver", "school_canteen", "school_post", "entrustment"} <= set(
        session.scalars(select(ResponsibilityLetter.level)))


def test_a_child_lives_alone_and_nobody_is_told_to_guard_it(session):
    child = session.scalars(select(Child).where(Child.alone, Child.school_id == school_of(session, "school2").id)).first()
    assert child.guard_rating == "none" and child.special_group == "unguarded"
    assert count(session, Guardian, Guardian.child_id == child.id, Guardian.rank == "second") == 0


def test_some_files_are_not_complete(session):
    assert 0 < count(session, Child, Child.id_number_enc.is_(None)) < 0.05 * CHILDREN
    assert count(session, Child, Child.id_number_enc.is_(None), Child.filed_on.is_not(None)) == 0


def test_one_evening_of_bulk_entry(session):
    school = school_of(session, "school")
    evening = datetime(2026, 5, 14, 12, 5, tzinfo=UTC)  # 20:05 in China
    typed = session.scalars(select(Talk).where(Talk.school_id == school.id, Talk.created_at >= evening,
                                               Talk.created_at < evening + timedelta(minutes=15))).all()
    words = Counter(talk.content for talk in typed).most_common()
    by_hand = [talk for talk in typed if talk.teacher_id == typed[0].teacher_id]
    assert len(by_hand) >= 41 and words[0][1] == 17
    assert all(talk.talked_on <= evening.date() for talk in typed)


def test_inspections(session):
    school = school_of(session, "school")
    inspector = session.scalars(select(Member).where(Member.username == "inspector")).one()
    planned = session.scalars(select(Inspection).where(Inspection.state == "planned", Inspection.school_id == school.id)).one()
    assert (planned.school_id, planned.inspector_id) == (school.id, inspector.id) and planned.planned_on >= TODAY
    past = session.scalars(select(Inspection).where(Inspection.school_id == school.id, Inspection.state == "submitted")).one()
    assert past.planned_on <= date(2026, 1, 24) and 0 < past.score < 100
    assert count(session, Answer, Answer.inspection_id == past.id) == count(session, ChecklistItem) == 120
    failed = count(session, Answer, Answer.inspection_id == past.id, Answer.result == "fail")
    findings = session.scalars(select(Finding).where(Finding.inspection_id == past.id)).all()
    assert len(findings) == failed and {"open", "done", "closed", "extended"} == {one.state for one in findings}
    assert any(one.state == "open" and one.due_on < TODAY for one in findings)


def test_only_the_evening_of_bulk_entry_is_in_the_history(session):
    told = session.scalars(select(Change)).all()
    admin = session.scalars(select(Member).where(Member.username == "school")).one()
    assert len(told) == 41 and {(one.entity, one.action, one.member_id) for one in told} == {("Talk", "add", admin.id)}


# --- what the inspector will see beside the ticks ------------------------------------


def shown(session: Session, school: School) -> dict:
    items = session.scalars(select(ChecklistItem)).all()
    return assess(session, school, [item for item in items if item.evidence], TODAY)


def test_the_evidence_shows_the_gaps(session):
    here, there = shown(session, school_of(session, "school")), shown(session, school_of(session, "school2"))
    for code in ("D4", "D5", "C7", "C8", "H1", "H13", "I3", "I9", "I10", "J4", "J5", "L2"):
        assert here[code].suggestion != "pass", code
    for code in ("C3", "H1", "I1", "J2", "J3"):
        assert there[code].suggestion != "pass", code


def test_texts_of_talks_repeat_only_on_that_evening(session):
    words = Counter(session.execute(select(Talk.school_id, Talk.content)).all())
    assert sorted(words.values())[-2:] == [1, 17]
