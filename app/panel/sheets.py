"""Workbooks of any entity that has a view: export, template, what was imported and its undoing. The import itself: panel/intake.py."""

from __future__ import annotations

from types import SimpleNamespace

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import entities
from app.panel import listed, one_request, pages, undoing
from app.panel.books import book_name, notes, send_book, view_for
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS
from app.services import clock, importing, records
from app.services.exchange import undo
from app.services.sheet.template import write_template


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
        view = view_for(table, "export")
        address, name = pages.address_of(view), book_name(view, clock.today().isoformat())
        if listed.is_long(view, address):
            return listed.later(view, address, name)
        return send_book(name, lambda target: listed.write(view, address, target))

    @expose("/<table>/template.xlsx")
    @has_access
    @permission_name("read")
    def template(self, table: str) -> Response:
        view = view_for(table, "import")
        columns = importing.template_columns(db.session(), view.model, view.columns)
        return send_book(book_name(view, _("导入模板")), lambda target: write_template(
            target, columns, title=_("%(what)s导入模板", what=view.title), notes=notes()))

    @expose("/batches")
    @has_access
    @permission_name("read")
    def batches(self) -> str:
        if not any(asker().may("import", entity) for entity in VIEWS):
            raise records.Forbidden("batches")
        return _batches()

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
            gone = undoing.take_back(batch)
            return _batches(gone) if isinstance(gone, str) else gone
        except undo.CannotUndo as refused:
            db.session.rollback()
            flash(_(str(refused)), "danger")
        return redirect(url_for("Sheets.batches"))


def _batches(note: str = "") -> str:
    """The page of batches, with what is to be told of the one that was just taken back."""
    rows = [{"when": clock.local(one.created_at).strftime("%Y-%m-%d %H:%M"), "what": _(entities()[one.entity].__label__), "who": one.who,
             "file": one.file_name, "url": one_request.url(one.request_id), "added": one.added, "changed": one.changed,
             "undone": clock.local(one.undone_at).strftime("%Y-%m-%d %H:%M") if one.undone_at else "",
             "undo_url": url_for("Sheets.undo", pk=one.id) if not one.undone_at and undo.may(asker(), one.entity) else None}
            for one in undo.batches(db.session())]
    return render_template("panel/batches.html", page=SimpleNamespace(title=_("导入批次"), rows=rows, note=note))
