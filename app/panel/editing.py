"""Add, change, delete: forms that give back what was typed, and nothing half-written."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import crypto
from app.models.base import Entity, fields_of
from app.panel import again, forms, pages, vanished
from app.panel.address import whole
from app.panel.declared import Declared
from app.panel.forms import PanelForm, form_class
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS, view_of
from app.services import choosing, clock, history, masks, parts, records


def add(view: Declared) -> str | Response:
    """An empty form; a posted one makes one row, however often it is posted."""
    form, message = _typed(view), ""
    if request.method == "POST" and form.validate():
        try:
            row = view.make(form.values(), forms.token_sent())
            db.session.commit()
            return view.added(row)
        except records.Refused as refused:
            db.session.rollback()
            message = form.complain(refused.errors)
            if refused.made:
                return _add_page(view, form, again.told(message, view.url("show", pk=refused.made), _("保存")), forms.new_token())
    elif request.method == "GET":
        _prefill(view, form)
    return _add_page(view, form, message)


def _typed(view: Declared, row: Entity | None = None) -> PanelForm:
    """The form with what was posted, else with what the row has."""
    keys = view.form_keys()
    form = form_class(view.model, keys)(data=forms.data_of(row, keys, asker()) if row is not None else None)
    view.shape(form)
    return form


def _add_page(view: Declared, form: PanelForm, message: str, token: str = "") -> str:
    return _form_page(view, form, title=_("新建%(what)s", what=view.title), action=view.url("add"), cancel=view.url("list"), message=message, token=token)


def edit_page(view: Declared, row: Any, form: PanelForm, message: str, version: int) -> str:
    return _form_page(view, form, title=_("修改%(what)s", what=view.name_of(row)), action=view.url("edit", pk=row.id),
                      cancel=view.url("show", pk=row.id), message=message, version=version)


def given_back() -> str | None:
    """The form whose save came with a token that counts no more, as it was typed: nothing was written, its own token is new.

    None where the page asked for is no such form, or not one of who asks.
    """
    endpoint, _dot, page = (request.endpoint or "").partition(".")
    view = next((view_of(entity) for entity, kind in VIEWS.items() if kind.__name__ == endpoint), None)
    if view is None or page not in ("add", "edit") or not view.may("write"):
        return None
    message = _("这一页放得太久，内容还没有保存。请再点一次“保存”。")
    if page == "add":
        return _add_page(view, _typed(view), message)
    row = records.find(db.session(), view.model, (request.view_args or {})["pk"])
    if row is None or not view.may_change(row):
        return None
    version = whole(request.form.get("_version"))
    return edit_page(view, row, _typed(view, row), message, -1 if version is None else version)


def _prefill(view: Declared, form: PanelForm) -> None:
    """What is usual, and what the address says: ``?child=12`` fills a link, if that row is in scope."""
    for key, usual in view.defaults.items():
        if key in form and form[key].data is None:
            form[key].data = usual()
    for key, one in fields_of(view.model).items():
        value = whole(request.args.get(key))
        if one.target and key in form and value and records.find(db.session(), form[key].target, value) is not None:
            form[key].data = value


def edit(view: Declared, pk: int) -> Any:
    """The row's form; a save on top of another's, or of a row that another deleted, loses neither text; one that says what stands there is saved."""
    row = vanished.still_there(view, pk)
    if row is None:
        return vanished.page(view, pk, _typed(view))
    if not view.may_change(row):
        raise records.Forbidden("edit")
    view.opened(row)
    form, message, row_id = _typed(view, row), "", row.id
    version = whole(request.form.get("_version"))
    if "_restore" in request.form:
        return edit_page(view, row, form, _("记录已恢复，您填写的内容还没有保存。请核对后保存。"), row.version)
    if request.method == "POST" and form.validate():
        try:
            view.change(row, _taken(form), version if version is not None else -1)
            db.session.commit()
            return view.saved(row)
        except records.Refused as refused:
            db.session.rollback()
            message = form.complain(refused.errors)
        except records.Conflict:
            db.session.rollback()
            now = vanished.still_there(view, row_id)
            if now is None:
                return vanished.page(view, row_id, form)
            return view.saved(now) if view.stands(now, _taken(form)) else _conflict_page(view, now, form, version or 0)
    return edit_page(view, row, form, message, version if version is not None else row.version)


def _taken(form: PanelForm) -> dict[str, Any]:
    """Typed values, without the fields where a conflict was settled for the other's text."""
    return {key: value for key, value in form.values().items() if request.form.get(f"_take_{key}") != "theirs"}


def _form_page(view: Declared, form: PanelForm, *, title: str, action: str, cancel: str, message: str = "",
               version: int | None = None, token: str = "") -> str:
    forms.offer(view.model, form)
    groups = [(_(heading) if heading else None, [form[key] for key in keys]) for heading, keys in view.grouped([*form._fields])]
    page = SimpleNamespace(title=title, action=action, cancel_url=cancel, groups=groups, message=message, version=version,
                           token=token or request.form.get("_token") or forms.new_token(), save_label=_("保存"))
    return render_template("panel/form.html", form=form, page=page)


def _conflict_page(view: Declared, row: Entity, form: PanelForm, version: int) -> str:
    """Base, theirs and mine of each field that differs."""
    since = [change for change in history.of_row(db.session(), row, limit=max(1, row.version - version)) if change.action != "add"]
    base = history.state_before(db.session(), row, since[-1]) if since else {}
    rows, typed = [], form.values()
    for key, one in fields_of(view.model).items():
        if key not in typed:
            continue
        mine, theirs = typed[key], getattr(row, one.column if one.target else key)
        if mine == theirs:
            continue
        old = _plain(one, base.get(one.column, theirs), row)
        rows.append({"name": key, "label": _(one.label), "base": shown(one, old, row), "theirs": shown(one, theirs, row),
                     "mine": getattr(form[key], "text", "") if one.target else shown(one, mine, row),
                     "changed_by_both": one.column in base and old != mine, "keep_mine": one.column not in base or old == theirs})
    page = SimpleNamespace(
        title=_("%(what)s 已被别人修改", what=view.name_of(row)), action=view.url("edit", pk=row.id), rows=rows,
        who=since[0].who if since else "", when=clock.local(since[0].at).strftime("%H:%M") if since else "",
        cancel_url=view.url("show", pk=row.id), hidden=[*vanished.as_typed(), ("_version", str(row.version))],
        secrets=vanished.secrets_of(view.model))
    return render_template("panel/conflict.html", page=page)


def _plain(one: Any, value: Any, row: Entity) -> Any:
    """A value of the history as the row has it: ciphers opened."""
    return crypto.unseal(value, f"{row.__tablename__}.{one.key}", row.uid) if isinstance(value, bytes) else value


def shown(one: Any, value: Any, row: Entity) -> str:
    """A value of a field of the row, in the reader's words."""
    if one.secret:
        return masks.cover(value if isinstance(value, str) else "", masks.level(asker(), type(row), one))
    if one.target:
        linked = getattr(row, one.key)
        return str(linked) if linked is not None and linked.id == value else (f"#{value}" if value else "")
    return pages.worded(one, choosing.text(db.session(), row, one, value))


def _delete_now(view: Declared, rows: Sequence[Any]) -> Response:
    back = view.was_on(rows[0])
    try:
        records.delete(db.session(), *rows)
        db.session.commit()
        flash(_("已删除 %(count)s 条，30 天内可以在回收站恢复。", count=len(rows)), "success")
    except records.Refused as refused:
        db.session.rollback()
        flash(_("没有删除：%(why)s", why=forms.say_all(refused.errors)), "danger")
    return redirect(back or pages.address_of(view, _list_args(request.form.get("_list", ""))).url())


def _list_args(query: str) -> dict[str, str]:
    """The address that the list had, as the browser kept it: names and last values."""
    return dict(parse_qsl(query.removeprefix("?")))


def delete(view: Declared, rows: Sequence[Any]) -> str | Response:
    """Asks first; what is deleted waits 30 days in the trash."""
    if not all(view.may_change(row) for row in rows):
        raise records.Forbidden("delete")
    if request.form.get("_sure") == "1" or (request.method == "POST" and request.endpoint == f"{view.endpoint}.delete"):
        return _delete_now(view, rows)
    single = len(rows) == 1 and request.endpoint == f"{view.endpoint}.delete"
    below = len(parts.of(db.session(), rows))
    text = _("删除 %(names)s", names=_("、").join(view.name_of(row) for row in rows[:10])) + ("……" if len(rows) > 10 else "")
    text += _("，连同 %(count)s 条附属记录", count=below) if below else ""
    page = SimpleNamespace(
        title=_("确认删除"), text=text + _("。30 天内可以恢复。"), confirm_label=_("删除"), danger=True,
        action=view.url("delete", pk=rows[0].id) if single else view.url("bulk_action"), reason_field=None, list_url=view.url("list"),
        cancel_url=view.url("show", pk=rows[0].id) if single else view.url("list"),
        hidden=[("_sure", "1")] + ([] if single else [("action", "delete"), *(("row", row.id) for row in rows)]))
    return render_template("panel/confirm.html", page=page)
