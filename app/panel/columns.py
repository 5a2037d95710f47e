"""What a machine is told of an entity's columns: their types as the API names them, what may be and what must be written."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.models.base import Field, fields_of
from app.models.letters import Several
from app.panel import wire
from app.panel.view import PanelView


def told(view: PanelView) -> list[dict[str, Any]]:
    """What a machine needs to know of each column."""
    fields, writable = fields_of(view.model), set(view.form_keys())
    return [_told(fields[key], key not in writable, key in writable and view.must_fill(key)) for key in view.columns]


def _told(one: Field, read_only: bool, required: bool) -> dict[str, Any]:
    """A text of several words has them as choices, joined by 、."""
    choices = one.choices or (dict(zip(one.type.words, one.type.words, strict=True)) if isinstance(one.type, Several) else {})
    return {"key": one.key, "label": _(one.label), "type": type_of(one), "required": required, "read_only": read_only,
            "unique": one.unique, "kind": str(one.kind), "hint": _(one.hint) if one.hint else "", "links_to": one.target,
            "choices": {code: _(label) for code, label in choices.items()} or None}


def type_of(one: Field) -> str:
    """link, choice, datetime, date, boolean, number, integer, object or text."""
    if one.target or one.choices:
        return "link" if one.target else "choice"
    return next((name for kind, name in wire.NAMES if isinstance(one.type, kind)), "text")
