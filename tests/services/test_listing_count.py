"""The count of a list stops at a limit, and only "more than the limit" is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.extensions import db
from app.models.children import Child
from app.services import listing, remember, scope
from app.services.table import Table
from tests.support.statements import noted


@pytest.fixture(autouse=True)
def low_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNT_LIMIT", 5)
    monkeypatch.setattr(listing, "_many", remember.Memory(listing.REMEMBERED_SECONDS))


@pytest.fixture
def statements(db_session: Any) -> Iterator[list[str]]:
    """The statements that run from now on."""
    with noted(db.engine) as seen:
        yield seen


def counts(statements: list[str]) -> int:
    """How many do nothing but count."""
    return sum(one.startswith("SELECT count(") for one in statements)


def test_many_are_counted_once(db_session: Any, statements: list[str]) -> None:
    assert [listing.count(db_session(), Child, []) for _ in range(3)] == [6, 6, 6]
    assert counts(statements) == 1


def test_a_number_that_is_shown_is_counted_anew(db_session: Any, statements: list[str]) -> None:
    assert [listing.count(db_session(), Child, [Child.id <= 3]) for _ in range(2)] == [3, 3]
    assert counts(statements) == 2


def test_other_values_are_another_count(db_session: Any) -> None:
    assert listing.count(db_session(), Child, [Child.id <= 200]) == 6
    assert listing.count(db_session(), Child, [Child.id <= 2]) == 2


def test_another_asker_is_another_count(db_session: Any) -> None:
    session = db_session()
    assert listing.count(session, Child, []) == 6
    scope.bind(session, scope.Asker(None, "", "school", school_id=-1))
    assert listing.count(session, Child, []) == 0


def test_it_is_forgotten_after_a_while(db_session: Any, statements: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    listing.count(db_session(), Child, [])
    later = remember.monotonic() + listing.REMEMBERED_SECONDS + 1
    monkeypatch.setattr(remember, "monotonic", lambda: later)
    listing.count(db_session(), Child, [])
    assert counts(statements) == 2


def test_what_stands_on_one_page_is_not_counted(db_session: Any, statements: list[str]) -> None:
    page = listing.fetch(db_session(), Table(Child, ["name"]), listing.Query(conditions=[Child.id <= 3]))
    assert (page.count, len(page.rows), page.has_next) == (3, 3, False)
    assert counts(statements) == 0


@pytest.mark.parametrize("asked", [{}, {"few": True}, {"after": 1}, {"before": 4}, {"after": 1, "order": "pinyin"}])
def test_a_page_counts_along_in_the_statement_that_reads_it(db_session: Any, statements: list[str], asked: dict[str, Any]) -> None:
    page = listing.fetch(db_session(), Table(Child, ["name"]), listing.Query(conditions=[Child.id <= 4], size=2, **asked))
    assert page.count == 4 and {len(row) for row in page.rows} == {3}
    assert sum(one.startswith("SELECT") for one in statements) == 1


def test_many_are_told_along_once(db_session: Any, statements: list[str]) -> None:
    pages = [listing.fetch(db_session(), Table(Child, ["name"]), listing.Query(size=2)) for _ in range(2)]
    assert [page.count for page in pages] == [6, 6]
    assert ["count(" in one for one in statements if one.startswith("SELECT")] == [True, False]


def test_a_page_that_begins_at_a_row_that_is_gone_is_the_first(db_session: Any) -> None:
    session, table = db_session(), Table(Child, ["name"])
    gone = listing.fetch(session, table, listing.Query(order="pinyin", size=2, after=10**8))
    assert gone == replace(listing.fetch(session, table, listing.Query(order="pinyin", size=2)), lost=True) and not gone.has_previous


def test_behind_the_last_row_stands_nothing(db_session: Any) -> None:
    page = listing.fetch(db_session(), Table(Child, ["name"]), listing.Query(conditions=[Child.id <= 3], after=3, size=2))
    assert (list(page.rows), page.count, page.has_next, page.has_previous) == ([], 3, False, True)


def test_the_last_page_tells_the_count_of_all(db_session: Any) -> None:
    page = listing.fetch(db_session(), Table(Child, ["name"]), listing.Query(conditions=[Child.id <= 4], after=2, size=2))
    assert (page.count, len(page.rows), page.has_previous) == (4, 2, True)
