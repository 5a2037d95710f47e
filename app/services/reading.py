"""Who opened a child's file: a line in the access log for those above the school, once a day.

And which machine took out uncovered numbers and addresses: a line a day, account and entity, with the rows of that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models.audit import AccessLog
from app.models.base import Entity, Field
from app.models.children import Child
from app.models.words import _
from app.services import clock, history, masks, scope, transactions

LOG: Any = AccessLog.__table__
TOLD = ("township", "county", "inspector")  # roles; who works at the child's school opens files all day long


def tell(session: Session, child: Child) -> None:
    """Leave the line of today, in a short transaction of its own."""
    who = scope.asker(session)
    if who.role not in TOLD or _told_today(session, who, "read", AccessLog.entity == "Child", AccessLog.row_id == child.id):
        return
    with transactions.writing(session):
        history.log_access(session, "read", "Child", row=child)


def tell_taken(session: Session, model: type[Entity], fields: Sequence[Field], rows: int) -> None:
    """Leave, or add to, the line of today of so many rows given to a machine; none where no secret of theirs is whole."""
    who = scope.asker(session)
    whole = [one.label for one in fields if one.secret and not masks.masked(who, model, one)]
    if not whole or not rows:
        return
    with transactions.writing(session):
        line = _told_today(session, who, "api", AccessLog.entity == model.__name__)
        if line is None:
            history.log_access(session, "api", model.__name__, columns=_("、").join(whole)[:200], rows=rows)
        else:
            session.execute(update(LOG).where(LOG.c.id == line).values(rows=LOG.c.rows + rows))


def _told_today(session: Session, who: scope.Asker, action: str, *conditions: Any) -> int | None:
    """Id of the account's line of today, if there is one."""
    begins = datetime.combine(clock.today(), time(), clock.SHANGHAI).astimezone(UTC)
    with scope.everything(session):
        return session.scalar(select(AccessLog.id).where(
            AccessLog.at >= begins, AccessLog.member_id == who.member_id, AccessLog.action == action, *conditions).limit(1))
