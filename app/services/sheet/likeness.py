"""How like a heading somebody else's is to one of our columns; from 0 to 1."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import islice

from app.services.sheet.column import Column
from app.services.sheet.text import compact
from app.services.sheet.usual import HEADINGS

LEAST = 0.6
LONGEST, MOST = 20, 60  # characters of a heading, and headings: what is more is none, and would take long
CONTAINED = 0.75  # one heading within the other: 电话 and 监护人联系电话
_IN_BRACKETS = re.compile(r"\(.*?\)")
_NOISE = re.compile(r"[*:※★\d、.]|^是否")
# Whose: a heading about somebody whom our column does not name is no more like it for the rest of its words.
_WHOSE = re.compile("父|母|爷|奶|祖|监护|家长|教师|老师|校长|班主任|司机|驾驶")


def bare(label: str) -> str:
    """A heading without brackets, numbers, marks and 是否."""
    return _NOISE.sub("", _IN_BRACKETS.sub("", compact(label)))


def likeness(label: str, column: Column) -> float:
    """1 for our own label or a usual other name of it."""
    own = bare(label)
    if not 0 < len(own) <= LONGEST:
        return 0.0
    return max(_like(own, bare(name)) for name in (column.label, *HEADINGS.get(column.label, ())))


def _like(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if set(one).isdisjoint(other) or set(_WHOSE.findall(one)) != set(_WHOSE.findall(other)):
        return 0.0
    contained = CONTAINED if min(len(one), len(other)) > 1 and (one in other or other in one) else 0.0
    return max(contained, SequenceMatcher(None, one, other).ratio())


def pairs(names: Iterable[str], columns: Iterable[Column]) -> dict[str, str]:
    """Heading → key of the column that is likest, each column once, the likest pairs first."""
    wanted = list(enumerate(columns))
    scored = sorted((-score, place, rank, name, column.key) for place, name in enumerate(islice(names, MOST)) for rank, column in wanted
                    if (score := likeness(name, column)) >= LEAST)
    found: dict[str, str] = {}
    for _score, _place, _rank, name, key in scored:
        if name not in found and key not in found.values():
            found[name] = key
    return found
