"""Who may write terms, and which days a term may have; on the session, so that every way in obeys.

Terms are one table of the whole desk: they say everywhere from which day visits count.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import event, or_, select
from sqlalchemy.orm import Session

from app.models import rules
from app.models.org import Area
from app.models.rules import RuleError
from app.models.term import Term
from app.models.words import _
from app.services import records, scope
from app.services.changed import TRASH, changed_or_moved

Errors = dict[str, RuleError]
NOT_YOURS = RuleError(_("学期是各地通用的，只有管辖全部区域的系统管理员才能添加、修改和删除"))
DAYS = {"school_year", "starts_on", "ends_on", TRASH}  # what the rules on days hang on


def keeps(session: Session) -> bool:
    """Whether who asks may write terms: the role has the verb, and no area lies outside the own place."""
    who = scope.asker(session)
    if who.unbound or not who.may("write", Term):
        return who.unbound
    if who.area_id is None or not who.path:  # of no area; or of one that was deleted since
        return who.area_id is None
    outside = select(Area.id).where(or_(Area.path < who.path, Area.path >= who.path + "\uffff")).limit(1)
    with scope.everything(session):
        return session.scalar(outside) is None


@event.listens_for(Session, "before_flush")
def _hold(session: Session, *_args: Any) -> None:
    """Refuse terms of who does not keep them, and days that cannot be; Refused says beside which field."""
    rows = [row for row in (*session.new, *session.dirty, *session.deleted) if isinstance(row, Term)]
    if not rows or scope.asker(session).unbound:
        return
    changed = {row: set(changed_or_moved(row)) for row in rows}
    if not any(row in session.deleted or keys for row, keys in changed.items()):
        return
    with session.no_autoflush:
        if not keeps(session):
            raise records.Refused({"": NOT_YOURS})
        living = [row for row in {*session.scalars(select(Term)), *rows} if row.deleted_at is None and row not in session.deleted]
    for row in living:
        if changed.get(row, set()) & DAYS and (errors := _outside_year(row) or _overlap(row, living)):
            raise records.Refused(errors)


def _outside_year(row: Term) -> Errors:
    """Beside each day outside the school year: 1 August to 31 August of the next year, so that a place may begin or end early or late."""
    try:
        year = int(rules.school_year.check(row.school_year)[:4])
    except RuleError as wrong:
        return {"school_year": wrong}
    first, last = date(year, 8, 1), date(year + 1, 8, 31)
    outside = RuleError(_("日期不在这个学年里，应在 %(first)s 至 %(last)s 之间"), first=first.isoformat(), last=last.isoformat())
    return {key: outside for key in ("starts_on", "ends_on") if not first <= getattr(row, key) <= last}


def _overlap(row: Term, living: Iterable[Term]) -> Errors:
    """Days that another living term has already."""
    for other in living:
        if other is not row and row.starts_on <= other.ends_on and other.starts_on <= row.ends_on:
            key = "starts_on" if other.starts_on <= row.starts_on else "ends_on"
            return {key: RuleError(_("与“%(name)s”（%(first)s 至 %(last)s）的日期重叠"), name=other.name, first=other.starts_on.isoformat(),
                                   last=other.ends_on.isoformat())}
    return {}
