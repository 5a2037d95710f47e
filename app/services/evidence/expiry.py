"""Papers that end on a day: licences, certificates, permits, insurances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import and_, func

from app.models.words import _
from app.services.evidence.core import Figure, Rows, ids, untrue
from app.services.evidence.judge import faults
from app.services.evidence.reads import tally

SOON_DAYS = 30  # a paper that ends within so many days is shown as a warning


def papers(model: Any, of: Sequence[Any], sound: Any, until: Any, on: date, **told: Any) -> Figure:
    """Rows whose paper is unsound, unknown or over; the last day still counts. One is enough to suggest "fail".

    The text may name the earliest day on which a paper ends or ended (``next``).
    """
    holds = and_(sound, until >= on)
    found = yield tally(model, *of, good=holds, values={"next": func.min(until)})
    bad = found.total - found.good
    left = (found.next - on).days if found.next else None
    made = faults(bad, found.total, rows=Rows(model, ids(model, *of, untrue(holds)), bad), threshold=_("全部在有效期内"),
                  next=found.next.isoformat() if found.next else "—", **told)
    return replace(made, level="warn") if made.level == "ok" and left is not None and left <= SOON_DAYS else made
