"""How an entity is shown: one declaration, and list, record, forms, trash, history follow from it.

Subclasses say model and columns, a few lines each (app/views/). The framework makes the routes, the
permissions (``can_read on Talk``) and the place in the application; the pages are made beside.
"""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, request
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from werkzeug.wrappers import Response

from app.extensions import db
from app.panel import editing, pages, revealing, tracing, trash
from app.panel.address import whole
from app.panel.declared import Declared
from app.panel.security import reads_singly
from app.services import records


class PanelView(Declared):
    """Base of all entity views: the routes of what it declares."""

    # Pages ------------------------------------------------------------------------------
    @expose("/show/<int:pk>")
    @has_access
    @permission_name("read")
    def show(self, pk: int) -> str:
        return pages.show_page(self, self.opened(self.row(pk)))

    @expose("/add", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def add(self) -> str | Response:
        return editing.add(self)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def edit(self, pk: int) -> Any:
        return editing.edit(self, pk)

    @expose("/delete/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("delete")
    def delete(self, pk: int) -> str | Response:
        return editing.delete(self, [self.row(pk)])

    @expose("/bulk", methods=["POST"])
    @has_access
    @permission_name("delete")
    def bulk_action(self) -> str | Response:
        if request.form.get("action") not in self.bulk:
            abort(400)
        ids = [pk for pk in map(whole, request.form.getlist("row")) if pk is not None]
        rows = [row for row in (records.find(db.session(), self.model, pk) for pk in ids) if row is not None]
        return editing.delete(self, rows) if rows else redirect(self.url("list"))

    @expose("/trash/", methods=["GET", "POST"])
    @has_access
    @permission_name("delete")
    def trash(self) -> str | Response:
        return trash.trash(self)

    @expose("/history/<int:pk>")
    @has_access
    @permission_name("read")
    def history(self, pk: int) -> str:
        return tracing.history_page(self, self.opened(self.row(pk)))

    @expose("/history/<int:pk>/<int:change>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def revert(self, pk: int, change: int) -> str | Response:
        return tracing.revert(self, self.row(pk), change)

    @expose("/reveal/<int:pk>/<key>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def reveal(self, pk: int, key: str) -> str:
        return revealing.reveal(self, self.row(pk), key)

    @expose("/list/")  # last, because its name hides the builtin from what follows
    @has_access
    @permission_name("read")
    @reads_singly
    def list(self) -> str:
        return pages.list_page(self)
