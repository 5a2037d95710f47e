"""My downloads: what was begun in the background, how far it is, and its file for a day. Everybody sees the own ones only."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, current_app, flash, jsonify, redirect, render_template, send_file, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.base import utc_now
from app.models.job import STATE, Job
from app.panel.security import asker
from app.services import clock, history, transactions
from app.services.jobs import run, store
from app.services.jobs.kinds import ROWS, UNITS

LOOKS = {"done": "ok", "failed": "bad", "running": "warn", "stopping": "warn"}
LONG_WAIT = timedelta(minutes=2)
MB = 1024 * 1024


class Downloads(BaseView):
    """One page; static/js/downloads.js keeps it up to date while something is open."""

    route_base = "/downloads"
    class_permission_name = "Account"
    default_view = "index"

    @expose("/")
    @has_access
    @permission_name("read")
    def index(self) -> str:
        jobs = [_shown(job) for job in store.mine(db.session())]
        return render_template("downloads.html", page=SimpleNamespace(
            title=_("我的下载"), jobs=jobs, open=any(job["open"] for job in jobs), state_url=url_for("Downloads.state")))

    @expose("/state")
    @has_access
    @permission_name("read")
    def state(self) -> Response:
        """How far the jobs are, for the script."""
        keys = ("id", "state", "open", "done", "total", "note")
        return jsonify(jobs=[{key: job[key] for key in keys} for job in map(_shown, store.mine(db.session()))])

    @expose("/<int:pk>")
    @has_access
    @permission_name("read")
    def download(self, pk: int) -> FlaskResponse:
        """The file, as long as who asks still sees what it was made of."""
        job = _own(pk)
        path = _path(job)
        if not _holds(job) or path is None:
            abort(404)
        name, rows = job.file_name, job.done
        with transactions.writing(db.session()):
            history.log_access(db.session(), "download", "Job", columns=name, rows=rows)
        return send_file(path, as_attachment=True, download_name=name, max_age=0, conditional=False)

    @expose("/<int:pk>/cancel", methods=["POST"])
    @has_access
    @permission_name("read")
    def cancel(self, pk: int) -> Response:
        job = _own(pk)
        if job.is_open:
            store.cancel(db.session(), job)
            flash(_("已取消。") if job.state == "cancelled" else _("正在取消。"), "info")
        return redirect(url_for("Downloads.index"))


def _own(pk: int) -> Job:
    return store.find(db.session(), pk) or abort(404)


def _path(job: Job) -> Path | None:
    """The file on disk, where there is one."""
    path = Path(current_app.config["VAR"]) / run.FOLDER / (job.stored_as or "")
    return path if job.stored_as and path.is_file() else None


def _holds(job: Job) -> bool:
    """Whether the file is whole and was made with what the asker sees now."""
    return job.state == "done" and job.sight == store.sight_of(asker())


def _shown(job: Job) -> dict[str, Any]:
    """A job as the template and the script take it."""
    holds = _holds(job) and _path(job) is not None
    return {"id": job.id, "title": job.title, "state": job.state, "open": job.is_open, "state_label": _(STATE[job.state]),
            "look": LOOKS.get(job.state, ""), "done": job.done, "total": job.total, "note": _note(job, holds),
            "when": clock.local(job.created_at).strftime("%m-%d %H:%M"), "size": _size(job.size or 0),
            "url": url_for("Downloads.download", pk=job.id) if holds else None,
            "cancel_url": url_for("Downloads.cancel", pk=job.id) if job.state in ("queued", "running") else None}


def _note(job: Job, holds: bool) -> str:
    """What a clerk wants to know now: how far it is, or what to do."""
    if job.state == "done":
        until = clock.local(job.expires_at).strftime("%m-%d %H:%M")
        if not holds:
            return _("您的职务或管辖范围变了，请重新导出。")
        return _("%(count)s，保留到 %(until)s", count=_counted(job, f"{job.done:,}"), until=until) if job.done else _("保留到 %(until)s", until=until)
    if job.state == "running":
        return _counted(job, f"{job.done:,} / {job.total:,}") if job.total else _("正在准备……")
    if job.state == "queued" and job.created_at < utc_now() - LONG_WAIT:
        return _("等了很久还没有轮到。后台程序可能没有运行，请联系系统管理员。")
    return _(job.error) if job.error else ""


def _counted(job: Job, number: str) -> str:
    return f"{number} {_(UNITS.get(job.kind, ROWS))}"


def _size(size: int) -> str:
    return f"{size / MB:.1f} MB" if size >= MB else f"{max(1, size // 1024)} KB"
