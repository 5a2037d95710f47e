"""Values that every rule accepts, for any declared field: what a form, a sheet or the API may be sent."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Boolean, Date, Float, Integer

from app.models import rules
from app.models.base import Field, UtcDateTime
from app.services import clock
from seeds import numbers

BIRTH = {"child": date(2016, 5, 5)}
ADULT = date(1980, 5, 5)
PLAIN = {"level": "county"}


def value(one: Field, n: int, table: str = "") -> Any:
    """A value of the field's own type; ``n`` makes unique ones differ. Links have none."""
    if one.choices:
        return next(iter(one.choices))
    if isinstance(one.type, Boolean):
        return False
    if isinstance(one.type, UtcDateTime):
        return clock.now() - timedelta(days=2)
    if isinstance(one.type, Date):
        return BIRTH.get(table, ADULT) if one.key == "birth_date" else clock.today() - timedelta(days=20)
    if isinstance(one.type, Integer):
        return 1
    return 1.0 if isinstance(one.type, Float) else _text(one, n)


def _text(one: Field, n: int) -> str:
    rng = Random(n)
    made = {
        rules.id_number: lambda: numbers.id_number(rng, date(1950, 1, 1) + timedelta(days=n % 18_000), "f", "990199", n % 500),
        rules.student_number: lambda: f"J{n:018d}", rules.phone: lambda: numbers.phone(rng), rules.plate: lambda: f"示Z{n % 100_000:05d}",
        rules.school_code: lambda: f"2199{n % 1_000_000:06d}", rules.division_code: lambda: f"990177{n % 1000:03d}{(n // 1000) % 1000:03d}",
        rules.username: lambda: f"someone{n}"}
    found = made.get(one.rule)
    if found:
        return found()
    if one.rule is not None and one.rule.name.startswith("several"):
        return {"income": "打工收入、其他", "aid": "无"}[one.key]
    length = getattr(one.type, "length", None) or 40
    return f"试{n}"[:length]


def typed(one: Field, n: int, table: str = "") -> str | None:
    """The value as a form sends it; None for a box that is not ticked."""
    made = value(one, n, table)
    if isinstance(made, bool):
        return None
    if isinstance(made, datetime):
        return clock.local(made).strftime("%Y-%m-%dT%H:%M")
    return made.isoformat() if isinstance(made, date) else str(made)
