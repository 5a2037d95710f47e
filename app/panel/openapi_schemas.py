"""Schemas of the OpenAPI document, from the declarations: what a resource answers, and what it takes to add and to change a row.

OpenAPI 3.0.3, in which null stands only where the schema with the type says ``nullable``: beside a $ref it counts for nothing.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.models.base import Field, fields_of
from app.panel import api, columns, wire
from app.panel.view import PanelView

Doc = dict[str, Any]
WHOLE = {"type": "integer", "minimum": -wire.LARGEST, "maximum": wire.LARGEST}
ID = {"type": "integer", "minimum": 1, "maximum": wire.LARGEST}
MOMENT = {"type": "string", "format": "date-time"}
TYPES: dict[str, Doc] = {
    "choice": {"type": "string"}, "text": {"type": "string"}, "boolean": {"type": "boolean"}, "datetime": MOMENT,
    "date": {"type": "string", "format": "date"}, "number": {"type": "number"}, "integer": WHOLE, "object": {"type": "object"}}
TEXTS = {"type": "array", "items": {"type": "string"}}
ERROR = {"type": "object", "required": ["error", "message"], "properties": {
    "error": {"type": "string"}, "message": {"type": "string"}, "errors": {"type": "object", "additionalProperties": {"type": "string"}}}}
LINK = {"type": "object", "nullable": True, "required": ["id", "text"], "properties": {"id": ID, "text": {"type": "string", "nullable": True}}}
COLUMN = {"key": {"type": "string"}, "label": {"type": "string"}, "type": {"type": "string", "enum": [*TYPES, "link"]}, "kind": {"type": "string"},
          "required": {"type": "boolean"}, "read_only": {"type": "boolean"}, "unique": {"type": "boolean"}, "hint": {"type": "string"},
          "links_to": {"type": "string", "nullable": True},
          "choices": {"type": "object", "nullable": True, "additionalProperties": {"type": "string"}}}
INFO_PROPERTIES: Doc = {
    "entity": {"type": "string"}, "label": {"type": "string"}, "methods": TEXTS, "filters": TEXTS, "orders": TEXTS,
    "marks": {"type": "object", "additionalProperties": {"type": "string"}},
    "columns": {"type": "array", "items": {"type": "object", "required": [*COLUMN], "properties": COLUMN}}}
INFO = {"type": "object", "required": [*INFO_PROPERTIES], "properties": INFO_PROPERTIES}
SHARED: Doc = {"Error": ERROR, "Link": LINK, "Info": INFO}


def ref(name: str) -> Doc:
    return {"$ref": f"#/components/schemas/{name}"}


def of(view: PanelView) -> Doc:
    """The schemas of a resource by name: its row, and the bodies of the methods that the asker may use."""
    name, methods = view.model.__name__, api.methods_of(view)
    found = {name: _row(view)}
    if "POST" in methods:
        found[f"{name}Add"] = _body(view, {}, [key for key in view.form_keys() if view.must_fill(key)])
    if "PUT" in methods:
        version = {**WHOLE, "description": _("读取时的版本号")}
        found[f"{name}Change"] = _body(view, {"version": version}, ["version"])
    return found


def _row(view: PanelView) -> Doc:
    """What is answered: every column stands in it, null where it is empty or not the asker's to see."""
    fields, writable = fields_of(view.model), set(view.form_keys())
    properties = {"id": ID, **{key: _answered(fields[key], key in writable) for key in view.columns}, "version": WHOLE, "updated_at": MOMENT}
    return {"type": "object", "title": view.title, "required": [*properties], "properties": {
        key: {**one, "readOnly": True} if key in ("id", "updated_at") else one for key, one in properties.items()}}


def _answered(one: Field, writable: bool) -> Doc:
    said = _said(one) | ({} if writable else {"readOnly": True})
    return {"allOf": [ref("Link")], **said} if one.target else {**_typed(one, nullable=True), **said}


def _body(view: PanelView, own: Doc, required: list[str]) -> Doc:
    """What is sent. A key that does not stand in it is refused; an empty list of required ones is no valid schema."""
    fields = fields_of(view.model)
    made: Doc = {"type": "object", "title": view.title, "additionalProperties": False,
                 "properties": {**own, **{key: _sent(fields[key]) for key in view.form_keys()}}}
    return {**made, "required": required} if required else made


def _sent(one: Field) -> Doc:
    """Null empties a field that may be empty."""
    nullable = not one.required
    if not one.target:
        return {**_typed(one, nullable=nullable), **_said(one)}
    given = {"type": "object", "required": ["id"], "properties": {"id": ID}}
    return {"anyOf": [{**ID, "nullable": True} if nullable else ID, given], **_said(one)}


def _typed(one: Field, *, nullable: bool) -> Doc:
    made: Doc = {**TYPES[columns.type_of(one)], **({"nullable": True} if nullable else {})}
    return {**made, "enum": [*one.choices, *([None] if nullable else [])]} if one.choices else made


def _said(one: Field) -> Doc:
    return {"title": _(one.label), **({"description": _(one.hint)} if one.hint else {})}
