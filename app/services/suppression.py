"""Small counts hidden in what leaves the county (the law on the protection of personal information, 28 and 31), so that no sum gives them back.

A count of children under ``LEAST`` is hidden, but not zero: it counts nobody, and whole blocks of the summary are zero in most
places. The places below come to their total, in the table and in those behind it, and within a line parts come to a whole:
more is hidden (hiding.py), in all tables that the asker can open at once, until whoever reckons with all of them (leeway.py) is left
with three numbers at least for a small count. Marks: ``<5`` is 1 to 4, ``*`` says nothing but that it is not zero; the parts of
a small whole are all ``*``, those that are none too.

The statistics come first. Every other book of figures is hidden as one who has the statistics beside it must see it: what is
hidden there stays so here, and what is shown there is known. So no two books need to know of each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.services import nested, scope
from app.services.counters import Place
from app.services.counting import Sums
from app.services.hiding import LEAST, SMALL, Counts, Rest, Rule, Search, is_small
from app.services.nested import Tree
from app.services.remember import Memory
from app.services.scope import Asker
from app.services.statistics import COUNTS_ONLY, SECTIONS, Line, Measure, Report, report

SUMS: tuple[Rule, ...] = ((("left_behind",), ("one", "both")), (("left_behind",), ("boys", "girls")))
# Different counts of nearly the same children: one shown would tell the other.
TWINS = ("left_behind", "education", "civil_affairs", "half_year")
COUNTS = tuple(dict.fromkeys(one.key for _label, measures in SECTIONS.values() for one in measures if one.counted and one.personal))
# The summary shows who does not board.
RESTS = (*(Rest("files", key) for key in TWINS), Rest("left_behind", "boarders", kept=True),
         *(Rest("left_behind", key) for key in ("key", "filed", "talked", "visited", "contacted", "letters")))
STATISTICS = Counts(COUNTS, SUMS, TWINS, RESTS)
FOUND = Memory(seconds=600, most=20)  # what was hidden of the very same counts: a city's takes seconds


def beside_statistics(keys: Sequence[str], sums: Sequence[Rule] = (), unseen: Sequence[str] = (), within: Sequence[Rest] = ()) -> Counts:
    """Counts of a book that is read beside the statistics. ``within``: what keys of the book, as parts, leave of keys of the statistics."""
    known = tuple((tuple(map(_given, left)), tuple(map(_given, right))) for left, right in SUMS)
    rests = (*(_beside(one)._replace(part=_given(one.part)) for one in RESTS), *(_beside(one) for one in within))
    return Counts(tuple(keys), (*known, *sums), rests=rests, unseen=tuple(unseen), given=tuple(map(_given, COUNTS)))


def _beside(one: Rest) -> Rest:
    return one._replace(whole=_given(one.whole), same=one.same and (_given(one.same[0]), _given(one.same[1])))


def _given(key: str) -> str:
    """A key of the statistics, or of a rest of theirs, in a search that comes after theirs."""
    return "-".join(f"given.{part}" for part in key.split("-"))


class Hidden:
    """Which cells are hidden of all tables that the asker can open: the lines of a tree of places.

    ``marks``: (node, key) → what its mark says. ``first``: what is hidden of the counts given.
    """

    MARKS = (f"<{LEAST}", "*")

    def __init__(self, tree: Tree, counts: Counts = STATISTICS, first: Hidden | None = None) -> None:
        self.counts = counts
        known = (counts, tuple(tree.sums), tuple(sums[key] for sums in tree.sums.values() for key in (*counts.given, *counts.keys, *counts.unseen)))
        self.marks = FOUND.get(known)
        if self.marks is None:
            given = {(node, _given(key)): mark for (node, key), mark in first.marks.items()} if first is not None else {}
            self.marks = Search(tree, counts, given).marked()
            FOUND.put(known, self.marks)

    def text(self, line: Line, one: Measure) -> str | None:
        """What stands in the place of a hidden value; None when it may be shown."""
        hidden = [self.marks[line.node, key] for key in (one.key, one.of) if (line.node, key) in self.marks]
        if not hidden:
            return None
        return self.MARKS[0] if one.counted and hidden[0] == SMALL else self.MARKS[1]


def over_time(who: Asker, counts: Sequence[tuple[date, int]]) -> list[int | None]:
    """The numbers of a line over time as who asks may see them: a small one is left out, and no sum stands beside the line."""
    return [None if who.role in COUNTS_ONLY and is_small(count) else count for _day, count in counts]


def hidden_in(session: Session, shown: Report) -> Hidden | None:
    """What to hide of the statistics, if who asks may see no small count. The report must hold all sections."""
    if scope.asker(session).role not in COUNTS_ONLY:
        return None
    return Hidden(_tree(_top(session, shown, lambda area_id: report(session, area_id=area_id))))


class _Whole(NamedTuple):
    """What is hidden of the asker's whole place, and the sums that it was found of."""

    sums: Mapping[Any, Sums]
    hidden: Hidden

    def holds(self, shown: Report) -> bool:
        """Whether a report is a part of just these sums: none was changed meanwhile, none has left the part or come to it."""
        below = sum(path.startswith(shown.node) for path, _school_id in self.sums)
        return below == len(shown.places) and all(self.sums.get(_place(one)) == one.sums for one in shown.places)


def _place(one: Place) -> tuple[str, int | None]:
    return one.path, one.school_id


@contextmanager
def one_export(session: Session) -> Iterator[None]:
    """Inside, what is hidden of the asker's whole place is found once a book of figures, and not once for each part that goes out."""
    session.info["wholes"] = {}
    try:
        yield
    finally:
        del session.info["wholes"]


def hidden_beside(session: Session, shown: Report, counts: Counts, again: Callable[[int], Report | None], book: Hashable) -> Hidden | None:
    """The same of another book of figures; ``again`` makes its report of another area, ``book`` says which figures of when these are."""
    wholes: dict[Hashable, _Whole] = session.info.get("wholes", {})
    if (known := wholes.get(book)) is not None and known.holds(shown):
        return known.hidden
    area_id = scope.asker(session).area_id
    first = report(session, area_id=area_id) if scope.asker(session).role in COUNTS_ONLY else None
    if first is None:
        return None
    own = _top(session, shown, again).places
    made = wholes[book] = _Whole({_place(one): one.sums for one in own}, beside(first.node, first.leaves, first.places, own, counts))
    return made.hidden


def beside(top: str, leaves: Collection[str], first: Sequence[Place], own: Sequence[Place], counts: Counts) -> Hidden:
    """What to hide of a book whose sums are ``own``, for who has the statistics of the same places, which are ``first``."""
    given = [Place(one.path, Counter({_given(key): one.sums[key] for key in COUNTS})) for one in first]
    return Hidden(nested.grow(top, [*given, *own], leaves), counts, Hidden(nested.grow(top, first, leaves)))


def _top(session: Session, shown: Report, again: Callable[[int], Report | None]) -> Report:
    """The report of the asker's whole place."""
    who = scope.asker(session)
    return shown if who.area_id is None or shown.area_id == who.area_id else again(who.area_id) or shown


def _tree(top: Report) -> Tree:
    return nested.grow(top.node, top.places, top.leaves)
