"""A school's canteen, its workers, its meals and samples."""

from __future__ import annotations

from datetime import date

from app.models.canteen import Canteen, CanteenWorker, MealRecord
from app.services.clock import add_months
from seeds import names, numbers
from seeds.bulk import Row
from seeds.demo import words
from seeds.demo.days import moment
from seeds.demo.safety import sign
from seeds.demo.world import School, World

MEAL_DAYS, LIGHT_MEAL_DAYS = 30, 5
GRAMS = (125, 160)
KEPT_MINUTES = (48 * 60, 51 * 60)
TOO_LIGHT, TOO_SHORT_MINUTES = 110, 40 * 60


def make(world: World, school: School) -> None:
    if not school.plan.canteen:
        return
    canteen = _canteen(world, school)
    workers = [_worker(world, school, canteen, order) for order in range(2 + school.row["pupils"] // 150)]
    sign(world, school, "school_canteen", workers[0]["name"])
    days = world.days.school_days(LIGHT_MEAL_DAYS if world.light else MEAL_DAYS)
    for order, day in enumerate(days):
        _lunch(world, school, canteen, day, workers, bad=order == len(days) - 4)


def _canteen(world: World, school: School) -> Row:
    days = world.days
    until = days.today + (days.today - days.ago(world.rng, 60, 1500))
    if "licence" in school.plan.gaps:
        until = days.ago(world.rng, 20, 40)
    return world.bulk.add(
        Canteen, school_id=school.id, name=f"{school.plan.name}食堂", licence_no=f"JY399{world.rng.randrange(10**11):011d}",
        licence_until=until, manager_id=school.of_post("food_safety")[0]["id"],
        seats=10 * (1 + school.row["pupils"] // 20))


def _worker(world: World, school: School, canteen: Row, order: int) -> Row:
    """The health certificate is a year's; one in fifty let it expire."""
    expired = world.chance(2) or order == 1 and "certificate" in school.plan.gaps
    until = world.days.ago(world.rng, 10, 50) if expired else add_months(world.days.ago(world.rng, 5, 340), 12)
    return world.bulk.add(
        CanteenWorker, school_id=school.id, canteen_id=canteen["id"], phone=numbers.phone(world.rng),
        name=names.person_name(world.rng, "f", "parent"), duty=words.CANTEEN_DUTIES[order % len(words.CANTEEN_DUTIES)],
        certificate_no=f"99{world.rng.randrange(10**10):010d}", certificate_until=until)


def _lunch(world: World, school: School, canteen: Row, day: date, workers: list[Row], bad: bool) -> None:
    """Three to five dishes of one lunch; on a bad day the school's gaps show."""
    rng, gaps = world.rng, school.plan.gaps if bad else frozenset()
    shared = {"school_id": school.id, "canteen_id": canteen["id"], "served_on": day, "meal": "lunch",
              "accompanied_by": rng.choice(school.of_post("head", "deputy"))["name"] if world.chance(95) else None,
              "morning_check": world.chance(98), "disinfected": world.chance(98)}
    for order, dish in enumerate(names.menu(rng)[: rng.randint(3, 5)]):
        grams: int | None = rng.randint(*GRAMS)
        if order == 0 and "light_sample" in gaps:
            grams = TOO_LIGHT
        elif world.chance(0.4):
            grams = None
        short = order == 1 and "short_sample" in gaps
        world.bulk.add(MealRecord, **shared, dish=dish, sample_grams=grams, sampler=workers[0]["name"],
                       **_kept(world, day, TOO_SHORT_MINUTES if short else rng.randint(*KEPT_MINUTES)))


def _kept(world: World, day: date, minutes: int) -> Row:
    """When a sample was taken and thrown away, as far as that lies before today."""
    taken, thrown = moment(day, 11, 30), moment(day, 11, 30 + minutes)
    return {"sampled_at": taken, "discarded_at": thrown if thrown < moment(world.days.today, 0) else None}
