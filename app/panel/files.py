"""Files on records: shown below a record, taken in, handed out through the record's scope."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, current_app, flash, jsonify, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import entities
from app.models.audit import Attachment
from app.models.base import Entity
from app.panel import revealing, taking
from app.panel.confirm import ask
from app.panel.forms import new_token, say_all, token_sent
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS, url_of, view_of
from app.services import attachments, masks, reading, records, retention, shots, transactions, upload

KB = 1024
FILE = "file"  # messages told beside the button that sends a file, not above the page
# A file is a thing to look at: were it a page after all, it could do nothing.
POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


def folder() -> Path:
    return Path(current_app.config["VAR"]) / attachments.FOLDER


def may_change(row: Entity, verb: str = "write") -> bool:
    """The service's rule, and that the record's own view lets this very row be changed."""
    view = view_of(type(row).__name__) if type(row).__name__ in VIEWS else None
    return attachments.may_change(db.session(), row, verb) and (view is None or view.may_change(row))


def shown(one: Attachment, *, removable: bool = False) -> dict[str, Any]:
    """A file as templates and scripts take it."""
    size = f"{one.size / KB / KB:.1f} MB" if one.size >= KB * KB else f"{max(1, one.size // KB)} KB"
    return {"id": one.id, "name": one.name, "url": url_for("Files.download", pk=one.id), "size": size, "photo": one.media_type == upload.JPEG,
            "delete_url": url_for("Files.remove", pk=one.id) if removable else None}


def _covered(one: Attachment) -> dict[str, Any]:
    """A file that may show what the asker gets covered: no picture, and a way to it only for who may give a reason."""
    kept = shown(one)
    return {**kept, "photo": False, "covered": True, "url": kept["url"] if masks.may_reveal(asker()) else None}


def restorable(one: Attachment, row: Entity) -> bool:
    """Whether the asker may take this deleted file back to its row."""
    return retention.kept(one, current_app.config["TRASH_DAYS"]) and may_change(row, "delete")


def of_record(row: Entity) -> dict[str, Any] | None:
    """The panel below a record: its files and where to send another; None where there is nothing to show or do."""
    if not attachments.takes_files(type(row)) or not asker().may("read", Attachment):
        return None
    may_add, may_remove = may_change(row), may_change(row, "delete")
    covered = masks.files_covered(asker(), row)
    files = [_covered(one) if covered else shown(one, removable=may_remove) for one in attachments.of_row(db.session(), row)]
    url = url_for("Files.take", entity=type(row).__name__, pk=row.id) if may_add else None
    return {"files": files, "upload_url": url, "token": new_token() if url else None} if files or url else None


class Files(BaseView):
    """In and out."""

    route_base = "/file"
    class_permission_name = "Attachment"
    default_view = "download"

    @expose("/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def download(self, pk: int) -> str | FlaskResponse:
        """The file; a reason is asked for where it may show a number that the asker gets covered."""
        one, row = attachments.find(db.session(), pk) or abort(404)
        path, name, media_type = folder() / one.stored_as, one.name, one.media_type
        if not path.is_file():
            abort(404)
        if masks.files_covered(asker(), row):
            text = _("附件“%(name)s”可能有证件号码或心理谈话内容。查看会记入日志：时间、您的姓名和理由。", name=name)
            page = revealing.asks(row, reading.called(one), _("附件"), text, url_for("Files.download", pk=pk), _page_of(row), media_type != upload.JPEG)
            if page is not None:
                return page
        else:
            reading.tell_file(db.session(), row, one)
        answer = send_file(path, media_type, as_attachment=media_type != upload.JPEG, download_name=name, max_age=0, conditional=False)
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["Cache-Control"] = "no-store, private"
        return answer

    @expose("/<entity>/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("write")
    def take(self, entity: str, pk: int) -> Response:
        """A file for a row; answers JSON to scripts, to forms the record's page."""
        taking.only_read()  # until the photo is decoded
        model = entities().get(entity)
        row = records.find(db.session(), model, pk) if model is not None and asker().may("read", entity) else None
        if row is None:
            abort(404)
        if not may_change(row):
            raise records.Forbidden("add a file")
        sent = request.files.get("file")
        data = sent.stream.read(upload.MOST_BYTES + 1) if sent else b""
        try:
            kept = attachments.taken(sent.filename or "" if sent else "", data)
            with transactions.writing(db.session()):
                made = attachments.store(db.session(), row, kept, folder(), token_sent(file=data), shots.told(request.form.get("_shot", "")))
        except records.Refused as refused:
            db.session.rollback()
            return _refused(row, say_all(refused.errors))
        if _wants_json():
            return jsonify(shown(made, removable=may_change(row, "delete")))
        flash(_("附件已保存。"), "success")  # not its name, which may be a child's: the cookie can be read
        return redirect(_page_of(row))

    @expose("/<int:pk>/delete", methods=["GET", "POST"])
    @has_access
    @permission_name("delete")
    def remove(self, pk: int) -> str | Response:
        """Asks first; a deleted file waits in the trash, and is taken back from the record's history."""
        one, row = attachments.find(db.session(), pk) or abort(404)
        if not may_change(row, "delete"):
            raise records.Forbidden("remove a file")
        if request.method == "GET":
            text = _("删除附件“%(name)s”。%(days)s 天内可以在修改历史里恢复。", name=one.name, days=current_app.config["TRASH_DAYS"])
            return ask(_("确认删除"), text, _("删除"), url_for("Files.remove", pk=pk), _page_of(row), danger=True)
        attachments.remove(db.session(), one, row)
        db.session.commit()
        if _wants_json():
            return jsonify(removed=pk)
        flash(_("附件已删除，%(days)s 天内可以在修改历史里恢复。", days=current_app.config["TRASH_DAYS"]), "success")
        return redirect(_page_of(row))

    @expose("/<int:pk>/restore", methods=["POST"])
    @has_access
    @permission_name("delete")
    def restore(self, pk: int) -> Response:
        """A deleted file back on its record, as long as the trash keeps it."""
        one, row = attachments.find(db.session(), pk, trash=True) or abort(404)
        if one.deleted_at is None or not restorable(one, row):
            abort(404)
        try:
            attachments.restore(db.session(), one, row)
            db.session.commit()
            flash(_("附件已恢复。"), "success")
        except records.Refused as refused:
            db.session.rollback()
            flash(say_all(refused.errors), "danger")
        return redirect(_page_of(row))


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _refused(row: Entity, message: str) -> Response:
    if _wants_json():
        answer = jsonify(message=message)
        answer.status_code = 422
        return answer
    flash(message, FILE)
    return redirect(_page_of(row))


def _page_of(row: Entity) -> str:
    entity, pk = attachments.page_of(row)
    return url_of(entity, "show", pk=pk) + "#files" if entity in VIEWS else url_for("Home.index")
