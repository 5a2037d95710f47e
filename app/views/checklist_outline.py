"""The page of a version with its sections and items in their order, and the buttons that change it."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import codes
from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.panel import pages
from app.panel.address import whole
from app.panel.declared import Declared
from app.panel.security import asker
from app.panel.views_by_entity import url_of
from app.services import checklist, records

KINDS = {"s": ChecklistSection, "i": ChecklistItem}
Part = ChecklistSection | ChecklistItem


class Button(NamedTuple):
    """What a pressed button says: the row, the version it was seen in, the neighbour's id; the place on the page to come back to."""

    row: Part
    version: int
    neighbour: int
    anchor: str


def pressed(session: Session, template: ChecklistTemplate) -> Button | None:
    """``move=<kind>.<id>.<version>.<neighbour>``; None for what is no row of this version."""
    kind, *said = request.form.get("move", "").split(".")
    numbers = [number for number in map(whole, said) if number is not None]
    if kind not in KINDS or len(numbers) != 3:
        return None
    row = records.find(session, KINDS[kind], numbers[0])
    if row is None or _section(row).template_id != template.id:
        return None
    return Button(row, numbers[1], numbers[2], anchor_of(row))


def anchor_of(row: Part) -> str:
    return f"{_kind(row)}{row.id}"


def _kind(row: Part) -> str:
    return next(letter for letter, model in KINDS.items() if isinstance(row, model))


def _section(row: Part) -> ChecklistSection:
    return row if isinstance(row, ChecklistSection) else row.section


def page(view: Declared, template: ChecklistTemplate) -> str:
    """Sections and items; of a draft with what may be done to each."""
    sections, items = checklist.outline(db.session(), template.id)
    shown, able = pages.record_context(view, template), view.may_change(template)
    below = [[item for item in items if item.section_id == section.id] for section in sections]
    shown.sections = [_part(section, sections, able, items=[_item(item, own, able) for item in own], count=len(own), text=_(section.name),
                            add_url=_add_url(ChecklistItem, able, section=section.id)) for section, own in zip(sections, below, strict=True)]
    shown.add_url, shown.count = _add_url(ChecklistSection, able, template=template.id), len(items)
    shown.move_url = view.url("move", pk=template.id)
    return render_template("checklist/outline.html", page=shown)


def _item(item: ChecklistItem, order: Sequence[ChecklistItem], able: bool) -> SimpleNamespace:
    """An item's line; what it is asked for and by whom in few words."""
    asked = [_(codes.CONDITION[item.applies_when])] if item.applies_when in codes.CONDITION else []
    return _part(item, order, able, text=_(item.text), critical=item.critical, notes=[item.methods, *asked, _("%(count)s 分", count=item.weight)])


def _part(row: Part, order: Sequence[Any], able: bool, **more: Any) -> SimpleNamespace:
    entity, at = type(row).__name__, order.index(row)
    changes, deletes = able and asker().may("write", entity), able and asker().may("delete", entity)
    return SimpleNamespace(
        anchor=anchor_of(row), code=row.code, url=url_of(entity, "show", pk=row.id), changes=changes,
        up=_button(row, order[at - 1]) if at else "", down=_button(row, order[at + 1]) if at + 1 < len(order) else "",
        edit_url=url_of(entity, "edit", pk=row.id) if changes else None, delete_url=url_of(entity, "delete", pk=row.id) if deletes else None, **more)


def _button(row: Part, neighbour: Part) -> str:
    return f"{_kind(row)}.{row.id}.{row.version}.{neighbour.id}"


def _add_url(model: type[Part], able: bool, **at: int) -> str | None:
    return url_of(model.__name__, "add", **at) if able and asker().may("write", model) else None
