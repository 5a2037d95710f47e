"""What was: history of a record and the way back, trash."""

from __future__ import annotations

from math import ceil
from types import SimpleNamespace
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import audit
from app.models.base import Entity
from app.models.rules import clean_text
from app.models.words import N_
from app.panel import change_words, files, loosened, one_request, pages, vanished
from app.panel.address import whole
from app.panel.confirm import ask
from app.panel.declared import Declared
from app.panel.forms import PanelForm, data_of, form_class, say_all
from app.panel.rows import Column, Listed
from app.panel.security import asker
from app.services import attachments, births, earlier, history, records, retention, scope, search
from app.services.history import thaw
from app.services.table import Table

PAGE = 30
TRASH_PAGE = 100  # rows
RESTORABLE = ("edit", "import", "undo", "restore")
WHY_NOT = {"move": N_("转学不能在这里恢复：整份档案跟着孩子走，要转回去请由管这两所学校的上级再办一次转学。")}


def history_page(view: Declared, row: Entity) -> str:
    before = whole(request.args.get("before"))
    hung, parts = attachments.ever_of(db.session(), row), view.parts_of(row)
    changes = history.of_row(db.session(), row, PAGE + 1, before, [*hung.values(), *parts])
    named = {(type(part).__name__, part.id): (part, name) for part, name in parts.items()}
    page = pages.record_context(view, row)
    told = changes[:PAGE]
    seen = change_words.seen((type(named[change.entity, change.row_id][0]) if (change.entity, change.row_id) in named else view.model, change)
                             for change in told if change.entity != audit.Attachment.__name__)
    page.entries = [_file_entry(hung[change.row_id], change) if change.entity == audit.Attachment.__name__
                    else change_words.of_part(*named[change.entity, change.row_id], change, seen) if (change.entity, change.row_id) in named
                    else _entry(view, row, change, seen) for change in told]
    wider = one_request.wider(view, row, told)
    for entry, change in zip(page.entries, told, strict=True):
        entry["request_url"] = one_request.url(change.request_id) if change.id in wider else None
    page.older_url = view.url("history", pk=row.id, before=changes[PAGE - 1].id) if len(changes) > PAGE else None
    return render_template("panel/history.html", page=page)


def _entry(view: Declared, row: Entity, change: audit.Change, seen: change_words.Seen) -> dict[str, Any]:
    entry = change_words.of_row(row, change, seen)
    restorable = change.action in RESTORABLE and entry["lines"] and not earlier.made(view.model, change) and view.may("write") and view.may_change(row)
    return {**entry, "restore_url": view.url("revert", pk=row.id, change=change.id) if restorable else None,
            "why_not": _(WHY_NOT[change.action]) if change.action in WHY_NOT else ""}


def _file_entry(one: audit.Attachment, change: audit.Change) -> dict[str, Any]:
    """A file that was hung on the record, taken away or back; the last taking away of one that lies in the trash offers the way back."""
    away = change.action == "delete"
    last = away and any(line[0] == "deleted_at" and thaw(line[2]) == one.deleted_at for line in change.lines)
    row = attachments.find(db.session(), one.id, trash=True) if last else None
    return {**change_words.of_file(one, change), "back_url": url_for("Files.restore", pk=one.id) if row is not None and files.restorable(*row) else None}


def revert(view: Declared, row: Entity, change_id: int) -> str | Response:
    """Set the record back to what it was before one change; asks first."""
    with scope.everything(db.session()):
        change = records.find(db.session(), audit.Change, change_id)
    if change is None or change.row_id != row.id or change.entity != view.model.__name__ or not view.may_change(row) or earlier.made(view.model, change):
        abort(404)
    back_url, less = view.url("history", pk=row.id), _less(row, change)
    if request.method == "GET":
        text = _("把“%(name)s”恢复到 %(when)s 这次修改之前的内容？现在的内容会留在修改历史里。", name=view.name_of(row), when=change_words.head(change)["when"])
        return ask(_("恢复到此前"), "\n".join((text, *less)), _("恢复到此前"), view.url("revert", pk=row.id, change=change_id), back_url)
    try:
        records.revert(db.session(), row, change)
        db.session.commit()
        flash(_("已恢复到此前的内容。"), "success")
        for sentence in less:
            flash(sentence, "warning")
        loosened.tell()
    except records.Refused as refused:
        db.session.rollback()
        flash(_("无法恢复：%(why)s", why=say_all(refused.errors)), "danger")
    except records.Conflict:
        db.session.rollback()
        flash(_("无法恢复：那时的内容与现在的记录冲突。"), "danger")
    return redirect(back_url)


def _less(row: Entity, change: audit.Change) -> list[str]:
    """What does not go back with it, a sentence each."""
    said, stays = [], earlier.staying(db.session(), row, change)
    if stays:
        said.append(_("不会随之恢复、保持现状的有：%(what)s。", what=_("、").join(_(one.label) for one in stays)))
    if earlier.stays_vacant(db.session(), change):
        said.append(_("那次换学校时空出的岗位、结束的帮扶和停用的账号不会随之恢复，请另行安排。"))
    return said


def trash(view: Declared) -> str | Response:
    """Deleted rows that may still be taken back; older ones are gone, whether ``flask purge`` ran or not."""
    days = current_app.config["TRASH_DAYS"]
    if request.method == "POST":
        row = view.row(whole(request.values.get("row")) or 0, trash=True)
        return _taken_back(view, row) if retention.kept(row, days) else abort(404)
    return render_template("panel/trash.html", page=_trash_page(view, days))


def _taken_back(view: Declared, row: Entity) -> str | Response:
    """Take a record back; where a day of it lies before its child's birth by now, ask for that day, which is put right as it comes."""
    days = [key for key in births.days_of(view.model) if key in view.form_keys()] if view.may("write") and view.may_change(row) else []
    sent, row_id = tuple(key for key in days if key in request.form), row.id
    form = form_class(view.model, sent)()
    if not form.validate():
        return _back_page(view, row, form, "")
    why = vanished.take_back(row, form.values())
    if not why:
        flash(_("已恢复。"), "success")
        return redirect(_trash_url(view, *_trash_asked()))
    if not why.keys() & {*days}:
        vanished.tell(why)
        return redirect(_trash_url(view, *_trash_asked()))
    row = view.row(row_id, trash=True)
    if not sent:
        asked = tuple(key for key in days if key in why)
        form = form_class(view.model, asked)(formdata=None, data=data_of(row, asked, asker()))
    return _back_page(view, row, form, form.complain(why))


def _back_page(view: Declared, row: Entity, form: PanelForm, message: str) -> str:
    view.opened(row)
    page = SimpleNamespace(
        title=_("恢复%(what)s", what=view.name_of(row)), action=view.url("trash", row=row.id), cancel_url=view.url("trash"), version=None, token="",
        groups=[(None, [*form])], save_label=_("恢复"), message=message or _("还没有恢复。出生日期没有错的，请改正下面的日期再恢复："))
    return render_template("panel/form.html", form=form, page=page)


def _trash_asked() -> tuple[str, int]:
    """What is searched for in the trash, and the page, counted from one."""
    return clean_text(request.args.get("q", "")), max(1, whole(request.args.get("page")) or 1)


def _trash_url(view: Declared, text: str, number: int) -> str:
    return view.url("trash", **({"q": text} if text else {}), **({"page": str(number)} if number > 1 else {}))


def _trash_page(view: Declared, days: int) -> SimpleNamespace:
    """What was deleted within so many days: newest first, a page at a time, and by the search of the list."""
    table, deleted_at = Table(view.model, view.list_columns), view.model.deleted_at
    text, number = _trash_asked()
    wanted = [deleted_at >= retention.trash_since(days), *([search.condition(asker(), view.model, text, list(view.searched))] if text else [])]
    with scope.trash(db.session()):
        count = db.session.scalar(select(func.count()).select_from(view.model).where(*wanted)) or 0
        number = min(number, max(1, ceil(count / TRASH_PAGE)))  # what is taken back may leave the last page empty
        first = (number - 1) * TRASH_PAGE
        found = db.session.execute(table.statement.where(*wanted).order_by(deleted_at.desc(), view.model.id.desc()).offset(first).limit(TRASH_PAGE)).all()
    last = first + len(found)
    return SimpleNamespace(
        title=_("回收站 · %(what)s", what=view.title), action=_trash_url(view, text, number), back_url=view.url("list"), bulk=None,
        headings=[{"label": _(one.label), "url": None, "direction": None, "numeric": False} for one in table.fields],
        rows=Listed(found, [Column(read, None, False) for read in table.text_readers(asker(), _)], None), count_text=pages.count_text(count),
        search=text, search_hint=pages.search_hint(view), first=first + 1, last=last,
        prev_url=_trash_url(view, text, number - 1) if number > 1 else None, next_url=_trash_url(view, text, number + 1) if last < count else None,
        empty_hint=_("没有符合条件的记录。") if text else _("删除的记录在这里保留 %(days)s 天。", days=days))
