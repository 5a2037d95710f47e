"""A field's value ↔ JSON: codes as codes, days and moments in ISO 8601 (moments with offset), links as ids."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Float, Integer, Text

from app.models.base import Field, UtcDateTime
from app.models.parameters import Parameters
from app.models.rules import RuleError
from app.models.words import _
from app.services import clock
from app.services.values import YEARS

LARGEST = 2**31 - 1  # of a whole number in the database
LONGEST_TEXT, LONGEST_SECRET = 20_000, 500  # characters
DAY = re.compile(r"\d{4}-\d\d-\d\d")


class BadJson(ValueError):
    """The body is not a JSON object."""


def read_object(body: bytes) -> dict[str, Any]:
    """The object that a body holds; BadJson for everything else, however odd."""
    try:
        found = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as wrong:
        raise BadJson from wrong
    if not isinstance(found, dict):
        raise BadJson
    return found


def _refuse(name: str) -> None:
    raise ValueError(name)


def out(one: Field, value: Any, link_id: int | None = None) -> Any:
    """A value as the API gives it; a link's value is the name of its row, which is empty out of scope: its id can still be given back."""
    if one.target:
        return {"id": link_id, "text": value} if link_id is not None else None
    if value is None or value == "":
        return None
    return clock.local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat() if isinstance(value, date) else value


def taken(one: Field, raw: Any) -> Any:
    """What the API was given as the field's type; RuleError when it is of another. Rules are asked by records.check."""
    if raw is None:
        return None
    if one.target:
        return _link(raw)
    if one.choices:
        return _text(raw, LONGEST_TEXT)
    reader = next((reader for kind, reader in READERS if isinstance(one.type, kind)), None)
    return reader(raw) if reader else _text(raw, LONGEST_SECRET if one.secret else LONGEST_TEXT)


def _link(raw: Any) -> int:
    """An id, or the object that a link is given out as."""
    number = raw.get("id") if isinstance(raw, dict) else raw
    if type(number) is not int:
        raise RuleError(_("应填记录的编号（整数）"))
    if not 0 < number <= LARGEST:
        raise RuleError(_("找不到这一项，或不在您的管辖范围"))
    return number


def _text(raw: Any, longest: int) -> str:
    if not isinstance(raw, str):
        raise RuleError(_("应填文字"))
    if len(raw) > longest:
        raise RuleError(_("最多 %(most)s 个字"), most=longest)
    return raw


def _boolean(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise RuleError(_("应填 true 或 false"))
    return raw


def _integer(raw: Any) -> int:
    if type(raw) is not int or abs(raw) > LARGEST:
        raise RuleError(_("应填整数"))
    return raw


def _number(raw: Any) -> float:
    if type(raw) not in (int, float) or abs(raw) > LARGEST or not math.isfinite(raw):
        raise RuleError(_("应填数字"))
    return float(raw)


def _day(raw: Any) -> date:
    try:
        found = date.fromisoformat(raw) if isinstance(raw, str) and DAY.fullmatch(raw) else None
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise RuleError(_("应填日期，如 2026-03-01"))
    return found


def _moment(raw: Any) -> datetime:
    try:
        found = datetime.fromisoformat(raw) if isinstance(raw, str) and len(raw) > len("2026-03-01") else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.year not in YEARS:
        raise RuleError(_("应填带时区的时间，如 2026-03-01T12:00:00+08:00"))
    return found


def _object(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise RuleError(_("应填对象（名称和值）"))
    return raw


# In this order: Text is a String.
READERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (UtcDateTime, _moment), (Date, _day), (Boolean, _boolean), (Float, _number), (Integer, _integer),
    (Parameters, _object), (Text, lambda raw: _text(raw, LONGEST_TEXT)))
NAMES = ((UtcDateTime, "datetime"), (Date, "date"), (Boolean, "boolean"), (Float, "number"), (Integer, "integer"), (Parameters, "object"))
