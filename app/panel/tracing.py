"""What was: history of a record and the way back."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import audit
from app.models.base import Entity
from app.models.words import N_
from app.panel import change_words, files, loosened, one_request, pages
from app.panel.address import whole
from app.panel.confirm import ask
from app.panel.declared import Declared
from app.panel.forms import say_all
from app.services import attachments, earlier, history, records, scope
from app.services.history import thaw

PAGE = 30
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
