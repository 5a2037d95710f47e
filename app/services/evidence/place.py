"""Where and when a figure is made: what all figures of a sheet start from, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.models.clock import SHANGHAI
from app.models.inspection import Inspection
from app.models.ledger import LogEntry, SchoolDocument
from app.models.org import School
from app.services.checklist_family import after
from app.services.evidence.period import Span, end_of, last_days, term_among, terms_of
from app.services.evidence.reads import Read, answers, look, tally
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
    ahead = tally(Inspection, Inspection.school_id == school.id, to_do(), Inspection.planned_on >= on, values={"day": func.min(Inspection.planned_on)})
    seen, terms, inspections, planned, *books = answers(session, [
        look(select(School.id).where(School.id == school.id)), look(terms_of(on)), look(_submitted(school, on)), ahead,
        _latest(LogEntry.held_on, school, on), _latest(SchoolDocument.dated_on, school, on)])
    kept = [book.day is not None and book.day >= last_days(on, KEPT_DAYS) for book in books]
    days = [one.submitted_at.astimezone(SHANGHAI).date() for one in inspections]
    last = Last(tuple(one.id for one in inspections), max(days)) if days else None
    return Place(school, on, bool(seen), term_among(terms, on), last, planned.day, *kept)


def _latest(day: Any, school: School, on: date) -> Any:
    """The last day of a book of the school."""
    return Read(select(func.max(day).label("day")).where(day.class_.school_id == school.id, day <= on), single=True)


def _submitted(school: School, on: date) -> Any:
    """The last inspection of each checklist that was submitted up to a day: what another checklist asks says nothing of this one's findings."""
    later = aliased(Inspection)
    until = Inspection.submitted_at < end_of(on)
    newer = select(later.id).where(later.school_id == school.id, later.state == "submitted", later.submitted_at < end_of(on),
                                   after(later, Inspection)).exists()
    return select(Inspection.id, Inspection.submitted_at).where(Inspection.school_id == school.id, Inspection.state == "submitted", until, ~newer)
