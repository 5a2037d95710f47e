"""Figures of a place, by the places below it: what a superior, a county, a township and a school report.

Every statement is an ORM one, so that the session's rule narrows it to the schools of who asks; the
lines are made from the schools found under the same rule, so that nothing else can be counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from app import roles
from app.models.children import Child, ParentSpell
from app.models.inspection import Inspection
from app.models.org import Area, School
from app.models.safety import Hazard, ResponsibilityLetter
from app.models.term import Term
from app.models.words import _
from app.services import clock, left_behind, scope
from app.services.evidence.group import KEY, in_force, spell_of, valid_letter
from app.services.evidence.period import last_days, month_of, start_of, term_of
from app.services.records import Forbidden

CONTACT_DAYS = 30
INSPECTION_MONTHS = 12
LEAVES = {"township", "village"}
COUNTS_ONLY = roles.COUNTS_ONLY  # what they see has left the county: no school of a township, no small count
Sums = Counter[str]


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


@dataclass
class Line:
    """The sums of one place. ``area_id`` or ``school_id`` says which; neither: the schools that hang on the place itself."""

    name: str
    sums: Sums
    area_id: int | None = None
    school_id: int | None = None
    leaf: bool = False  # a township: behind it stand schools

    def value(self, one: Measure) -> float | None:
        """A count, a per cent or a mean; None where nothing is there to divide by."""
        if one.counted:
            return self.sums[one.key]
        whole = self.sums[one.of or one.mean]
        return None if not whole else self.sums[one.key] / whole * (100 if one.of else 1)


@dataclass
class Report:
    """The lines of a place on a day, and their total."""

    place: str
    on: date
    lines: list[Line]
    area_id: int | None = None
    parent_id: int | None = None
    by_school: bool = False
    total: Line = field(default_factory=lambda: Line(_("合计"), Counter()))

    def __post_init__(self) -> None:
        for line in self.lines:
            self.total.sums.update(line.sums)


def report(session: Session, sections: Iterable[str] = SECTIONS, area_id: int | None = None) -> Report | None:
    """The report of the asker's place, or of an area below it; None when that area is not for the asker's eyes.

    Forbidden unless the asker's role reads Statistics.
    """
    who = scope.asker(session)
    if not who.may("read", "Statistics"):
        raise Forbidden("read Statistics")
    here = session.scalars(select(Area).where(Area.id == (area_id or who.area_id))).one_or_none()
    by_school = who.school_id is not None or (here is not None and here.level in LEAVES)
    if here is None or (by_school and who.role in COUNTS_ONLY):
        return None
    schools = _schools(session, here)
    sums = _sums(session, here, clock.today(), frozenset(sections))
    for row in schools:
        sums.setdefault(row.id, Counter()).update(schools=1, pupils=row.pupils)
    lines = _by_school(schools, sums) if by_school else _by_area(session, here, schools, sums)
    place = schools[0].name if who.school_id is not None and schools else here.name
    return Report(place, clock.today(), lines, here.id, here.parent_id, by_school)


def _schools(session: Session, here: Area) -> list[Any]:
    """The schools below a place that the asker sees: the only ones that make lines."""
    query = select(School.id, School.name, School.pupils, Area.path).join(Area, Area.id == School.area_id)
    return list(session.execute(query.where(_below(here)).order_by(School.name, School.id)))


def _below(here: Area) -> ColumnElement[bool]:
    return and_(Area.path >= here.path, Area.path < here.path + "\uffff")


def _by_school(schools: Iterable[Any], sums: Mapping[int, Sums]) -> list[Line]:
    return [Line(row.name, sums[row.id], school_id=row.id) for row in schools]


def _by_area(session: Session, here: Area, schools: Iterable[Any], sums: Mapping[int, Sums]) -> list[Line]:
    """One line for each next area below, in the order of the codes; schools of the place itself come first."""
    below = session.execute(select(Area.id, Area.name, Area.path, Area.level).where(Area.parent_id == here.id).order_by(Area.code))
    lines = {here.path: Line(_("直属学校"), Counter())}
    lines |= {row.path: Line(row.name, Counter(), area_id=row.id, leaf=row.level in LEAVES) for row in below}
    used = set()
    for row in schools:
        path = here.path + (row.path.removeprefix(here.path).partition("/")[0] + "/" if row.path != here.path else "")
        lines[path].sums.update(sums[row.id])
        used.add(path)
    return [line for path, line in lines.items() if path in used]


def _sums(session: Session, here: Area, on: date, sections: frozenset[str]) -> dict[int, Sums]:
    """School id → sums, of what these sections need: one or two statements a section."""
    found: dict[int, Sums] = {}
    for sources in (SOURCES[name] for name in SECTIONS if name in sections or name == "overview"):
        for source in sources:
            for school_id, values in source(session, here, on):
                found.setdefault(school_id, Counter()).update(values)
    return found


Source = Callable[[Session, Area, date], Iterable[tuple[int, Mapping[str, Any]]]]


def _grouped(session: Session, model: Any, here: Area, where: Iterable[Any], **columns: Any) -> Iterable[tuple[int, dict[str, Any]]]:
    """Aggregates by school, of the rows in scope below a place."""
    schools = select(School.id).join(Area, Area.id == School.area_id).where(_below(here))
    query = select(model.school_id, *(column.label(key) for key, column in columns.items()))
    for row in session.execute(query.where(model.school_id.in_(schools), *where).group_by(model.school_id)):
        yield row[0], {key: value or 0 for key, value in zip(columns, row[1:], strict=True)}


def _when(*conditions: Any) -> Any:
    return func.sum(case((and_(*conditions), 1), else_=0))


def _children(session: Session, here: Area, on: date) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """All that is counted on children; besides the files, of left-behind ones."""
    left = Child.left_behind != "0"
    return _grouped(
        session, Child, here, [Child.file_state == "open"], files=func.count(Child.id), left_behind=_when(left),
        one=_when(Child.left_behind == "1"), both=_when(Child.left_behind == "2"), boys=_when(left, Child.sex == "m"),
        girls=_when(left, Child.sex == "f"), boarders=_when(left, Child.boarder), key=_when(left, KEY),
        filed=_when(left, Child.filed_on.is_not(None)), talked=_when(left, Child.last_talk_on >= month_of(on).first),
        visited=_when(left, Child.last_visit_on >= term_of(session, on).first),
        contacted=_when(left, Child.last_contact_on >= last_days(on, CONTACT_DAYS)))


def _letters(session: Session, here: Area, on: date) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """Left-behind children with a guardian's letter that holds."""
    of = select(Child.id).where(Child.left_behind != "0", Child.file_state == "open")
    return _grouped(session, ResponsibilityLetter, here, [valid_letter("school_guardian", on), ResponsibilityLetter.child_id.in_(of)],
                    letters=func.count(func.distinct(ResponsibilityLetter.child_id)))


def _hazards(session: Session, here: Area, on: date) -> Iterable[tuple[int, Mapping[str, Any]]]:
    return _grouped(session, Hazard, here, [Hazard.fixed_on.is_(None)], hazards=func.count(Hazard.id), overdue=_when(Hazard.due_on < on))


def _inspections(session: Session, here: Area, on: date) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """Submitted within a year."""
    since = start_of(clock.add_months(on, -INSPECTION_MONTHS))
    return _grouped(session, Inspection, here, [Inspection.state == "submitted", Inspection.submitted_at >= since],
                    inspections=func.count(Inspection.id), scores=func.sum(Inspection.score))


def term_name(session: Session, on: date) -> str:
    """The running term's name; in holidays that of the one that ended last."""
    return session.scalar(select(Term.name).where(Term.starts_on <= on).order_by(Term.starts_on.desc()).limit(1)) or ""


def _definitions(session: Session, here: Area, on: date) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """Computed from the spells. Without a parent away nobody is left-behind, so only such children are read."""
    schools = select(School.id).join(Area, Area.id == School.area_id).where(_below(here))
    query = select(Child.id, Child.school_id, Child.birth_date, Child.rural, Child.stage, ParentSpell.parent, ParentSpell.state,
                   ParentSpell.since, ParentSpell.until, ParentSpell.able).join(ParentSpell, ParentSpell.child_id == Child.id)
    away = spell_of(ParentSpell.state == "away", in_force(on))
    ids = select(Child.id).where(Child.school_id.in_(schools), Child.file_state == "open", away)
    for _id, spells in groupby(session.execute(query.where(Child.id.in_(ids)).order_by(Child.id)), key=lambda row: row[0]):
        rows = list(spells)
        child = rows[0]
        found = left_behind.statuses(birth=child.birth_date, on=on, rural=child.rural, stage=child.stage, spells=rows)
        yield child.school_id, {key: int(status.left_behind) for key, status in found.items()}


SOURCES: dict[str, tuple[Source, ...]] = {
    "overview": (_children,), "definitions": (_definitions,), "care": (_letters,), "safety": (_hazards, _inspections)}
