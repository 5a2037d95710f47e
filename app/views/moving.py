"""The form that moves a child to another school: as any form of the house, from fields that are declared."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.extensions import db
from app.panel.address import whole
from app.panel.forms import PanelForm, field_of
from app.panel.view import PanelView
from app.services import clock, moving, records

MoveForm = type("MoveForm", (PanelForm,), {key: field_of(one, "Child") for key, one in moving.FIELDS.items()})


def page(view: PanelView, row: Any) -> str | Response:
    """Ask where to, since when and why; refused, the form comes back as typed."""
    form, message, pk = MoveForm(), "", row.id
    version = whole(request.form.get("_version"))
    if request.method == "POST" and form.validate():
        try:
            ended = moving.move(db.session(), row, form.values(), version if version is not None else -1)
            db.session.commit()
            return _moved(view, view.row(pk), ended)
        except records.Refused as refused:
            db.session.rollback()
            message = form.complain(refused.errors)
        except records.Conflict:
            db.session.rollback()
            row, version = view.row(pk), None
            message = gettext("别人刚刚改过这份档案，现在在%(school)s。请核对后再提交。", school=row.school)
    elif request.method == "GET":
        form.moved_on.data = clock.today()
    told = SimpleNamespace(
        title=gettext("转学：%(name)s", name=view.name_of(row)), action=view.url("move", pk=pk), cancel_url=view.url("show", pk=pk), message=message,
        version=version if version is not None else row.version, token="", save_label=gettext("转学"),
        groups=[(gettext("现在在%(school)s", school=row.school), [form[key] for key in form._fields])])
    return render_template("panel/form.html", form=form, page=told)


def _moved(view: PanelView, row: Any, ended: int) -> Response:
    flash(gettext("已转到%(school)s，全部档案随同转去。", school=row.school), "success")
    if ended:
        flash(gettext("原学校教师的 %(count)s 个结对已结束，请转入学校重新安排。", count=ended), "info")
    return redirect(view.url("show", pk=row.id))
