"""A page of a long list walks the index of its order, for whoever sees many schools."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select

from app.extensions import db
from app.models.children import Child
from app.models.org import Member
from app.services import listing, scope
from app.services.table import Table

PAGE = listing.Query("pinyin", size=20)


@pytest.fixture
def askers(db_session: Any) -> tuple[scope.Asker, scope.Asker]:
    """The county twice: with its schools one by one, and as one that sees too many for that."""
    session = db_session()
    few = scope.asker_of(session, session.scalars(select(Member).where(Member.username == "county")).one())
    assert few.school_ids
    return few, replace(few, school_ids=None)


def test_many_schools_show_the_same_rows(db_session: Any, askers: tuple[scope.Asker, scope.Asker]) -> None:
    pages = []
    for asker in askers:
        scope.bind(db_session(), asker)
        pages.append(listing.fetch(db_session(), Table(Child, ["name", "school_class"]), PAGE))
    assert len(pages[0].rows) == PAGE.size and pages[0] == pages[1]


def test_the_scope_still_narrows(db_session: Any, askers: tuple[scope.Asker, scope.Asker]) -> None:
    session, everywhere = db_session(), listing.Query("pinyin", size=1000)
    seen = {row[0] for row in listing.fetch(session, Table(Child, ["name"]), everywhere).rows}
    scope.bind(session, askers[1])
    own = {row[0] for row in listing.fetch(session, Table(Child, ["name"]), everywhere).rows}
    assert own < seen and own == set(session.scalars(select(Child.id)))


def test_names_are_looked_up_for_the_rows_shown() -> None:
    """A join is made before rows are sorted and cut off: PostgreSQL read all classes of the county for a township's page."""
    assert "JOIN" not in str(Table(Child, ["name", "school_class", "school"]).statement)


def test_a_class_is_found_by_its_index_and_sorted(db_session: Any, askers: tuple[scope.Asker, scope.Asker]) -> None:
    """An index of class and order would be written at every change of a class, to sort forty rows."""
    session = db_session()
    scope.bind(session, askers[1])
    class_id = session.scalars(select(Child.school_class_id).where(Child.school_class_id.is_not(None)).limit(1)).one()
    query = replace(PAGE, conditions=[Child.school_class_id == class_id])
    shown = [row[0] for row in listing.fetch(session, Table(Child, ["name"]), query).rows]
    assert shown == session.scalars(select(Child.id).where(Child.school_class_id == class_id).order_by(Child.pinyin, Child.id)).all()[: PAGE.size]
    assert db.engine.dialect.name != "sqlite" or "ix_child_school_class_id" in _plan(session, query)


@pytest.mark.parametrize("deep", [False, True])
def test_sqlite_walks_the_order(db_session: Any, askers: tuple[scope.Asker, scope.Asker], deep: bool) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    scope.bind(db_session(), askers[1])
    after = db_session().scalars(select(Child.id).order_by(Child.pinyin, Child.id).limit(1)).one() if deep else None
    plan = _plan(db_session(), replace(PAGE, after=after))
    assert "ix_child_pinyin" in plan and "TEMP B-TREE" not in plan


def _plan(session: Any, query: listing.Query) -> str:
    """How SQLite goes about the page; the rule's column is one whose index it shall not take."""
    seen: list[Any] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        seen.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    listing.fetch(session, Table(Child, ["name"]), query)
    event.remove(db.engine, "before_cursor_execute", note)
    statement, values = next(one for one in seen if "ORDER BY child.pinyin" in one[0])
    assert "+child.school_id" in statement
    return " ".join(step[3] for step in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all())
