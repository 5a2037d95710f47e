"""My downloads: what was begun in the background, how far it is, and its file for a day. Everybody sees the own ones only."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Response as FlaskResponse
from flask import abort, flash, jsonify, redirect, render_template, send_file, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.job import Job
from app.models.words import N_
from app.panel import job_shown
from app.services import history, transactions
from app.services.jobs import store

CANCELLED = {"cancelled": N_("已取消。"), "stopping": N_("正在取消。")}
TOO_LATE = N_("已经快完成了，不能取消。")


class Downloads(BaseView):
    """One page; static/js/downloads.js keeps it up to date while something is open."""

    route_base = "/downloads"
    class_permission_name = "Account"
    default_view = "index"

    @expose("/")
    @has_access
    @permission_name("read")
    def index(self) -> str:
        jobs = [job_shown.shown(job) for job in store.mine(db.session())]
        return render_template("downloads.html", page=SimpleNamespace(
            title=_("我的下载"), jobs=jobs, open=any(job["open"] for job in jobs), state_url=url_for("Downloads.state")))

    @expose("/state")
    @has_access
    @permission_name("read")
    def state(self) -> Response:
        """How far the jobs are, for the script."""
        keys = ("id", "state", "open", "done", "total", "note")
        return jsonify(jobs=[{key: job[key] for key in keys} for job in map(job_shown.shown, store.mine(db.session()))])

    @expose("/<int:pk>")
    @has_access
    @permission_name("read")
    def download(self, pk: int) -> FlaskResponse:
        """The file, as long as who asks still sees what it was made of."""
        job = _own(pk)
        path = job_shown.path(job)
        if not job_shown.holds(job) or path is None:
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
            flash(_(CANCELLED.get(job.state, TOO_LATE)), "info")
        result = job_shown.RESULTS.get(job.kind)
        return redirect(result(job) if result else url_for("Downloads.index"))


def _own(pk: int) -> Job:
    return store.find(db.session(), pk) or abort(404)
