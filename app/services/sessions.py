"""A member's session that was ended stays ended, whatever cookie comes back: a copy, or an answer that was still on its way at the log-out."""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models.audit import Submission
from app.models.org import Member


def new() -> str:
    """The name of a session that begins."""
    return token_urlsafe(16)


def ended(name: str) -> Any:
    """Whether the session of this name was ended, as a condition. ``flask purge`` forgets it long after its cookies are too old."""
    return select(Submission.id).where(Submission.token == _token(name)).exists()


def end(session: Session, name: str, member_id: int) -> None:
    """End a session; the caller commits. Once is enough, also of two at once."""
    try:
        with session.begin_nested():
            session.add(Submission(token=_token(name), entity=Member.__name__, row_id=member_id))
    except IntegrityError:
        pass  # it was ended already


def _token(name: str) -> str:
    return "out:" + sha256(name.encode()).hexdigest()[:48]
