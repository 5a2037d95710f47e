"""The plain count: what statistics report, of each of some schools, by one or two statements a section.

Every statement is an ORM one, so that the session's rule narrows it to the rows of who asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from app.models.care import Talk
from app.models.children import Child, ParentSpell
from app.models.counts import MONTHS
from app.models.inspection import Inspection
from app.models.safety import Hazard, ResponsibilityLetter
from app.services import clock, left_behind, settled
from app.services.evidence.group import KEY, in_force, spell_of, valid_letter
from app.services.evidence.period import Span, last_days, month_of, start_of, term_of

CONTACT_DAYS = 30
INSPECTION_MONTHS = 12
Ids = Collection[int]
Sums = Counter[str]
Source = Callable[[Session, Ids, date], Iterable[tuple[int, Mapping[str, Any]]]]


def count(session: Session, school_ids: Ids, on: date, sections: Collection[str]) -> dict[int, Sums]:
    """School id → sums of these sections (keys of SOURCES) on a day; schools of which nothing is there are left out."""
    found: dict[int, Sums] = {}
    for source in (source for name, sources in SOURCES.items() if name in sections for source in sources):
        for school_id, values in source(session, school_ids, on):
            found.setdefault(school_id, Counter()).update(values)
    return found


def months(on: date) -> list[Span]:
    """The months of which talks are counted, the running one first."""
    first = month_of(on).first
    return [month_of(clock.add_months(first, -back)) for back in range(MONTHS)]


def _grouped(session: Session, model: Any, ids: Ids, where: Iterable[Any], **columns: Any) -> Iterable[tuple[int, dict[str, Any]]]:
    """Aggregates by school, of the rows in scope."""
    query = select(model.school_id, *(column.label(key) for key, column in columns.items()))
    for row in session.execute(query.where(model.school_id.in_(ids), *where).group_by(model.school_id)):
        yield row[0], {key: value or 0 for key, value in zip(columns, row[1:], strict=True)}


def _when(*conditions: Any) -> Any:
    return func.sum(case((and_(*conditions), 1), else_=0))


def _children(session: Session, ids: Ids, on: date) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """All that is counted on children; besides the files, of left-behind ones."""
    left = Child.left_behind != "0"
    return _grouped(
        session, Child, ids, [Child.file_state == "open"], files=func.count(Child.id), left_behind=_when(left),
        one=_when(Child.left_behind == "1"), both=_when(Child.left_behind == "2"), boys=_when(left, Child.sex == "m"),
        girls=_when(left, Child.sex == "f"), boarders=_when(left, Child.boarder), key=_when(left, KEY),
        filed=_when(left, Child.filed_on.is_not(None)), talked=_when(left, Child.last_talk_on >= month_of(on).first),
        visited=_when(left, Child.last_visit_on >= term_of(session, on).first),
        contacted=_when(left, Child.last_contact_on >= last_days(on, CONTACT_DAYS)))


def _letters(session: Session, ids: Ids, on: date) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """Left-behind children with a guardian's letter that holds."""
    of = select(Child.id).where(Child.school_id.in_(ids), Child.left_behind != "0", Child.file_state == "open")
    return _grouped(session, ResponsibilityLetter, ids, [valid_letter("school_guardian", on), ResponsibilityLetter.child_id.in_(of)],
                    letters=func.count(func.distinct(ResponsibilityLetter.child_id)))


def _hazards(session: Session, ids: Ids, on: date) -> Iterable[tuple[int, Mapping[str, Any]]]:
    return _grouped(session, Hazard, ids, [Hazard.fixed_on.is_(None)], hazards=func.count(Hazard.id), overdue=_when(Hazard.due_on < on))


def _inspections(session: Session, ids: Ids, on: date) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """Submitted within a year, by the score that its letter told; one of which nothing counted has no score, and is none of those whose mean is told."""
    since = start_of(clock.add_months(on, -INSPECTION_MONTHS))
    return _grouped(session, Inspection, ids, [Inspection.state == "submitted", Inspection.submitted_at >= since, Inspection.score.is_not(None)],
                    inspections=func.count(Inspection.id), scores=func.sum(settled.told()))


def _talks(session: Session, ids: Ids, on: date) -> Iterable[tuple[int, Mapping[str, Any]]]:
    spans = months(on)
    return _grouped(session, Talk, ids, [Talk.talked_on >= spans[-1].first], **{
        f"talks_{back}": _when(Talk.talked_on >= span.first, Talk.talked_on <= span.last) for back, span in enumerate(spans)})


def _definitions(session: Session, ids: Ids, on: date) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """Computed from the spells. Without a parent away nobody is left-behind, so only such children are read."""
    query = select(Child.id, Child.school_id, Child.birth_date, Child.rural, Child.stage, ParentSpell.parent, ParentSpell.state,
                   ParentSpell.since, ParentSpell.until, ParentSpell.able).join(ParentSpell, ParentSpell.child_id == Child.id)
    away = spell_of(ParentSpell.state == "away", in_force(on))
    of = select(Child.id).where(Child.school_id.in_(ids), Child.file_state == "open", away)
    for _id, spells in groupby(session.execute(query.where(Child.id.in_(of)).order_by(Child.id)), key=lambda row: row[0]):
        rows = list(spells)
        child = rows[0]
        found = left_behind.statuses(birth=child.birth_date, on=on, rural=child.rural, stage=child.stage, spells=rows)
        yield child.school_id, {key: int(status.left_behind) for key, status in found.items()}


SOURCES: dict[str, tuple[Source, ...]] = {"overview": (_children,), "definitions": (_definitions,), "care": (_letters,),
                                          "safety": (_hazards, _inspections), "talks": (_talks,)}
