"""The OpenAPI 3 document of the API, from the declarations: what the asker's own role may use, no more."""

from __future__ import annotations

from typing import Any

from flask import current_app, jsonify
from flask_appbuilder.api import BaseApi, expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.models.base import Field, fields_of
from app.models.words import N_
from app.panel import api
from app.panel.chips import choices_of
from app.panel.security import asker
from app.panel.view import PanelView
from app.services.listing import MOST_ROWS

Doc = dict[str, Any]
TYPES: dict[str, Doc] = {
    "link": {"$ref": "#/components/schemas/Link"}, "choice": {"type": "string"}, "text": {"type": "string"}, "boolean": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"}, "date": {"type": "string", "format": "date"},
    "number": {"type": "number"}, "integer": {"type": "integer"}, "object": {"type": "object"}}
ERROR = {"type": "object", "required": ["error", "message"], "properties": {
    "error": {"type": "string"}, "message": {"type": "string"}, "errors": {"type": "object", "additionalProperties": {"type": "string"}},
    "current": {"type": "object"}}}
LINK = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "text": {"type": "string", "readOnly": True, "nullable": True}}}


class OpenApi(BaseApi):
    """The document, for any member."""

    route_base = "/api/v1"
    class_permission_name = "Account"
    csrf_exempt = False

    @expose("/openapi.json", methods=["GET"])  # type: ignore[arg-type]
    @api.allowed("read")
    def document(self) -> Response:
        return jsonify(document())


def document() -> Doc:
    """The whole document for who asks."""
    views = [view for view in resources() if asker().may("read", view.model)]
    return {
        "openapi": "3.0.3",
        "info": {"title": _("守望接口"), "version": "1", "description": _("与页面同一套权限、范围和规则。时间带时区，编码与 _info 一致。")},
        "paths": {path: item for view in views for path, item in paths_of(view).items()},
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"},
                                "session": {"type": "apiKey", "in": "cookie", "name": current_app.config["SESSION_COOKIE_NAME"]}},
            "schemas": {"Error": ERROR, "Link": LINK, **{view.model.__name__: schema_of(view) for view in views}}},
        "security": [{"key": []}, {"session": []}],
    }


def resources() -> list[PanelView]:
    """The views of all resources that there are."""
    return [one.view for one in current_app.extensions["appbuilder"].baseviews if isinstance(one, api.EntityApi)]


def schema_of(view: PanelView) -> Doc:
    writable = set(view.form_keys())
    own = {"id": {"type": "integer", "readOnly": True}, "version": {"type": "integer"}, "updated_at": {**TYPES["datetime"], "readOnly": True}}
    return {"type": "object", "title": view.title, "properties": {
        **own, **{key: _property(fields_of(view.model)[key], key in writable) for key in view.columns}}}


def _property(one: Field, writable: bool) -> Doc:
    kind = api.type_of(one)
    said: Doc = {"title": _(one.label), "nullable": True}
    if one.hint:
        said["description"] = _(one.hint)
    if not writable:
        said["readOnly"] = True
    if kind == "link":  # beside a $ref nothing else may stand
        return {"allOf": [TYPES["link"]], **said}
    if one.choices:
        said["enum"] = [*one.choices, None]
    return {**TYPES[kind], **said}


def paths_of(view: PanelView) -> dict[str, Doc]:
    """The three paths of a resource, with the methods that the asker may use."""
    base, methods = f"/api/v1/{view.model.__tablename__}/", api.methods_of(view)
    pk = {"name": "pk", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    listed: Doc = {"get": _operation(view, "list", {"200": _json(_page(view))}, parameters=_list_parameters(view))}
    single: Doc = {"parameters": [pk], "get": _operation(view, "read", {"200": _json(_ref(view)), "404": _error(N_("找不到"))})}
    if "POST" in methods:
        key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
        listed["post"] = _operation(view, "add", {"201": _json(_ref(view)), **_write_errors()}, parameters=[key], requestBody=_body(view))
    if "PUT" in methods:
        for method in ("put", "patch"):
            single[method] = _operation(view, "change" if method == "put" else "patch", {
                "200": _json(_changed(view)), "409": _error(N_("别人刚刚改过")), "404": _error(N_("找不到")), **_write_errors()}, requestBody=_body(view))
    if "DELETE" in methods:
        single["delete"] = _operation(view, "delete", {"204": {"description": _("已放入回收站")}, "404": _error(N_("找不到"))})
    info = {"get": _operation(view, "info", {"200": _json({"type": "object"})})}
    return {base: listed, base + "_info": info, base + "{pk}": single}


def _operation(view: PanelView, name: str, responses: Doc, **more: Any) -> Doc:
    return {"operationId": f"{view.model.__tablename__}_{name}", "tags": [view.title],
            "responses": {**responses, "401": _error(N_("请先登录")), "403": _error(N_("没有权限"))}, **more}


def _list_parameters(view: PanelView) -> list[Doc]:
    """q, filters, mark, order, page: the address of the list page."""
    fields = fields_of(view.model)
    named: dict[str, Doc] = {"q": {"type": "string"}} if view.searched else {}
    named |= {f"f.{key}": {"type": "string", "enum": list(choices_of(fields[key]))} for key in view.filters}
    if view.marks:
        named["m"] = {"type": "string", "enum": list(view.marks)}
    if view.orders:
        named["o"] = {"type": "string", "enum": list(view.orders)}
    named |= {"d": {"type": "string", "enum": ["asc", "desc"]}, "a": {"type": "integer"},
              "size": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}}
    return [{"name": name, "in": "query", "schema": schema} for name, schema in named.items()]


def _ref(view: PanelView) -> Doc:
    return {"$ref": f"#/components/schemas/{view.model.__name__}"}


def _changed(view: PanelView) -> Doc:
    """The row, and in words what else the change has brought about."""
    notices = {"type": "array", "items": {"type": "string"}, "description": _("改动带来的、还要另行安排的事，与页面上的提示一样。没有就没有这一栏")}
    return {"allOf": [_ref(view), {"type": "object", "properties": {"notices": notices}}]}


def _page(view: PanelView) -> Doc:
    left_out = {"type": "string", "description": _("列表里没有给出的记录；逐条仍可读取。空：没有这样的记录")}
    return {"type": "object", "required": ["count", "result", "next", "left_out"], "properties": {
        "count": {"type": "integer"}, "count_is_least": {"type": "boolean"},
        "result": {"type": "array", "items": _ref(view)}, "left_out": left_out, "next": {"type": "string", "nullable": True}}}


def _json(schema: Doc) -> Doc:
    return {"description": _("成功"), "content": {"application/json": {"schema": schema}}}


def _body(view: PanelView) -> Doc:
    return {"required": True, "content": {"application/json": {"schema": _ref(view)}}}


def _error(text: str) -> Doc:
    return {"description": _(text), "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}


def _write_errors() -> Doc:
    return {"400": _error(N_("提交的内容不对")), "413": _error(N_("文件太大")), "422": _error(N_("有内容不对"))}
