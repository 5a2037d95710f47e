"""The trash: what was deleted, and the way back, on which a day that its child's birth has overtaken is put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from types import SimpleNamespace
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import Date, func, select
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.base import fields_of
from app.models.rules import RuleError, clean_text
from app.models.words import N_
from app.panel import editing, forms, pages, vanished
from app.panel.address import whole
from app.panel.declared import Declared
from app.panel.forms import PanelForm, data_of, form_class
from app.panel.rows import Column, Listed
from app.panel.security import asker
from app.services import births, retention, scope, search
from app.services.table import Table

PAGE = 100  # rows


def trash(view: Declared) -> str | Response:
    """Deleted rows that may still be taken back; older ones are gone, whether ``flask purge`` ran or not."""
    days = current_app.config["TRASH_DAYS"]
    if request.method == "POST":
        row = view.row(whole(request.values.get("row")) or 0, trash=True)
        return _taken_back(view, row) if retention.kept(row, days) else abort(404)
    return render_template("panel/trash.html", page=_page(view, days))


def _taken_back(view: Declared, row: Any) -> str | Response:
    """Take a record back; where a field of it is wrong by now, ask for that one and for its days, which are put right as it comes."""
    offered, row_id = _offered(view, row), row.id
    sent = [key for key in offered if key in request.form]
    form, typed, why = _form(view, row, sent), dict[str, Any](), dict[str, RuleError]()
    if not sent or form.validate():
        typed = {key: value for key, value in form.values().items() if key in sent}
        why = {**vanished.take_back(row, typed, (whole(request.form.get("_version")) or 0) if sent else None)}
        if not why:
            return _told_back(view)
    row = view.row(row_id, trash=True)
    if row.deleted_at is None:
        return _told_back(view) if not sent or view.stands(row, typed) else _edit_page(view, row, sent)
    if sent or why.keys() & {*offered}:
        return _back_page(view, row, sent, why)
    vanished.tell(why)
    return redirect(_url(view, *_asked()))


def _told_back(view: Declared) -> Response:
    flash(_("已恢复。"), "success")
    return redirect(_url(view, *_asked()))


def _offered(view: Declared, row: Any) -> tuple[str, ...]:
    """Fields that may be put right as the record comes: those of a child's file, whose days are held against the birth."""
    return view.form_keys() if births.days_of(view.model) and view.may("write") and view.may_change(row) else ()


def _form(view: Declared, row: Any, sent: Sequence[str]) -> PanelForm:
    """The record's form: what was sent as it was typed, the rest as it stands."""
    form = form_class(view.model, keys := view.form_keys())(formdata=None, data=data_of(row, keys, asker()))
    view.shape(form)
    for key in sent:
        form[key].process(request.form, form[key].object_data)
    return form


def _edit_page(view: Declared, row: Any, sent: Sequence[str]) -> str:
    """The form of a record that somebody took back meanwhile: what was typed is not written, nor lost."""
    view.opened(row)
    form = _form(view, row, sent)
    if form.validate():
        _tell_apart(row, form, sent)
    return editing.edit_page(view, row, form, _("记录已恢复，您填写的内容还没有保存。请核对后保存。"), row.version)


def _tell_apart(row: Any, form: PanelForm, sent: Sequence[str]) -> None:
    """Say beside each field that was typed otherwise what stands there."""
    for key in sent:
        one = fields_of(type(row))[key]
        stands = getattr(row, one.column if one.target else key)
        if form[key].data != stands:
            form.complain({key: RuleError(N_("现在存的是 %(value)s"), value=editing.shown(one, stands, row))})


def _back_page(view: Declared, row: Any, sent: Sequence[str], why: Mapping[str, RuleError]) -> str:
    """The form of a record that did not come back: its days, what was sent, and what is wrong."""
    view.opened(row)
    form, message = _form(view, row, sent), _("还没有恢复，请改正下面几处：")
    if sent and form.validate() and row.version != whole(request.form.get("_version")):
        _tell_apart(row, form, sent)
        message = _("这条记录刚被别人改过，还没有恢复。请核对后再恢复：")
    elif rest := form.complain(why):
        message = _("无法恢复：%(why)s", why=rest)
    elif why.keys() & {*births.days_of(view.model)}:
        message = _("还没有恢复。出生日期没有错的，请改正下面的日期再恢复：")
    forms.offer(view.model, form)
    fields = [form[key] for key in view.form_keys() if key in {*sent, *why} or isinstance(fields_of(view.model)[key].type, Date)]
    page = SimpleNamespace(
        title=_("恢复%(what)s", what=view.name_of(row)), action=_url(view, *_asked(), row=row.id), cancel_url=_url(view, *_asked()), version=row.version,
        token="", groups=[(None, fields)], save_label=_("恢复"), message=message)
    return render_template("panel/form.html", form=form, page=page)


def _asked() -> tuple[str, int]:
    """What is searched for in the trash, and the page, counted from one."""
    return clean_text(request.args.get("q", "")), max(1, whole(request.args.get("page")) or 1)


def _url(view: Declared, text: str, number: int, **more: Any) -> str:
    return view.url("trash", **({"q": text} if text else {}), **({"page": str(number)} if number > 1 else {}), **more)


def _page(view: Declared, days: int) -> SimpleNamespace:
    """What was deleted within so many days: newest first, a page at a time, and by the search of the list."""
    table, deleted_at = Table(view.model, view.list_columns), view.model.deleted_at
    text, number = _asked()
    wanted = [deleted_at >= retention.trash_since(days), *([search.condition(asker(), view.model, text, list(view.searched))] if text else [])]
    with scope.trash(db.session()):
        count = db.session.scalar(select(func.count()).select_from(view.model).where(*wanted)) or 0
        number = min(number, max(1, ceil(count / PAGE)))  # what is taken back may leave the last page empty
        first = (number - 1) * PAGE
        found = db.session.execute(table.statement.where(*wanted).order_by(deleted_at.desc(), view.model.id.desc()).offset(first).limit(PAGE)).all()
    last = first + len(found)
    return SimpleNamespace(
        title=_("回收站 · %(what)s", what=view.title), action=_url(view, text, number), back_url=view.url("list"), bulk=None,
        headings=[{"label": _(one.label), "url": None, "direction": None, "numeric": False} for one in table.fields],
        rows=Listed(found, [Column(read, None, False) for read in table.text_readers(asker(), _)], None), count_text=pages.count_text(count),
        search=text, search_hint=pages.search_hint(view), first=first + 1, last=last,
        prev_url=_url(view, text, number - 1) if number > 1 else None, next_url=_url(view, text, number + 1) if last < count else None,
        empty_hint=_("没有符合条件的记录。") if text else _("删除的记录在这里保留 %(days)s 天。", days=days))
