"""What an inspection comes to once objections are decided: the one score of letter, results, ranking, sections and public report.

A finding that was withdrawn counts as passed, for the county found that the school was in order; a red line that was lowered caps no more, and a
finding that was raised to one does. What the inspector ticked stays with the inspection and its report (inspection_report.py). A letter that has gone
out keeps the score that it went out with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.models.inspection import Answer, ChecklistItem, Finding, Inspection, Opinion
from app.services import scoring
from app.services.scoring import VALUE, Rules

Pair = tuple[float | None, str | None]  # score and grade
SENT = ("issued", "signed")  # states of an opinion that has gone out


@dataclass
class Settled:
    """Score (0–100, one decimal) and grade (key of scoring.GRADE) of the whole; by section id the score and how many items stay failed."""

    score: float | None = None
    grade: str | None = None
    sections: dict[int, tuple[float | None, int]] = field(default_factory=dict)


def of_each(session: Session, ids: Any, rules: Rules) -> Mapping[int, Settled]:
    """Inspection → what it comes to. ``ids``: a statement that finds inspections of one version of the checklist, whose ``rules`` these are.

    The items are joined as they lie, for the rule of who sees which would be asked tick by tick; who finds an inspection sees its checklist.
    """
    item: Any = ChecklistItem.__table__
    gone = Answer.id.in_(withdrawn(ids))
    value = case((gone, VALUE["pass"]), *((Answer.result == key, worth) for key, worth in VALUE.items()), else_=0.0)
    query = select(Answer.inspection_id, item.c.section_id, func.sum(value * item.c.weight), func.sum(item.c.weight),
                   func.sum(case((and_(Answer.result == "fail", ~gone), 1), else_=0))).join(item, item.c.id == Answer.item_id).where(counted(ids))
    sums: dict[int, list[tuple[int, float, int, int]]] = {}
    for inspection_id, *row in session.execute(query.group_by(Answer.inspection_id, item.c.section_id)):
        sums.setdefault(inspection_id, []).append((row[0], row[1], row[2], row[3]))
    red = set(session.scalars(_red(ids)))
    return {inspection_id: _settled(rows, inspection_id in red, rules) for inspection_id, rows in sums.items()}


def of_one(session: Session, inspection: Inspection) -> Settled:
    """The same of one inspection that was found in scope."""
    found = of_each(session, select(Inspection.id).where(Inspection.id == inspection.id), scoring.rules_of(inspection.template))
    return found.get(inspection.id, Settled())


def said(session: Session, inspection: Inspection, opinion: Opinion | None) -> Pair:
    """Score and grade that count, see ``which``."""
    if opinion is None:
        return inspection.score, inspection.grade
    now = of_one(session, inspection) if opinion.state not in SENT else Settled()
    return which(opinion.state, (opinion.score, opinion.grade), now, (inspection.score, inspection.grade))


def which(letter: str | None, sent: Pair, now: Settled, first: Pair) -> Pair:
    """Of a letter that has gone out what it says, of a draft what it would say now, as submitted where there is none. ``letter``: state of the opinion."""
    return first if letter is None else sent if letter in SENT else (now.score, now.grade)


def told() -> Any:
    """As a column beside Inspection: the score of the letter that has gone out; as submitted until then, for to reckon drafts takes their ticks."""
    sent = select(Opinion.score).where(Opinion.inspection_id == Inspection.id, Opinion.state.in_(SENT)).limit(1).scalar_subquery()
    return func.coalesce(sent, Inspection.score)


def counted(ids: Any) -> ColumnElement[bool]:
    """Ticks of these inspections that count."""
    return and_(Answer.inspection_id.in_(ids), Answer.result.in_(tuple(VALUE)))


def withdrawn(ids: Any) -> Any:
    """Ids of the ticks whose finding was withdrawn. Asked once and not tick by tick: a subquery that leans on the row around it runs for each of them."""
    query = select(Answer.id).join(Finding, and_(Finding.inspection_id == Answer.inspection_id, Finding.item_id == Answer.item_id))
    return query.where(Finding.inspection_id.in_(ids), Finding.state == "withdrawn").correlate(None)


def _red(ids: Any) -> Any:
    """Inspections with a red line that stays failed: by the level of its finding, of the item where a failure opened none."""
    item: Any = ChecklistItem.__table__
    query = select(Answer.inspection_id).join(item, item.c.id == Answer.item_id).outerjoin(
        Finding, and_(Finding.inspection_id == Answer.inspection_id, Finding.item_id == Answer.item_id))
    stands = or_(and_(Finding.id.is_(None), item.c.critical.is_(True)), and_(Finding.state != "withdrawn", Finding.level == "critical"))
    return query.where(Answer.inspection_id.in_(ids), Answer.result == "fail", stands).distinct()


def _settled(rows: list[tuple[int, float, int, int]], red: bool, rules: Rules) -> Settled:
    """``rows``: section id, points got, points to get, failed items; ``red``: whether a red line stays failed."""
    points = _score(sum(got for _section, got, _whole, _failed in rows), sum(whole for _section, _got, whole, _failed in rows))
    return Settled(points, scoring.capped(points, red, rules), {section: (_score(got, whole), failed) for section, got, whole, failed in rows})


def _score(got: float, whole: float) -> float | None:
    return round(100 * got / whole, 1) if whole else None
