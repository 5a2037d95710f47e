"""Talks, home visits and calls of a period: how many, and of how many left-behind children."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.care import FamilyContact, HomeVisit, Talk
from app.models.children import Child
from app.models.words import _
from app.services import clock
from app.services.counting import Sums
from app.services.forms.periods import Period
from app.services.hiding import Rest

LABELS = {"left_behind": _("留守儿童"), "talks": _("谈心次数"), "talked": _("谈过心的人数"), "visits": _("家访次数"), "visited": _("家访到的人数"),
          "contacts": _("亲情联系次数"), "contacted": _("有亲情联系的人数")}
KINDS: tuple[tuple[str, str, Any, Any], ...] = (
    ("talks", "talked", Talk, Talk.talked_on), ("visits", "visited", HomeVisit, HomeVisit.visited_on),
    ("contacts", "contacted", FamilyContact, FamilyContact.contacted_on))


def within(span: Period) -> tuple[Rest, ...]:
    """Figures of the statistics and ours, which count the same children: those talked with only in the running month."""
    running = span.first <= clock.today() <= span.last
    return (Rest("left_behind", "left_behind"), *([Rest("talked", "talked")] if running else []))


def count(session: Session, school_ids: Sequence[int], span: Period) -> dict[int, Sums]:
    """School id → the sums; both, times and children, are of children that are left-behind now, so that no share exceeds 100 %."""
    left = [Child.school_id.in_(school_ids), Child.left_behind != "0", Child.file_state == "open"]
    found: dict[int, Sums] = {row[0]: Counter(left_behind=row[1]) for row in session.execute(
        select(Child.school_id, func.count(Child.id)).where(*left).group_by(Child.school_id))}
    of = select(Child.id).where(*left)
    for times, children, model, day in KINDS:
        query = select(model.school_id, func.count(model.id), func.count(func.distinct(model.child_id)))
        for school_id, number, reached in session.execute(query.where(
                model.school_id.in_(school_ids), day >= span.first, day <= span.last, model.child_id.in_(of)).group_by(model.school_id)):
            found.setdefault(school_id, Counter()).update({times: number, children: reached})
    return found
