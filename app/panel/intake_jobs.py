"""Large workbooks in: read, checked and written by the worker, while their sender watches how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import worker
from app.extensions import db
from app.models.job import Job
from app.models.words import N_
from app.panel import checked, job_shown, taking
from app.panel.books import write_marked
from app.panel.declared import Declared
from app.panel.security import asker
from app.panel.views_by_entity import view_of
from app.services import importing, progress, records
from app.services.exchange import uploads
from app.services.exchange.plan import Plan
from app.services.exchange.uploads import Upload
from app.services.jobs import store
from app.services.jobs.kinds import Unable, Work, kind

# What takes longer than two seconds on a small machine: bytes of a file to read and check, rows to write or to mark.
LARGE, MOST_AT_ONCE = 1 << 20, 3_000
GONE = N_("这次检查已过期，请重新上传文件。")
CHANGED = N_("检查之后数据有变化，请再看一遍。")
REFUSED = N_("写入时被拒绝，一条也没有写。")
CHECK, COMMIT = "import_check", "import_commit"


# For the pages ------------------------------------------------------------------------
def begin_new(view: Declared, content: bytes, name: str) -> Response:
    """Take in a large file unread."""
    upload = Upload(asker().member_id or 0, view.model.__name__, name, [])
    token = uploads.keep(taking.folder(), upload)
    uploads.keep_file(taking.folder(), token, content)
    return begin(CHECK, view, token, name, sheet="", said=False)


def begin(what: str, view: Declared, token: str, name: str, **more: Any) -> Response:
    """Have an upload checked or written, and lead to the page that waits for it. Refused where too many jobs are open."""
    args = {"entity": view.model.__name__, "token": token, **more}
    label = _("检查%(what)s", what=view.title) if what == CHECK else _("导入%(what)s", what=view.title)
    job_id = store.submit(db.session(), what, args, title=f"{label}·{name}", file_name="")
    worker.send(job_id)
    return redirect(url_for("Intake.progress", table=view.model.__tablename__, pk=job_id))


def find(view: Declared, job_id: int) -> Job | None:
    """One of the asker's own jobs on uploads of this view."""
    job = store.find(db.session(), job_id)
    return job if job is not None and job.kind in (CHECK, COMMIT) and job.args["entity"] == view.model.__name__ else None


def seen(view: Declared, token: str) -> dict[str, Any] | None:
    """What the worker found in an upload: the columns to be said (under "columns") or the dry run; None of what it never saw."""
    return uploads.seen_of(taking.folder(), token, asker().member_id, view.model.__name__)


def leave(upload: Upload, token: str, facts: dict[str, Any]) -> None:
    """Many rows to write or to mark, though their file was small enough to be checked at once: the worker will do it."""
    if facts["new"] + facts["changed"] + facts["wrong"] > MOST_AT_ONCE:
        uploads.keep_seen(taking.folder(), token, upload, {**facts, "message": ""})


def _result(job: Job) -> str:
    return url_for("Intake.progress", table=view_of(job.args["entity"]).model.__tablename__, pk=job.id)


job_shown.RESULTS.update({CHECK: _result, COMMIT: _result})


# In the worker ------------------------------------------------------------------------
@kind(CHECK)
def check(work: Work) -> None:
    """Read the file where that was not done yet, and see what it would do; with ``said`` the sender has named the columns."""
    view, token, upload = _taken(work)
    several, sheet = False, work.args["sheet"]
    if sheet:
        upload = taking.other_sheet(view, upload, token, sheet)
    elif not upload.rows:
        upload, several = _read(view, upload, token)
    work.total(len(upload.rows))
    found = taking.header(view, upload)
    if not work.args["said"] and (sheet or taking.remembered(view, upload, found) or several):
        uploads.keep(taking.folder(), upload, token)
        uploads.keep_seen(taking.folder(), token, upload, {"columns": True, "file_name": upload.file_name})
        return
    plan = taking.plan(view, upload)
    if work.args["said"]:
        taking.remember(view, upload, found)
    _show(upload, token, plan)


@kind(COMMIT)
def commit(work: Work) -> None:
    """Write what was checked, once, and only if it would still do what was shown; else show it again."""
    if importing.batch_of(work.session, work.args["token"]):
        return  # a worker that died had written it
    view, token, upload = _taken(work)
    work.total(len(upload.rows))
    try:
        with progress.heard(work.session, _half(work), work.settle):
            plan = taking.plan(view, upload)
            if plan.wrong or plan.fingerprint() != upload.shown:
                _show(upload, token, plan, CHANGED)
                return
            importing.commit(work.session, view.model, plan, file_name=upload.file_name, token=token)
    except importing.Stopped as stopped:
        work.session.rollback()
        _show(upload, token, stopped.plan, REFUSED)
        return
    uploads.drop(taking.folder(), token)


def _half(work: Work) -> Callable[[int], None]:
    """Each row is heard of twice, when it is checked and when it is written: it counts half each time."""
    heard = 0

    def ear(rows: int) -> None:
        nonlocal heard
        heard += rows
        work.progress(heard // 2 - work.done_rows)

    return ear


@kind("import_errors")
def mark(work: Work) -> None:
    view, token, upload = _taken(work)
    work.total(len(upload.rows))
    write_marked(work.file, view, upload, taking.plan(view, upload), uploads.file_of(taking.folder(), token))


def _taken(work: Work) -> tuple[Declared, str, Upload]:
    """The upload, for who may still bring it in."""
    view, token = view_of(work.args["entity"]), work.args["token"]
    if not view.may("import"):
        raise records.Forbidden(f"import {work.args['entity']}")
    upload = taking.waiting(view, token)
    if upload is None:
        raise Unable(GONE)
    return view, token, upload


def _read(view: Declared, kept: Upload, token: str) -> tuple[Upload, bool]:
    content = uploads.file_of(taking.folder(), token)
    if content is None:
        raise Unable(GONE)
    upload, several = taking.read(view, content, kept.file_name)
    uploads.keep(taking.folder(), upload, token)
    return upload, several


def _show(upload: Upload, token: str, plan: Plan, message: str = "") -> None:
    upload.shown = plan.fingerprint()
    uploads.keep(taking.folder(), upload, token)
    uploads.keep_seen(taking.folder(), token, upload, {**checked.facts(plan, upload), "message": message})
