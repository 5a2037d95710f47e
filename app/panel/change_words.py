"""How a change reads in a history: who, when, what, and its lines old → new, as far as the reader may see each."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any

from flask_babel import gettext as _

from app.extensions import db
from app.models import audit, crypto, entities
from app.models.base import Entity, Field, Kind, fields_of
from app.models.by_row import ByRow
from app.panel import pages
from app.panel.security import asker
from app.services import choosing, clock, history, masks, scope, table
from app.services.history import thaw

Seen = Set[tuple[str, int]]  # (entity, id) of linked rows whose names the reader may be told


def head(change: Any) -> dict[str, Any]:
    return {"when": clock.local(change.at).strftime("%Y-%m-%d %H:%M"), "who": change.who, "action_label": _(audit.ACTION.get(change.action, change.action))}


def of_row(row: Entity, change: Any, seen: Seen) -> dict[str, Any]:
    """A change of a record."""
    notes = [{"label": _(history.NOTES[line[0]]), "old": "", "new": line[4]} for line in change.lines if line[0] in history.NOTES]
    return {**head(change), "lines": [*_lines(row, change, seen), *notes]}


def of_part(part: Entity, name: str, change: Any, seen: Seen) -> dict[str, Any]:
    """A change of what has no page of its own; it is changed back where it was made."""
    return {**head(change), "about": name, "lines": [line for line in _lines(part, change, seen, links=False) if line["old"] or line["new"]]}


def of_file(one: audit.Attachment, change: Any) -> dict[str, Any]:
    """A file that was hung on a record, taken away or back."""
    away = change.action == "delete"
    return {**head(change), "lines": [{"label": _(audit.Attachment.__label__), "old": one.name if away else "", "new": "" if away else one.name}]}


def seen(changes: Iterable[tuple[type[Entity], Any]]) -> Seen:
    """Which of the persons that lines of these changes (of rows of an entity) point at are in sight: asked at once."""
    wanted: dict[str, set[int]] = {}
    for model, change in changes:
        targets = {one.column: str(one.target) for one in fields_of(model).values() if one.target and not _told_to_all(one)}
        for line in change.lines:
            if line[0] in targets:
                wanted.setdefault(targets[line[0]], set()).update(row_id for row_id in line[1:3] if row_id is not None)
    with scope.trash(db.session()):
        return table.seen(db.session(), wanted)


def _lines(row: Entity, change: Any, seen: Seen, links: bool = True) -> list[dict[str, str]]:
    fields = {one.column: one for one in fields_of(type(row)).values() if links or not one.target}
    return [_line(row, fields[line[0]], line, seen) for line in change.lines if line[0] in fields]


def _line(row: Entity, one: Field, line: list[Any], seen: Seen) -> dict[str, str]:
    depth = masks.level_of(asker(), row, one)
    if depth == "hidden" and not one.secret:
        old, new = (masks.DOTS if raw is not None else "" for raw in line[1:3])
        return {"label": _(one.label), "old": old, "new": new}
    if one.target:
        return {"label": _(one.label), "old": _linked(one, line[1], line[3], seen), "new": _linked(one, line[2], line[4], seen)}
    if isinstance(one.choices, ByRow):  # older lines tell the code
        old, new = (pages.worded(one, choosing.text(db.session(), row, one, raw)) for raw in line[1:3])
        return {"label": _(one.label), "old": old, "new": new}
    if not one.secret:
        return {"label": _(one.label), "old": pages.worded(one, line[3]), "new": pages.worded(one, line[4])}
    place = f"{row.__tablename__}.{one.key}"
    old, new = (masks.cover(crypto.unseal(thaw(raw), place, row.uid), depth) if raw else "" for raw in line[1:3])
    return {"label": _(one.label), "old": old, "new": new}


def _linked(one: Field, row_id: Any, told: str, seen: Seen) -> str:
    """The name that a linked row had; of a person that is out of sight the number."""
    if row_id is None:
        return ""
    return told if _told_to_all(one) or (one.target, row_id) in seen else f"#{row_id}"


def _told_to_all(one: Field) -> bool:
    """Whether a link tells no person (a school, a class), or is declared ``named``."""
    target: Any = entities()[str(one.target)]
    return one.named or fields_of(target)[target.__title__].kind is not Kind.PERSONAL
