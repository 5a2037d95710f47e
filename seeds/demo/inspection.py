"""Inspections: one planned, one of last term with what it found."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy.orm import Session

from app.models import org as models
from app.models.base import fields_of
from app.models.inspection import Answer, ChecklistItem, ChecklistTemplate, Finding, Inspection
from app.services import clock, evidence, scope
from app.services.conditions import applies
from app.services.scoring import USUAL, Tick, grade, next_visit, score
from app.services.ticks import freeze, speaks_against
from seeds.bulk import Row
from seeds.demo import words
from seeds.demo.days import TermDays, moment
from seeds.demo.world import School, World

NOTES = {"fail": 7, "partly": 10}  # items of the submitted inspection that were not passed
CLOCKS = {key: one.default for key, one in fields_of(ChecklistTemplate).items() if key.endswith("_days")}  # of the version that is loaded
NAME = "{year}{term}校园督导检查"


def plan(world: World, school: School, template_id: int, inspector: Row) -> None:
    """An inspection that waits for its inspector."""
    _inspection(world, school, template_id, inspector, world.days.term, world.days.today + timedelta(days=2))


def submit(session: Session, world: World, school: School, template_id: int, inspector: Row, items: list[Row]) -> None:
    """Last term's inspection: every item answered beside what the records said, findings from what failed."""
    term = world.days.last_term
    day = world.days.weekday(term.starts_on + timedelta(days=world.rng.randint(45, 75)))
    asked = cast(Any, SimpleNamespace(**school.row))
    applying = [item for item in items if applies(cast(Any, SimpleNamespace(**item)), asked)]
    bad = world.rng.sample(applying, sum(NOTES.values()))
    results = {item["id"]: "fail" if order < NOTES["fail"] else "partly" for order, item in enumerate(bad)}
    records = _records(session, world, school, {order: item for order, item in enumerate(items) if item in applying}, day)
    row = _inspection(world, school, template_id, inspector, term, day)
    ticks = []
    for order, item in enumerate(items):
        result = results.get(item["id"], "pass") if item in applying else "na"
        ticks.append(Tick(result, item["weight"], item["critical"]))
        frozen = records.get(item["id"])
        against = frozen is not None and speaks_against(frozen["suggestion"], result)
        world.bulk.add(Answer, school_id=school.id, inspection_id=row["id"], item_id=item["id"], result=result, frozen=frozen,
                       reason=words.TICKED_AGAINST if against else None,
                       remark=world.rng.choice(words.REMARKS) if result in NOTES else None,
                       answered_at=_at(day, order))
    points = score(ticks)
    reached = grade(points, ticks)
    row.update(state="submitted", submitted_at=moment(day, 16), score=points, grade=reached, next_due_on=next_visit(reached, day),
               summary="关爱工作有专人负责，记录较完整；部分安全台账需补齐，已逐条下达整改期限。")
    for order, item in enumerate(bad[: NOTES["fail"]]):
        _finding(world, school, row, item, order)


def _at(day: date, order: int) -> datetime:
    """When the items were ticked, one after the other."""
    return moment(day, 9, 3 * order)


def _records(session: Session, world: World, school: School, items: dict[int, Row], day: date) -> dict[int, dict[str, Any]]:
    """Item id → the evidence that a tick of that day freezes, of items by their order; by the functions of a real one, so all rows are written first."""
    world.bulk.flush()
    found = {}
    with scope.everything(session):
        place = session.get_one(models.School, school.id)
        for order, item in items.items():
            with clock.freeze(_at(day, order)):
                figures = evidence.assess(session, place, [session.get_one(ChecklistItem, item["id"])], day)
            if made := figures.get(item["code"]):
                found[item["id"]] = freeze(session, made)
    return found


def _inspection(world: World, school: School, template_id: int, inspector: Row, term: TermDays, day: date) -> Row:
    return world.bulk.add(
        Inspection, school_id=school.id, template_id=template_id, inspector_id=inspector["id"], planned_on=day,
        name=NAME.format(year=term.year, term="秋季" if term.number == 1 else "春季"))


def _finding(world: World, school: School, inspection: Row, item: Row, order: int) -> None:
    """In turn: put right and closed, put right and waiting for the look, still open, put off."""
    state = ("closed", "done", "open", "closed", "open", "extended", "closed")[order % 7]
    level = "critical" if item["critical"] else "general"
    found = inspection["planned_on"]
    due = found + timedelta(days=USUAL.days_to_fix[level])
    if state == "extended":
        due = world.days.today + timedelta(days=20)
    fixed = found + timedelta(days=world.rng.randint(2, 36)) if state in ("closed", "done") else None
    world.bulk.add(
        Finding, school_id=school.id, inspection_id=inspection["id"], item_id=item["id"], what=item["text"],
        level=level, due_on=due, responsible_id=world.rng.choice(school.of_post("safety", "deputy", "head"))["id"],
        state=state, fixed_on=min(fixed, world.days.yesterday) if fixed else None, escalates_on=due + timedelta(CLOCKS["escalate_days"]),
        recheck_by=min(fixed, world.days.yesterday) + timedelta(CLOCKS["recheck_days"]) if fixed and state == "done" else None,
        fix=world.rng.choice(words.FINDING_FIXES) if fixed else None)
