"""The demo county: as many as asked, always the same, sound and believable."""

from collections import Counter
from datetime import date, datetime

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from app import models
from app.models.base import Entity, fields_of
from app.models.bus import BusDriver
from app.models.canteen import CanteenWorker, MealRecord
from app.models.care import Pairing, Talk
from app.models.children import Child, ChildKey, Guardian
from app.models.inspection import Answer, Inspection
from app.models.org import Area, Member, School, SchoolClass, Staff
from app.services import clock, derived, scope
from app.services.inspection import speaks_against
from seeds.demo import OTHER_CHILDREN, OTHER_SCHOOLS, make_demo
from tests.support.demo import CHILDREN, SCHOOLS, TODAY, count, county, school_of
from tests.support.memory import database

# Not reckoned from the seed: random by design.
RANDOM = {"password", "session_stamp"}


LOADED = ("Form", "FormColumn")  # the official forms are the same for every county; each database gives them its own marks
OF_ITS_OWN = ("uid", "created_at", "updated_at")


def rows(session: Session) -> dict[str, list[tuple]]:
    """All rows of all entities, without what is random by design."""
    found = {}
    for model in models.entities().values():
        loaded = OF_ITS_OWN if model.__name__ in LOADED else ()
        columns = [c for c in model.__table__.c if c.name not in (*RANDOM, *loaded) and not c.name.endswith("_enc")]
        found[model.__name__] = [tuple(row) for row in session.execute(select(*columns).order_by(model.__table__.c.id))]
    return found


# --- as asked ------------------------------------------------------------------


def test_as_many_as_asked(made):
    session, told = made
    inside = scope.Asker(None, "", "county", told["county_id"], session.get(Area, told["county_id"]).path)
    scope.bind(session, inside)
    assert (count(session, Child), count(session, School)) == (CHILDREN, SCHOOLS)
    scope.bind(session, scope.SYSTEM)
    assert (count(session, Child), count(session, School)) == (CHILDREN + OTHER_CHILDREN, SCHOOLS + OTHER_SCHOOLS)


def test_what_is_told_is_what_was_written(made):
    session, told = made
    tables = Entity.metadata.tables
    assert {name: session.scalar(select(func.count()).select_from(tables[name])) for name in told["counts"]} == told["counts"]


@pytest.mark.parametrize(("children", "schools"), [(0, 1), (5, 1), (7, 3), (60, 9)])
def test_small_counties(children, schools):
    session = database()
    county(session, children=children, schools=schools)
    extra = (OTHER_CHILDREN, OTHER_SCHOOLS) if schools >= 4 else (0, 0)
    assert (count(session, Child), count(session, School)) == (children + extra[0], schools + extra[1])


@pytest.mark.parametrize("wish", [{"schools": 0}, {"children": -1}, {"records": "some"}])
def test_what_makes_no_county_is_refused(wish):
    with pytest.raises(ValueError):
        county(database(), **wish)


def test_same_seed_same_county(session):
    again = database()
    county(again, password="another")
    assert rows(again) == rows(session)


def test_another_seed_another_county(session):
    other = database()
    county(other, seed=4)
    assert rows(other)["Child"] != rows(session)["Child"]


@pytest.mark.parametrize("day", [date(2026, 9, 1), date(2026, 9, 2), date(2026, 8, 5), date(2026, 2, 10), date(2028, 2, 29)])
def test_any_day_of_the_year(day):
    session = database()
    with clock.freeze(day):
        make_demo(session, children=60, schools=4, seed=1, today=day)
        assert broken_rules(session) == []
        assert session.scalar(select(func.max(Talk.talked_on))) < day


def test_light_records_are_few():
    session = database()
    county(session, records="light")
    most = session.scalars(select(func.count()).select_from(Talk).group_by(Talk.child_id).order_by(func.count().desc())).first()
    assert most == 2
    assert len(set(session.scalars(select(MealRecord.served_on)))) == 5


# --- sound ---------------------------------------------------------------------


def broken_rules(session: Session) -> list[tuple]:
    """Values that their own field's rule, length or code list refuses."""
    found = []
    for model in models.entities().values():
        for row in session.scalars(select(model)):
            found += [(model.__name__, one.key, wrong) for one in fields_of(model).values() if (wrong := broken(row, one))]
    return found


def broken(row, one):
    value = getattr(row, one.key)
    if value is None:
        return "missing" if one.required else None
    if one.choices and value not in one.choices:
        return f"no code: {value}"
    length = getattr(one.type, "length", None)
    if length and not one.secret and len(value) > length:
        return f"longer than {length}"
    try:
        return None if one.rule is None or one.rule(value) == value else "not normalised"
    except ValueError as wrong:
        return str(wrong)


def test_every_value_keeps_its_rule(session):
    assert broken_rules(session) == []


def test_every_row_keeps_the_rules_between_its_values(session):
    for model in models.entities().values():
        for row in session.scalars(select(model)):
            assert model.problems({key: getattr(row, key) for key in fields_of(model)}) == {}


def test_foreign_keys_hold(session):
    assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_every_record_is_at_the_school_of_what_it_points_at(session):
    for model in models.entities().values():
        for relation in inspect(model).relationships:
            if relation.key == "school" or not hasattr(model, "school_id") or not hasattr(relation.mapper.class_, "school_id"):
                continue
            if relation.mapper.class_ is Member:
                continue  # an inspector is of no school
            other = relation.mapper.class_
            key = getattr(model, f"{relation.key}_id")
            target = other.__table__.alias()
            strays = select(func.count()).select_from(model).join(target, target.c.id == key)
            assert session.scalar(strays.where(target.c.school_id != model.school_id)) == 0, (model, relation.key)


def test_derived_columns_equal_a_recount(session):
    kept = [column for column in Child.__table__.c if column.name in ("pinyin", *derived.KEPT)]
    keys = select(ChildKey.child_id, ChildKey.school_id, ChildKey.key).order_by(ChildKey.child_id, ChildKey.key)

    def state() -> tuple:
        return session.execute(select(*kept).order_by(Child.id)).all(), session.execute(keys).all()

    before = state()
    assert sum(derived.recount_all(session)) == len(before[0])
    assert state() == before
    session.rollback()


def test_nobody_is_real(session):
    numbers = [row.id_number for model in (Child, Guardian, Staff, BusDriver) for row in session.scalars(select(model))]
    phones = [row.phone for model in (Guardian, Staff, CanteenWorker, BusDriver) for row in session.scalars(select(model))]
    assert all(number.startswith("99") for number in numbers if number)
    assert all(phone.startswith("102") for phone in phones if phone)
    assert all(area.code.startswith("99") for area in session.scalars(select(Area)))


# --- believable ------------------------------------------------------------------


def test_every_stage_has_a_school(session):
    kinds = set(session.scalars(select(School.type)))
    assert kinds == {"nine_year", "primary", "kindergarten", "junior", "teaching_point", "senior", "vocational"}


def test_schools_have_more_pupils_than_the_register(session):
    for school in session.scalars(select(School)):
        assert school.pupils > count(session, Child, Child.school_id == school.id)


def test_about_half_of_the_filed_children_are_left_behind(session):
    filed = count(session, Child, Child.filed_on.is_not(None))
    assert 0.4 < count(session, Child, Child.filed_on.is_not(None), Child.left_behind != "0") / filed < 0.6


def test_children_have_two_to_four_guardians_unless_orphaned(session):
    found = Counter(session.scalars(select(Guardian.child_id).where(Guardian.rank != "relative")))
    assert max(found.values()) <= 4
    assert sum(number >= 2 for number in found.values()) > 0.9 * count(session, Child)


def test_children_are_of_the_age_of_their_class(session):
    for child, grade in session.execute(select(Child, SchoolClass.grade).join(SchoolClass, SchoolClass.id == Child.school_class_id)):
        if grade:
            assert grade + 5 <= clock.age_on(child.birth_date, TODAY) <= grade + 7
        else:
            assert 3 <= clock.age_on(child.birth_date, TODAY) <= 6


# --- accounts ----------------------------------------------------------------------


def test_accounts(made):
    session, told = made
    assert {one["username"] for one in told["accounts"]} == set(session.scalars(select(Member.username))) == {
        "admin", "county", "inspector", "inspector2", "inspector3", "township", "school", "teacher", "superior", "school2", "school3"}
    places = {member.username: session.get(Area, member.area_id).code for member in session.scalars(select(Member))}
    assert (places["admin"], places["superior"], places["county"]) == ("99", "9901", "990101")
    assert places["township"] == places["school"] == places["school2"] and places["school3"].startswith("990102")


def test_the_demo_school_has_all_that_an_inspector_asks_for(session):
    school = school_of(session, "school")
    assert (school.type, school.has_canteen, school.has_bus, school.has_boarders) == ("nine_year", True, True, True)


def test_the_teacher_has_a_class_and_pairings_elsewhere(session):
    asker = scope.asker_of(session, session.scalars(select(Member).where(Member.username == "teacher")).one())
    own = count(session, Child, Child.school_class_id.in_(asker.class_ids))
    elsewhere = session.scalars(select(Child.school_class_id).join(Pairing, Pairing.child_id == Child.id)
                                .where(Pairing.staff_id == asker.staff_id, Child.school_class_id.not_in(asker.class_ids))).all()
    assert own >= 20 and len(elsewhere) >= 3


def test_a_submitted_inspection_keeps_what_the_records_said(session):
    answers = session.scalars(select(Answer).join(Inspection, Inspection.id == Answer.inspection_id).where(
        Inspection.state == "submitted", Answer.result != "na")).all()
    asked = {one.item_id for one in answers if one.item.evidence}
    assert len(asked) > 30 and all((one.frozen is not None) is bool(one.item.evidence) for one in answers)
    assert all(datetime.fromisoformat(one.frozen["at"]) == one.answered_at for one in answers if one.frozen)
    assert all(bool(one.reason) == bool(one.frozen and speaks_against(one.frozen["suggestion"], one.result)) for one in answers)
