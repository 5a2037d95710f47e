"""Names, places and sentences of a fictional county, for the demo seeder.

Every function takes the `random.Random` to draw from and gives the same answer for
the same state of it. The words stand in seeds/words/. Numbers stand in seeds/numbers.py.
"""

import json
from itertools import accumulate, product
from pathlib import Path
from random import Random
from typing import Any


def _words(name: str) -> Any:
    return json.loads((Path(__file__).parent / "words" / f"{name}.json").read_text("utf-8"))


_PEOPLE, _PLACES, _CARE, _SAFETY = map(_words, ("people", "places", "care", "safety"))

COUNTY: str = _PLACES["county"]
RELATIONS: dict[str, tuple[str, str, bool]] = {
    relation: (sex, generation, same_surname)
    for relation, (sex, generation, same_surname) in _PEOPLE["relations"].items()
}
"""Code of `codes.RELATION` → sex, generation, whether the child's surname is shared."""
SCHOOL_TYPES = tuple(_PLACES["schools"])
"""Codes of `codes.SCHOOL_TYPE` that schools can be named for: all of them."""
DISHES: dict[str, list[str]] = _SAFETY["dishes"]

_DIGITS = "零一二三四五六七八九"
_NURSERY = {-3: "小", -2: "中", -1: "大"}

# --- people ------------------------------------------------------------------

_SURNAMES = list(_PEOPLE["surnames"])
_WEIGHTS = list(accumulate(_PEOPLE["surnames"].values()))
_SURNAMELESS = {name for names in _PEOPLE["surnameless"].values() for name in names}
_LONG_SURNAMES = tuple([name for name in _SURNAMES if len(name) > 1] + _PEOPLE["clans"])


def surname(rng: Random) -> str:
    """A Han surname, as frequent as in the country at large."""
    return rng.choices(_SURNAMES, cum_weights=_WEIGHTS)[0]


def surname_of(name: str) -> str | None:
    """The surname that `name` begins with; None where the custom knows none."""
    if name in _SURNAMELESS:
        return None
    return next((long for long in _LONG_SURNAMES if name.startswith(long)), name[0])


def people_of(name: str) -> str | None:
    """The ethnic group (民族) that a minority-style name tells; None where it tells none."""
    if name in _SURNAMELESS:
        return "维吾尔族" if "·" in name else "藏族"
    return "彝族" if surname_of(name) in _PEOPLE["clans"] else None


def _given_name(rng: Random, sex: str, generation: str) -> str:
    pool = _PEOPLE["given"][generation]
    first, second = pool[sex]["first"], pool[sex]["second"]
    single = rng.random() * 100 < pool["single_percent"]
    return rng.choice(second) if single else rng.choice(first) + rng.choice(second)


def _minority_name(rng: Random, sex: str) -> str:
    if rng.random() < 0.5:
        return rng.choice(_PEOPLE["surnameless"][sex])
    return rng.choice(_PEOPLE["clans"]) + rng.choice(_PEOPLE["clan_given"][sex])


def person_name(rng: Random, sex: str, generation: str = "child", family: str | None = None) -> str:
    """A name for a sex ("m", "f") and a generation: "child", "parent", "grandparent".

    `family` fixes the surname. Without it, two in a hundred are minority-style names.
    """
    if family is None and rng.random() * 100 < _PEOPLE["minority_percent"]:
        return _minority_name(rng, sex)
    if family in _PEOPLE["clans"]:
        return family + rng.choice(_PEOPLE["clan_given"][sex])
    return (family or surname(rng)) + _given_name(rng, sex, generation)


def guardian_name(rng: Random, relation: str, child_name: str) -> str:
    """A name for the child's guardian; `relation` is a key of RELATIONS."""
    sex, generation, same_surname = RELATIONS[relation]
    family = surname_of(child_name)
    if family is None:
        return rng.choice(_PEOPLE["surnameless"][sex])
    return person_name(rng, sex, generation, family if same_surname else None)


# --- places ------------------------------------------------------------------


def _distinct(rng: Random, first: Any, second: Any, count: int) -> list[str]:
    """`count` different compounds; ValueError when there are not so many."""
    return rng.sample(["".join(pair) for pair in product(first, second)], count)


def township_names(rng: Random, count: int) -> list[str]:
    """Different townships, at most 240: 河湾乡, 青石镇 …"""
    stems = _distinct(rng, _PLACES["township_first"], _PLACES["township_second"], count)
    return [stem + rng.choice(_PLACES["township_kind"]) for stem in stems]


def village_names(rng: Random, count: int) -> list[str]:
    """Different villages of one township, at most 480: 上河村, 杨家湾村 …"""
    return [f"{stem}村" for stem in _distinct(rng, _PLACES["village_first"], _PLACES["village_second"], count)]


def school_names(rng: Random, school_type: str, place: str, count: int) -> list[str]:
    """Different schools of one type in `place`: a township, or COUNTY for senior schools.

    At most 480, of numbered types (第二初级中学) fewer than 99.
    """
    pattern = _PLACES["schools"][school_type]
    villages = [village.removesuffix("村") for village in village_names(rng, count)]
    more = [
        pattern["more"].format(place=place, village=village, number=chinese_number(order))
        for order, village in enumerate(villages, start=len(pattern["first"]) + 1)
    ]
    return ([name.format(place=place) for name in pattern["first"]] + more)[:count]


def chinese_number(number: int) -> str:
    """1–99 in Chinese: 三, 十, 二十一."""
    if not 1 <= number <= 99:
        raise ValueError(number)
    tens, ones = divmod(number, 10)
    return (_DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def class_label(grade: int, number: int) -> str:
    """三年级2班; grades 10–12 高一2班; kindergarten -3, -2, -1 小2班, 中2班, 大2班."""
    if grade in _NURSERY:
        return f"{_NURSERY[grade]}{number}班"
    if not 1 <= grade <= 12:
        raise ValueError(grade)
    return f"{_DIGITS[grade]}年级{number}班" if grade < 10 else f"高{_DIGITS[grade - 9]}{number}班"


def address(rng: Random, township: str, village: str) -> str:
    """A household's address: 望山县青石镇上河村3组12号."""
    return f"{COUNTY}{township}{village}{rng.randint(1, 12)}组{rng.randint(1, 80)}号"


# --- sentences ---------------------------------------------------------------


def talk_text(rng: Random) -> str:
    """Where a talk took place, what about, how the child took it, what follows."""
    where, topic, answer, next_step = map(rng.choice, _CARE["talk"])
    return f"{where}{topic}。{answer}。{next_step}。"


def visit_text(rng: Random) -> str:
    """What a home visit found: who cares, the child, the parents, what was agreed."""
    return "。".join(map(rng.choice, _CARE["visit"])) + "。"


def hazard_parts(rng: Random) -> tuple[str, str, str]:
    """A hazard found at a school: its code of `codes.HAZARD_KIND`, where it is, what it is."""
    group = rng.choice(_SAFETY["hazard"])
    return group["kind"], rng.choice(group["places"]), rng.choice(group["defects"])


def hazard(rng: Random) -> tuple[str, str]:
    """A hazard found at a school: its code, and where and what it is in one."""
    kind, place, defect = hazard_parts(rng)
    return kind, place + defect


def menu(rng: Random) -> list[str]:
    """The dishes of a lunch: two with meat or egg, one vegetable, a soup, a staple."""
    meat = rng.sample(DISHES["meat"], 2)
    return meat + [rng.choice(DISHES[kind]) for kind in ("vegetable", "soup", "staple")]
