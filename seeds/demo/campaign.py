"""Two campaigns of the demo county: last term's, closed, and this term's, running, with a draw that anybody can repeat."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import org as models
from app.models.campaign import Campaign, CampaignMember, CampaignSchool, DrawnChild, Recusal, SelfAnswer
from app.models.children import Child
from app.models.inspection import Inspection
from app.services import campaign_results, clock, draw
from app.services.conditions import applies
from seeds.bulk import Row
from seeds.demo.days import moment
from seeds.demo.world import Place, School, World

PLACE: Any = CampaignSchool.__table__
NAME = "{year}{term}开学工作和校园安全督导"
SIZES = dict.fromkeys(draw.STRATA, 1)
FILES = 5
REMARKS = ("资料已整理成册", "正在补签", "已列入本学期计划")


def make(session: Session, world: World, kept: dict[str, School], template_id: int, items: list[Row], county: Place, team: list[Row]) -> None:
    """``kept``: the schools that accounts belong to; their inspections are there already. ``team``: the inspectors, the leader first."""
    rng = Random("campaign")  # its own dice, so that the rest of the county stays as it was
    with world.bulk.dice(rng):
        own = [one for one in kept.values() if one.plan.place.division == county.division]
        _closed(session, world, rng, own, template_id, items, county, team)
        _running(session, world, rng, kept["school"], template_id, items, county, team)


def _campaign(world: World, county: Place, team: list[Row], template_id: int, starts_on: date, number: int, **values: Any) -> Row:
    term = world.days.last_term if values["state"] == "closed" else world.days.term
    told = starts_on - timedelta(days=14)
    row = world.bulk.add(
        Campaign, area_id=county.row["id"], template_id=template_id, name=NAME.format(year=term.year, term="秋季" if term.number == 1 else "春季"),
        notice_no=f"石教督〔{told.year}〕{number}号", starts_on=starts_on, ends_on=starts_on + timedelta(days=30), self_due_on=starts_on - timedelta(days=2),
        announced_on=told, **{**SIZES, "files": FILES, "unit": "county", "drawn_at": moment(told, 10), **values})
    for order, one in enumerate(team):
        world.bulk.add(CampaignMember, area_id=county.row["id"], campaign_id=row["id"], member_id=one["id"], team=1, leader=order == 0)
    return row


def _inspections(session: Session, world: World) -> dict[tuple[int, str], Row]:
    """(school, state) → its last inspection."""
    world.bulk.flush()
    table: Any = Inspection.__table__
    return {(row["school_id"], row["state"]): dict(row) for row in session.execute(select(table).order_by(table.c.id)).mappings()}


def _closed(session: Session, world: World, rng: Random, schools: list[School], template_id: int, items: list[Row], county: Place, team: list[Row]) -> None:
    """The schools that were inspected last term, all of them must-visits."""
    known = _inspections(session, world)
    seen = [(one, known[one.id, "submitted"]) for one in schools if (one.id, "submitted") in known]
    if not seen:
        return
    starts_on = min(row["planned_on"] for _school, row in seen)
    row = _campaign(world, county, team, template_id, starts_on, 6, state="closed", drawn_at=None, **dict.fromkeys(draw.STRATA, 0), seed="20250901")
    for one, found in seen:
        place = _place(world, row, one.id, found, how="must", reason="连续两学期没有检查", stratum=draw.STRATUM_OF.get(one.plan.type))
        _self_check(world, rng, place, one.row, found, items)


def keep_results(session: Session) -> None:
    """What the closed campaigns came to, as kept on their last day; once all that is told of them is written."""
    for row in session.scalars(select(Campaign).where(Campaign.state == "closed")):
        with clock.freeze(row.ends_on):
            campaign_results.freeze(session, row)


def _running(session: Session, world: World, rng: Random, demo: School, template_id: int, items: list[Row], county: Place, team: list[Row]) -> None:
    """The demo school as a must-visit with time left for its self-check; the drawn ones sent theirs, but for the last."""
    seed, today = f"{world.days.year[:4]}{rng.randint(100_000, 999_999)}", world.days.today
    lots, schools = _eligible(session, county, demo.id)
    row = _campaign(world, county, team, template_id, world.days.yesterday, 12, state="running", seed=seed,
                    list_hash=draw.list_hash(lots), drawn_from=[list(one) for one in sorted(lots)])
    known = _inspections(session, world)
    _place(world, row, demo.id, known[demo.id, "planned"], how="must", reason="上学期整改问题较多", stratum=draw.STRATUM_OF.get(demo.plan.type),
           self_due_on=today + timedelta(days=1))
    drawn = draw.draw(seed, lots, SIZES)
    for order, one in enumerate(drawn):
        school = schools[one.school.code]
        planned = world.bulk.add(Inspection, school_id=school["id"], template_id=template_id, inspector_id=team[0]["id"], name=row["name"],
                                 planned_on=today + timedelta(days=3 + order))
        place = _place(world, row, school["id"], planned, how="drawn", stratum=one.school.stratum, place=one.place)
        if order < len(drawn) - 1:
            _self_check(world, rng, place, school, planned, items)
    _files(session, world, seed, [demo.id, *(schools[one.school.code]["id"] for one in drawn)])
    if drawn:
        world.bulk.add(Recusal, member_id=team[-1]["id"], school_id=next((one["id"] for code, one in schools.items() if code not in {
            lot.school.code for lot in drawn}), demo.id), why="曾在该校任教")


def _eligible(session: Session, county: Place, without: int) -> tuple[list[draw.Candidate], dict[str, Row]]:
    """The list to draw from, and the schools by code."""
    school, area = cast(Any, models.School.__table__), cast(Any, models.Area.__table__)
    query = select(school).join(area, area.c.id == school.c.area_id).where(area.c.path.startswith(county.row["path"]), school.c.id != without)
    schools = {row["code"]: dict(row) for row in session.execute(query).mappings() if row["type"] in draw.STRATUM_OF}
    return [draw.Candidate(code, draw.STRATUM_OF[row["type"]], county.row["code"]) for code, row in schools.items()], schools


def _place(world: World, campaign: Row, school_id: int, inspection: Row, **values: Any) -> Row:
    return world.bulk.add(CampaignSchool, campaign_id=campaign["id"], school_id=school_id, inspection_id=inspection["id"], team=1,
                          announced_on=campaign["announced_on"], planned_on=inspection["planned_on"],
                          **{"self_due_on": campaign["self_due_on"], **values})


def _self_check(world: World, rng: Random, place: Row, school: Row, inspection: Row, items: list[Row]) -> None:
    """Ticked by the school before its day: nearly all passed."""
    day = place["self_due_on"] - timedelta(days=1)
    for order, item in enumerate(items):
        if not applies(cast(Any, SimpleNamespace(**item)), cast(Any, SimpleNamespace(**school))):
            continue
        result = rng.choices(("pass", "partly", "fail"), weights=(90, 8, 2))[0]
        world.bulk.add(SelfAnswer, school_id=place["school_id"], inspection_id=inspection["id"], item_id=item["id"], result=result,
                       remark=None if result == "pass" else rng.choice(REMARKS), answered_at=moment(day, 9, order))
    place["self_submitted_at"] = moment(day, 16)


def _files(session: Session, world: World, seed: str, school_ids: list[int]) -> None:
    world.bulk.flush()
    child: Any = Child.__table__
    for school_id in school_ids:
        query = select(child.c.uid, child.c.id).where(child.c.school_id == school_id, child.c.left_behind != "0", child.c.file_state == "open")
        found: Any = session.execute(query).all()
        ids: dict[str, int] = dict(found)
        inspection = session.scalar(select(PLACE.c.inspection_id).where(PLACE.c.school_id == school_id).order_by(PLACE.c.id.desc()))
        session.execute(update(PLACE).where(PLACE.c.inspection_id == inspection).values(files_from=sorted(ids), files_hash=draw.files_hash(ids)))
        for place, uid in enumerate(draw.files(seed, ids, FILES), start=1):
            world.bulk.add(DrawnChild, child_id=ids[uid], school_id=school_id, origin_school_id=school_id, inspection_id=inspection, place=place)
