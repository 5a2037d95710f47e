"""What is sent once: a form's token and the row that it made."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.audit import Submission
from app.models.base import Entity


def row_made(session: Session, model: type[Entity], token: str) -> int | None:
    """Id of the row that a form with this token made; None for a new token.

    Who sends the same token at the same time waits here until the first transaction ends, and finds what it made.
    """
    if session.get_bind().dialect.name == "postgresql":  # on SQLite one writes at a time anyway
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(token, 0))))
    return session.scalar(select(Submission.row_id).where(Submission.token == token, Submission.entity == model.__name__))
