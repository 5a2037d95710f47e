"""Who opened a child's file: a line in the access log for those above the school, once a day."""

from __future__ import annotations

from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.audit import AccessLog
from app.models.children import Child
from app.services import clock, history, scope, transactions

TOLD = ("township", "county", "inspector")  # roles; who works at the child's school opens files all day long


def tell(session: Session, child: Child) -> None:
    """Leave the line of today, in a short transaction of its own."""
    who = scope.asker(session)
    if who.role not in TOLD or _told_today(session, who, child.id):
        return
    with transactions.writing(session):
        history.log_access(session, "read", "Child", row=child)


def _told_today(session: Session, who: scope.Asker, child_id: int) -> bool:
    begins = datetime.combine(clock.today(), time(), clock.SHANGHAI).astimezone(UTC)
    with scope.everything(session):
        return session.scalar(select(AccessLog.id).where(
            AccessLog.at >= begins, AccessLog.member_id == who.member_id, AccessLog.action == "read",
            AccessLog.entity == "Child", AccessLog.row_id == child_id).limit(1)) is not None
