"""REST: ``/api/v1/<table>/`` for every entity that has a view, from the same declaration as its pages.

In comes a session with CSRF token, or an access key. Scope, masks, rules, history are those of the
pages, because the calls below are theirs: records.py, listing.py, the view's own ``make`` and ``change``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, wraps
from typing import Any, ClassVar

from flask import abort, current_app, jsonify, request, url_for
from flask_appbuilder import AppBuilder
from flask_appbuilder.api import BaseApi, expose
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import entities
from app.models.base import Field, fields_of
from app.models.rules import RuleError, clean_text
from app.panel import columns, loosened, pages, wire
from app.panel.address import Address
from app.panel.chips import choices_of
from app.panel.forms import say
from app.panel.security import ask_as_member, asker
from app.panel.view import PanelView
from app.panel.views_by_entity import view_of
from app.roles import ROLES, may
from app.services import asked_anew, listing, masks, once, reading, records, withheld
from app.services.table import Table

MOST_BYTES = 1024 * 1024  # of a JSON body
Answer = Response | tuple[Response, int]
# Method of the API → the route of the pages that must be there too, and the verb it needs.
PAGE_OF = {"post": ("add", "write"), "put": ("edit", "write"), "delete": ("delete", "delete")}


def allowed(verb: str) -> Callable[[Any], Any]:
    """401 without a member, 403 without the verb on the entity: in JSON, never a redirect."""

    def decorate(method: Any) -> Any:
        @wraps(method)
        def guarded(self: BaseApi, *args: Any, **values: Any) -> Any:
            if not current_user.is_authenticated:
                abort(401)
            if not self.appbuilder.sm.has_access(f"can_{verb}", self.class_permission_name):
                abort(403)
            return method(self, *args, **values)

        guarded._permission_name = verb  # type: ignore[attr-defined]
        return guarded

    return decorate


class EntityApi(BaseApi):
    """The resource of one entity; ``api_of`` makes the classes."""

    entity: ClassVar[str]
    csrf_exempt = False
    allow_browser_login = True

    @property
    def view(self) -> PanelView:
        return view_of(self.entity)

    def url(self, method: str, **args: Any) -> str:
        return url_for(f"{self.endpoint}.{method}", **args)

    @expose("/", methods=["GET"])  # type: ignore[arg-type]
    @allowed("read")
    def get_list(self) -> Answer:
        """One page of the list; ``next`` is the address of the one after it. What no bulk export takes beyond the school is not in it."""
        view, address = self.view, self._address()
        table, query = _table(view), pages.query_of(view, address)
        page = listing.fetch(db.session(), table, replace(query, conditions=[*query.conditions, *withheld.conditions(asker(), view.model)]))
        if page.lost:
            abort(400, _("a 或 b 所指的记录已不在，请从第一页重新读取。"))
        follows = replace(address, before=None, after=page.rows[-1][0], first=1).url() if page.has_next and page.rows else None
        reading.tell_listed(db.session(), table, page.rows)
        shape = _shaper(table)
        return jsonify(count=min(page.count, listing.COUNT_LIMIT), count_is_least=page.count > listing.COUNT_LIMIT,
                       result=[shape(row) for row in page.rows], next=follows, left_out=withheld.told(asker(), view.model))

    def _address(self) -> Address:
        view = self.view
        filters = {key: choices_of(fields_of(view.model)[key]) for key in view.filters}
        return Address.parse(self.url("get_list"), request.args, filters, view.marks, view.orders)

    @expose("/_info", methods=["GET"])  # type: ignore[arg-type]
    @allowed("read")
    def info(self) -> Answer:
        """The columns, and what the asker may do."""
        view = self.view
        return jsonify(entity=view.model.__name__, label=view.title, methods=methods_of(view), filters=list(view.filters), orders=list(view.orders),
                       marks={key: _(label) for key, (label, _condition) in view.marks.items()},
                       columns=columns.told(view))

    @expose("/<int:pk>", methods=["GET"])  # type: ignore[arg-type]
    @allowed("read")
    def get(self, pk: int) -> Answer:
        view = self.view
        view.opened(view.row(pk))
        reading.tell_whole(db.session(), view.model, [fields_of(view.model)[key] for key in view.columns])
        return jsonify(row_of(view, pk))

    @expose("/", methods=["POST"])  # type: ignore[arg-type]
    @allowed("write")
    def post(self) -> Answer:
        """A new row; the same Idempotency-Key again gives back the row that it made."""
        view, body = self.view, _body()
        return _written(view, lambda: view.make(_values(view, body), _token()), 201)

    @expose("/<int:pk>", methods=["PUT", "PATCH"])  # type: ignore[arg-type]
    @allowed("write")
    def put(self, pk: int) -> Answer:
        """Change the fields that are given; ``version`` says which state they were made from. Sent again, it finds what it wrote."""
        view, body = self.view, _body()
        row = view.row(pk)
        if not view.may_change(row):
            abort(403)
        view.opened(row)
        version = body.pop("version", None)
        if type(version) is not int:
            return _refused({"version": RuleError(_("请填写 version：读取时的版本号"))})
        return _written(view, lambda: view.change(row, _values(view, body), version), 200, lambda: _stands(view, pk, body))

    @expose("/<int:pk>", methods=["DELETE"])  # type: ignore[arg-type]
    @allowed("delete")
    def delete(self, pk: int) -> Answer:
        """Into the trash, from where it can be taken back for 30 days."""
        row = self.view.row(pk)
        if not self.view.may_change(row):
            abort(403)
        try:
            records.delete(db.session(), row)
            db.session.commit()
        except records.Refused as refused:
            db.session.rollback()
            return _refused(refused.errors)
        return current_app.response_class(status=204)


# Out ------------------------------------------------------------------------------------
def _table(view: PanelView) -> Table:
    """The view's columns with version and time of the last change at the end; made once."""
    return _table_of(view.model.__name__, tuple(view.columns))


@cache
def _table_of(entity: str, keys: tuple[str, ...]) -> Table:
    model = entities()[entity]
    table = Table(model, keys)
    table.statement = table.statement.add_columns(model.version, model.updated_at)
    return table


def _shaper(table: Table) -> Callable[[Any], dict[str, Any]]:
    """tuple → JSON object."""
    values = table.values(asker())
    links = {key: at for key, at in table.link_ids().items() if not masks.masked(asker(), table.model, fields_of(table.model)[key])}
    moment = Field("updated_at", "", table.fields[0].kind)

    def shape(row: Any) -> dict[str, Any]:
        cells = {one.key: wire.out(one, value, row[links[one.key]] if one.key in links else None)
                 for one, value in zip(table.fields, values(row), strict=True)}
        return {"id": row[0], **cells, "version": row[-2], "updated_at": wire.out(moment, row[-1])}

    return shape


def row_of(view: PanelView, pk: int) -> dict[str, Any]:
    """One row as lists give it."""
    table = _table(view)
    row = db.session.execute(table.statement.where(view.model.id == pk)).first()
    return _shaper(table)(row) if row is not None else abort(404)


# In -------------------------------------------------------------------------------------
def _body() -> dict[str, Any]:
    """The JSON object of the request; 400 when there is none, 413 when it is too long."""
    request.max_content_length = MOST_BYTES
    if not request.is_json:
        abort(400, _("请以 Content-Type: application/json 提交。"))
    if (request.content_length or 0) > MOST_BYTES or len(data := request.get_data()) > MOST_BYTES:
        abort(413, _("提交的内容最多 1 MB。"))
    try:
        return wire.read_object(data)
    except wire.BadJson:
        abort(400, _("提交的不是一个 JSON 对象。"))


def _values(view: PanelView, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body as typed values; Refused names every field that is unknown, not to be written, or of a wrong type."""
    fields, writable = fields_of(view.model), set(view.form_keys())
    values: dict[str, Any] = {}
    errors: dict[str, RuleError] = {}
    for key, raw in body.items():
        try:
            if key not in writable:
                raise RuleError(_("这一栏不能填写") if key in fields else _("没有这一栏"))
            value = wire.taken(fields[key], raw)
        except RuleError as wrong:
            errors[clean_text(key)[:60]] = wrong
            continue
        if not (fields[key].secret and masks.still_covered(value)):
            values[key] = value
    if errors:
        raise records.Refused(errors)
    return values


def _token() -> once.Token | None:
    """The request's Idempotency-Key, as this member's own, with what was sent."""
    key = request.headers.get("Idempotency-Key", "")
    return once.Token(hashlib.sha256(f"{current_user.id}:{key}".encode()).hexdigest(), request.get_data(as_text=True)) if key else None


def _written(view: PanelView, write: Callable[[], Any], status: int, stands: Callable[[], bool] = lambda: False) -> Answer:
    """Do it and give back the row, with what the page would warn of, if anything; what was refused is told, and what someone else
    saved meanwhile, unless it ``stands`` there already."""
    try:
        row_id = write().id
        db.session.commit()
    except records.Refused as refused:
        db.session.rollback()
        return _refused(refused.errors)
    except records.Conflict:
        db.session.rollback()
        pk = (request.view_args or {}).get("pk")
        if pk is None:  # a new row that touches another, which somebody saved meanwhile
            raise
        if not stands():
            return jsonify(error=_("别人刚刚改过"), message=_("请以 current 为准，带上它的 version 重新提交。"), current=row_of(view, pk)), 409
        row_id = pk
    notices = loosened.sentences()
    if asked_anew.due(db.session()):  # a new school is not among those that the asker began with
        ask_as_member()
    return jsonify(**row_of(view, row_id), **({"notices": notices} if notices else {})), status


def _stands(view: PanelView, pk: int, body: Mapping[str, Any]) -> bool:
    """Whether the row says what was sent: by the same request before."""
    row = records.find(db.session(), view.model, pk)
    return row is not None and view.stands(row, _values(view, body))


def _refused(errors: Mapping[str, RuleError]) -> Answer:
    """Messages by field; one that belongs to no field stands in ``message``."""
    return jsonify(error=_("有内容不对"), message=say(errors[""]) if "" in errors else _("请改正后重新提交。"),
                   errors={key: say(error) for key, error in errors.items() if key}), 422


# Which resources there are --------------------------------------------------------------
def offers(view: PanelView | type[PanelView], method: str) -> bool:
    """Whether an entity has a writing method at all: its pages have it, and some role may."""
    page, verb = PAGE_OF[method]
    return view.api_writes and page not in view.exclude_route_methods and any(may(role, verb, view.model.__name__) for role in ROLES)


def methods_of(view: PanelView) -> list[str]:
    """The HTTP methods that the asker may use."""
    return ["GET", *(method.upper() for method, (_page, verb) in PAGE_OF.items() if offers(view, method) and view.may(verb))]


def api_of(view: type[PanelView]) -> type[EntityApi]:
    """The resource class of an entity view."""
    model = view.model
    return type(f"{model.__name__}Api", (EntityApi,), {
        "entity": model.__name__, "resource_name": model.__tablename__, "class_permission_name": model.__name__,
        "exclude_route_methods": {method for method in PAGE_OF if not offers(view, method)}})


def register(panel: AppBuilder, views: Iterable[type[PanelView]], others: Iterable[type[BaseApi]] = ()) -> None:
    """Make the routes of all resources, under one limit for each member."""
    limit = panel.sm.limiter.shared_limit(lambda: current_app.config["API_RATE"], scope="api", key_func=_who)
    for resource in (*map(api_of, views), *others):
        limit(panel.add_api(resource).blueprint)


def _who() -> str:
    return f"member {current_user.id}" if current_user.is_authenticated else get_remote_address()
