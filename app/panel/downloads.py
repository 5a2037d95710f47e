"""Begin work in the background: from any page that would otherwise keep its reader waiting."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import worker
from app.extensions import db
from app.models.job import Job
from app.services.jobs import store

LOOK_SECONDS = 0.05


def begin(kind: str, args: dict[str, Any], *, title: str, file_name: str) -> Response:
    """Make the job, or find the same one that is open, and lead to where its file will be."""
    worker.send(store.submit(db.session(), kind, args, title=title, file_name=file_name))
    return later(_("正在后台生成，好了在这里下载。可以先去做别的，离开本页也不要紧。"))


def begin_and_wait(kind: str, args: dict[str, Any], seconds: float, *, title: str, file_name: str) -> Job | None:
    """The same for work that is most often short: the job once it is over, None where that takes longer than so many seconds."""
    job_id, end = store.submit(db.session(), kind, args, title=title, file_name=file_name), time.monotonic() + seconds
    worker.send(job_id)
    while (job := store.find(db.session(), job_id)) is not None and job.is_open:
        if time.monotonic() > end:
            return None
        db.session.rollback()  # the next look sees what was written since
        time.sleep(LOOK_SECONDS)
    return job


def later(text: str) -> Response:
    """Lead to where the file of a job that was begun will be; ``text`` says what goes on."""
    flash(text, "info")
    return redirect(url_for("Downloads.index"))


def ask_or_begin(kind: str, args: dict[str, Any], *, title: str, file_name: str, text: str, back_url: str) -> str | Response:
    """A post begins; a plain address (which anybody can send somebody to) asks first."""
    if request.method == "POST":
        return begin(kind, args, title=title, file_name=file_name)
    return render_template("panel/confirm.html", page=SimpleNamespace(
        title=title, text=text, confirm_label=_("开始生成"), danger=False, hidden=[], reason_field=None,
        action=request.full_path.rstrip("?"), cancel_url=back_url))
