"""Whether who asks must be made anew (scope.asker_of): something was written that an asker is made of, and the one at hand was made before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.models.care import Pairing
from app.models.org import Area, Member, School, SchoolClass

MAKE_AN_ASKER = (Area, Member, Pairing, School, SchoolClass)  # the place, its few schools, what a teacher teaches
KEY = "asked_anew"


def due(session: Session) -> bool:
    """Whether such a row was written since this was last asked."""
    return bool(session.info.pop(KEY, False))


@event.listens_for(Session, "after_flush")
def _note(session: Session, *_args: Any) -> None:
    if any(isinstance(row, MAKE_AN_ASKER) for row in (*session.new, *session.dirty, *session.deleted)):
        session.info[KEY] = True
