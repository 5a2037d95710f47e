"""When and where a photo of a visit was taken, as the phone says it: kept in columns beside the picture, never in it.

The phone gives the place only where the inspector agreed. What makes no sense is left out; the photo is kept all the same.
Who ticks and the county office see it, nobody else: a school need not know where an inspector's phone stood.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.models.audit import Attachment
from app.models.inspection import Answer
from app.services import clock, scope

LONGEST = 300  # characters of what a phone says
OLDEST = timedelta(days=8)  # a phone keeps a photo for seven
WIDEST = 100_000  # metres: more is no place
SEERS = frozenset({"inspector", "county"})


@dataclass(frozen=True)
class Shot:
    """``at``: by the server's clock. ``within``: metres, as sure as the phone is of ``latitude`` and ``longitude`` (degrees, WGS 84)."""

    at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    within: int | None = None


def told(text: str) -> Shot:
    """What a phone sent: JSON with ``at`` and ``now``, milliseconds by its own clock, and ``lat``, ``lon``, ``within``."""
    try:
        sent = json.loads(text[:LONGEST] or "{}")
    except ValueError:
        return Shot()
    return Shot(_moment(sent), *_place(sent)) if isinstance(sent, dict) else Shot()


def _moment(sent: dict[str, Any]) -> datetime | None:
    """So long ago as the phone says, before now: its clock may be wrong, but runs as fast as others."""
    at, now = sent.get("at"), sent.get("now")
    if type(at) is not int or type(now) is not int or not 0 <= now - at <= OLDEST.total_seconds() * 1000:
        return None
    return (clock.now() - timedelta(milliseconds=now - at)).astimezone(UTC)


def _place(sent: dict[str, Any]) -> tuple[float | None, float | None, int | None]:
    latitude, longitude, within = _number(sent.get("lat"), 90), _number(sent.get("lon"), 180), _number(sent.get("within"), WIDEST)
    if latitude is None or longitude is None or within is None or within < 0:
        return None, None, None
    return round(latitude, 6), round(longitude, 6), math.ceil(within)


def _number(value: Any, most: float) -> float | None:
    return value if type(value) in (int, float) and math.isfinite(value) and abs(value) <= most else None


def columns(shot: Shot) -> dict[str, Any]:
    """As columns of the file."""
    return {"shot_at": shot.at, "latitude": shot.latitude, "longitude": shot.longitude, "within": shot.within}


def of(session: Session, file: Attachment) -> Shot | None:
    """What is known of a photo, for who may see it."""
    who = scope.asker(session)
    if who.role not in SEERS or file.entity != Answer.__name__ or (file.shot_at is None and file.latitude is None):
        return None
    return Shot(file.shot_at, file.latitude, file.longitude, file.within)
