"""The one rule on what is written: nothing at another place, no link over the border, no area cut off from those above."""

from datetime import date

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from app.models.care import Talk
from app.models.children import Child, Guardian
from app.models.org import Area, School, SchoolClass, Staff
from app.services import asked_anew, records, scope
from app.services.vouched import vouch
from tests.support.bound import come, member, school, session
from tests.support.statements import noted

assert school and session  # pytest finds them here by their names


# Writing -----------------------------------------------------------------------------------
def foreign(session, model, school_id):
    with scope.everything(session):
        return session.scalar(select(model.id).where(model.school_id == school_id))


def test_a_row_for_another_schools_child_is_refused(school):
    session, own, other = school
    session.add(Talk(child_id=foreign(session, Child, other), talked_on=date(2026, 1, 5), teacher_id=foreign(session, Staff, own), content="x"))
    with pytest.raises(scope.OutOfScope):
        session.flush()


def test_a_row_at_another_school_is_refused(school):
    session, _own, other = school
    session.add(SchoolClass(school_id=other, name="九（9）班", grade=9))
    with pytest.raises(scope.OutOfScope):
        session.flush()


def test_a_link_to_another_schools_row_is_refused(school):
    session, own, other = school
    row = session.scalars(select(SchoolClass).limit(1)).one()
    row.teacher_id = foreign(session, Staff, other)
    with pytest.raises(scope.OutOfScope):
        session.flush()


def test_a_row_taken_from_over_the_border_cannot_be_saved(school):
    session, _own, other = school
    with scope.everything(session):
        row = session.scalars(select(Child).where(Child.school_id == other).limit(1)).one()
    row.character = "x"
    with pytest.raises(scope.OutOfScope):
        session.flush()


def test_a_childs_row_gets_the_childs_school(school):
    session, own, _other = school
    child = session.scalars(select(Child).limit(1)).one()
    talk = Talk(child_id=child.id, talked_on=date(2026, 1, 5), teacher_id=foreign(session, Staff, own), content="x")
    session.add(talk)
    session.flush()
    assert (talk.school_id, talk.origin_school_id) == (own, own)


# The database itself -----------------------------------------------------------------------
def columns_of(session, row_id):
    row = dict(session.connection().execute(select(Talk.__table__).where(Talk.__table__.c.id == row_id)).mappings().one())
    return {key: value for key, value in row.items() if key != "id"}


def test_the_database_refuses_a_talk_at_a_school_that_is_not_the_childs(school):
    session, own, other = school
    with scope.everything(session):
        talk = session.scalars(select(Talk).where(Talk.school_id == own).limit(1)).one()
    with pytest.raises(IntegrityError):
        session.connection().execute(insert(Talk.__table__).values(**{**columns_of(session, talk.id), "uid": "z" * 32, "school_id": other}))


def test_a_move_of_the_child_carries_the_file(session):
    scope.bind(session, scope.SYSTEM)
    own, other = member(session, "school").school_id, member(session, "school2").school_id
    child = session.scalars(select(Child).where(Child.school_id == own).order_by(Child.id).limit(1)).one()
    below = {model: session.scalar(select(func.count(model.id)).where(model.child_id == child.id)) for model in (Talk, Guardian)}
    child.school_id, child.school_class_id = other, None
    session.flush()
    session.expire_all()
    for model, number in below.items():
        rows = session.scalars(select(model).where(model.child_id == child.id)).all()
        assert len(rows) == number > 0
        assert {row.school_id for row in rows} == {other}
        assert {row.origin_school_id for row in rows} == {own}
    come(session, "school2")
    session.expunge_all()
    assert session.get(Child, child.id) is not None


# The tree of areas ---------------------------------------------------------------------------
@pytest.mark.parametrize(("account", "values"), [
    ("county", {"parent": None}), ("county", {"code": "990199"}), ("admin", {"code": "9911"})])
def test_nobody_moves_the_place_he_stands_on(session, account, values):
    who = come(session, account)
    row = records.find(session, Area, who.area_id)
    before = {"parent": row.parent_id, "code": row.code}
    with pytest.raises(records.Refused) as refused:
        records.edit(session, row, values, row.version)
    assert set(refused.value.errors) <= {"parent", "code"}
    session.rollback()
    assert (row.parent_id, row.code, row.path) == (before["parent"], before["code"], who.path)


def test_an_area_cannot_be_cut_off_from_those_above(session):
    who = come(session, "county")
    below = session.scalars(select(Area).where(Area.parent_id == who.area_id).order_by(Area.id)).first()
    with pytest.raises(records.Refused) as refused:
        records.edit(session, below, {"parent": None}, below.version)
    assert set(refused.value.errors) == {"parent"}
    session.rollback()
    assert below.path.startswith(who.path)


def test_an_area_moves_within_the_place(session):
    who = come(session, "county")
    first, second = session.scalars(select(Area).where(Area.parent_id == who.area_id).order_by(Area.id).limit(2)).all()
    records.edit(session, second, {"parent": first.id}, second.version)
    assert second.path == f"{first.path}{second.code}/"


# What was found just now -------------------------------------------------------------------
def talk_beside(session, own):
    """A talk with a child of the school that nobody has written yet."""
    child = session.scalars(select(Child).limit(1)).one()
    return child, Talk(child_id=child.id, talked_on=date(2026, 1, 5), teacher_id=foreign(session, Staff, own), content="x")


def asked_for(session, row):
    """The statements that look for a school while a row is written."""
    with noted(session.get_bind()) as seen:
        session.add(row)
        session.flush()
    return [one for one in seen if one.startswith("SELECT school.id \nFROM school \nWHERE school.id = ")]


def test_what_was_found_in_this_transaction_is_not_asked_for_again(school):
    session, own, _other = school
    assert asked_for(session, talk_beside(session, own)[1])
    vouch(session, scope.asker(session), session.get_one(School, own))
    assert not asked_for(session, talk_beside(session, own)[1])


@pytest.mark.parametrize("over", ["transaction", "asker"])
def test_nobody_vouches_beyond_the_transaction_or_for_somebody_else(school, over):
    session, own, other = school
    with scope.everything(session):
        strange = session.get_one(School, other)
    vouch(session, scope.asker(session), strange)
    if over == "transaction":
        session.rollback()
    else:
        come(session, "teacher")
    session.add(SchoolClass(school_id=other, name="九（9）班", grade=9))
    with pytest.raises(scope.OutOfScope):
        session.flush()


# Who asks, made anew -----------------------------------------------------------------------
def test_who_asks_is_made_anew_after_what_an_asker_is_made_of(school):
    session, own, _other = school
    asked_anew.due(session)
    child = session.scalars(select(Child).limit(1)).one()
    records.edit(session, child, {"character": "安静"})
    assert not asked_anew.due(session), "a child decides on nobody's sight"
    room = records.add(session, SchoolClass, {"school": own, "name": "九（9）班", "grade": 9})
    assert asked_anew.due(session) and not asked_anew.due(session), "once"
    records.edit(session, room, {"name": "九（8）班"})
    assert asked_anew.due(session)
