"""One school looked at alone: never more than the scope of who asks, and all of that school."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models.children import Child
from app.models.inspection import ChecklistItem
from app.models.org import School, SchoolClass
from app.services import clock, evidence, scope, transactions
from app.services.alone import alone
from tests.support.bound import come, counted, member, session

assert session  # pytest finds it here by its name


def schools_of(session: Any) -> list[int]:
    return list(session.scalars(select(School.id).order_by(School.id)))


def seen(session: Any, model: Any) -> dict[int, int]:
    """School → how many of its rows are seen."""
    return dict(session.execute(select(model.school_id, func.count(model.id)).group_by(model.school_id)).all())


def test_of_an_office_s_schools_one_is_seen_whole_and_no_other(session: Any) -> None:
    who = come(session, "inspector")
    one, other, *_rest = (pk for pk in schools_of(session) if counted(session, Child, pk))
    with alone(session, one):
        assert schools_of(session) == [one]
        assert seen(session, Child) == {one: counted(session, Child, one)}
        assert (scope.asker(session).member_id, scope.asker(session).role) == (who.member_id, who.role)
    assert scope.asker(session) is who
    assert {one, other} <= seen(session, Child).keys()


def test_nothing_is_written_at_the_others(session: Any) -> None:
    come(session, "county")
    one, other, *_rest = schools_of(session)
    with alone(session, one):
        session.add(SchoolClass(school_id=other, name="九（9）班", grade=9))
        with pytest.raises(scope.OutOfScope):
            session.flush()


def test_who_belongs_to_one_school_is_led_to_no_other(session: Any) -> None:
    own, other = come(session, "school").school_id, member(session, "school2").school_id
    with alone(session, other):
        assert schools_of(session) == [own]
        assert other not in seen(session, Child)


def test_who_sees_everything_still_does(session: Any) -> None:
    scope.bind(session, scope.SYSTEM)
    schools = schools_of(session)
    with alone(session, schools[0]):
        assert schools_of(session) == schools


def test_what_is_asked_within_is_asked_as_before_after_an_error(session: Any) -> None:
    who = come(session, "inspector")
    with pytest.raises(ZeroDivisionError), alone(session, schools_of(session)[0]):
        raise ZeroDivisionError
    assert scope.asker(session) is who


def test_each_figure_is_the_one_that_who_sees_everything_gets(session: Any) -> None:
    """``assess`` looks at the school alone; nothing of it may hang on rows of another."""
    come(session, "inspector")
    for pk in schools_of(session)[:3]:
        items = [ChecklistItem(code=name, evidence=name) for name in evidence.REGISTRY]
        narrow = evidence.assess(session, session.get_one(School, pk), items, clock.today())
        with scope.everything(session):
            wide = evidence.assess(session, session.get_one(School, pk), items, clock.today())
        told = [{key: (one.text, one.value, one.numerator, one.denominator, one.suggestion, one.params, evidence.ids_of(session, one))
                 for key, one in made.items()} for made in (narrow, wide)]
        assert told[0] == told[1]
        assert len(narrow) == len(evidence.REGISTRY)


def plans(session: Any) -> str:
    """What PostgreSQL's connection was told; SQLite's is told nothing."""
    return session.scalar(select(func.current_setting("plan_cache_mode"))) if db.engine.dialect.name == "postgresql" else ""


def test_postgresql_keeps_plans_only_where_values_are_alike(session: Any) -> None:
    scope.bind(session, scope.SYSTEM)
    for singly in (False, True):
        for alike in (True, True, False, True, False):
            session.rollback()
            transactions.read_only(True, singly=singly, alike=alike)
            wanted = ("", "auto" if alike else "force_custom_plan")
            assert plans(session) in wanted
            with transactions.writing(session):
                assert plans(session) in wanted
    transactions.read_only(False)
    session.rollback()
    assert plans(session) in ("", "force_custom_plan")
