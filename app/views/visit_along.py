"""What a phone takes along to a school without a network: the sheet, its cards drawn, the ticks so far.

Counts and sentences only: the rows behind a figure, photos and everything that finds a person stay here; what looks like an ID number,
a telephone or an address in a remark is covered.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from app.extensions import db
from app.models.inspection import Inspection
from app.panel.forms import say
from app.services import clock, inspection, inspection_sheet, masks, visit_sync, visits
from app.services.alone import alone
from app.services.inspection_sheet import Line, Part
from app.views import sheet_page, visit_page, visit_words


def day_list() -> list[dict[str, Any]]:
    """The asker's own inspections that are near, the next first."""
    found = visits.near(db.session())
    return [{"pk": one.inspection.id, "school": one.school.name, "name": one.inspection.name, "day": one.inspection.planned_on.isoformat(),
             "answered": one.answered, "total": one.total} for one in found]


def whole(row: Inspection) -> dict[str, Any]:
    """One inspection, ready to be shown and ticked without a network."""
    sheet = inspection.open_sheet(db.session(), row)
    page = SimpleNamespace(ticks=visit_words.ticks(), along=True, scripted=True)
    return masks.without_numbers({
        "pk": row.id, "school": sheet.school.name, "name": row.name, "day": row.planned_on.isoformat(),
        "at": clock.local(clock.now()).strftime("%H:%M"), "sections": [_section(row, part, page) for part in sheet.parts if part.total]})


def _section(row: Inspection, part: Part, page: SimpleNamespace) -> dict[str, Any]:
    return {"code": part.section.code, "name": _(part.section.name), "items": [_item(row, line, page) for line in part.lines if line.applies]}


def _item(row: Inspection, line: Line, page: SimpleNamespace) -> dict[str, Any]:
    card = visit_page.card(row, line, [])
    if card.proof is not None:
        card.proof.rows_url = None  # the rows are children: they stay here
    drawn = current_app.jinja_env.get_template("visit/_card.html").render(card=card, page=page)
    return {"code": card.code, "text": f"{card.text} {card.asked or ''}", "answer": sheet_page.ticked(line.answer), "html": drawn}


# What became of what a phone sent --------------------------------------------------------
def told(outcome: visit_sync.Outcome) -> dict[str, Any]:
    """An outcome as the phone takes it."""
    found: dict[str, Any] = {"id": outcome.op.id, "state": outcome.state}
    if outcome.state == visit_sync.TAKEN:
        at = clock.local(outcome.at or clock.now()).strftime("%H:%M")
        return {**found, "at": at, "answer": sheet_page.ticked(outcome.answer)}
    if outcome.state == visit_sync.CONFLICT:
        return {**found, "fields": list(outcome.fields), "answer": sheet_page.theirs(outcome.answer)}
    return {**found, "errors": {key: say(error) for key, error in outcome.errors.items()}, "answer": sheet_page.ticked(outcome.answer)}


def progress(one: visit_sync.Before) -> dict[str, Any]:
    """How far an inspection is, whole and by section."""
    with alone(db.session(), one.school.id):
        told = inspection_sheet.progress(db.session(), one.row)
    return {"pk": one.row.id, "answered": told.answered, "total": told.total, "fails": told.fails, "sections": told.sections}


def shell() -> SimpleNamespace:
    """The page that stands in for all others while there is no network."""
    return SimpleNamespace(title=_("督导检查"), words=visit_words.words(), root=url_for("Visit.schools"))
