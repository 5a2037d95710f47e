"""A search that finds more than a page takes up says so; what leaves for a workbook or a machine is all of it."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from app.models.children import Child
from app.services import search
from tests.support.sheets import asked_by

FEW = 5
TOLD = "至少"


@pytest.fixture
def found(app: Any, monkeypatch: Any) -> int:
    """How many children of the school answer to "l"."""
    monkeypatch.setattr(search, "MOST", FEW)
    with asked_by(app, "school") as session:
        return session.scalar(select(func.count(Child.id)).where(Child.id.in_(search.children("l"))))


def page(client: Any, query: str) -> str:
    return client.get(f"/child/list/?{query}").get_data(as_text=True)


def test_the_page_says_that_there_are_more(client_for: Any, found: int) -> None:
    assert found > FEW
    assert TOLD in page(client_for("school"), "q=l&size=3")
    assert TOLD in page(client_for("school"), "q=l&f.left_behind=1")
    assert TOLD not in page(client_for("school"), "q=zzzz&f.left_behind=1")
    assert TOLD not in page(client_for("school"), "size=3")


@pytest.mark.parametrize(("short", "told"), [(0, False), (1, True)])
def test_one_more_than_a_page_takes_up_is_told_and_as_many_are_not(app: Any, client_for: Any, monkeypatch: Any, short: int, told: bool) -> None:
    with asked_by(app, "school") as session:
        keys = len(session.scalars(search.children("l")).all())
    monkeypatch.setattr(search, "MOST", keys - short)
    assert (TOLD in page(client_for("school"), "q=l&size=3")) is told


def test_all_leave_as_a_workbook_and_to_a_machine(client_for: Any, found: int) -> None:
    client = client_for("school")
    book = io.BytesIO(client.get("/sheets/child/export.xlsx?q=l").data)
    rows = [row[0] for row in openpyxl.load_workbook(book).worksheets[0].iter_rows(values_only=True)]
    assert rows[2] == "系统编号" and len(rows[3:]) == found
    assert client.get("/api/v1/child/?q=l&size=200").json["count"] == found
