"""Load the checklist of template.json as a published version."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.clock import SHANGHAI
from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.services import clock
from seeds.bulk import Bulk

TEMPLATE = Path(__file__).with_name("template.json")
SEED = 120  # uids only: they need not be secret, and equal in every county


def load_template(session: Session, published_on: date | None = None) -> ChecklistTemplate:
    """The published template, made unless its code and version are there already; the caller commits."""
    told = json.loads(TEMPLATE.read_text("utf-8"))
    query = select(ChecklistTemplate).where(ChecklistTemplate.code == told["code"], ChecklistTemplate.number == told["version"])
    found = session.scalars(query).one_or_none()
    if found is None:
        _insert(session, told, published_on or clock.today())
        found = session.scalars(query).one()
    return found


def _insert(session: Session, told: dict[str, Any], published_on: date) -> None:
    bulk = Bulk(session, Random(SEED), datetime.combine(published_on, time(8), SHANGHAI))
    template = bulk.add(ChecklistTemplate, code=told["code"], number=told["version"], name=told["label"], state="published",
                        published_on=published_on)
    for place, section in enumerate(told["sections"], start=1):
        row = bulk.add(ChecklistSection, template_id=template["id"], code=section["code"], name=section["label"], position=place)
        for order, item in enumerate(section["items"], start=1):
            bulk.add(ChecklistItem, section_id=row["id"], position=order, **_item(item))
    bulk.finish()


def _item(item: dict[str, Any]) -> dict[str, Any]:
    """Columns of an item: methods run together (查算), each basis as shown, joined by ；."""
    plain = ("code", "text", "evidence_asked", "critical", "applies_when", "evidence", "parameters")
    return {**{key: item[key] for key in plain}, "methods": "".join(item["methods"]),
            "basis": "；".join(basis["text"] for basis in item["basis"]) or None}
