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
from app.services import clock, scope
from seeds.bulk import Bulk

TEMPLATE = Path(__file__).with_name("template.json")
SEED = 120  # uids only: they need not be secret, and equal in every county


def load_template(session: Session, published_on: date | None = None) -> ChecklistTemplate:
    """The published template, made unless a version of its code has its items already; the caller commits.

    Where the county made a version of its own under that number, the new one comes after its last.
    """
    told = json.loads(TEMPLATE.read_text("utf-8"))
    with scope.trash(session):
        versions = list(session.scalars(select(ChecklistTemplate).where(ChecklistTemplate.code == told["code"]).order_by(ChecklistTemplate.number)))
        found = next((one for one in versions if _told_by(session, one) == _told(told)), None)
    if found is not None:
        return found
    taken = {one.number for one in versions}
    number = told["version"] if told["version"] not in taken else max(taken) + 1
    return session.get_one(ChecklistTemplate, _insert(session, told, number, published_on or clock.today()))


def update_template(session: Session) -> None:
    """Put the template beside an older version of it, where there is one; a desk without any is left alone."""
    code = json.loads(TEMPLATE.read_text("utf-8"))["code"]
    with scope.trash(session):
        older = session.scalar(select(ChecklistTemplate.id).where(ChecklistTemplate.code == code).limit(1))
    if older is not None:
        load_template(session)


Item = tuple[str, str, str | None, dict[str, Any]]


def _told(told: dict[str, Any]) -> list[Item]:
    """What makes a version: code, text, function and parameters of its items."""
    return sorted(((item["code"], item["text"], item["evidence"], item["parameters"]) for section in told["sections"] for item in section["items"]),
                  key=_code)


def _told_by(session: Session, template: ChecklistTemplate) -> list[Item]:
    """The same of a version in the database, none of a draft: that may change yet."""
    if template.state != "published":
        return []
    item = ChecklistItem
    query = select(item.code, item.text, item.evidence, item.parameters).join(ChecklistSection, ChecklistSection.id == item.section_id)
    rows = session.execute(query.where(ChecklistSection.template_id == template.id))
    return sorted(((code, text, evidence, parameters or {}) for code, text, evidence, parameters in rows), key=_code)


def _code(item: Item) -> str:
    return item[0]


def _insert(session: Session, told: dict[str, Any], number: int, published_on: date) -> int:
    bulk = Bulk(session, Random(SEED), datetime.combine(published_on, time(8), SHANGHAI))
    template = bulk.add(ChecklistTemplate, code=told["code"], number=number, name=told["label"], state="published",
                        published_on=published_on)
    for place, section in enumerate(told["sections"], start=1):
        row = bulk.add(ChecklistSection, template_id=template["id"], code=section["code"], name=section["label"], position=place)
        for order, item in enumerate(section["items"], start=1):
            bulk.add(ChecklistItem, section_id=row["id"], position=order, **_item(item))
    bulk.finish()
    return int(template["id"])


def _item(item: dict[str, Any]) -> dict[str, Any]:
    """Columns of an item: methods run together (查算), each basis as shown, joined by ；."""
    plain = ("code", "text", "evidence_asked", "critical", "applies_when", "evidence", "parameters")
    return {**{key: item[key] for key in plain}, "methods": "".join(item["methods"]),
            "basis": "；".join(basis["text"] for basis in item["basis"]) or None}
