"""A school's buses, their drivers and runs."""

from __future__ import annotations

from datetime import date, timedelta

from app.models.bus import Bus, BusDriver, BusRun
from app.services.clock import add_months
from seeds import names, numbers
from seeds.bulk import Row
from seeds.demo.safety import sign
from seeds.demo.world import School, World

RUN_DAYS, LIGHT_RUN_DAYS = 60, 5
SEATS = (19, 24, 36, 45)
OLD = 61  # full years; the permit ends at 60


def make(world: World, school: School, plates: set[str]) -> None:
    """``plates`` are those already given; new ones join them."""
    if not school.plan.bus:
        return
    days = world.days.school_days(LIGHT_RUN_DAYS if world.light else RUN_DAYS)
    for order in range(world.rng.randint(1, 2)):
        bus, driver = _bus(world, school, plates, order), _driver(world, school, order)
        sign(world, school, "school_driver", driver["name"])
        for number, day in enumerate(days):
            for direction in ("to_school", "home"):
                gaps = school.plan.gaps if order == 0 and number == len(days) - 3 else frozenset()
                _run(world, school, bus, driver, day, direction, gaps)


def _bus(world: World, school: School, plates: set[str], order: int) -> Row:
    rng, days = world.rng, world.days
    overdue = order == 0 and "bus_test" in school.plan.gaps
    return world.bulk.add(
        Bus, school_id=school.id, plate=_plate(world, plates), seats=rng.choice(SEATS),
        permit_until=add_months(days.ago(rng, 20, 330), 12), insured_until=add_months(days.ago(rng, 20, 330), 12),
        tested_on=days.ago(rng, 200, 260) if overdue else days.ago(rng, 5, 175),
        route=f"{rng.choice(school.plan.place.villages)}—{rng.choice(school.plan.place.villages)}—{school.plan.name}")


def _plate(world: World, plates: set[str]) -> str:
    plate = numbers.plate(world.rng)
    while plate in plates:
        plate = numbers.plate(world.rng)
    plates.add(plate)
    return plate


def _driver(world: World, school: School, order: int) -> Row:
    rng, days = world.rng, world.days
    age = OLD if order == 0 and "old_driver" in school.plan.gaps else rng.randint(28, 56)
    birth = add_months(days.today, -12 * age) - timedelta(days=rng.randint(1, 300))
    return world.bulk.add(
        BusDriver, school_id=school.id, name=names.person_name(rng, "m", "parent"), birth_date=birth,
        id_number=numbers.id_number(rng, birth, "m", school.plan.place.division), phone=numbers.phone(rng),
        permit_no=f"99{rng.randrange(10**10):010d}", reviewed_on=days.ago(rng, 10, 350))


def _run(world: World, school: School, bus: Row, driver: Row, day: date, direction: str, gaps: frozenset[str]) -> None:
    boarded = round(bus["seats"] * world.rng.uniform(0.6, 1.0))
    if "overload" in gaps and direction == "home":
        boarded = bus["seats"] + 4
    missing = world.chance(0.4) or ("no_attendant" in gaps and direction == "to_school")
    world.bulk.add(
        BusRun, school_id=school.id, bus_id=bus["id"], driver_id=driver["id"], ran_on=day, direction=direction,
        attendant=None if missing else world.rng.choice(school.of_post("attendant"))["name"], boarded=boarded,
        alighted=boarded - 1 if world.chance(0.3) else boarded, checked=world.chance(98.5))
