"""Make a draft what a workbook tells: sections and items added, changed, moved, deleted by their codes, each told in the history."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.services import checklist, checklist_told, records
from app.services.checklist_told import ITEM, SECTION, Told


def fingerprint(old: Told, new: Told) -> str:
    """Says whether a workbook would still do to a draft what was shown."""
    return hashlib.sha256(repr(checklist_told.apart(old, new)).encode()).hexdigest()


def write(session: Session, draft: ChecklistTemplate, new: Told) -> None:
    """All of it in the transaction of the session, which the caller commits. Refused by row as everywhere, also for a published version."""
    now = records.current(draft)
    if changed := {key: value for key, value in new.rules.items() if value != now[key]}:
        records.edit(session, draft, changed)
    sections, items = checklist_told.rows(session, draft)
    for code, name in new.sections.items():
        row = sections.get(code)
        if row is None:
            sections[code] = records.add(session, ChecklistSection, {"template": draft.id, "code": code, "name": name, "position": 0})
        elif row.name != name:
            records.edit(session, row, {"name": name})
    for code, told in new.items.items():
        items[code] = _item(session, items.get(code), sections[told[SECTION]], code, told)
    gone = [*(row for code, row in items.items() if code not in new.items), *(row for code, row in sections.items() if code not in new.sections)]
    if gone:
        records.delete(session, *gone)
    _order(session, [sections[code] for code in new.sections], checklist.sections_of(session, draft.id))
    for code in new.sections:
        own = [items[key] for key, told in new.items.items() if told[SECTION] == code]
        _order(session, own, sorted(own, key=lambda row: (row.position, row.id)))


def _item(session: Session, row: ChecklistItem | None, section: ChecklistSection, code: str, told: Mapping[str, Any]) -> ChecklistItem:
    values = {**{key: told[key] for key in ITEM}, "section": section.id, "parameters": dict(told["parameters"]) or None}
    if row is None:
        return records.add(session, ChecklistItem, {**values, "code": code, "position": 0})
    now = {**records.current(row), "parameters": checklist.parameters_of(row) or None}
    if changed := {key: value for key, value in values.items() if value != now[key]}:
        records.edit(session, row, changed)
    return row


def _order(session: Session, wanted: Sequence[Any], now: Sequence[Any]) -> None:
    """Count the places anew where the order is another."""
    if [row.id for row in wanted] == [row.id for row in now] and all(row.position for row in wanted):
        return
    for place, row in enumerate(wanted, start=1):
        if row.position != place:
            records.edit(session, row, {"position": place})
