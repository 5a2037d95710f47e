"""Which places and schools there will be, and how many children at each."""

from __future__ import annotations

from collections import Counter
from random import Random

from app.models.org import Area
from seeds import names
from seeds.demo import gaps
from seeds.demo.world import Place, SchoolPlan, World

# The first eight schools hold every stage; then the round repeats as schools stand in a county.
FIRST = ("nine_year", "primary", "kindergarten", "junior", "primary", "teaching_point", "senior", "vocational")
ROUND = ("primary", "kindergarten", "primary", "junior", "kindergarten", "teaching_point", "primary", "nine_year",
         "primary", "kindergarten", "junior", "primary", "kindergarten", "teaching_point", "primary", "junior",
         "kindergarten", "primary", "primary", "senior", "kindergarten", "nine_year", "junior", "vocational")
CODE_HEAD = {"kindergarten": "11", "primary": "21", "teaching_point": "21", "junior": "31", "nine_year": "31",
             "senior": "34", "vocational": "36"}
SIZE = {"kindergarten": 0.6, "primary": 1.1, "teaching_point": 0.3, "junior": 1.6, "nine_year": 1.6,
        "senior": 0.9, "vocational": 0.6}
# Percent of schools with a canteen, buses, boarders.
HAS = {"kindergarten": (90, 35, 0), "primary": (80, 25, 20), "teaching_point": (30, 0, 0), "junior": (100, 15, 85),
       "nine_year": (100, 40, 80), "senior": (100, 0, 95), "vocational": (100, 0, 90)}
COUNTY_WIDE = ("senior", "vocational")
SCHOOLS_PER_TOWNSHIP = 3.5
MOST_TOWNSHIPS = 240
VILLAGES = 12
PROVINCE_DIGITS = "99"


def area(world: World, code: str, name: str, level: str, parent: Place | None = None, county: str = "") -> Place:
    """A place of the tree below ``parent``."""
    above = parent.row["path"] if parent else "/"
    row = world.bulk.add(Area, code=code, name=name, level=level, path=f"{above}{code}/",
                         parent_id=parent.row["id"] if parent else None)
    return Place(row, county or name, code[:6])


def townships(world: World, county: Place, schools: int) -> list[Place]:
    """Townships for so many schools, about one for three or four."""
    count = min(MOST_TOWNSHIPS, max(1, round(schools / SCHOOLS_PER_TOWNSHIP)))
    found = []
    for order, name in enumerate(names.township_names(world.rng, count), start=1):
        place = area(world, f"{county.row['code']}{order:03d}", name, "township", county, county.name)
        place.villages = names.village_names(world.rng, VILLAGES)
        found.append(place)
    return found


def schools(world: World, county: Place, count: int, children: int, first_number: int = 1) -> list[SchoolPlan]:
    """``count`` schools with ``children`` children in all; the first is the demo accounts' own."""
    types = [FIRST[order] if order < len(FIRST) else ROUND[(order - len(FIRST)) % len(ROUND)] for order in range(count)]
    places = _places(types, townships(world, county, count))
    labels = _names(world.rng, types, places, county)
    sizes = shares(world.rng, [SIZE[one] for one in types], children)
    found = []
    for order, (kind, place) in enumerate(zip(types, places, strict=True)):
        canteen, bus, boarders = (world.chance(percent) or order < gaps.CLEAR for percent in HAS[kind])
        found.append(SchoolPlan(kind, place, labels[order], f"{CODE_HEAD[kind]}{PROVINCE_DIGITS}{first_number + order:06d}",
                                sizes[order], canteen, bus, boarders))
    return found


def _places(types: list[str], townships: list[Place]) -> list[Place]:
    """A township for each school; the second stands beside the first, so that a township has two."""
    return [townships[max(0, order - 1) % len(townships)] for order in range(len(types))]


def _names(rng: Random, types: list[str], places: list[Place], county: Place) -> list[str]:
    """A name for each school, by the custom of its type and place."""
    where = [county.name if kind in COUNTY_WIDE else place.name for kind, place in zip(types, places, strict=True)]
    wanted = Counter(zip(types, where, strict=True))
    ready = {key: iter(names.school_names(rng, *key, count)) for key, count in wanted.items()}
    return [next(ready[key]) for key in zip(types, where, strict=True)]


def shares(rng: Random, weights: list[float], total: int) -> list[int]:
    """``total`` split by the weights with some chance, at least one each where there is enough for all."""
    weights = [weight * rng.uniform(0.7, 1.3) for weight in weights]
    least = 1 if total >= len(weights) else 0
    rest, whole = total - least * len(weights), sum(weights)
    found = [least + int(rest * weight / whole) for weight in weights]
    for order in range(total - sum(found)):
        found[order % len(found)] += 1
    return found
