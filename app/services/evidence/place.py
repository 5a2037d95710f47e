"""Where and when a figure is made: what all figures of a sheet start from, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.models.base import UtcDateTime
from app.models.clock import SHANGHAI
from app.models.inspection import Inspection
from app.models.ledger import LogEntry, SchoolDocument
from app.models.org import School
from app.services.checklist_family import after
from app.services.evidence.period import Span, end_of, last_days, term_among, terms_of
from app.services.evidence.reads import Read, look, prepared, tally
from app.services.inspection_marks import to_do

KEPT_DAYS = 365  # a school that wrote nothing for so long does not keep its books here: they prove nothing


class Last(NamedTuple):
    """The inspections that were submitted last, one of each checklist, and on which day the latest was."""

    ids: tuple[int, ...]
    day: date


@dataclass(frozen=True)
class Place:
    """A school on a day, with the term of the day (in holidays the one before), the last inspection and the day of the next one that is planned."""

    school: School
    on: date
    seen: bool  # whether the school lies within the scope of who asks
    term: Span
    last: Last | None
    visit: date | None
    keeps_log: bool  # whether anything of a year stands in the log: then what is missing there was not done
    keeps_papers: bool


def placed(session: Session, school: School, on: date) -> Place:
    """One statement."""
    seen, terms, inspections, planned, *books = _asked()(session, {"school": school.id, "on": on, "end": end_of(on)})
    kept = [book.day is not None and book.day >= last_days(on, KEPT_DAYS) for book in books]
    days = [one.submitted_at.astimezone(SHANGHAI).date() for one in inspections]
    last = Last(tuple(one.id for one in inspections), max(days)) if days else None
    return Place(school, on, bool(seen), term_among(terms, on), last, planned.day, *kept)


SCHOOL, ON, END = bindparam("school", type_=Integer), bindparam("on", type_=Date), bindparam("end", type_=UtcDateTime)


@cache
def _asked() -> Any:
    """What is read: the school in sight, its term, the inspections submitted last, the planned one, the last days of its books."""
    ahead = tally(Inspection, Inspection.school_id == SCHOOL, to_do(), Inspection.planned_on >= ON, values={"day": func.min(Inspection.planned_on)})
    return prepared(look(select(School.id).where(School.id == SCHOOL)), look(terms_of(ON)), look(_submitted()), ahead,
                    _latest(LogEntry.held_on), _latest(SchoolDocument.dated_on))


def _latest(day: Any) -> Any:
    """The last day of a book of the school."""
    return Read(select(func.max(day).label("day")).where(day.class_.school_id == SCHOOL, day <= ON), single=True)


def _submitted() -> Any:
    """The last inspection of each checklist that was submitted up to a day: what another checklist asks says nothing of this one's findings."""
    later = aliased(Inspection)
    newer = select(later.id).where(later.school_id == SCHOOL, later.state == "submitted", later.submitted_at < END, after(later, Inspection)).exists()
    return select(Inspection.id, Inspection.submitted_at).where(
        Inspection.school_id == SCHOOL, Inspection.state == "submitted", Inspection.submitted_at < END, ~newer)
