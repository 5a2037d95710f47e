"""A school's log, papers and equipment, with the gaps that such books have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from app.models import codes
from app.models.ledger import Equipment, LogEntry, SchoolDocument
from app.services.clock import add_months
from seeds.demo.days import DAY, TermDays
from seeds.demo.world import School, World

# Percent of months, of terms, in which it was held.
MONTHLY = {"meeting": 92, "helper_meeting": 86, "drill": 92, "homework": 88, "tutoring": 84, "family_dinner": 60}
TERMLY = {"parents_meeting": 96, "guardian_school": 86, "activity": 95, "law": 82, "police": 70, "water": 96, "traffic": 94, "fire": 94,
          "food": 88, "disaster": 84}
CANTEEN_TERMLY = {"parent_meal": 86, "committee": 60, "satisfaction": 55}
BUS_TERMLY = {"bus_lesson": 92, "bus_drill": 82, "bus_training": 86}
COUNTED = {"parents_meeting", "guardian_school", "activity"}  # who came is written down
DAYS, LIGHT_DAYS = 20, 5
COMPULSORY = ("primary", "teaching_point", "junior", "nine_year")
TESTS = {"emergency": 90, "building": 93, "fire_test": 88, "water_test": 92}  # percent of schools within a year


def make(world: World, school: School) -> None:
    for term in [world.days.term] if world.light else [world.days.last_term, world.days.term]:
        _months(world, school, term)
        _term(world, school, term)
    _daily(world, school)
    _papers(world, school)
    _equipment(world, school)


def _log(world: World, school: School, kind: str, day: date, due: int | None = None, done: int | None = None) -> None:
    world.bulk.add(LogEntry, school_id=school.id, kind=kind, held_on=day, title=f"{day.month}月{codes.LOG_KIND[kind]}", due=due, done=done)


def _paper(world: World, school: School, kind: str, day: date, figure: int | None = None, until: date | None = None) -> None:
    world.bulk.add(SchoolDocument, school_id=school.id, kind=kind, title=f"{day.year}年{codes.DOCUMENT_KIND[kind]}", dated_on=day, figure=figure,
                   valid_until=until)


def months_of(world: World, term: TermDays) -> Iterator[tuple[date, date]]:
    """First and last day of each month of a term, as far as it is over or running."""
    first = term.starts_on
    while first <= min(term.ends_on, world.days.yesterday):
        following = add_months(first.replace(day=1), 1)
        yield first, min(following - DAY, term.ends_on)
        first = following


def _months(world: World, school: School, term: TermDays) -> None:
    for first, last in months_of(world, term):
        for kind, percent in MONTHLY.items():
            if world.chance(percent):
                _log(world, school, kind, world.days.weekday(world.days.between(world.rng, first, last)))


def _term(world: World, school: School, term: TermDays) -> None:
    plan, pupils, days = school.plan, school.row["pupils"], world.days
    chances = {**TERMLY, **(CANTEEN_TERMLY if plan.canteen else {}), **(BUS_TERMLY if plan.bus else {})}
    for kind, percent in chances.items():
        if world.chance(percent):
            people = len(school.children) if kind in COUNTED else None
            _log(world, school, kind, days.between(world.rng, term.starts_on, term.starts_on + timedelta(60)), people,
                 people and people * world.rng.randint(82, 100) // 100)
    _log(world, school, "arrival", term.starts_on, pupils, pupils - (world.rng.randint(1, 3) if world.chance(15) and pupils > 3 else 0))
    if term.ends_on <= days.yesterday and world.chance(93):
        _log(world, school, "holiday_letter", term.ends_on, pupils, pupils * world.rng.choice((100, 100, 97, 94)) // 100)
    if term.number == 1 and world.chance(94):
        _log(world, school, "checkup", days.between(world.rng, term.starts_on + timedelta(15), term.starts_on + timedelta(50)), pupils,
             pupils * world.rng.choice((100, 100, 98, 91)) // 100)


def _daily(world: World, school: School) -> None:
    """The last days: rounds, duties, controls; each week openings, purchases, the look into the store."""
    rng, plan = world.rng, school.plan
    days = world.days.school_days(LIGHT_DAYS if world.light else DAYS)
    for order, day in enumerate(days):
        _log(world, school, "patrol", day, 5, 5 if world.chance(95) else rng.randint(3, 4))
        if plan.boarders:
            _log(world, school, "dormitory", day, 2, 2 if world.chance(98) else 1)
        if plan.canteen and world.chance(98):
            _log(world, school, "daily", day)
        if order % 5:
            continue
        if world.chance(92):
            _log(world, school, "home_open", day)
        if plan.canteen:
            due = rng.randint(6, 14)
            _log(world, school, "purchase", day, due, due - (not world.chance(93)))
            _log(world, school, "stock", day, 2 * due, 2 * due - (not world.chance(95)))
            if world.chance(95):
                _log(world, school, "weekly", day)
    if plan.canteen and days and world.chance(93):
        _log(world, school, "monthly", days[-1])


def _papers(world: World, school: School) -> None:
    days, rng, plan = world.days, world.rng, school.plan
    began = days.term.starts_on
    for kind, percent in {"term_plan": 96, "care_plan": 89}.items():
        if world.chance(percent):
            _paper(world, school, kind, days.between(rng, began - timedelta(10), began + timedelta(20)))
    if world.chance(92):
        _paper(world, school, "term_summary", days.between(rng, days.last_term.ends_on - timedelta(5), days.last_term.ends_on))
    _paper(world, school, "census", days.ago(rng, 190, 260) if world.chance(12) else days.ago(rng, 20, 170))
    for kind in ("record_match", "village_match"):
        if plan.type != "kindergarten" or kind == "village_match":
            _paper(world, school, kind, days.ago(rng, 20, 150), 0 if world.chance(72) else rng.randint(1, 4))
    if plan.type != "kindergarten":
        _paper(world, school, "curriculum", days.ago(rng, 20, 70), 0 if world.chance(94) else 1)
        _paper(world, school, "fees", days.ago(rng, 20, 70), 0 if world.chance(95) else 1)
    _reports(world, school)
    for kind, percent in TESTS.items():
        day = days.ago(rng, 30, 350) if world.chance(percent) else days.ago(rng, 380, 500)
        _paper(world, school, kind, day, until=add_months(day, 12) if kind == "fire_test" else None)
    if "inspection" in plan.gaps:
        _paper(world, school, "fix_report", days.ago(rng, 5, 30))


def _reports(world: World, school: School) -> None:
    """The reports of this term's months: in time, some days late, forgotten."""
    days, compulsory = world.days, school.plan.type in COMPULSORY
    for first, last in months_of(world, days.term):
        start, due = first.replace(day=1), first.replace(day=25)
        kinds = [("month_report", 96), *([("dropout_report", 92)] if compulsory else []), *([("half_report", 94)] if first.month in (3, 9) else [])]
        for kind, percent in kinds:
            day = due + timedelta(2) if kind == "month_report" and world.chance(7) else days.between(world.rng, start + timedelta(9), due)
            if day <= min(last, days.yesterday) and world.chance(percent):
                _paper(world, school, kind, day)
    if compulsory and world.chance(70):
        _paper(world, school, "migrants", days.between(world.rng, days.term.starts_on, days.term.starts_on + timedelta(20)), world.rng.randint(0, 30))


def _equipment(world: World, school: School) -> None:
    rng, plan, pupils = world.rng, school.plan, school.row["pupils"]
    _piece(world, school, "alarm", "门卫室", 1, tested=40 if world.chance(8) else 25)
    cameras = 12 + pupils // 20
    _piece(world, school, "camera", "校门、通道、楼层", cameras, lacking=0 if world.chance(88) else rng.randint(1, 2))
    for kind, place in (("extinguisher", "教学楼"), ("extinguisher", "食堂" if plan.canteen else "办公楼"), ("hydrant", "教学楼"),
                        ("emergency_light", "教学楼"), ("exit_sign", "教学楼")):
        _piece(world, school, kind, place, 4 + pupils // 60, lacking=0 if world.chance(96) else 1,
               expires=kind == "extinguisher", expired=world.chance(6))
    if plan.canteen:
        _piece(world, school, "open_kitchen", "后厨、售饭窗口", 3, lacking=0 if world.chance(94) else 1)
    if plan.bus:
        for kind in ("bus_hammer", "bus_extinguisher", "bus_kit"):
            _piece(world, school, kind, "校车", 2, expires=kind != "bus_hammer", expired=world.chance(7))
        _piece(world, school, "bus_gps", "校车", 1, tested=12 if world.chance(8) else 6)
    _piece(world, school, "toilet", "男女厕所", max(2, pupils // rng.randint(16, 24)))


def _piece(world: World, school: School, kind: str, place: str, count: int, lacking: int = 0, tested: int = 60, expires: bool = False,
           expired: bool = False) -> None:
    """``tested``: at most so many days ago; ``expires``: it has a day, which may be over."""
    days, rng = world.days, world.rng
    until = days.ago(rng, 5, 60) if expired else days.today + timedelta(rng.randint(40, 600))
    world.bulk.add(Equipment, school_id=school.id, kind=kind, place=place, count=count, working=count - lacking,
                   checked_on=days.ago(rng, max(1, tested - 10), tested), expires_on=until if expires else None)
