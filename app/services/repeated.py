"""A change that is sent a second time: the record says by now what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.models.base import Entity, fields_of
from app.services import masks, records, scope


def stands(session: Session, row: Entity, values: Mapping[str, Any]) -> bool:
    """Whether a row holds all of these values, by the rules of its fields; of no values nothing is known. Changes nothing.

    Never of a value that is covered for the asker: the answer would tell a good guess from a bad one. That there is none is seen anyway.
    """
    try:
        clean = records.check(session, type(row), values, row)
    except records.Refused:
        return False
    who, fields = scope.asker(session), fields_of(type(row))
    if any(value is not None and masks.level_of(who, row, fields[key]) != "whole" for key, value in clean.items()):
        return False
    return bool(clean) and clean.items() <= records.current(row).items()
