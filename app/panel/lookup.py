"""The look-up behind every link field: twenty rows that answer to what was typed, within the scope.

Only what a form's link may point at is looked up: what else hangs on a row is told by that row's page, to whom it is shown.
``?of=Inspection.inspector`` names the field that asks; a narrowed one is offered only what it takes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import abort, jsonify, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import entities
from app.models.base import Entity, fields_of
from app.models.rules import clean_text
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS
from app.services import masks, narrow, records, search
from app.services.table import names

MOST = 20


class Lookup(BaseView):
    """JSON for static/js/lookup.js."""

    route_base = "/lookup"
    default_view = "find"

    @expose("/<entity>")
    def find(self, entity: str) -> Response:
        model = entities().get(entity)
        if not current_user.is_authenticated or model is None or not _told(model):
            abort(404)
        text, title = clean_text(request.args.get("q", ""))[:60], getattr(model, model.__title__)
        query = select(model.id, title).where(*_narrowed(entity)).order_by(title, model.id).limit(MOST)
        if text:
            query = query.where(search.condition(asker(), model, text, [model.__title__], search.MOST))
        rows = db.session.execute(query).all()
        notes = _notes(model, [row[0] for row in rows])
        return jsonify(results=[{"id": row_id, "text": str(name), "note": notes.get(row_id, "")} for row_id, name in rows])


def _told(model: type[Entity]) -> bool:
    """Whether the asker may choose from the entity's rows."""
    return model.__name__ in chosen_from() and asker().may("read", model) and not masks.nameless(asker(), model)


@cache
def chosen_from() -> frozenset[str]:
    """The entities that a form's link may point at."""
    links = (one for view in VIEWS.values() for one in records.editable(view.model).values())
    return frozenset(one.target for one in links if one.target and entities()[one.target].__title__)


def _narrowed(entity: str) -> list[Any]:
    """The conditions of the field that asks, if it points at this entity at all."""
    owner, _dot, key = request.args.get("of", "").partition(".")
    one = fields_of(entities()[owner]).get(key) if owner in entities() else None
    return narrow.conditions(one) if one is not None and one.target == entity else []


def _notes(model: type[Entity], ids: list[int]) -> dict[int, str]:
    """What tells rows of one name apart: the class of a child, the school of the rest, or what the entity says."""
    fields = fields_of(model)
    if model.__apart__:
        said = db.session.execute(select(model.id, getattr(model, model.__apart__)).where(model.id.in_(ids)))
        return {row_id: f"{gettext(fields[model.__apart__].label)} {value}" for row_id, value in said}
    key = "school_class" if "school_class" in fields else "school" if "school" in fields and asker().school_id is None else None
    if key is None:
        return {}
    column = getattr(model, f"{key}_id")
    linked = dict(db.session.execute(select(model.id, column).where(model.id.in_(ids))).all())
    named = names(db.session(), entities()[str(fields[key].target)], [value for value in linked.values() if value])
    return {row_id: named.get(value, "") for row_id, value in linked.items()}
