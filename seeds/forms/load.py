"""The official forms as they are shipped: one declaration a file, taken into the database where it is not there yet."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.forms import SIGNERS, Form, FormColumn
from app.services import clock
from seeds.bulk import Bulk

FOLDER = Path(__file__).parent
WHOLE = ("key", "title", "kind", "period", "subject", "which", "day", "sorted_by", "unit", "portrait", "note")


def load_forms(session: Session) -> list[str]:
    """Insert the common forms that are missing and return their keys; those there already stay as they are. The caller commits."""
    known = set(session.scalars(select(Form.key).where(Form.area_id.is_(None))))
    missing = [one for one in declarations() if one["key"] not in known]
    bulk = Bulk(session, Random(), datetime.combine(clock.today(), datetime.min.time(), UTC))
    for told in missing:
        form = bulk.add(Form, **{key: told[key] for key in WHOLE if key in told}, signers=told.get("signers", SIGNERS))
        for position, (label, source, width, *total) in enumerate(told["columns"], start=1):
            bulk.add(FormColumn, form_id=form["id"], position=10 * position, label=label, source=source, width=width, totalled=bool(total))
    bulk.finish()
    return [told["key"] for told in missing]


def declarations() -> list[dict[str, Any]]:
    """The files in the order of their names."""
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
