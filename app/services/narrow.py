"""Links that take only some rows of their target, as declared: an inspection's inspector is an active inspector's account.

Held on the session, so that every way in obeys; the look-up behind the field offers no others.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from app.models import entities
from app.models.base import Entity, Field, fields_of
from app.models.rules import RuleError
from app.models.words import _
from app.services import records, scope


def conditions(one: Field) -> list[Any]:
    """What a row must meet for this link to point at it; nothing where the link takes any."""
    target = entities()[str(one.target)]
    return [getattr(target, column).in_(values) for column, values in (one.among or {}).items()]


@cache
def _narrowed(entity: str) -> list[Field]:
    return [one for one in fields_of(entities()[entity]).values() if one.among] if entity in entities() else []


@event.listens_for(Session, "before_flush")
def _hold(session: Session, *_args: Any) -> None:
    """Refuse a link that newly points at a row which it does not take; one that it has already stays."""
    rows = [row for row in (*session.new, *session.dirty) if isinstance(row, Entity) and _narrowed(type(row).__name__)]
    if not rows or scope.asker(session).unbound:
        return
    with session.no_autoflush:
        for row in rows:
            wrong = [one for one in _narrowed(type(row).__name__) if not _takes(session, row, one)]
            if wrong:
                raise records.Refused({one.key: RuleError(_("这里只能选%(label)s"), label=one.label) for one in wrong})


def _takes(session: Session, row: Any, one: Field) -> bool:
    past, value = inspect(row).attrs[one.column].history, getattr(row, one.column)
    if value is None or not past.added or list(past.added) == list(past.deleted or ()):
        return True
    target = entities()[str(one.target)]
    return session.scalar(select(target.id).where(target.id == value, *conditions(one))) is not None
