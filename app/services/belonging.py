"""Links that stay within one school, as declared: a letter's child learns where the letter was signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.models import entities
from app.models.base import Entity, Field, OfChild, fields_of
from app.models.children import Child
from app.models.rules import RuleError
from app.models.words import _


def strangers(session: Session, model: type[Entity], values: Mapping[str, Any], *, kept: bool = False) -> dict[str, RuleError]:
    """Links declared ``same_school`` that point at a visible row of another school: field key → what is wrong.

    ``values`` are the row's as they would be saved (field key → value, a link's an id): of a row to change
    (``kept``) those that stay too. A new row of a child's file takes its school from its child; one that is
    there already stays at its school, and goes to another one only with the child itself. The database
    refuses these links as well, but cannot say beside which field. A row out of sight is left to the
    scope, whose answer tells nothing of it.
    """
    follows = issubclass(model, OfChild) and not kept
    pointing = {key: one for key, one in fields_of(model).items() if one.same_school and values.get(key) and not (follows and key == "child")}
    school_id = _school(session, model, values) if pointing else None
    if school_id is None:
        return {}
    return {key: RuleError(_("不是这所学校的")) for key, one in pointing.items()
            if not _held_at(session, one, values[key], school_id) and _school_of(session, one, values[key]) not in (None, school_id)}


def _school(session: Session, model: type[Entity], values: Mapping[str, Any]) -> int | None:
    """The school of the row: its own, or, of a new row of a child's file, the child's."""
    if values.get("school") or not issubclass(model, OfChild):
        return values.get("school") or None
    return session.scalar(select(Child.school_id).where(Child.id == values.get("child")))


def _held_at(session: Session, one: Field, row_id: int, school_id: int) -> bool:
    """Whether the session holds the row that a link points at, and at this school: many ticks of one inspection need not ask each."""
    held = session.identity_map.get(session.identity_key(entities()[str(one.target)], row_id))
    return held is not None and not inspect(held).expired and getattr(held, "school_id") == school_id  # noqa: B009 - any entity of a school


def _school_of(session: Session, one: Field, row_id: int) -> int | None:
    """The school of the row that a link points at; None where it is out of sight."""
    target: Any = entities()[str(one.target)]
    return session.scalar(select(target.school_id).where(target.id == row_id))
