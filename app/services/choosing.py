"""Choices that depend on the row (models/by_row.py): what each row offers, takes, and is told as.

A vocabulary is a mapping code → label; it may know more codes than it lists (a path behind three links), so ``in`` decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from app.models import entities
from app.models.base import Entity, Field, fields_of
from app.models.by_row import ByRow
from app.models.rules import RuleError
from app.models.words import _
from app.services import scope
from app.services.values import text_of

WITHIN, OVER, THEN = " · ", " ÷ ", _("；")  # join the words of a label
_JOINTS = re.compile(f"({'|'.join(map(re.escape, (WITHIN, OVER, THEN)))})")
Vocabulary = Mapping[str, str]
_VOCABULARIES: dict[str, Callable[[str], Vocabulary]] = {}


def vocabulary(name: str) -> Callable[[Callable[[str], Vocabulary]], Callable[[str], Vocabulary]]:
    """Give the choices under this name: deciding value → code → label. Made once a value."""
    def give(make: Callable[[str], Vocabulary]) -> Callable[[str], Vocabulary]:
        found = _VOCABULARIES[name] = cache(make)
        return found
    return give


def choices(one: Field, basis: str | None) -> Vocabulary:
    """What rows with this deciding value may have; nothing while it is not known."""
    return _VOCABULARIES[one.choices.vocabulary](basis) if isinstance(one.choices, ByRow) and basis else {}


def basis(session: Session, model: type[Entity], one: Field, value_of: Callable[[Field], Any]) -> str | None:
    """The deciding value of a row, of which ``value_of`` gives the values by field (a link's is its id)."""
    link, _dot, key = one.choices.column.rpartition(".") if isinstance(one.choices, ByRow) else ("", "", "")
    if not link:
        return value_of(fields_of(model)[key])
    above = fields_of(model)[link]
    row_id = value_of(above)
    with scope.trash(session):
        row = session.get(entities()[str(above.target)], row_id) if row_id else None
    return getattr(row, key) if row is not None else None


def text(session: Session, row: Entity, one: Field, value: Any) -> str:
    """A value of a row in words."""
    if not isinstance(one.choices, ByRow) or value is None:
        return text_of(one, value)
    return choices(one, basis(session, type(row), one, lambda other: getattr(row, other.column))).get(value, str(value))


def said(words: str, say: Callable[[str], str]) -> str:
    """A label word by word in the reader's language."""
    return "".join(say(part) for part in _JOINTS.split(words) if part)


def settle(session: Session, model: type[Entity], clean: dict[str, Any], kept: Mapping[str, Any]) -> dict[str, RuleError]:
    """Hold the values against what their row takes, and put codes for labels; ``kept`` is what the row has already."""
    errors, whole = {}, {**kept, **clean}
    for key, one in fields_of(model).items():
        if one.read_only or not isinstance(one.choices, ByRow) or not whole.get(key):
            continue
        known = choices(one, basis(session, model, one, lambda other: whole.get(other.key)))
        code = whole[key] if whole[key] in known else next((code for code, label in known.items() if label == whole[key]), None)
        if code is None:
            errors[key] = RuleError(_("请从列表中选择"))
        elif key in clean:
            clean[key] = code
    return errors
