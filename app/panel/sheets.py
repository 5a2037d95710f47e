"""Workbooks out and in, of any entity that has a view: export, template, import in two steps, undo."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, BinaryIO

from flask import abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import entities
from app.models.rules import RuleError, clean_text
from app.panel import listed, pages
from app.panel.forms import say
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS, view_of
from app.services import clock, importing, records, transactions
from app.services.exchange import undo, uploads
from app.services.exchange.cells import keys_of, sheet_columns
from app.services.exchange.plan import Plan
from app.services.sheet.errors import SheetError, SheetProblem
from app.services.sheet.package import Limits
from app.services.sheet.read import read_book
from app.services.sheet.returned import write_errors
from app.services.sheet.template import write_template

if TYPE_CHECKING:
    from app.panel.view import PanelView

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 200  # wrong or changed cells on the page; the workbook has them all


class Sheets(BaseView):
    """Any member comes in; each page asks the entity's own verb."""

    route_base = "/sheets"
    class_permission_name = "Home"
    default_view = "batches"

    @expose("/<table>/export.xlsx", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def export(self, table: str) -> str | Response:
        """The list as it is asked for: a short one at once, a long one in the background (which a post begins)."""
        view = _view(table, "export")
        address, name = pages.address_of(view), _name(view, clock.today().isoformat())
        if listed.is_long(view, address):
            return listed.later(view, address, name)
        return _file(name, lambda target: listed.write(view, address, target))

    @expose("/<table>/template.xlsx")
    @has_access
    @permission_name("read")
    def template(self, table: str) -> Response:
        view = _view(table, "import")
        columns = importing.template_columns(db.session(), view.model, view.columns)
        return _file(_name(view, _("导入模板")), lambda target: write_template(
            target, columns, title=_("%(what)s导入模板", what=view.title), notes=_notes()))

    @expose("/<table>/import", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def take_in(self, table: str) -> str | Response:
        """The page that asks for a file; a posted one is checked, and nothing is written."""
        view = _view(table, "import")
        if request.method == "GET":
            return _ask(view)
        _only_read()
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            return _ask(view, _("请先选择文件。"))
        try:
            rows = read_book(sent.stream.read(Limits.size + 1)).rows
            plan = importing.read_plan(db.session(), view.model, view.columns, rows)
        except SheetError as refused:
            return _ask(view, _tell(refused))
        name = clean_text(Path(sent.filename.replace("\\", "/")).name)[:200]
        upload = uploads.Upload(asker().member_id or 0, view.model.__name__, name, rows, plan.fingerprint())
        return _check(view, plan, upload, uploads.keep(_folder(), upload))

    @expose("/<table>/import/commit", methods=["POST"])
    @has_access
    @permission_name("read")
    def commit(self, table: str) -> str | Response:
        """Write the upload that was checked: all of it, once, and only if it would still do what was shown."""
        view, token = _view(table, "import"), request.form.get("token", "")
        _only_read()
        if uploads.TOKEN.fullmatch(token) and (done := importing.batch_of(db.session(), token)):
            return _written(done)
        upload = uploads.take(_folder(), token, asker().member_id, view.model.__name__)
        if upload is None:
            return _ask(view, _("这次检查已过期，请重新上传文件。"))
        plan = importing.read_plan(db.session(), view.model, view.columns, upload.rows)
        if plan.wrong or plan.fingerprint() != upload.shown:
            upload.shown = plan.fingerprint()
            uploads.keep(_folder(), upload, token)
            return _check(view, plan, upload, token, _("检查之后数据有变化，请再看一遍。"))
        try:
            with transactions.writing(db.session()):
                done = importing.commit(db.session(), view.model, plan, file_name=upload.file_name, token=token)
        except importing.Stopped as stopped:
            db.session.rollback()
            return _check(view, stopped.plan, upload, token, _("写入时被拒绝，一条也没有写。"))
        uploads.drop(_folder(), token)
        return _written(done)

    @expose("/<table>/errors/<token>.xlsx")
    @has_access
    @permission_name("read")
    def errors(self, table: str, token: str) -> Response:
        """The sender's own rows with every wrong cell marked and commented."""
        view = _view(table, "import")
        upload = uploads.take(_folder(), token, asker().member_id, view.model.__name__) or abort(404)
        plan = importing.read_plan(db.session(), view.model, view.columns, upload.rows)
        columns = sheet_columns(view.model, keys_of(view.model, view.columns))
        return _file(_name(view, _("标错")), lambda target: write_errors(target, upload.rows, columns, _marks(plan)))

    @expose("/batches")
    @has_access
    @permission_name("read")
    def batches(self) -> str:
        if not any(asker().may("import", entity) for entity in VIEWS):
            raise records.Forbidden("batches")
        rows = [{"when": clock.local(one.created_at).strftime("%Y-%m-%d %H:%M"), "what": _(entities()[one.entity].__label__), "who": one.who,
                 "file": one.file_name, "added": one.added, "changed": one.changed,
                 "undone": clock.local(one.undone_at).strftime("%Y-%m-%d %H:%M") if one.undone_at else "",
                 "undo_url": url_for("Sheets.undo", pk=one.id) if not one.undone_at and asker().may("import", one.entity) else None}
                for one in undo.batches(db.session())]
        return render_template("panel/batches.html", page=SimpleNamespace(title=_("导入批次"), rows=rows))

    @expose("/batches/<int:pk>/undo", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def undo(self, pk: int) -> str | Response:
        """Asks first; then takes the whole batch back but for what was changed since."""
        batch = undo.find(db.session(), pk) or abort(404)
        if request.method == "GET":
            text = _("撤销导入“%(file)s”：新增的 %(added)s 条移到回收站，修改的 %(changed)s 条改回原样。此后又改过的不动。",
                     file=batch.file_name, added=batch.added, changed=batch.changed)
            return render_template("panel/confirm.html", page=SimpleNamespace(
                title=_("撤销导入"), text=text, confirm_label=_("撤销导入"), danger=True, hidden=[], reason_field=None,
                action=url_for("Sheets.undo", pk=pk), cancel_url=url_for("Sheets.batches")))
        try:
            done = undo.undo(db.session(), batch)
            db.session.commit()
            flash(_told_undone(done), "warning" if done.kept else "success")
        except (undo.CannotUndo, records.Refused, records.Conflict) as refused:
            db.session.rollback()
            flash(_(str(refused)) if isinstance(refused, undo.CannotUndo) else _("无法撤销：与现在的记录冲突，一条也没有改。"), "danger")
        return redirect(url_for("Sheets.batches"))


# What the pages need ------------------------------------------------------------------
def _view(table: str, verb: str) -> PanelView:
    """The view of a table that the asker may export or import; 404 where there is none, Forbidden without the verb."""
    name = next((name for name, view in VIEWS.items() if view.model.__tablename__ == table), None) or abort(404)
    view = view_of(name)
    if not view.may(verb):
        raise records.Forbidden(f"{verb} {name}")
    return view


def _folder() -> Path:
    return Path(current_app.config["VAR"]) / "imports"


def _only_read() -> None:
    """End the transaction of the log-in check: while a file is read and checked nobody waits for a lock."""
    db.session.commit()
    transactions.read_only(True)


def _name(view: PanelView, ending: str) -> str:
    return f"{view.title}-{ending}.xlsx"


def _file(name: str, write: Callable[[BinaryIO], Any]) -> Response:
    """What was written to a nameless file on disk, which is gone once it was sent."""
    folder = Path(current_app.config["VAR"]) / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed with the response
    with force_locale("zh"):  # whatever the reader's language: a sheet is read back by its labels
        write(file)
    size = file.tell()
    file.seek(0)
    response = send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)
    response.content_length = size
    return response


def _tell(problem: SheetProblem) -> str:
    return say(RuleError(problem.message, **problem.values))


def _notes() -> list[str]:
    return [_("带 * 的必填；有下拉列表的请从中选择；日期写成 2026-09-01。"),
            _("不要改动表头一行；一次最多 %(most)s 行。", most=importing.MOST_ROWS),
            _("要修改已有的记录，请先导出，在导出的表格里改，保留“系统编号”一列。"),
            _("同名的人写成“姓名 #系统编号”。整份文件要么全部写入，要么一条不写。")]


def _ask(view: PanelView, message: str = "") -> str:
    table = view.model.__tablename__
    return render_template("panel/import.html", page=SimpleNamespace(
        title=_("导入%(what)s", what=view.title), message=message, notes=_notes(), action=url_for("Sheets.take_in", table=table),
        template_url=url_for("Sheets.template", table=table), batches_url=url_for("Sheets.batches"), cancel_url=view.url("list")))


def _check(view: PanelView, plan: Plan, upload: uploads.Upload, token: str, message: str = "") -> str:
    """The dry run: counts, every wrong cell, what would change."""
    counts, table, wrong, altered = plan.counts(), view.model.__tablename__, plan.wrong, plan.altered
    remarks = [message] if message else []
    if plan.header.unknown:
        remarks.append(_("这些列不认识，没有读：%(labels)s", labels=_("、").join(plan.header.unknown[:20])))
    more = max(len(wrong), len(altered)) - MOST_SHOWN
    if more > 0:
        remarks.append(_("下面只列出前 %(most)s 格，另有 %(more)s 格。", most=MOST_SHOWN, more=more))
    return render_template("panel/import_check.html", page=SimpleNamespace(
        title=_("导入%(what)s", what=view.title), file_name=upload.file_name, remarks=remarks,
        new=counts["new"], changed=counts["changed"], unchanged=counts["unchanged"], wrong=counts["wrong"],
        errors=[{"row": one.row + 1, "label": _(one.label) if one.label else _("整行"), "value": one.value, "reason": say(one.error)}
                for one in wrong[:MOST_SHOWN]],
        changes=[{"row": one.row + 1, "label": _(one.label), "old": one.old, "new": one.new} for one in altered[:MOST_SHOWN]],
        hidden=[("token", token)], action=url_for("Sheets.commit", table=table), cancel_url=url_for("Sheets.take_in", table=table),
        workbook_url=url_for("Sheets.errors", table=table, token=token) if wrong else None))


def _written(batch: Any) -> Response:
    flash(_("已写入：新增 %(added)s 条，修改 %(changed)s 条。", added=batch.added, changed=batch.changed), "success")
    return redirect(url_for("Sheets.batches"))


def _told_undone(done: undo.Undone) -> str:
    text = _("已撤销 %(rows)s 条。", rows=done.rows)
    if done.kept:
        names = _("、").join(done.kept[:10]) + ("……" if len(done.kept) > 10 else "")
        text += _("此后又改过的 %(count)s 条没有动：%(names)s", count=len(done.kept), names=names)
    return text


def _marks(plan: Plan) -> dict[tuple[int, int], str]:
    """(row, column) → what is wrong there."""
    return {(one.row, _column(plan, one.column)): _(one.label) + _("：") + say(one.error) if one.label else say(one.error) for one in plan.wrong}


def _column(plan: Plan, column: int | None) -> int:
    return column if column is not None else min(plan.header.at.values())
