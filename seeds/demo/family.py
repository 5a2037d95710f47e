"""A child's parents and entrusted guardians, and what follows for the child."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.models.children import Guardian, ParentSpell
from app.services import left_behind
from app.services.clock import add_months
from seeds import names, numbers
from seeds.bulk import Row
from seeds.demo import registered, words
from seeds.demo.world import School, World

DEFINITIONS = {"left_behind": left_behind.DEFINITIONS["education"],  # what an area counts by when nothing else is said
               "left_behind_civil": left_behind.DEFINITIONS["civil_affairs"]}
PARENTS = ("father", "mother")
GONE = ("dead", "missing")
GRANDPARENTS = {"grandmother": 38, "grandfather": 30, "maternal_grandmother": 12, "maternal_grandfather": 8,
                "aunt": 5, "uncle": 5, "neighbour": 2}
RATINGS = {"good": 45, "fair": 40, "weak": 15}


def make(world: World, school: School, child: Row, home: str, alone: bool) -> None:
    """Parents, guardians, whereabouts; sets the child's rating and left-behind status."""
    patterns = [("away", "away")] if alone else list(words.FAMILIES)
    states = world.rng.choices(patterns, weights=None if alone else list(words.FAMILIES.values()))[0]
    spells = []
    for parent, state in zip(PARENTS, states, strict=True):
        spells += _whereabouts(world, school, child, parent, state)
        if state not in GONE:
            _parent(world, school, child, parent, state, home)
    away = [state in ("away", "lately", *GONE) for state in states]
    entrusted = 0 if alone else 1 + world.chance(35) if all(away) else world.chance(30)
    _entrust(world, school, child, home, int(entrusted))
    child["guard_rating"] = "none" if alone else world.pick(RATINGS) if all(away) else "unable" if "unable" in states else "good"
    told = left_behind.statuses(birth=child["birth_date"], on=world.days.today, rural=child["rural"], stage=child["stage"],
                                spells=[left_behind.Spell(**one) for one in spells], definitions=DEFINITIONS)
    child.update({key: str(status.code) for key, status in told.items()})
    registered.fill(child, any(state in ("away", "lately") for state in states))


def _whereabouts(world: World, school: School, child: Row, parent: str, state: str) -> list[dict[str, Any]]:
    """The spells of one parent, oldest first."""
    left = _left(world, child, 20, 80) if state == "lately" else _left(world, child, 120, 2000)
    back = world.days.ago(world.rng, 5, 100)
    day = timedelta(days=1)
    here = ("home", child["birth_date"], left - day)
    told: dict[str, list[tuple[str, date, date | None]]] = {
        "home": [("home", child["birth_date"], None)], "unable": [("home", child["birth_date"], None)],
        "dead": [("dead", left, None)], "missing": [("missing", left, None)],
        "away": [here, ("away", left, None)], "lately": [here, ("away", left, None)],
        "back": [("away", left, back - day), ("home", back, None)],
    }
    spells = [{"parent": parent, "state": what, "since": since, "until": until, "able": state != "unable"}
              for what, since, until in told[state]]
    for one in spells:
        away = one["state"] == "away"
        world.bulk.add(ParentSpell, **school.of_child(child), **one, notified=away and not world.chance(20),
                       where_to=world.rng.choice(words.WORKPLACES) if away else None,
                       unable_reason=None if one["able"] else "重度残疾")
    return spells


def _left(world: World, child: Row, least: int, most: int) -> date:
    """The day a parent left, after the child's birth."""
    return max(world.days.ago(world.rng, least, most), child["birth_date"] + timedelta(days=200))


def _parent(world: World, school: School, child: Row, parent: str, state: str, home: str) -> None:
    away = state in ("away", "lately")
    _guardian(world, school, child, parent, "first", (20, 38), home,
              occupation=world.rng.choice(words.FACTORY_WORK if away else words.HOME_WORK),
              workplace=world.rng.choice(words.WORKPLACES) if away else None,
              ability="none" if state == "unable" else "good", ill=state == "unable")


def _entrust(world: World, school: School, child: Row, home: str, count: int) -> None:
    relations = list(GRANDPARENTS)
    first = world.pick(GRANDPARENTS)
    for relation in [first, *(one for one in relations if one != first)][:count]:
        school.guarding.setdefault(child["id"], set()).add(relation)
        old = "grand" in relation
        _guardian(world, school, child, relation, "second", (48, 62) if old else (18, 40), home, occupation="务农",
                  workplace=None, ability=world.pick({"good": 45, "fair": 42, "weak": 13}), ill=world.chance(12 if old else 2))


def _guardian(world: World, school: School, child: Row, relation: str, rank: str, older: tuple[int, int], home: str,
              **values: Any) -> None:
    """A guardian so many years older than the child (at least, at most)."""
    rng = world.rng
    birth = add_months(child["birth_date"], -12 * rng.randint(*older)) - timedelta(days=rng.randint(0, 364))
    sex = names.RELATIONS[relation][0]
    world.bulk.add(
        Guardian, **school.of_child(child), name=names.guardian_name(rng, relation, child["name"]), rank=rank,
        relation=relation, birth_date=birth, address=home, phone=None if world.chance(3) else numbers.phone(rng),
        id_number=numbers.id_number(rng, birth, sex, school.plan.place.division) if world.chance(80) else None, **values)
