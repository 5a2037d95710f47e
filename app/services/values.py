"""A field's value ↔ what people read and type: one converter for sheets, API, history and pages."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Date, Float, Integer, Text

from app.models.base import Field, UtcDateTime
from app.models.words import _
from app.services import clock
from app.services.sheet.column import Column

YES_NO = {"1": _("是"), "0": _("否")}


@cache
def column_of(one: Field) -> Column:
    """The sheet column of a field; links are text (the name of what they point at)."""
    return Column(one.key, one.label, sheet_type(one), choices=dict(one.choices) if one.choices else None,
                  required=one.required, hint=one.hint, long=isinstance(one.type, Text))


def sheet_type(one: Field) -> str:
    if one.choices:
        return "choice"
    kinds = ((UtcDateTime, "datetime"), (Date, "date"), (Boolean, "bool"), (Float, "decimal"), (Integer, "int"))
    return next((name for kind, name in kinds if isinstance(one.type, kind)), "text")


def text_of(one: Field, value: Any) -> str:
    """A value in the words of the page; a link's value is its row."""
    if value is None:
        return ""
    if one.choices:
        return one.choices.get(value, str(value))
    if isinstance(value, bool):
        return YES_NO["1" if value else "0"]
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
