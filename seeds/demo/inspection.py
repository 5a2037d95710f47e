"""Inspections: one planned, one of last term with what it found."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

from app.models.inspection import Answer, Finding, Inspection
from app.services.conditions import applies
from app.services.scoring import DAYS_TO_FIX, Tick, score
from seeds.bulk import Row
from seeds.demo import words
from seeds.demo.days import TermDays, moment
from seeds.demo.world import School, World

NOTES = {"fail": 7, "partly": 10}  # items of the submitted inspection that were not passed
NAME = "{year}{term}校园督导检查"


def plan(world: World, school: School, template_id: int, inspector: Row) -> None:
    """An inspection that waits for its inspector."""
    _inspection(world, school, template_id, inspector, world.days.term, world.days.today + timedelta(days=2))


def submit(world: World, school: School, template_id: int, inspector: Row, items: list[Row]) -> None:
    """Last term's inspection: every item answered, findings from what failed."""
    term = world.days.last_term
    day = world.days.weekday(term.starts_on + timedelta(days=world.rng.randint(45, 75)))
    row = _inspection(world, school, template_id, inspector, term, day)
    asked = cast(Any, SimpleNamespace(**school.row))
    applying = [item for item in items if applies(cast(Any, SimpleNamespace(**item)), asked)]
    bad = world.rng.sample(applying, sum(NOTES.values()))
    results = {item["id"]: "fail" if order < NOTES["fail"] else "partly" for order, item in enumerate(bad)}
    ticks = []
    for order, item in enumerate(items):
        result = results.get(item["id"], "pass") if item in applying else "na"
        ticks.append(Tick(result, item["weight"], item["critical"]))
        world.bulk.add(Answer, school_id=school.id, inspection_id=row["id"], item_id=item["id"], result=result,
                       remark=world.rng.choice(words.REMARKS) if result in NOTES else None,
                       answered_at=moment(day, 9, 3 * order))
    row.update(state="submitted", submitted_at=moment(day, 16), score=score(ticks),
               summary="关爱工作有专人负责，记录较完整；部分安全台账需补齐，已逐条下达整改期限。")
    for order, item in enumerate(bad[: NOTES["fail"]]):
        _finding(world, school, row, item, order)


def _inspection(world: World, school: School, template_id: int, inspector: Row, term: TermDays, day: date) -> Row:
    return world.bulk.add(
        Inspection, school_id=school.id, template_id=template_id, inspector_id=inspector["id"], planned_on=day,
        name=NAME.format(year=term.year, term="秋季" if term.number == 1 else "春季"))


def _finding(world: World, school: School, inspection: Row, item: Row, order: int) -> None:
    """In turn: put right and closed, put right and waiting for the look, still open, put off."""
    state = ("closed", "done", "open", "closed", "open", "extended", "closed")[order % 7]
    level = "critical" if item["critical"] else "general"
    found = inspection["planned_on"]
    due = found + timedelta(days=DAYS_TO_FIX[level])
    if state == "extended":
        due = world.days.today + timedelta(days=20)
    fixed = found + timedelta(days=world.rng.randint(2, 36)) if state in ("closed", "done") else None
    world.bulk.add(
        Finding, school_id=school.id, inspection_id=inspection["id"], item_id=item["id"], what=item["text"],
        level=level, due_on=due, responsible_id=world.rng.choice(school.of_post("safety", "deputy", "head"))["id"],
        state=state, fixed_on=min(fixed, world.days.yesterday) if fixed else None,
        fix=world.rng.choice(words.FINDING_FIXES) if fixed else None)
