"""All that one request changed, gathered: what a move took along, what an import did. Each record as its own history tells it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from flask import abort, current_app, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _

from app.extensions import db
from app.models import entities
from app.models.audit import Attachment, Change
from app.models.base import Entity, fields_of
from app.models.by_row import ByRow
from app.models.inspection import Answer
from app.panel import change_words
from app.panel.address import whole
from app.panel.declared import Declared
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS, url_of, view_of
from app.services import clock, one_request, reading, retention, visits
from app.services.exchange import undo
from app.services.one_request import Place

PAGE = 50  # changes
PARTS = {Attachment.__name__: (), Answer.__name__: ("item",)}  # what is told in the history of another record → links that name it


class OneRequest(BaseView):
    """Any member comes in; each record asks the entity's own verb, and the scope."""

    route_base = "/request"
    class_permission_name = "Home"
    default_view = "changes"

    @expose("/<request_id>")
    @has_access
    @permission_name("read")
    def changes(self, request_id: str) -> str:
        return _page(request_id)


def url(request_id: str, after: Place | None = None) -> str:
    args: dict[str, Any] = {"entity": after.entity, "record": after.record, "line": after.line} if after is not None else {}
    return url_for("OneRequest.changes", request_id=request_id, **args)


def wider(view: Declared, row: Entity, changes: Collection[Change]) -> set[int]:
    """Ids of those changes of a record whose request changed more than that record."""
    return one_request.wider(db.session(), changes, view.model.__name__, row.id, _readable()) if changes else set()


def _readable() -> dict[str, datetime | None]:
    """The entities whose histories the asker may read; deleted rows of those whose trash the asker may see."""
    who, since = asker(), retention.trash_since(current_app.config["TRASH_DAYS"])
    views = [(name, VIEWS[name].exclude_route_methods) for name in one_request.order() if name in VIEWS and who.may("read", name)]
    return {name: since if who.may("delete", name) and "trash" not in without else None for name, without in views if "history" not in without}


def _asked() -> Place | None:
    record, line = whole(request.args.get("record")), whole(request.args.get("line"))
    return Place(request.args.get("entity", ""), record, line) if record is not None and line is not None else None


def _page(request_id: str) -> str:
    readable, after = _readable(), _asked()
    if after is not None and after.entity not in readable:
        after = None
    found = one_request.lines(db.session(), request_id, readable, PAGE + 1, after)
    batch = undo.of_request(db.session(), request_id) if not found or found[0].action == "import" else None
    if not found and batch is None and after is None:
        abort(404)
    told, kinds = found[:PAGE], list(readable)
    last = Place(kinds[told[-1].rank], told[-1].record, told[-1].id) if len(found) > PAGE else None
    return render_template("panel/one_request.html", page=SimpleNamespace(
        title=_("同一次操作"), **_head(told), batch=batch, batches_url=url_for("Sheets.batches") if batch is not None else None,
        groups=_groups(told, kinds), next_url=url(request_id, last) if last is not None else None, first_url=url(request_id) if after is not None else None))


def _head(told: Sequence[Any]) -> dict[str, Any]:
    """Who did it, when, and what it was, from the lines on the page."""
    said = [change_words.head(one) for one in told]
    return {"who": _("、").join(dict.fromkeys(one["who"] for one in said)), "when": min((one["when"] for one in said), default=""),
            "actions": _("、").join(dict.fromkeys(one["action_label"] for one in said))}


def _groups(told: Sequence[Any], kinds: Sequence[str]) -> list[dict[str, Any]]:
    """The lines record by record."""
    records = {(kinds[one.rank], one.record) for one in told}
    rows = one_request.rows_of(db.session(), records | {(one.entity, one.row_id) for one in told})
    one_request.with_links(db.session(), list(rows.values()), _links)
    reading.tell(db.session(), *(rows[record] for record in sorted(records)))
    seen = change_words.seen((entities()[one.entity], one) for one in told if one.entity not in PARTS)
    return [{**_name(entity, rows[entity, row_id]), "entries": [_entry(rows[one.entity, one.row_id], one, seen) for one in lines]}
            for (entity, row_id), lines in groupby(told, lambda one: (kinds[one.rank], one.record))]


def _links(model: type[Entity]) -> list[str]:
    """Links that are read of a row to name it and to word its codes."""
    words = (one.choices.column.partition(".") for one in fields_of(model).values() if isinstance(one.choices, ByRow))
    return [*PARTS.get(model.__name__, ()), *(VIEWS[model.__name__].called_by if model.__name__ in VIEWS else ()), *(link for link, dot, _key in words if dot)]


def _name(entity: str, row: Any) -> dict[str, Any]:
    view = view_of(entity)
    gone = row.deleted_at is not None
    return {"label": view.title, "name": view.name_of(row), "deleted": clock.local(row.deleted_at).strftime("%Y-%m-%d %H:%M") if gone else "",
            "url": view.url("trash") if gone else url_of(entity, "show", pk=row.id)}


def _entry(row: Any, one: Any, seen: change_words.Seen) -> dict[str, Any]:
    if isinstance(row, Attachment):
        return change_words.of_file(row, one)
    return change_words.of_part(row, visits.name_of(row.item), one, seen) if isinstance(row, Answer) else change_words.of_row(row, one, seen)
