"""The draw of schools and files: the same seed and list give the same schools, in any language, on any machine.

1. The list: the eligible schools in the order of their codes, a line each, ``code stratum area`` (area: its
   division code), lines joined by one line feed, UTF-8. Its SHA-256 in hex is recorded.
2. The key of a school is SHA-256 over the UTF-8 bytes of ``seed|code``, in lower-case hex.
3. Within each area and stratum the schools are put in the order of their keys; the first n are drawn, and
   their places are 1 to n. A stratum with fewer schools is drawn whole.

Children's files: the key is SHA-256 of ``seed|uid``, where uid is the file's own random name, 32 hex digits.
The first n in the order of the keys are drawn. No name, number or birth date goes in. The check sum of the list is the SHA-256 of the uids in
their order, joined by one line feed.

Strata by the type of the school, as the yearly school statistics count them: teaching points with the primary
schools, nine-year schools with junior middle schools; complete middle, twelve-year, senior and vocational
schools are of the senior stage. Special and reform schools are in no stratum: they are visited as must-visits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

STRATUM_OF = {
    "kindergarten": "kindergarten", "primary": "primary", "teaching_point": "primary", "junior": "junior", "nine_year": "junior",
    "complete_middle": "senior", "twelve_year": "senior", "senior": "senior", "vocational": "senior"}
STRATA = ("kindergarten", "primary", "junior", "senior")


class Candidate(NamedTuple):
    """A school that may be drawn. ``area``: code of the area over which the sizes are asked."""

    code: str
    stratum: str
    area: str


class Drawn(NamedTuple):
    """A school with its key and its place within its area and stratum; beyond the size it is not drawn."""

    school: Candidate
    key: str
    place: int


def key(seed: str, name: str) -> str:
    """The lot of a school (by code) or of a file (by uid)."""
    return sha256(f"{seed}|{name}".encode()).hexdigest()


def ranked(seed: str, schools: Iterable[Candidate]) -> list[Drawn]:
    """Every school with its place, by area, stratum and place."""
    lots = sorted((one.area, STRATA.index(one.stratum), key(seed, one.code), one) for one in schools)
    return [Drawn(one, lot, place) for _group, members in groupby(lots, lambda lot: lot[:2])
            for place, (_area, _stratum, lot, one) in enumerate(members, start=1)]


def draw(seed: str, schools: Iterable[Candidate], sizes: Mapping[str, int]) -> list[Drawn]:
    """The drawn schools; ``sizes``: stratum → how many an area."""
    return [one for one in ranked(seed, schools) if one.place <= sizes.get(one.school.stratum, 0)]


def list_text(schools: Iterable[Candidate]) -> str:
    """The list as its check sum is made of it."""
    return "\n".join(" ".join(one) for one in sorted(schools))


def list_hash(schools: Iterable[Candidate]) -> str:
    return sha256(list_text(schools).encode()).hexdigest()


def files_hash(uids: Iterable[str]) -> str:
    return sha256("\n".join(sorted(uids)).encode()).hexdigest()


def files(seed: str, uids: Iterable[str], size: int) -> Sequence[str]:
    """The uids of the drawn files, in the order of their places."""
    return sorted(uids, key=lambda uid: (key(seed, uid), uid))[:size]
