"""The OpenAPI 3 document of the API, from the declarations: what the asker's own role may use, no more."""

from __future__ import annotations

from typing import Any

from flask import current_app, jsonify
from flask_appbuilder.api import BaseApi, expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.models.base import OfSchool, fields_of
from app.models.words import N_
from app.panel import api, openapi_schemas
from app.panel.address import LONGEST_SEARCH, PLACE
from app.panel.chips import choices_of
from app.panel.openapi_schemas import SHARED, Doc, ref
from app.panel.security import asker
from app.panel.view import PanelView
from app.services.listing import MOST_ROWS

# Status → what it says; each has the body of an error, but for the 409 of a change, which brings the row as it stands.
TOLD = {"400": N_("提交的内容不对"), "401": N_("请先登录"), "403": N_("没有权限"), "404": N_("找不到"), "409": N_("别人刚刚改过"),
        "413": N_("内容太大"), "422": N_("有内容不对"), "429": N_("操作太快")}
ALWAYS = ("401", "403", "429")
READ, ADDED, CHANGED, DELETED = ("404",), ("400", "409", "413", "422"), ("400", "404", "413", "422"), ("400", "404", "409", "422")


ROW = {"type": "integer", "minimum": 1}
PARAMETERS = {
    "q": N_("查找的文字"), "f": N_("只要这一栏是这个编码的"), "m": N_("只要有这个标记的"), "p": N_("只要这个地方的：a 加地区编号，s 加学校编号"),
    "o": N_("按这一栏排序"), "d": N_("升序或降序"), "a": N_("这一条之后的；next 里已经带上"), "b": N_("这一条之前的"), "size": N_("最多几条")}
KEY = N_("您自定的一个键，重发时不变：内容相同，答复第一次建立的记录；内容不同，或那条记录已删除，答复 422，什么也不写")
KEY_USED = N_("有内容不对，或 Idempotency-Key 已经用过，当时的内容不同或那条记录已删除")


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
                                "session": {"type": "apiKey", "in": "cookie", "name": current_app.config["SESSION_COOKIE_NAME"],
                                            "description": _("写入时还要带请求头 X-CSRFToken；用密钥不必")}},
            "responses": {code: _json(ref("Error"), told) for code, told in TOLD.items()},
            "schemas": {**SHARED, **{name: one for view in views for name, one in openapi_schemas.of(view).items()}}},
        "security": [{"key": []}, {"session": []}],
    }


def resources() -> list[PanelView]:
    """The views of all resources that there are."""
    return [one.view for one in current_app.extensions["appbuilder"].baseviews if isinstance(one, api.EntityApi)]


def paths_of(view: PanelView) -> dict[str, Doc]:
    """The three paths of a resource, with the methods that the asker may use."""
    base, methods, row = f"/api/v1/{view.model.__tablename__}/", api.methods_of(view), ref(view.model.__name__)
    pk = {"name": "pk", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    listed: Doc = {"get": _operation(view, "list", _answers("200", _page(row), "400"), parameters=_list_parameters(view))}
    single: Doc = {"parameters": [pk], "get": _operation(view, "read", _answers("200", row, *READ))}
    if "POST" in methods:
        key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}, "description": _(KEY)}
        answers = {**_answers("201", _with_notices(row), *ADDED), "422": _json(ref("Error"), KEY_USED)}
        listed["post"] = _operation(view, "add", answers, parameters=[key], requestBody=_body(view, "Add"))
    if "PUT" in methods:
        answers = {**_answers("200", _with_notices(row), *CHANGED), "409": _json(_overtaken(row), TOLD["409"])}
        for method, name in (("put", "change"), ("patch", "patch")):
            single[method] = _operation(view, name, answers, requestBody=_body(view, "Change"))
    if "DELETE" in methods:
        single["delete"] = _operation(view, "delete", _answers("204", None, *DELETED))
    return {base: listed, base + "_info": {"get": _operation(view, "info", _answers("200", ref("Info")))}, base + "{pk}": single}


def _operation(view: PanelView, name: str, responses: Doc, **more: Any) -> Doc:
    return {"operationId": f"{view.model.__tablename__}_{name}", "tags": [view.title], "responses": responses, **more}


def _answers(status: str, schema: Doc | None, *errors: str) -> Doc:
    """What a method answers by status: how it went well (a body of this schema, None: without one), and each error that comes."""
    done = _json(schema, N_("成功")) if schema else {"description": _("已放入回收站")}
    return {status: done, **{code: {"$ref": f"#/components/responses/{code}"} for code in sorted((*ALWAYS, *errors))}}


def _list_parameters(view: PanelView) -> list[Doc]:
    """Everything that the address of a list page may say (panel/address.py), but for the number of its first row, which only pages show."""
    fields = fields_of(view.model)
    named: dict[str, Doc] = {"q": {"type": "string", "maxLength": LONGEST_SEARCH}} if view.searched else {}
    named |= {f"f.{key}": {"type": "string", "enum": list(choices_of(fields[key]))} for key in view.filters}
    if view.marks:
        named["m"] = {"type": "string", "enum": list(view.marks)}
    if issubclass(view.model, OfSchool):
        named["p"] = {"type": "string", "pattern": f"^{PLACE.pattern}$"}
    if view.orders:
        named["o"] = {"type": "string", "enum": list(view.orders)}
    named |= {"d": {"type": "string", "enum": ["asc", "desc"]}, "a": ROW, "b": ROW, "size": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}}
    return [{"name": name, "in": "query", "schema": schema, "description": _(PARAMETERS[name.partition(".")[0]])} for name, schema in named.items()]


def _with_notices(row: Doc) -> Doc:
    """The row, and in words what else was brought about."""
    notices = {"type": "array", "items": {"type": "string"}, "description": _("改动带来的、还要另行安排的事，与页面上的提示一样。没有就没有这一栏")}
    return {"allOf": [row, {"type": "object", "properties": {"notices": notices}}]}


def _overtaken(row: Doc) -> Doc:
    """The error, and the row as the other one left it."""
    return {"allOf": [ref("Error"), {"type": "object", "properties": {"current": row}}]}


def _page(row: Doc) -> Doc:
    left_out = {"type": "string", "description": _("列表里没有给出的记录；逐条仍可读取。空：没有这样的记录")}
    properties = {"count": {"type": "integer"}, "count_is_least": {"type": "boolean"}, "result": {"type": "array", "items": row},
                  "left_out": left_out, "next": {"type": "string", "nullable": True}}
    return {"type": "object", "required": [*properties], "properties": properties}


def _json(schema: Doc, told: str) -> Doc:
    return {"description": _(told), "content": {"application/json": {"schema": schema}}}


def _body(view: PanelView, kind: str) -> Doc:
    return {"required": True, "content": {"application/json": {"schema": ref(view.model.__name__ + kind)}}}
