"""A member's session that was ended stays ended, whatever cookie comes back: a copy, or an answer that was still on its way at the log-out."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models.audit import Submission
from app.models.org import Member
from app.services import scope


def new() -> str:
    """The name of a session that begins."""
    return token_urlsafe(16)


@cache
def living() -> Select[Any]:
    """The member ``:member_id``, unless the session ``:token`` was ended. Asked at each request, made once.

    ``flask purge`` forgets an end long after its cookies are too old.
    """
    ended = select(Submission.id).where(Submission.token == bindparam("token")).exists()
    return select(Member).where(Member.id == bindparam("member_id"), ~ended).options(*scope.PLACE)


def end(session: Session, name: str, member_id: int) -> None:
    """End a session; the caller commits. Once is enough, also of two at once."""
    try:
        with session.begin_nested():
            session.add(Submission(token=token(name), entity=Member.__name__, row_id=member_id))
    except IntegrityError:
        pass  # it was ended already


def token(name: str) -> str:
    return "out:" + sha256(name.encode()).hexdigest()[:48]
