"""Workbooks in: a file or a pasted block, which sheet, what its columns are, what it would do, and then all of it or nothing.

A large one goes the same way, but the worker reads, checks and writes it (panel/intake_jobs.py).
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.children import Child
from app.models.rules import RuleError, clean_text
from app.panel import checked, downloads, intake_jobs, job_shown, taking
from app.panel.books import book_name, notes, send_book, view_for, write_marked
from app.panel.declared import Declared
from app.panel.forms import say, say_all
from app.services import importing, records, transactions
from app.services.exchange import mapping, photos, uploads
from app.services.exchange.plan import Plan
from app.services.exchange.uploads import Upload
from app.services.sheet.errors import SheetError, TookLong
from app.services.sheet.header import Header
from app.services.sheet.package import Limits, inspect


class Intake(BaseView):
    """Any member comes in; each page asks the entity's own verb."""

    route_base = "/sheets"
    class_permission_name = "Home"
    default_view = "take_in"

    @expose("/<table>/import", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def take_in(self, table: str) -> str | Response:
        """The page that asks for a file or a pasted block; what is posted is checked, and nothing is written."""
        view = view_for(table, "import")
        if request.method == "GET":
            return _ask(view)
        taking.only_read()
        content, name = _sent()
        if content is None:
            return _ask(view, _("请先选择文件，或粘贴表格内容。"))
        try:
            return _take(view, content, name)
        except SheetError as refused:
            return _ask(view, _tell(refused))
        except records.Refused as busy:
            return _ask(view, say_all(busy.errors))

    @expose("/<table>/import/columns", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def columns(self, table: str) -> str | Response:
        """The page where the sender says which sheet is meant and what its columns are; what was said is remembered."""
        view, token = view_for(table, "import"), request.values.get("token", "")
        taking.only_read()
        upload, large = taking.waiting(view, token), intake_jobs.seen(view, token) is not None
        if upload is None:
            return _gone(view)
        sheet = request.form.get("sheet", upload.sheet) if request.method == "POST" else upload.sheet
        try:
            if sheet != upload.sheet:
                return _other(view, upload, token, sheet, large=large)
            if request.method == "POST":
                return _said(view, upload, token, large=large)
            return _ask_columns(view, upload, token, taking.header(view, upload))
        except SheetError as refused:
            return _ask(view, _tell(refused))
        except records.Refused as busy:
            return _ask(view, say_all(busy.errors))

    @expose("/<table>/import/commit", methods=["POST"])
    @has_access
    @permission_name("read")
    def commit(self, table: str) -> str | Response:
        """Write the upload that was checked: all of it, once, and only if it would still do what was shown."""
        view, token = view_for(table, "import"), request.form.get("token", "")
        taking.only_read()
        if uploads.TOKEN.fullmatch(token) and (done := importing.batch_of(db.session(), token)):
            return _written(done)
        seen = intake_jobs.seen(view, token)
        if seen is not None:
            return _written_later(view, token, seen["file_name"])
        upload = taking.waiting(view, token)
        if upload is None:
            return _gone(view)
        try:
            with taking.awaited():
                plan = taking.plan(view, upload)
        except TookLong:
            return _written_later(view, token, upload.file_name)
        except SheetError as refused:  # the columns were not said yet
            return _ask(view, _tell(refused))
        if plan.wrong or plan.fingerprint() != upload.shown:
            return _check(view, plan, upload, token, _(intake_jobs.CHANGED))
        try:
            with transactions.writing(db.session()):
                done = importing.commit(db.session(), view.model, plan, file_name=upload.file_name, token=token)
        except importing.Stopped as stopped:
            db.session.rollback()
            return _check(view, stopped.plan, upload, token, _(intake_jobs.REFUSED))
        uploads.drop(taking.folder(), token)
        return _written(done)

    @expose("/<table>/import/job/<int:pk>")
    @has_access
    @permission_name("read")
    def progress(self, table: str, pk: int) -> str | Response:
        """How far the worker is with a large upload; when it is over, what came of it."""
        view = view_for(table, "import")
        job = intake_jobs.find(view, pk) or abort(404)
        if job.is_open:
            return job_shown.waiting(job, _("导入%(what)s", what=view.title))
        token = job.args["token"]
        if done := importing.batch_of(db.session(), token):
            return _written(done)
        seen = intake_jobs.seen(view, token)
        stopped = "" if job.state == "done" else _(job.error) if job.error else _("已取消，一条也没有写。")
        if seen is None or (stopped and job.kind == intake_jobs.CHECK):
            return _ask(view, stopped) if stopped else _gone(view)
        if seen.get("columns"):
            return redirect(url_for("Intake.columns", table=table, token=token))
        message = seen["message"]
        return _dry_run(view, seen, token, stopped or (_(message) if message else ""))

    @expose("/<table>/errors/<token>.xlsx", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def errors(self, table: str, token: str) -> str | Response:
        """The sender's own file with every wrong cell marked and commented; of a large one in the background (which a post begins)."""
        view = view_for(table, "import")
        taking.only_read()
        name = book_name(view, _("标错"))
        if intake_jobs.seen(view, token) is not None:
            return _marked_later(view, token, name)
        upload = taking.waiting(view, token) or abort(404)
        try:
            with taking.awaited():
                plan = taking.plan(view, upload)
        except TookLong:
            return _marked_later(view, token, name)
        except SheetError:  # the columns were not said yet
            abort(404)
        return send_book(name, lambda target: write_marked(target, view, upload, plan, uploads.file_of(taking.folder(), token)))


# From the file to the check -----------------------------------------------------------
def _sent() -> tuple[bytes | None, str]:
    """The file that was chosen, else the block that was pasted, and a name for it; None where there is neither."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        return sent.stream.read(Limits.size + 1), clean_text(Path(sent.filename.replace("\\", "/")).name)[:200]
    pasted = request.form.get("pasted", "")
    return pasted.encode("utf-8", "replace") if pasted.strip() else None, _("粘贴的内容")


def _take(view: Declared, content: bytes, name: str) -> str | Response:
    """Read it and go on; one that is large, or takes long, is only looked at, and left to the worker."""
    if len(content) > intake_jobs.LARGE:
        inspect(content, Limits())
        return intake_jobs.begin_new(view, content, name)
    try:
        with taking.awaited():
            upload, several = taking.read(view, content, name)
            header = taking.header(view, upload)
            plan = None if taking.remembered(view, upload, header) or several else taking.plan(view, upload)
    except TookLong:
        return intake_jobs.begin_new(view, content, name)
    token = taking.keep(upload, content)
    return _ask_columns(view, upload, token, header) if plan is None else _check(view, plan, upload, token)


def _other(view: Declared, upload: Upload, token: str, sheet: str, *, large: bool) -> str | Response:
    """Read another sheet of the file, and ask what its columns are."""
    try:
        with taking.awaited():
            other = None if large else taking.other_sheet(view, upload, token, sheet)
    except TookLong:
        other = None
    if other is None:
        return intake_jobs.begin(intake_jobs.CHECK, view, token, upload.file_name, sheet=sheet, said=False)
    return _ask_columns(view, other, token, taking.header(view, other))


def _said(view: Declared, upload: Upload, token: str, *, large: bool) -> str | Response:
    """Take what the sender said of each column, remember it, and check."""
    header, keys = taking.header(view, upload), {column.key: column.label for column in taking.columns(view)}
    known = {name: key if (key := request.form.get(f"c{at}", "")) in keys else "" for at, name in header.names.items()}
    chosen = [key for key in known.values() if key]
    twice = next((key for key in chosen if chosen.count(key) > 1), None)
    if twice or not chosen:
        message = _("“%(label)s”选了两次，一列只能对应一项。", label=_(keys[twice])) if twice else _("请至少选一列。")
        return _ask_columns(view, upload, token, header, known, message)
    upload.known = known
    try:
        with taking.awaited():
            plan = None if large else taking.plan(view, upload)
    except TookLong:
        plan = None
    if plan is None:
        uploads.keep(taking.folder(), upload, token)
        return intake_jobs.begin(intake_jobs.CHECK, view, token, upload.file_name, sheet="", said=True)
    taking.remember(view, upload, header)
    return _check(view, plan, upload, token)


def _written_later(view: Declared, token: str, name: str) -> str | Response:
    try:
        return intake_jobs.begin(intake_jobs.COMMIT, view, token, name)
    except records.Refused as busy:
        return _ask(view, say_all(busy.errors))


def _marked_later(view: Declared, token: str, name: str) -> str | Response:
    return downloads.ask_or_begin(
        "import_errors", {"entity": view.model.__name__, "token": token}, title=name.removesuffix(".xlsx"), file_name=name,
        text=_("文件较大，要在后台生成，好了到“我的下载”里取。"), back_url=url_for("Intake.take_in", table=view.model.__tablename__))


def _written(batch: Any) -> Response:
    flash(_("已写入：新增 %(added)s 条，修改 %(changed)s 条。", added=batch.added, changed=batch.changed), "success")
    return redirect(url_for("Sheets.batches"))


# The pages ----------------------------------------------------------------------------
def _tell(problem: SheetError) -> str:
    return say(RuleError(problem.message, **problem.values))


def _ask(view: Declared, message: str = "") -> str:
    table = view.model.__tablename__
    return render_template("panel/import.html", page=SimpleNamespace(
        title=_("导入%(what)s", what=view.title), message=message, notes=notes(), action=url_for("Intake.take_in", table=table),
        template_url=url_for("Sheets.template", table=table), batches_url=url_for("Sheets.batches"), cancel_url=view.url("list"),
        photos_url=url_for("Photos.take_in") if view.model is Child and photos.may_import(db.session()) else None))


def _gone(view: Declared) -> str:
    return _ask(view, _(intake_jobs.GONE))


def _ask_columns(view: Declared, upload: Upload, token: str, header: Header, known: dict[str, str] | None = None, message: str = "") -> str:
    """Each heading of the sheet with what stands below it, and what it may be."""
    columns = taking.columns(view)
    said = known if known is not None else upload.known
    offers = {} if said is not None else mapping.offered(db.session(), view.model, header, columns)
    sure = {header.names[at]: key for key, at in header.at.items()}
    chosen = said if said is not None else offers | sure
    table = view.model.__tablename__
    return render_template("panel/import_columns.html", page=SimpleNamespace(
        title=_("导入%(what)s", what=view.title), file_name=upload.file_name, message=message, sheet=upload.sheet, others=upload.others,
        header_row=header.row + 1, action=url_for("Intake.columns", table=table), cancel_url=url_for("Intake.take_in", table=table), token=token,
        fields=[(column.key, f"{_(column.label)}*" if column.required else _(column.label)) for column in columns],
        headings=[{"at": at, "name": name, "key": chosen.get(name, ""), "offered": name in offers, "samples": checked.samples(upload.rows, header, at)}
                  for at, name in header.names.items()]))


def _check(view: Declared, plan: Plan, upload: Upload, token: str, message: str = "") -> str:
    """The dry run; what it showed is what may be written."""
    upload.shown = plan.fingerprint()
    uploads.keep(taking.folder(), upload, token)
    facts = checked.facts(plan, upload)
    intake_jobs.leave(upload, token, facts)
    return _dry_run(view, facts, token, message)


def _dry_run(view: Declared, facts: dict[str, Any], token: str, message: str) -> str:
    table = view.model.__tablename__
    return render_template("panel/import_check.html", page=SimpleNamespace(
        title=_("导入%(what)s", what=view.title), **checked.of(facts, message), hidden=[("token", token)],
        action=url_for("Intake.commit", table=table), cancel_url=url_for("Intake.take_in", table=table),
        columns_url=url_for("Intake.columns", table=table, token=token),
        workbook_url=url_for("Intake.errors", table=table, token=token) if facts["wrong"] else None))
