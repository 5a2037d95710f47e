"""A save of a record that is no longer there: what was typed is told, and filled in again once the record is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from flask import abort, current_app, flash, render_template, request
from flask_babel import gettext as _

from app.extensions import db
from app.models.base import Entity, fields_of
from app.models.rules import RuleError
from app.models.words import N_
from app.panel import forms, pages
from app.panel.declared import Declared
from app.panel.forms import PanelForm, say_all
from app.panel.security import asker
from app.services import births, clock, history, masks, records, retention


def still_there(view: Declared, pk: int) -> Any:
    """The row; None where a form was posted to one that is gone. ``_restore`` takes it back from the trash first."""
    row = records.find(db.session(), view.model, pk)
    if row is not None or request.method == "GET":
        return row if row is not None else abort(404)
    if "_restore" in request.form and (deleted := _in_trash(view, pk)) is not None:
        if why := take_back(deleted):
            tell(why)
            if why.keys() & {*births.days_of(view.model)}:
                flash(_("出生日期没有错的，请到回收站恢复这条记录，在那里改正这一天。"), "warning")
        return records.find(db.session(), view.model, pk)
    return None


def take_back(row: Any, values: Mapping[str, Any] | None = None, version: int | None = None) -> Mapping[str, RuleError]:
    """Take a record back, ``values`` put right (of this ``version``); says what was emptied in it. Gives why it did not come, by field; empty where it did."""
    try:
        lost = records.restore(db.session(), row, values, version)
        told = dict.fromkeys((_(one.field.label), one.called) for one in lost)
        db.session.commit()
    except records.Refused as refused:
        db.session.rollback()
        return refused.errors
    except records.Conflict:
        db.session.rollback()
        return {"": RuleError(N_("这条记录与现在的记录冲突。"))}
    for label, called in told:
        flash(_("原来的%(label)s%(name)s也已删除，这一栏已清空，请重新填写。", label=label, name=called), "warning")
    return {}


def tell(why: Mapping[str, RuleError]) -> None:
    """Say why a record did not come back."""
    flash(_("无法恢复：%(why)s", why=say_all(why)), "danger")


def _in_trash(view: Declared, pk: int) -> Any:
    row = records.find(db.session(), view.model, pk, trash=True)
    return row if row is not None and row.deleted_at >= retention.trash_since(current_app.config["TRASH_DAYS"]) else None


def page(view: Declared, pk: int, form: PanelForm) -> tuple[str, int]:
    """What was typed, label by label; who deleted the record and when, where it was the asker's to see."""
    row, change = _in_trash(view, pk), None
    if row is not None:
        change = next((one for one in history.of_row(db.session(), row) if one.action == "delete"), None)
    told = SimpleNamespace(
        title=_("%(what)s 已被删除", what=view.name_of(row)) if row is not None else _("找不到这条记录"),
        who=change.who if change else "", when=clock.local(change.at).strftime("%Y-%m-%d %H:%M") if change else "",
        rows=_rows(view, form), cancel_url=view.url("list"),
        action=view.url("edit", pk=pk) if row is not None and view.may("delete") and view.may_change(row) else None,
        hidden=as_typed(), secrets=secrets_of(view.model))
    return render_template("panel/vanished.html", page=told), 404


def _rows(view: Declared, form: PanelForm) -> list[tuple[str, str]]:
    """Label and typed text of each field that was filled."""
    found = []
    for key, one in fields_of(view.model).items():
        if key not in form:
            continue
        if one.secret:
            text = masks.cover(form[key].data, masks.level(asker(), view.model, one))
        elif one.target:
            text = getattr(form[key], "text", "")
        else:
            text = pages.worded(one, forms.text(view.model, form, one)) or "".join(map(str, form[key].raw_data or ()))
        found.append((_(one.label), text))
    return [(label, text) for label, text in found if text]


def as_typed() -> list[tuple[str, str]]:
    """Names and values as they were posted, without what belongs to the page."""
    return [(name, value) for name, value in request.form.items(multi=True) if not name.startswith("_") and name != "csrf_token"]


def secrets_of(model: type[Entity]) -> set[str]:
    """Names of the fields that no browser may keep."""
    return {key for key, one in fields_of(model).items() if one.secret}
