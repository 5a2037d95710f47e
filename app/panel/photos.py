"""Photos of many children in one zip: whose each is, what cannot be taken, and then all of them or none.

The worker opens and decodes them, never the web process.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import worker
from app.extensions import db
from app.models.audit import Attachment
from app.models.job import Job
from app.models.rules import RuleError, clean_text
from app.models.words import N_
from app.panel import checked, files, job_shown, taking
from app.panel.forms import say, say_all
from app.panel.security import asker
from app.panel.views_by_entity import url_of
from app.services import importing, records, transactions, upload
from app.services.exchange import photos, uploads
from app.services.exchange.photos import Photo
from app.services.jobs import store
from app.services.jobs.kinds import PHOTOS, Unable, Work, kind

MOST_MB = 30  # of the zip; a little less than a request may hold
CHECK, COMMIT = "photos_check", "photos_commit"
GONE = N_("这次检查已过期，或已经写入过。请看孩子的档案，或重新上传。")
REFUSED = N_("写入时被拒绝，一张也没有写：")


class Photos(BaseView):
    """For who imports children and adds files."""

    route_base = "/photos"
    class_permission_name = "Home"
    default_view = "take_in"

    @expose("/import", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def take_in(self) -> str | Response:
        """The page that asks for a zip; a posted one is matched by the worker, and nothing is written."""
        _may()
        if request.method == "GET":
            return _ask()
        taking.only_read()
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            return _ask(_("请先选择压缩包。"))
        name = clean_text(Path(sent.filename.replace("\\", "/")).name)[:200]
        token = _keep(name, [], sent.stream.read())
        return _begin(CHECK, token, _("检查照片"), name)

    @expose("/import/commit", methods=["POST"])
    @has_access
    @permission_name("read")
    def commit(self) -> str | Response:
        """Hang on the children what was matched: all of it, and once."""
        _may()
        token = request.form.get("token", "")
        kept = uploads.take(taking.folder(), token, asker().member_id, Attachment.__name__)
        return _ask(_(GONE)) if kept is None else _begin(COMMIT, token, _("导入照片"), kept.file_name)

    @expose("/import/job/<int:pk>")
    @has_access
    @permission_name("read")
    def progress(self, pk: int) -> str | Response:
        """How far the worker is; when it is over, what came of it."""
        _may()
        job = store.find(db.session(), pk)
        if job is None or job.kind not in (CHECK, COMMIT):
            abort(404)
        if job.is_open:
            return job_shown.waiting(job, _("导入照片"))
        if done := importing.batch_of(db.session(), job.args["token"]):
            flash(_("已写入 %(count)s 张照片。", count=done.added), "success")
            return redirect(url_for("Sheets.batches"))
        seen = uploads.seen_of(taking.folder(), job.args["token"], asker().member_id, Attachment.__name__)
        if job.state != "done":
            return _ask(_(job.error) if job.error else _("已取消，一张也没有写。"))
        if seen is None:
            return _ask(_(GONE))
        return _check(seen) if job.kind == CHECK else _ask(_(REFUSED) + _("；").join(_said(one) for one in seen["refused"]))


def _may() -> None:
    if not photos.may_import(db.session()):
        raise records.Forbidden("import photos")


def _begin(what: str, token: str, label: str, name: str) -> str | Response:
    try:
        job_id = store.submit(db.session(), what, {"token": token}, title=f"{label}·{name}", file_name="")
    except records.Refused as busy:
        return _ask(say_all(busy.errors))
    worker.send(job_id)
    return redirect(url_for("Photos.progress", pk=job_id))


def _result(job: Job) -> str:
    return url_for("Photos.progress", pk=job.id)


job_shown.RESULTS.update({CHECK: _result, COMMIT: _result})


# In the worker ------------------------------------------------------------------------
@kind(CHECK, PHOTOS)
def check(work: Work) -> None:
    """Whose each photo is, and what is kept of it; what may be written waits under a token of its own."""
    kept, content = _taken(work)
    work.total(photos.count(content))
    found = photos.look(work.session, content)
    matched = [one for one in found if one.kept and not one.there]
    packed, rows = _packed(matched)
    uploads.keep_seen(taking.folder(), work.args["token"], kept, {
        "token": _keep(kept.file_name, rows, packed), "there": sum(one.there for one in found),
        "matched": [[one.name, one.child, one.child_id] for one in matched], "wrong": [[one.name, *_told(one.wrong)] for one in found if one.wrong]})


@kind(COMMIT, PHOTOS)
def write(work: Work) -> None:
    token, made = work.args["token"], list[Attachment]()
    if importing.batch_of(work.session, token):
        return  # a worker that died had written it
    kept, content = _taken(work)
    work.total(len(kept.rows))
    found = _unpacked(kept, content)
    work.session.commit()
    work.settle()  # before the lock is taken: what follows is short
    try:
        with transactions.writing(work.session):
            made += photos.commit(work.session, found, files.folder(), file_name=kept.file_name, token=token)
    except (records.Refused, records.Forbidden) as refused:
        work.session.rollback()
        errors = [*refused.errors.values()] if isinstance(refused, records.Refused) else [RuleError(photos.NOBODY)]
        uploads.keep_seen(taking.folder(), token, kept, {"refused": [_told(error) for error in errors]})
        return
    except Exception:
        photos.discard(made, files.folder())  # the rows were not written, so their files go too
        raise
    uploads.drop(taking.folder(), token)


def _taken(work: Work) -> tuple[uploads.Upload, bytes]:
    token = work.args["token"]
    kept = uploads.take(taking.folder(), token, work.asker.member_id, Attachment.__name__)
    content = uploads.file_of(taking.folder(), token) if kept else None
    if kept is None or content is None:
        raise Unable(GONE)
    return kept, content


def _keep(name: str, rows: list[list[Any]], content: bytes) -> str:
    token = uploads.keep(taking.folder(), uploads.Upload(asker().member_id or 0, Attachment.__name__, name, rows))
    uploads.keep_file(taking.folder(), token, content)
    return token


def _packed(matched: list[Photo]) -> tuple[bytes, list[list[Any]]]:
    """What would be written, and what each is; photos as they will be kept."""
    packed, rows = io.BytesIO(), list[list[Any]]()
    with zipfile.ZipFile(packed, "w") as package:
        for at, one in enumerate(matched):
            if one.kept:
                package.writestr(str(at), one.kept.data)
                rows.append([str(at), one.child_id, one.kept.name, one.kept.media_type])
    return packed.getvalue(), rows


def _unpacked(kept: uploads.Upload, content: bytes) -> list[Photo]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [Photo(name, child_id, kept=upload.Upload(name, media_type, package.read(at))) for at, child_id, name, media_type in kept.rows]


# The pages ----------------------------------------------------------------------------
def _told(error: RuleError | None) -> list[Any]:
    """A message as JSON holds it; ``_said`` is the way back."""
    return [error.message, error.params] if error else ["", {}]


def _said(told: list[Any]) -> str:
    return say(RuleError(told[0], **told[1]))


def _ask(message: str = "") -> str:
    return render_template("panel/photos.html", page=SimpleNamespace(
        title=_("导入照片"), message=message, action=url_for("Photos.take_in"), cancel_url=url_of("Child", "list"), notes=[
            _("把照片和扫描件放进一个文件夹，压缩成 .zip 上传。"),
            _("文件名里写孩子的身份证号或学籍号，例如“张三（身份证号）.jpg”；也可以一个孩子一个文件夹，用号码做文件夹名。"),
            _("写系统编号的要连着姓名，例如“张三 #12.jpg”；光写“12.jpg”不算。"),
            _("照片会自动缩小，拍摄地点等信息会去掉。一个压缩包不超过 %(mb)s MB、%(most)s 个文件。", mb=MOST_MB, most=photos.MOST_FILES)]))


def _check(seen: dict[str, Any]) -> str:
    matched = seen["matched"]
    return render_template("panel/photos_check.html", page=SimpleNamespace(
        title=_("导入照片"), token=seen["token"], there=seen["there"], children=len({child_id for _name, _child, child_id in matched}),
        matched=[{"file": checked.covered(name), "child": child, "url": url_of("Child", "show", pk=child_id)} for name, child, child_id in matched],
        wrong=[{"file": checked.covered(name), "reason": _said(error)} for name, *error in seen["wrong"]],
        action=url_for("Photos.commit"), cancel_url=url_for("Photos.take_in")))
