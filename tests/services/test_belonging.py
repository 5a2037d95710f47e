"""A link that must stay within one school says so beside its field."""

from datetime import date

import pytest
from sqlalchemy import select

from app.models import entities
from app.models.base import fields_of
from app.models.care import HomeVisit, Talk
from app.models.children import Child
from app.models.org import Area, Member, School, SchoolClass, Staff
from app.models.safety import ResponsibilityLetter
from app.services import belonging, records, scope
from tests.support.asking import asking

SAID = "不是这所学校的"


@pytest.fixture
def two(session):
    """Ids of two schools below the township's office, each with a child."""
    with asking(session, "township"):
        schools = session.scalars(select(Child.school_id).distinct().order_by(Child.school_id).limit(2)).all()
        assert len(schools) == 2
        yield schools


def of(session, model, school):
    return session.scalars(select(model.id).where(model.school_id == school).order_by(model.id)).first()


def said(session, model, **values):
    return {key: error.message for key, error in belonging.strangers(session, model, values).items()}


def test_a_letter_with_a_child_of_another_school(session, two):
    here, there = two
    assert said(session, ResponsibilityLetter, school=here, child=of(session, Child, there)) == {"child": SAID}
    assert said(session, ResponsibilityLetter, school=here, child=of(session, Child, here)) == {}
    assert said(session, ResponsibilityLetter, school=here, child=None) == {}


def test_a_class_with_a_teacher_of_another_school(session, two):
    here, there = two
    assert said(session, SchoolClass, school=here, teacher=of(session, Staff, there), name="一班") == {"teacher": SAID}
    assert said(session, SchoolClass, school=here, teacher=of(session, Staff, here), name="一班") == {}


def test_a_child_that_goes_to_another_school_leaves_its_class(session, two):
    here, there = two
    assert said(session, Child, school=there, school_class=of(session, SchoolClass, here)) == {"school_class": SAID}


def test_a_row_of_a_childs_file_is_of_the_childs_school(session, two):
    here, there = two
    child = of(session, Child, here)
    assert said(session, HomeVisit, school=0, child=child, visited_on=date(2026, 1, 5)) == {}
    assert said(session, HomeVisit, school=there, child=child) == {}, "the child says the school"


def test_a_talk_does_not_go_to_a_child_of_another_school(session, two):
    here, there = two
    with scope.everything(session):
        teacher, other = of(session, Staff, here), of(session, Child, there)
        own = session.scalars(select(Child.id).where(Child.school_id == here).order_by(Child.id).limit(2)).all()
        values = {"child": own[0], "talked_on": date(2026, 1, 5), "teacher": teacher, "kind": "regular", "content": "聊了作业"}
        talk = records.add(session, Talk, values)
        with pytest.raises(records.Refused) as refused:
            records.edit(session, talk, {"child": other})
        assert {key: error.message for key, error in refused.value.errors.items()} == {"child": SAID}
        records.edit(session, talk, {"child": own[1], "content": "聊了家里"})
        assert (talk.child_id, talk.school_id) == (own[1], here)


def test_what_is_out_of_sight_is_not_told(session, two):
    here, _there = two
    with scope.everything(session):
        other = session.scalars(select(Member.school_id).where(Member.username == "school3")).one()
        outside = session.scalars(select(Area.path).join(School, School.area_id == Area.id).where(School.id == other)).one()
        child = of(session, Child, other)
    assert child is not None and not outside.startswith(scope.asker(session).path)
    assert said(session, ResponsibilityLetter, school=here, child=child) == {}
    assert said(session, ResponsibilityLetter, school=here, child=10**8) == {}


def test_the_declaration_and_the_key_of_the_database_agree():
    for name, model in entities().items():
        for key, one in fields_of(model).items():
            pairs = [sorted(each.column_keys) for each in model.__table__.foreign_key_constraints]
            assert one.same_school is (sorted([f"{key}_id", "school_id"]) in pairs), f"{name}.{key}"
