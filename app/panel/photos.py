"""Photos of many children in one zip: whose each is, what cannot be taken, and then all of them or none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.audit import Attachment
from app.models.rules import RuleError, clean_text
from app.panel import checked, files, intake
from app.panel.forms import say
from app.panel.security import asker
from app.panel.views_by_entity import url_of
from app.services import records, transactions, upload
from app.services.exchange import photos, uploads
from app.services.exchange.photos import Photo
from app.services.sheet.errors import SheetError

MOST_MB = 30  # of the zip; a little less than a request may hold


class Photos(BaseView):
    """For who imports children and adds files."""

    route_base = "/photos"
    class_permission_name = "Home"
    default_view = "take_in"

    @expose("/import", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def take_in(self) -> str:
        """The page that asks for a zip; a posted one is matched, and nothing is written."""
        if not photos.may_import(db.session()):
            raise records.Forbidden("import photos")
        if request.method == "GET":
            return _ask()
        intake.only_read()
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            return _ask(_("请先选择压缩包。"))
        try:
            found = photos.look(db.session(), sent.stream.read())
        except SheetError as refused:
            return _ask(say(RuleError(refused.message, **refused.values)))
        name = clean_text(Path(sent.filename.replace("\\", "/")).name)[:200]
        return _check(found, _keep(name, [one for one in found if one.kept and not one.there]))

    @expose("/import/commit", methods=["POST"])
    @has_access
    @permission_name("read")
    def commit(self) -> str | Response:
        """Hang on the children what was matched: all of it, and once."""
        if not photos.may_import(db.session()):
            raise records.Forbidden("import photos")
        token, folder = request.form.get("token", ""), intake.folder()
        kept = uploads.take(folder, token, asker().member_id, Attachment.__name__)
        content = uploads.file_of(folder, token) if kept else None
        if kept is None or content is None or not uploads.claim(folder, token):
            return _ask(_("这次检查已过期，或已经写入过。请看孩子的档案，或重新上传。"))
        made: list[Attachment] = []
        try:
            with transactions.writing(db.session()):
                made += photos.commit(db.session(), _unpacked(kept, content), files.folder())
        except (records.Refused, records.Forbidden) as refused:
            db.session.rollback()
            uploads.give_back(folder, token)
            errors = refused.errors.values() if isinstance(refused, records.Refused) else [RuleError(photos.NOBODY)]
            return _ask(_("写入时被拒绝，一张也没有写：") + _("；").join(say(error) for error in errors))
        except Exception:
            photos.discard(made, files.folder())  # the rows were not written, so their files go too
            raise
        uploads.drop(folder, token)
        flash(_("已写入 %(count)s 张照片。", count=len(made)), "success")
        return redirect(url_of("Child", "list"))


def _keep(name: str, found: list[Photo]) -> str:
    """What would be written, sealed until the sender says so; photos as they will be kept."""
    packed = io.BytesIO()
    rows: list[list[Any]] = []
    with zipfile.ZipFile(packed, "w") as package:
        for at, one in enumerate(found):
            if one.kept:
                package.writestr(str(at), one.kept.data)
                rows.append([str(at), one.child_id, one.kept.name, one.kept.media_type])
    token = uploads.keep(intake.folder(), uploads.Upload(asker().member_id or 0, Attachment.__name__, name, rows))
    uploads.keep_file(intake.folder(), token, packed.getvalue())
    return token


def _unpacked(kept: uploads.Upload, content: bytes) -> list[Photo]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [Photo(name, child_id, kept=upload.Upload(name, media_type, package.read(at))) for at, child_id, name, media_type in kept.rows]


def _ask(message: str = "") -> str:
    return render_template("panel/photos.html", page=SimpleNamespace(
        title=_("导入照片"), message=message, action=url_for("Photos.take_in"), cancel_url=url_of("Child", "list"), notes=[
            _("把照片和扫描件放进一个文件夹，压缩成 .zip 上传。"),
            _("文件名里写孩子的身份证号、学籍号或系统编号，例如“张三（身份证号）.jpg”“12 张三.jpg”；也可以一个孩子一个文件夹，用号码做文件夹名。"),
            _("照片会自动缩小，拍摄地点等信息会去掉。一个压缩包不超过 %(mb)s MB、%(most)s 个文件。", mb=MOST_MB, most=photos.MOST_FILES)]))


def _check(found: list[Photo], token: str) -> str:
    matched = [one for one in found if one.kept and not one.there]
    return render_template("panel/photos_check.html", page=SimpleNamespace(
        title=_("导入照片"),
        matched=[{"file": checked.covered(one.name), "child": one.child, "url": url_of("Child", "show", pk=one.child_id)} for one in matched],
        wrong=[{"file": checked.covered(one.name), "reason": say(one.wrong)} for one in found if one.wrong], there=sum(one.there for one in found),
        children=len({one.child_id for one in matched}), token=token, action=url_for("Photos.commit"), cancel_url=url_for("Photos.take_in")))
