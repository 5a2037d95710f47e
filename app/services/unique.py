"""What may be there once in all the database: ID numbers, plates, codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import Entity, fields_of
from app.models.crypto import digest
from app.models.rules import RuleError
from app.models.words import _
from app.services import scope


def taken(session: Session, model: type[Entity], clean: Mapping[str, Any], row: Entity | None) -> dict[str, RuleError]:
    """Unique values that another row has already. Looks over the border, tells nothing of that row."""
    found = {}
    for key, one in fields_of(model).items():
        value = clean.get(key)
        if not one.unique or value is None:
            continue
        column = getattr(model, f"{key}_hash" if one.secret else key)
        wanted = digest(value, f"{model.__tablename__}.{key}") if one.secret else value
        with scope.everything(session):
            other = session.scalar(select(model.id).where(column == wanted, model.id != (row.id if row is not None else 0)))
        if other is not None:
            found[key] = RuleError(_("这个%(label)s已经登记过"), label=one.label)
    return found
