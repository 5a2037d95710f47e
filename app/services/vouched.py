"""Rows that a statement of this transaction found within the asker's scope: what is written beside them is not held against it once more."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.models.base import Entity
from app.services.asking import Asker

KEY = "vouched"


def vouch(session: Session, who: Asker, *rows: Entity) -> None:
    """Say so of rows, until the transaction ends or somebody else asks. Only of what a statement under that rule has found in it."""
    found = {(type(row), "id", row.id): row.id for row in rows}
    session.info[KEY] = (session.get_transaction(), who, {**rows_of(session, who), **found})


def rows_of(session: Session, who: Asker) -> dict[Any, Any]:
    """(entity, "id", id) → id of these rows."""
    transaction, asked, found = session.info.get(KEY, (None, None, {}))
    return dict(found) if transaction is not None and transaction is session.get_transaction() and asked is who else {}
