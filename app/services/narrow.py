"""Links that take only some rows of their target, as declared: an inspection's inspector is an active inspector's account.

Held on the session, so that every way in obeys; the look-up behind the field offers no others.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.models import entities
from app.models.base import Entity, Field, fields_of
from app.models.rules import RuleError
from app.models.words import _
from app.services import pieces, records, scope
from app.services.changed import differs


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
        pointing = [[(one, value) for one in _narrowed(type(row).__name__)
                     if differs(row, one.column) and (value := getattr(row, one.column)) is not None] for row in rows]
        wanted: dict[Field, set[int]] = {}
        for one, value in chain.from_iterable(pointing):
            wanted.setdefault(one, set()).add(value)
        taken = {one: _taken(session, one, ids) for one, ids in wanted.items()}
    for links in pointing:
        wrong = [one for one, value in links if value not in taken[one]]
        if wrong:
            raise records.Refused({one.key: RuleError(_("这里只能选%(label)s"), label=one.label) for one in wrong})


def _taken(session: Session, one: Field, ids: Collection[int]) -> set[int]:
    """Those of the ids at which the link may point."""
    target = entities()[str(one.target)]
    return {row_id for some in pieces.some([*ids]) for row_id in session.scalars(select(target.id).where(target.id.in_(some), *conditions(one)))}
