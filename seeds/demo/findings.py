"""What followed the demo county's inspections: letters that were signed for, and the way of each finding."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.inspection import Finding, FindingStep, Inspection, Opinion
from app.models.org import Member, School
from app.services import clock, opinion_letter, scope
from app.services.inspection_report import findings_of
from app.services.opinion_letter import Words
from app.services.scoring import USUAL
from seeds.bulk import Row
from seeds.demo.days import moment
from seeds.demo.inspection import CLOCKS
from seeds.demo.world import Place, World

WAITS = "材料要等厂家发货，寒假才能施工"


def make(session: Session, world: World, county: Place) -> None:
    """For all that was submitted; letters are numbered in the order of the inspections."""
    world.bulk.flush()
    table: Any = Inspection.__table__
    serial: dict[int, int] = {}
    for row in session.execute(select(table).where(table.c.state == "submitted").order_by(table.c.submitted_at, table.c.id)).mappings().all():
        account = _account(session, row["school_id"])
        if account is not None:
            _letter(session, world, county, dict(row), account, serial)
            _ways(session, world, dict(row), account["id"])


def _account(session: Session, school_id: int) -> Row | None:
    """The school's own account."""
    table: Any = Member.__table__
    found = session.execute(select(table).where(table.c.school_id == school_id, table.c.role == "school")).mappings().first()
    return dict(found) if found else None


def _letter(session: Session, world: World, county: Place, inspection: Row, account: Row, serial: dict[int, int]) -> None:
    """Sent out the day after the school's days to object, signed for the day after that."""
    school: Any = School.__table__
    head = session.scalar(select(school.c.head_name).where(school.c.id == inspection["school_id"]))
    due = clock.local(inspection["submitted_at"]).date() + timedelta(CLOCKS["objection_days"])
    issued = due + timedelta(days=1)
    sent = opinion_letter.kept(_words(session, inspection["id"], county.row["id"]))
    serial[issued.year] = serial.get(issued.year, 0) + 1
    world.bulk.add(Opinion, school_id=inspection["school_id"], inspection_id=inspection["id"], objection_due_on=due, state="signed",
                   office_id=county.row["id"], year=issued.year, serial=serial[issued.year], issued_on=issued, score=inspection["score"],
                   grade=inspection["grade"], signed_at=moment(issued + timedelta(days=1), 9), signed_by=head or account["name"], sent=sent)


def _words(session: Session, inspection_id: int, office: int) -> Words:
    """What the letter said: of what was put off afterwards, the day by its level."""
    with scope.everything(session):
        row = session.get_one(Inspection, inspection_id)
        told = opinion_letter.words(session, row, findings_of(session, row), office)
    lines = [replace(one, due_on=row.planned_on + timedelta(USUAL.days_to_fix[one.level])) for one in told.lines]
    return replace(told, lines=sorted(lines, key=lambda one: (one.due_on, one.finding_id)))


def _ways(session: Session, world: World, inspection: Row, author: int) -> None:
    table: Any = Finding.__table__
    for found in session.execute(select(table).where(table.c.inspection_id == inspection["id"]).order_by(table.c.id)).mappings():
        finding = dict(found)
        if finding["state"] == "extended":
            _step(world, finding, "ask", author, world.days.yesterday, text=WAITS, day=finding["due_on"])
        if finding["fixed_on"]:
            _step(world, finding, "fix", author, finding["fixed_on"], text=finding["fix"], day=finding["fixed_on"])
        if finding["state"] == "closed":
            looked = min(finding["fixed_on"] + timedelta(days=3), world.days.yesterday)
            _step(world, finding, "close", inspection["inspector_id"], looked, way="spot")


def _step(world: World, finding: Row, kind: str, member_id: int, done_on: date, **said: Any) -> None:
    world.bulk.add(FindingStep, school_id=finding["school_id"], finding_id=finding["id"], kind=kind, member_id=member_id, at=moment(done_on, 15), **said)
