"""A fictional county, complete: places, schools, people, one school year of records, accounts.

The same ``seed`` and ``today`` give the same rows, but for ciphers, passwords and session stamps.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.inspection import ChecklistItem, ChecklistSection
from app.models.term import Term
from app.services import clock
from seeds import names
from seeds.bulk import Bulk, Row
from seeds.checklist.load import load_template
from seeds.demo import bus, campaign, canteen, care, cases, children, findings, gaps, inspection, ledger, plan, registered, safety, school
from seeds.demo.days import Days, moment
from seeds.demo.members import Accounts
from seeds.demo.world import Place, School, SchoolPlan, World
from seeds.forms.load import load_forms
from seeds.numbers import IdNumbers

PROVINCE, CITY, COUNTY, OTHER = ("99", "示例省"), ("9901", "示例市"), ("990101", names.COUNTY), ("990102", "临河县")
OTHER_SCHOOLS, OTHER_CHILDREN = 3, 40  # the other county stands beside four schools and more
ENOUGH_FOR_OTHER = 4
COLLEAGUES = {"inspector2": "罗文清", "inspector3": "田景山"}  # of the inspector's team
AT_ONCE = 20_000  # rows held in memory; up to so many children stand in one transaction


def make_demo(session: Session, *, children: int = 3000, schools: int = 30, seed: int = 1, today: date | None = None,
              password: str | None = None, records: str = "full", hash_method: str = "scrypt",
              progress: Callable[[int], Any] | None = None) -> dict[str, Any]:
    """Make the county and commit.

    ``children`` and ``schools`` are those of the demo county; a small second one comes on top.
    ``records="light"`` leaves the last two talks, one call and a week of meals and bus runs.
    ``hash_method`` is werkzeug's, for the password. ``progress`` is called with 1 for each school.
    Returns ``accounts`` ({username, role, place}), ``password``, ``counts`` (table → rows written),
    ``county_id``, ``school_id``, ``teacher_staff_id``. ValueError for numbers that make no county.
    """
    if schools < 1 or children < 0 or records not in ("full", "light"):
        raise ValueError((schools, children, records))
    days = Days(today or clock.today())
    rng, password = Random(seed), password or secrets.token_urlsafe(9)
    load_forms(session)
    template_id = load_template(session, published_on=days.terms[0].starts_on).id
    bulk = Bulk(session, rng, moment(days.yesterday, 8))
    world = World(rng, days, bulk, IdNumbers(rng), light=records == "light")
    accounts = Accounts(world, password, hash_method)
    county, plans = _places(world, schools, children, accounts)
    kept = _build(session, world, plans, progress or (lambda _: None), commit=children > AT_ONCE)
    inspector = _appoint(accounts, kept, county)
    items = _inspect(session, world, kept, template_id, inspector)
    with bulk.dice(Random("team")):  # its own dice, so that the rest of the county stays as it was
        team = [inspector, *(accounts.at_place(username, "inspector", county, name=name) for username, name in COLLEAGUES.items())]
    campaign.make(session, world, kept, template_id, items, county, team)
    with bulk.dice(Random("findings")):
        findings.make(session, world, county)
    for one in kept.values():
        registered.grandparents(world, one)
    bulk.finish()
    campaign.keep_results(session)
    session.commit()
    demo = kept["school"]
    return {"accounts": accounts.made, "password": password, "counts": bulk.counts, "school_id": demo.id,
            "teacher_staff_id": care.demo_teacher(demo)["id"], "county_id": county.row["id"]}


def _places(world: World, schools: int, children: int, accounts: Accounts) -> tuple[Place, list[SchoolPlan]]:
    """The terms, the tree with the accounts of its places, and the plan of all schools."""
    _terms(world)
    province = plan.area(world, *PROVINCE, "province")
    city = plan.area(world, *CITY, "city", province)
    county = plan.area(world, *COUNTY, "county", city)
    plans = gaps.spread(plan.schools(world, county, schools, children))
    if schools >= ENOUGH_FOR_OTHER:
        other = plan.area(world, *OTHER, "county", city)
        first, *rest = plan.schools(world, other, OTHER_SCHOOLS, OTHER_CHILDREN, first_number=schools + 1)
        plans += [replace(first, account="school3"), *rest]
    accounts.at_place("admin", "admin", province)
    accounts.at_place("superior", "superior", city)
    accounts.at_place("county", "county", county)
    return county, plans


def _terms(world: World) -> None:
    for term in world.days.terms:
        world.bulk.add(Term, name=term.name, school_year=term.year, number=term.number,
                       starts_on=term.starts_on, ends_on=term.ends_on)


def _build(session: Session, world: World, plans: list[SchoolPlan], progress: Callable[[int], Any],
           commit: bool) -> dict[str, School]:
    """All schools one by one, so that memory stays flat; returns those that accounts belong to."""
    kept: dict[str, School] = {}
    plates: set[str] = set()
    for one in plans:
        made = _school(world, one, plates)
        if one.account:
            kept[one.account] = made
        if world.bulk.waiting > AT_ONCE:
            world.bulk.flush()
            if commit:
                session.commit()
        progress(1)
    return kept


def _school(world: World, one: SchoolPlan, plates: set[str]) -> School:
    made = school.make(world, one)
    children.make(world, made)
    care.make(world, made)
    if "bulk" in one.gaps:
        gaps.type_in_bulk(world, made)
    safety.make(world, made)
    canteen.make(world, made)
    bus.make(world, made, plates)
    rng = Random(f"ledger {one.code}")  # its own dice, so that the rest of the county stays as it was
    with world.bulk.dice(rng):
        beside = replace(world, rng=rng)
        ledger.make(beside, made)
        cases.make(beside, made)
    return made


def _appoint(accounts: Accounts, kept: dict[str, School], county: Place) -> Row:
    """The accounts of the county's desk and of its schools; returns the inspector."""
    inspector = accounts.at_place("inspector", "inspector", county)
    accounts.at_place("township", "township", kept["school"].plan.place)
    for username, one in kept.items():
        gaps.tell_bulk(accounts.world, one, accounts.at_school(username, one))
    accounts.teacher("teacher", kept["school"])
    return inspector


def _inspect(session: Session, world: World, kept: dict[str, School], template_id: int, inspector: Row) -> list[Row]:
    """The inspections; returns the items of the checklist."""
    item, section = ChecklistItem.__table__, ChecklistSection.__table__
    query = select(item).join(section, section.c.id == item.c.section_id).where(section.c.template_id == template_id)
    items = [dict(row) for row in session.execute(query.order_by(section.c.position, item.c.position)).mappings()]
    for one in kept.values():
        if "inspection" in one.plan.gaps:
            inspection.submit(session, world, one, template_id, inspector, items)
    inspection.plan(world, kept["school"], template_id, inspector)
    return items
