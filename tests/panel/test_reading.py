"""Whoever opens a record of a child from above the school leaves a line, on whatever way; the school's own people leave none."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app import menu, roles
from app.models.audit import AccessLog
from app.models.base import utc_now
from app.models.campaign import DrawnChild
from app.models.children import Child
from app.models.inspection import Inspection
from app.models.org import Member
from app.models.safety import ResponsibilityLetter
from app.panel.views_by_entity import VIEWS
from app.services import clock, reading
from tests.panel.test_listing import MOST_STATEMENTS
from tests.support.statements import sent

assert menu.MENU  # importing it declares the views
ABOVE = ("county", "inspector", "township")
OF_CHILDREN = sorted(name for name, view in VIEWS.items() if view.model is Child or reading.links_to_child(view.model))
OF_SCHOOL = [name for name in OF_CHILDREN if roles.may("school", "write", name)]  # what its own people keep
OPENED = ("/{table}/show/{pk}", "/{table}/history/{pk}", "/api/v1/{table}/{pk}")
WITH_CARD = ["BusDriver", "Child", "Guardian", "Staff"]  # these rows bear the number of an identity card
DAY = timedelta(days=1)


def above(name: str) -> list[str]:
    """Who reads the entity from above the school."""
    return [account for account in ABOVE if roles.may(account, "read", name)]


def readers(name: str) -> list[str]:
    return [*above(name), *(["school"] if name in OF_SCHOOL else [])]


@dataclass
class Desk:
    look: Callable[..., Any]
    client_for: Callable[..., Any]

    def row(self, name: str, *, of_child: bool = True) -> int:
        """A row of the entity at the school of the account "school"; of letters one with a child, or one without."""
        model = VIEWS[name].model

        def pick(session):
            school_id = session.scalar(select(Member.school_id).where(Member.username == "school"))
            rows = select(model.id).where(model.school_id == school_id).order_by(model.id)
            if model is ResponsibilityLetter:
                rows = rows.where(model.child_id.is_not(None) if of_child else model.child_id.is_(None))
            found = session.scalar(rows.limit(1))
            if found is None and model is DrawnChild:
                child = session.scalars(select(Child).where(Child.school_id == school_id).limit(1)).one()
                visit = session.scalars(select(Inspection.id).where(Inspection.school_id == school_id).limit(1)).one()
                session.add(made := DrawnChild(school_id=school_id, child_id=child.id, inspection_id=visit, place=1))
                session.flush()
                found = made.id
            if found is None and model is ResponsibilityLetter:
                child_id = session.scalar(select(Child.id).where(Child.school_id == school_id).limit(1)) if of_child else None
                made = model(school_id=school_id, child_id=child_id, level="guardian" if of_child else "school", school_year="2026-2027", signer="王某",
                             signed_on=clock.today(), expires_on=clock.today())
                session.add(made)
                session.flush()
                found = made.id
            return found

        found = self.look(pick)
        assert found is not None, name
        return found

    def forget(self) -> None:
        self.look(lambda session: session.execute(delete(AccessLog.__table__)))

    def lines(self, *actions: str) -> list[tuple[Any, ...]]:
        """(account, entity, row id, columns, rows) of all lines with these actions."""
        query = select(Member.username, AccessLog.entity, AccessLog.row_id, AccessLog.columns, AccessLog.rows).join(
            Member, Member.id == AccessLog.member_id).where(AccessLog.action.in_(actions)).order_by(AccessLog.id)
        return [tuple(line) for line in self.look(lambda session: session.execute(query).all())]


@pytest.fixture
def desk(look, client_for):
    """The panel with its accounts logged in and an empty access log."""
    for account in (*ABOVE, "school"):
        client_for(account)
    made = Desk(look, client_for)
    made.forget()
    return made


def test_what_tells_of_a_child_is_declared():
    assert OF_CHILDREN == ["Aid", "CaseFile", "Child", "DrawnChild", "FamilyContact", "Guardian", "HomeVisit", "Pairing", "ParentSpell",
                           "ResponsibilityLetter", "Talk"]
    assert set(OF_CHILDREN) - set(OF_SCHOOL) == {"DrawnChild"}, "a school is not told which files will be looked through"
    for name in OF_CHILDREN:
        assert {one.key for one in reading.links_to_child(VIEWS[name].model)} <= set(VIEWS[name].columns), "a list tells which rows are a child's"


@pytest.mark.parametrize("name", OF_CHILDREN)
@pytest.mark.parametrize("way", OPENED)
def test_an_opened_record_leaves_one_line_a_day(desk, name, way):
    pk = desk.row(name)
    address = way.format(table=VIEWS[name].model.__tablename__, pk=pk)
    for account in readers(name):
        for _time in range(2):
            assert desk.client_for(account).get(address).status_code == 200, account
    assert desk.lines("read") == [(account, name, pk, "", None) for account in above(name)], "who and which record, and no value"
    assert [line for line in desk.lines("api") if line[0] != "school"] == []
    with clock.freeze(utc_now() + DAY):
        assert desk.client_for("county", fresh=True).get(address).status_code == 200
    assert len(desk.lines("read")) == len(above(name)) + 1


@pytest.mark.parametrize("account", ABOVE)
def test_all_ways_to_one_record_leave_one_line_together(desk, account):
    for name in ("Child", "Talk"):
        for way in OPENED:
            desk.client_for(account).get(way.format(table=VIEWS[name].model.__tablename__, pk=desk.row(name)))
    assert [line[:3] for line in desk.lines("read", "api")] == [(account, name, desk.row(name)) for name in ("Child", "Talk")]


def test_a_form_and_a_change_by_rest_are_openings_too(desk):
    pk, client = desk.row("ResponsibilityLetter"), desk.client_for("township")
    for ask in (lambda: client.get(f"/responsibility_letter/edit/{pk}"), lambda: client.put(f"/api/v1/responsibility_letter/{pk}", json={"version": 1})):
        desk.forget()
        assert ask().status_code == 200
        assert desk.lines("read") == [("township", "ResponsibilityLetter", pk, "", None)]


def test_a_record_of_no_child_leaves_none(desk):
    letter, school = desk.row("ResponsibilityLetter", of_child=False), desk.look(lambda session: session.scalar(
        select(Member.school_id).where(Member.username == "school")))
    for account in ABOVE:
        for table, pk in (("responsibility_letter", letter), ("school", school)):
            for way in OPENED:
                assert desk.client_for(account).get(way.format(table=table, pk=pk)).status_code == 200
    assert desk.lines("read", "api") == []


@pytest.mark.parametrize("name", OF_CHILDREN)
def test_a_list_by_rest_leaves_one_line_a_day_with_its_rows(desk, name):
    desk.row(name)
    table, rows = VIEWS[name].model.__tablename__, dict.fromkeys(above(name), 0)
    for account in readers(name):
        for size in (200, 2):
            found = desk.client_for(account).get(f"/api/v1/{table}/?size={size}").json["result"]
            if account in rows:
                rows[account] += len(found) if name == "Child" else sum(row["child"] is not None for row in found)
        assert desk.client_for(account).get(f"/api/v1/{table}/?q=zzzzzz").status_code == 200
    assert all(rows.values())
    assert [line for line in desk.lines("api") if line[0] != "school"] == [(account, name, None, "", rows[account]) for account in above(name)]
    assert desk.lines("read") == []


@pytest.mark.parametrize("name", [name for name in OF_SCHOOL if name not in WITH_CARD])
def test_a_file_on_a_record_leaves_a_line_each_time(desk, name):
    pk = desk.row(name)
    made = sent_file(desk.client_for("school"), name, pk)
    for account in (*ABOVE, "school"):
        assert desk.client_for(account).get(made["url"], buffered=True).status_code == 200, account
    assert desk.lines("download") == [(account, name, pk, f"附件 #{made['id']}", None) for account in ABOVE]


@pytest.mark.parametrize("name", WITH_CARD)
def test_a_file_that_may_be_a_scan_of_a_masked_card_asks_for_the_reason_of_a_reveal(desk, name):
    pk, school = desk.row(name), desk.client_for("school")
    made, show = sent_file(school, name, pk), f"/{VIEWS[name].model.__tablename__}/show/{pk}"
    assert school.get(made["url"], buffered=True).data.startswith(b"%PDF") and f'href="{made["url"]}"' in school.get(show).text
    for account in ("county", "township"):
        client = desk.client_for(account)
        assert f'href="{made["url"]}"' in client.get(show).text
        for asked in (client.get(made["url"]), client.post(made["url"], data={"reason": "看"}), client.post(made["url"])):
            assert (asked.mimetype, "%PDF" in asked.text, "写明理由" in asked.text) == ("text/html", False, asked.request.method == "POST")
        assert desk.lines("reveal") == []
        told = client.post(made["url"], data={"reason": "核对证件号码"}, buffered=True)
        assert told.data.startswith(b"%PDF") and told.headers["Cache-Control"] == "no-store, private"
        assert desk.lines("reveal") == [(account, name, pk, f"附件 #{made['id']}", None)]
        assert desk.look(lambda session: session.scalar(select(AccessLog.reason).where(AccessLog.action == "reveal"))) == "核对证件号码"
        desk.forget()
    nobody = {"inspector", "teacher"} if name == "Staff" else {"inspector"}
    for account in nobody:
        client = desk.client_for(account)
        assert [client.get(made["url"]).status_code, client.post(made["url"], data={"reason": "核对证件号码"}).status_code] == [404, 404]
        page = client.get(show)
        assert page.status_code == 403 or "a.pdf" in page.text and made["url"] not in page.text
    assert desk.lines("download", "reveal") == []


def sent_file(client, name: str, pk: int) -> dict[str, Any]:
    data = {"file": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "a.pdf")}
    return client.post(f"/file/{name}/{pk}", data=data, headers={"Accept": "application/json"}, content_type="multipart/form-data").json


@pytest.mark.parametrize("name", OF_CHILDREN)
@pytest.mark.parametrize("way", OPENED[:2])
def test_the_line_costs_one_look_and_one_insert(app: Flask, desk, name, way, monkeypatch):
    monkeypatch.setattr("app.services.remember.monotonic", lambda: 0.0)  # what the process remembers would else grow old between two looks
    address = way.format(table=VIEWS[name].model.__tablename__, pk=desk.row(name))

    def asked(account):
        """Statements of the access log, and how many there are in all without what begins a transaction."""
        statements = [one for one in sent(app, desk.client_for(account), address) if not one.startswith("BEGIN")]
        assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
        return [one.split()[0] for one in statements if "access_log" in one], len(statements)

    for account in above(name):
        desk.client_for(account).get(address)
        desk.forget()
        first, again = asked(account), asked(account)
        assert (first[0], again[0]) == (["SELECT", "INSERT"], ["SELECT"])
        assert first[1] == again[1] + 1, "what was read for the page is not read again"
    assert name not in OF_SCHOOL or asked("school")[0] == []
