"""A field's value ↔ what people read and type: one converter for sheets, API, history and pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Date, Float, Integer, Text

from app.models import parameters
from app.models.base import Field, UtcDateTime
from app.models.letters import JOINT, LISTED, Several
from app.models.rules import RuleError, clean_text
from app.models.words import _
from app.services import clock
from app.services.sheet.cells import cell_parser
from app.services.sheet.column import Column, ColumnType
from app.services.sheet.errors import CellError

YEARS = range(1900, 2200)  # of a date: a slip of the pen is told, and no reckoning with it overflows
YES_NO = {"1": _("是"), "0": _("否")}


@cache
def column_of(one: Field) -> Column:
    """The sheet column of a field; links are text (the name of what they point at)."""
    return Column(one.key, one.label, sheet_type(one), choices=dict(one.choices) if one.choices else None,
                  required=one.required, hint=_listed(one), long=isinstance(one.type, Text))


def _listed(one: Field) -> str:
    """The hint, with the words that a cell may hold several of."""
    return f"{one.hint}{LISTED}{JOINT.join(one.type.words)}" if isinstance(one.type, Several) else one.hint


def sheet_type(one: Field) -> ColumnType:
    if one.choices:
        return "choice"
    kinds: tuple[tuple[Any, ColumnType], ...] = ((UtcDateTime, "datetime"), (Date, "date"), (Boolean, "bool"), (Float, "decimal"), (Integer, "int"))
    return next((name for kind, name in kinds if isinstance(one.type, kind)), "text")


def parse(one: Field, raw: Any) -> Any:
    """A typed, pasted or imported text (or a cell's value) as the field's type; RuleError when it cannot be.

    Whether it must be filled, and its rule, are asked by records.check. Links are not parsed here.
    """
    return parser_of(one)(raw)


@cache
def parser_of(one: Field) -> Callable[[Any], Any]:
    """The function that parses a field's values; take it once for all rows."""
    long, read = isinstance(one.type, Text), cell_parser(replace(column_of(one), required=False))

    def parse_one(raw: Any) -> Any:
        if isinstance(raw, str):
            raw = clean_text(raw, long=long)
        try:
            value = read(raw)
        except CellError as wrong:
            raise RuleError(wrong.message, **wrong.values) from wrong
        if isinstance(value, date) and value.year not in YEARS:
            raise RuleError(_("应填日期，如 2026-03-01"))
        if isinstance(value, datetime) and value.tzinfo is None:
            return value.replace(tzinfo=clock.SHANGHAI)
        return float(value) if isinstance(value, Decimal) else value

    return parse_one


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
    return parameters.told(value) if isinstance(one.type, parameters.Parameters) else str(value)
