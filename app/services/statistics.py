"""Figures of a place, by the places below it: what a superior, a county, a township and a school report.

The sums are those of the schools found under the session's rule, so that nothing else can be counted: of few
schools counted at once (counting.py), of many added up from their counters (counters.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app import roles
from app.models.org import Area, School
from app.models.term import Term
from app.models.words import _
from app.services import clock, counters, counting, left_behind, nested, scope
from app.services.counters import Place
from app.services.counting import Sums
from app.services.records import Forbidden
from app.services.terms import began_last

LEAVES = {"township", "village"}
MOST_AT_ONCE = 200  # schools counted anew while somebody waits for the answer
COUNTS_ONLY = roles.COUNTS_ONLY  # what they see has left the county: no school of a township, no small count


@dataclass(frozen=True)
class Measure:
    """One column. ``of``: it is a share of that measure, in per cent; ``mean``: the mean of a sum over that measure."""

    key: str
    label: str
    of: str = ""
    mean: str = ""
    personal: bool = True  # a count of children: hidden when small in what leaves the county

    @property
    def counted(self) -> bool:
        return not (self.of or self.mean)


SECTIONS: dict[str, tuple[str, tuple[Measure, ...]]] = {
    "overview": (_("概况"), (
        Measure("schools", _("学校"), personal=False), Measure("pupils", _("在校学生"), personal=False),
        Measure("files", _("在册档案")), Measure("left_behind", _("留守儿童")),
        Measure("one", _("单亲外出")), Measure("both", _("双亲外出")),
        Measure("boys", _("男")), Measure("girls", _("女")), Measure("boarders", _("寄宿")), Measure("key", _("重点对象")))),
    "definitions": (_("三种口径"), (
        Measure("files", _("在册档案")), Measure("left_behind", _("留守儿童（认定）")),
        *(Measure(key, one.label) for key, one in left_behind.DEFINITIONS.items()))),
    "care": (_("关爱"), (
        Measure("left_behind", _("留守儿童")), Measure("filed", _("已建档")), Measure("filed", _("建档率"), of="left_behind"),
        Measure("talked", _("本月谈心")), Measure("talked", _("谈心率"), of="left_behind"),
        Measure("visited", _("本学期家访")), Measure("visited", _("家访率"), of="left_behind"),
        Measure("contacted", _("30 天内联系")), Measure("contacted", _("联系率"), of="left_behind"),
        Measure("letters", _("监护人责任书")), Measure("letters", _("签订率"), of="left_behind"))),
    "safety": (_("安全与督导"), (
        Measure("schools", _("学校"), personal=False), Measure("hazards", _("未整改隐患"), personal=False),
        Measure("overdue", _("逾期隐患"), personal=False), Measure("inspections", _("近一年督导"), personal=False),
        Measure("scores", _("平均得分"), mean="inspections", personal=False))),
}

KNOWN = {(one.key, one.of): one for _label, measures in SECTIONS.values() for one in measures}


@dataclass
class Line:
    """The sums of one place. ``area_id`` or ``school_id`` says which; neither: the schools that hang on the place itself.

    ``node``: where it stands in the tree of places (nested.py).
    """

    name: str
    sums: Sums
    area_id: int | None = None
    school_id: int | None = None
    leaf: bool = False  # a township: behind it stand schools
    node: str = ""

    def value(self, one: Measure) -> float | None:
        """A count, a per cent or a mean; None where nothing is there to divide by."""
        if one.counted:
            return self.sums[one.key]
        whole = self.sums[one.of or one.mean]
        return None if not whole else self.sums[one.key] / whole * (100 if one.of else 1)


@dataclass
class Report:
    """The lines of a place on a day, and their total. ``node`` as in Line; ``places``: what the lines were added up from;
    ``leaves``: paths of all townships that the asker sees, for who sees no small count.
    """

    place: str
    on: date
    lines: list[Line]
    area_id: int | None = None
    parent_id: int | None = None
    by_school: bool = False
    node: str = ""
    places: Sequence[Place] = ()
    leaves: frozenset[str] = frozenset()
    total: Line = field(default_factory=lambda: Line(_("合计"), Counter()))

    def __post_init__(self) -> None:
        self.total.node = self.node
        for line in self.lines:
            self.total.sums.update(line.sums)


def report(session: Session, sections: Iterable[str] = SECTIONS, area_id: int | None = None, *, keep: bool = False) -> Report | None:
    """The report of the asker's place, or of an area below it; None when that area is not for the asker's eyes.

    ``sections``: what is counted, of SECTIONS and "talks". ``keep``: write down what was counted anew (this commits).
    Forbidden unless the asker's role reads Statistics.
    """
    return _report(session, area_id, lambda here, by_school: _places(session, here, frozenset(sections), by_school=by_school, keep=keep))


def tabulate(session: Session, count: Callable[[Sequence[int]], Mapping[int, Sums]], area_id: int | None = None,
             school_id: int | None = None) -> Report | None:
    """The same lines of other figures: ``count`` gives the sums of schools by their ids. ``school_id``: of that school alone."""

    def places(here: Any, _by_school: bool) -> list[Place]:
        schools = _schools(session, here, *([School.id == school_id] if school_id is not None else []))
        sums = count([row.id for row in schools])
        return [Place(row.path, Counter(sums.get(row.id, {})), row.id, row.name) for row in schools]

    return _report(session, area_id, places, school_id)


def _report(session: Session, area_id: int | None, places_of: Callable[[Any, bool], list[Place]], school_id: int | None = None) -> Report | None:
    who = scope.asker(session)
    if not who.may("read", "Statistics"):
        raise Forbidden("read Statistics")
    of = area_id or who.area_id
    query = select(Area.id, Area.name, Area.path, Area.level, Area.parent_id).order_by(Area.code)
    near = or_(Area.id == of, Area.parent_id == of)
    areas = session.execute(query.where(or_(near, Area.level.in_(LEAVES)) if who.role in COUNTS_ONLY else near)).all()
    here = next((area for area in areas if area.id == of), None)
    single = who.school_id is not None or school_id is not None
    by_school = single or (here is not None and here.level in LEAVES)
    if here is None or (by_school and who.role in COUNTS_ONLY):
        return None
    places = places_of(here, by_school)
    lines = _by_school(places) if by_school else _by_area(here, areas, places)
    return Report(places[0].name if single and places else here.name, clock.today(), lines, here.id, here.parent_id, by_school, here.path, places,
                  frozenset(area.path for area in areas if area.level in LEAVES))


def takes_long(session: Session, area_id: int | None = None) -> bool:
    """Whether so many schools have to be counted anew that a report of all sections takes seconds."""
    return to_count(session, area_id) > MOST_AT_ONCE


def to_count(session: Session, area_id: int | None = None) -> int:
    """How many schools have to be counted anew for it, and are told as they are; of few schools none is told."""
    who = scope.asker(session)
    if who.school_id is not None or who.school_ids is not None:
        return 0
    here = session.scalars(select(Area).where(Area.id == (area_id or who.area_id))).one_or_none()
    return counters.waiting(session, _below(here)) if here is not None else 0


def _places(session: Session, here: Any, sections: frozenset[str], *, by_school: bool, keep: bool) -> list[Place]:
    """The sums of the schools below a place that the asker sees: few are counted, of many the counters are added up."""
    who = scope.asker(session)
    if who.school_id is None and who.school_ids is None:
        return counters.below(session, _below(here), by_school=by_school, defined="definitions" in sections, keep=keep)
    schools = _schools(session, here)
    sums = counting.count(session, [row.id for row in schools], clock.today(), sections | {"overview"})
    return [Place(row.path, Counter({**sums.get(row.id, {}), "schools": 1, "pupils": row.pupils}), row.id, row.name) for row in schools]


def _schools(session: Session, here: Any, *where: ColumnElement[bool]) -> Sequence[Any]:
    query = select(School.id, School.name, School.pupils, Area.path).join(Area, Area.id == School.area_id)
    return session.execute(query.where(_below(here), *where).order_by(School.name, School.id)).all()


def _below(here: Any) -> ColumnElement[bool]:
    return and_(Area.path >= here.path, Area.path < here.path + "\uffff")


def _by_school(places: Iterable[Place]) -> list[Line]:
    return [Line(one.name, one.sums, school_id=one.school_id) for one in sorted(places, key=lambda one: (one.name, one.school_id or 0))]


def _by_area(here: Any, areas: Sequence[Any], places: Iterable[Place]) -> list[Line]:
    """One line for each next area below, in the order of the codes; schools of the place itself come first."""
    own = nested.part_of(here.path, here.path)
    lines = {own: Line(_("直属学校"), Counter(), node=own)}
    lines |= {row.path: Line(row.name, Counter(), area_id=row.id, leaf=row.level in LEAVES, node=row.path) for row in areas if row.parent_id == here.id}
    used = set()
    for one in places:
        node = nested.part_of(here.path, one.path)
        lines[node].sums.update(one.sums)
        used.add(node)
    return [line for node, line in lines.items() if node in used]


def term_name(session: Session, on: date) -> str:
    """The name of the term that a day counts to, "" where none began yet."""
    return session.scalar(began_last(on, Term.name)) or ""
