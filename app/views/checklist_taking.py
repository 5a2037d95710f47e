"""A version of the checklist out as a workbook, and an edited one into a draft: checked, shown as a comparison, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.inspection import ChecklistTemplate
from app.models.rules import RuleError, clean_text
from app.models.words import N_
from app.panel import checked, intake_jobs, taking
from app.panel.books import send_book
from app.panel.declared import Declared
from app.panel.forms import say, say_all
from app.panel.security import asker
from app.services import checklist_book, checklist_rules_sheet, checklist_told, checklist_writing, clock, history, records, transactions
from app.services.checklist_book import Read
from app.services.checklist_told import Told
from app.services.exchange import uploads
from app.services.exchange.plan import Wrong
from app.services.exchange.uploads import Upload
from app.services.sheet.book import Tab, write_tabs
from app.services.sheet.errors import SheetError, TookLong
from app.services.sheet.read import Sheet
from app.services.sheet.returned import return_marked
from app.views import checklist_compare

ITEMS = N_("条目")  # name of the sheet

def book(template: ChecklistTemplate) -> Response:
    """In the words that a sheet is read back by, whatever the reader's language."""
    session = db.session()
    told = checklist_told.of(session, template)
    rows = list(checklist_book.rows_of(told))
    name = f"{template.name}-{template.number}.xlsx"
    title, subtitle = template.name, f"{template.code} · {template.number} · {clock.today().isoformat()}"
    with transactions.writing(session):
        history.log_access(session, "export", ChecklistTemplate.__name__, row=template, rows=len(rows))

    def write(target: BinaryIO) -> None:
        tabs = [Tab(ITEMS, title, subtitle, list(checklist_book.COLUMNS), rows),
                Tab(checklist_rules_sheet.SHEET, title, subtitle, list(checklist_rules_sheet.COLUMNS), list(checklist_rules_sheet.rows_of(told)))]
        write_tabs(target, tabs, title=title)

    return send_book(name, write)


def ask(view: Declared, draft: ChecklistTemplate, message: str = "") -> str:
    return _page(view, draft, message=message)


def check(view: Declared, draft: ChecklistTemplate) -> str:
    """Read what was sent and show what it would do; nothing is written."""
    taking.only_read()
    sent = request.files.get("file")
    content = sent.stream.read(intake_jobs.LARGE + 1) if sent is not None and sent.filename else b""
    if sent is None or not content:
        return ask(view, draft, _("请先选择文件。"))
    if len(content) > intake_jobs.LARGE:
        return ask(view, draft, _("文件太大，不像一份清单。请用导出的工作簿来改。"))
    name = clean_text(Path((sent.filename or "").replace("\\", "/")).name)[:200]
    old = checklist_told.of(db.session(), draft)
    try:
        with taking.awaited():
            book = _items(content)
            upload = Upload(asker().member_id or 0, _kept_for(draft), name, book.rows, sheet=book.name, others=book.others)
            read = _read(upload, content, old)
    except TookLong:
        return ask(view, draft, _("文件太大，不像一份清单。请用导出的工作簿来改。"))
    except SheetError as refused:
        return ask(view, draft, say(RuleError(refused.message, **refused.values)))
    return _shown(view, draft, upload, old, read, content)


def _items(content: bytes) -> Sheet:
    """The sheet of the items, wherever it stands."""
    book = taking.book(content)
    return taking.book(content, book.others[0]) if book.name == checklist_rules_sheet.SHEET and book.others else book


def _read(upload: Upload, content: bytes, old: Told) -> Read:
    rules = _rules(upload, content)
    return checklist_book.read(upload.rows, old, rules.rows if rules is not None else None)


def _rules(upload: Upload, content: bytes) -> Sheet | None:
    """The sheet of the rules, where the file has one."""
    return taking.book(content, checklist_rules_sheet.SHEET) if checklist_rules_sheet.SHEET in upload.others else None


def _shown(view: Declared, draft: ChecklistTemplate, upload: Upload, old: Told, read: Read, content: bytes, token: str = "", message: str = "") -> str:
    """``token``: that of an upload which was kept already."""
    tables = [] if read.bad else [(title, lines) for title, lines in checklist_compare.tables(old, read.told) if lines]
    if read.bad or tables:
        upload.shown = "" if read.bad else checklist_writing.fingerprint(old, read.told)
        token = uploads.keep(taking.folder(), upload, token)
        uploads.keep_file(taking.folder(), token, content)
    if read.bad:
        return _page(view, draft, upload=upload, errors=_errors(read), marked_url=view.url("wrong", pk=draft.id, token=token), message=message)
    return _page(view, draft, upload=upload, tables=tables, usual=[_cell(one) for one in read.usual][:checked.MOST_SHOWN], message=message,
                 token=token if tables else "")


def marked(draft: ChecklistTemplate, token: str) -> Response:
    """The sender's own file with every wrong cell marked and its reason beside it, on both sheets."""
    taking.only_read()
    upload = uploads.take(taking.folder(), token, asker().member_id, _kept_for(draft)) or abort(404)
    content = uploads.file_of(taking.folder(), token) or abort(404)
    with taking.awaited():
        read, rules = _read(upload, content, checklist_told.of(db.session(), draft)), _rules(upload, content)

    def write(target: BinaryIO) -> None:
        own = BytesIO()
        return_marked(own, content, upload.sheet, upload.rows, checklist_book.COLUMNS, read.header, checked.marks(read))
        if rules is None or read.rules is None or not read.rules.wrong or not content.startswith(b"PK"):
            target.write(own.getvalue())
        else:
            return_marked(target, own.getvalue(), rules.name, rules.rows, checklist_rules_sheet.COLUMNS, read.rules.header, checked.marks(read.rules))

    return send_book(f"{draft.name}-{draft.number}-{_('标错')}.xlsx", write)


def write(view: Declared, draft: ChecklistTemplate) -> str | Response:
    """Write the workbook that was shown, if it would still do the same."""
    token = request.form.get("token", "")
    upload = uploads.take(taking.folder(), token, asker().member_id, _kept_for(draft))
    if upload is None:
        return ask(view, draft, _(intake_jobs.GONE))
    session, pk = db.session(), draft.id
    old, content = checklist_told.of(session, draft), uploads.file_of(taking.folder(), token) or b""
    with taking.awaited():
        read = _read(upload, content, old)
    if read.bad or checklist_writing.fingerprint(old, read.told) != upload.shown:
        return _shown(view, draft, upload, old, read, content, token, _(intake_jobs.CHANGED))
    try:
        checklist_writing.write(session, draft, read.told)
        session.commit()
    except (records.Refused, records.Conflict) as refused:
        session.rollback()
        why = say_all(refused.errors) if isinstance(refused, records.Refused) else _("有人刚刚改了这份清单")
        return ask(view, view.row(pk), _("没有写入：%(why)s", why=why))
    uploads.drop(taking.folder(), token)
    flash(_("已写入这份草稿。"), "success")
    return redirect(view.url("outline", pk=pk))


def _kept_for(draft: ChecklistTemplate) -> str:
    """An upload is for one draft alone."""
    return f"{ChecklistTemplate.__name__} {draft.id}"


def _errors(read: Read) -> list[dict[str, Any]]:
    rules = [(f"{_(checklist_rules_sheet.SHEET)}{_('：')}", one) for one in (read.rules.wrong if read.rules is not None else ())]
    return [_cell(one, sheet) for sheet, one in [*(("", one) for one in read.wrong), *rules][:checked.MOST_SHOWN]]


def _cell(one: Wrong, sheet: str = "") -> dict[str, Any]:
    """A cell as it is told: where it stands, what was typed, what is to be said of it."""
    return {"row": one.row + 1, "label": sheet + _(one.label), "value": one.value, "reason": say(one.error)}


def _page(view: Declared, draft: ChecklistTemplate, *, message: str = "", upload: Upload | None = None, errors: Sequence[dict[str, Any]] = (),
          tables: Sequence[Any] = (), usual: Sequence[dict[str, Any]] = (), token: str = "", marked_url: str = "") -> str:
    pk = draft.id
    shown = SimpleNamespace(
        title=_("导入工作簿 · %(name)s", name=checklist_compare.named(draft)), message=message, file_name=upload.file_name if upload is not None else "",
        errors=errors, usual=usual, tables=tables, token=token, marked_url=marked_url, action=view.url("take_in", pk=pk), write_url=view.url("write_in", pk=pk),
        book_url=view.url("book", pk=pk) if view.may("export") else None, back_url=view.url("outline", pk=pk))
    return render_template("checklist/take_in.html", page=shown)
