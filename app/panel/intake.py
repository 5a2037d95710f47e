"""Workbooks in: a file or a pasted block, which sheet, what its columns are, what it would do, and then all of it or nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.children import Child
from app.models.rules import RuleError, clean_text
from app.panel import checked
from app.panel.books import book_name, notes, send_book, view_for
from app.panel.declared import Declared
from app.panel.forms import say
from app.panel.security import asker
from app.services import importing, transactions
from app.services.exchange import mapping, photos, uploads
from app.services.exchange.cells import keys_of, sheet_columns
from app.services.exchange.plan import Plan
from app.services.exchange.uploads import Upload
from app.services.sheet.column import Column
from app.services.sheet.errors import SheetError
from app.services.sheet.header import Header, find_header
from app.services.sheet.package import Limits
from app.services.sheet.read import read_book
from app.services.sheet.returned import return_marked


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
        only_read()
        content, name = _sent()
        if content is None:
            return _ask(view, _("请先选择文件，或粘贴表格内容。"))
        try:
            upload, several = _read(view, content, name)
            return _go_on(view, upload, _keep(upload, content), several)
        except SheetError as refused:
            return _ask(view, _tell(refused))

    @expose("/<table>/import/columns", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def columns(self, table: str) -> str | Response:
        """The page where the sender says which sheet is meant and what its columns are; what was said is remembered."""
        view, token = view_for(table, "import"), request.values.get("token", "")
        only_read()
        upload = _waiting(view, token)
        if upload is None:
            return _gone(view)
        try:
            if request.method == "POST" and request.form.get("sheet", upload.sheet) != upload.sheet:
                upload = _other_sheet(view, upload, token, request.form["sheet"])
            elif request.method == "POST":
                return _said(view, upload, token)
            return _ask_columns(view, upload, token, _header(view, upload))
        except SheetError as refused:
            return _ask(view, _tell(refused))

    @expose("/<table>/import/commit", methods=["POST"])
    @has_access
    @permission_name("read")
    def commit(self, table: str) -> str | Response:
        """Write the upload that was checked: all of it, once, and only if it would still do what was shown."""
        view, token = view_for(table, "import"), request.form.get("token", "")
        only_read()
        if uploads.TOKEN.fullmatch(token) and (done := importing.batch_of(db.session(), token)):
            return _written(done)
        upload = _waiting(view, token)
        if upload is None:
            return _gone(view)
        try:
            plan = _plan(view, upload)
        except SheetError as refused:  # the columns were not said yet
            return _ask(view, _tell(refused))
        if plan.wrong or plan.fingerprint() != upload.shown:
            return _check(view, plan, upload, token, _("检查之后数据有变化，请再看一遍。"))
        try:
            with transactions.writing(db.session()):
                done = importing.commit(db.session(), view.model, plan, file_name=upload.file_name, token=token)
        except importing.Stopped as stopped:
            db.session.rollback()
            return _check(view, stopped.plan, upload, token, _("写入时被拒绝，一条也没有写。"))
        uploads.drop(folder(), token)
        return _written(done)

    @expose("/<table>/errors/<token>.xlsx")
    @has_access
    @permission_name("read")
    def errors(self, table: str, token: str) -> Response:
        """The sender's own file with every wrong cell marked and commented."""
        view = view_for(table, "import")
        upload = _waiting(view, token) or abort(404)
        only_read()
        plan = _plan(view, upload)
        return send_book(book_name(view, _("标错")), lambda target: return_marked(
            target, uploads.file_of(folder(), token), upload.sheet, upload.rows, _columns(view), plan.header, checked.marks(plan)))


# What comes in ------------------------------------------------------------------------
def folder() -> Path:
    return Path(current_app.config["VAR"]) / "imports"


def only_read() -> None:
    """End the transaction of the log-in check: while a file is read and checked nobody waits for a lock."""
    db.session.commit()
    transactions.read_only(True)


def _sent() -> tuple[bytes | None, str]:
    """The file that was chosen, else the block that was pasted, and a name for it; None where there is neither."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        return sent.stream.read(Limits.size + 1), clean_text(Path(sent.filename.replace("\\", "/")).name)[:200]
    pasted = request.form.get("pasted", "")
    return pasted.encode("utf-8", "replace") if pasted.strip() else None, _("粘贴的内容")


def _columns(view: Declared) -> list[Column]:
    return sheet_columns(view.model, keys_of(view.model, view.columns))


def _read(view: Declared, content: bytes, name: str) -> tuple[Upload, bool]:
    """The likeliest sheet, and whether another may be meant as well."""
    sheet = read_book(content)
    likely = mapping.likely(sheet, _columns(view))
    if likely[0] != sheet.name:
        sheet = read_book(content, likely[0])
    upload = Upload(asker().member_id or 0, view.model.__name__, name, sheet.rows, sheet=sheet.name, others=sheet.others)
    return upload, len(likely) > 1


def _keep(upload: Upload, content: bytes) -> str:
    token = uploads.keep(folder(), upload)
    if upload.sheet:
        uploads.keep_file(folder(), token, content)
    return token


def _waiting(view: Declared, token: str) -> Upload | None:
    return uploads.take(folder(), token, asker().member_id, view.model.__name__)


def _other_sheet(view: Declared, upload: Upload, token: str, name: str) -> Upload:
    """The same file with another of its sheets."""
    content = uploads.file_of(folder(), token)
    if name not in upload.others or content is None:
        return upload
    sheet = read_book(content, name)
    upload.rows, upload.sheet, upload.others, upload.known, upload.shown = sheet.rows, sheet.name, sheet.others, None, ""
    uploads.keep(folder(), upload, token)
    return upload


# From the file to the check -----------------------------------------------------------
def _header(view: Declared, upload: Upload) -> Header:
    return find_header(upload.rows, _columns(view), upload.known)


def _plan(view: Declared, upload: Upload) -> Plan:
    return importing.read_plan(db.session(), view.model, view.columns, upload.rows, upload.known)


def _go_on(view: Declared, upload: Upload, token: str, several: bool) -> str:
    """To the check; by way of the columns where something has to be said about them."""
    header = _header(view, upload)
    upload.known = mapping.remembered(db.session(), view.model, header)
    if several or (upload.known is None and mapping.is_open(header, mapping.offered(db.session(), view.model, header, _columns(view)))):
        return _ask_columns(view, upload, token, header)
    return _check(view, _plan(view, upload), upload, token)


def _said(view: Declared, upload: Upload, token: str) -> str:
    """Take what the sender said of each column, remember it, and check."""
    header, keys = _header(view, upload), {column.key: column.label for column in _columns(view)}
    known = {name: key if (key := request.form.get(f"c{at}", "")) in keys else "" for at, name in header.names.items()}
    chosen = [key for key in known.values() if key]
    twice = next((key for key in chosen if chosen.count(key) > 1), None)
    if twice or not chosen:
        message = _("“%(label)s”选了两次，一列只能对应一项。", label=_(keys[twice])) if twice else _("请至少选一列。")
        return _ask_columns(view, upload, token, header, known, message)
    upload.known = known
    plan = _plan(view, upload)
    with transactions.writing(db.session()):
        mapping.remember(db.session(), view.model, header, known)
    return _check(view, plan, upload, token)


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
    return _ask(view, _("这次检查已过期，请重新上传文件。"))


def _ask_columns(view: Declared, upload: Upload, token: str, header: Header, known: dict[str, str] | None = None, message: str = "") -> str:
    """Each heading of the sheet with what stands below it, and what it may be."""
    columns = _columns(view)
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
    uploads.keep(folder(), upload, token)
    table = view.model.__tablename__
    return render_template("panel/import_check.html", page=SimpleNamespace(
        title=_("导入%(what)s", what=view.title), **checked.of(plan, upload, message), hidden=[("token", token)],
        action=url_for("Intake.commit", table=table), cancel_url=url_for("Intake.take_in", table=table),
        columns_url=url_for("Intake.columns", table=table, token=token),
        workbook_url=url_for("Intake.errors", table=table, token=token) if plan.wrong else None))
