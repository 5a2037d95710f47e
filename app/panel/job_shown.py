"""A job as the pages show it: how far it is, what to do now, where its file or its result is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app, render_template, url_for
from flask_babel import gettext as _

from app.models.base import utc_now
from app.models.job import STATE, Job
from app.panel.security import asker
from app.services import clock
from app.services.jobs import run, store
from app.services.jobs.kinds import ROWS, UNITS

LOOKS = {"done": "ok", "failed": "bad", "running": "warn", "finishing": "warn", "stopping": "warn"}
LONG_WAIT = timedelta(minutes=2)
MB = 1024 * 1024
# Kinds that make no file: where their result is seen.
RESULTS: dict[str, Callable[[Job], str]] = {}


def path(job: Job) -> Path | None:
    """The file on disk, where there is one."""
    found = Path(current_app.config["VAR"]) / run.FOLDER / (job.stored_as or "")
    return found if job.stored_as and job.kind not in RESULTS and found.is_file() else None


def holds(job: Job) -> bool:
    """Whether the file is whole and was made with what the asker sees now."""
    return job.state == "done" and job.sight == store.sight_of(asker())


def shown(job: Job) -> dict[str, Any]:
    """A job as the template and the script take it."""
    there = holds(job) and path(job) is not None
    return {"id": job.id, "title": job.title, "state": job.state, "open": job.is_open, "state_label": _(STATE[job.state]),
            "look": LOOKS.get(job.state, ""), "done": job.done, "total": job.total, "note": _note(job, there),
            "when": clock.local(job.created_at).strftime("%m-%d %H:%M"), "size": _size(job.size or 0),
            "url": url_for("Downloads.download", pk=job.id) if there else None,
            "result_url": RESULTS[job.kind](job) if job.kind in RESULTS else None,
            "cancel_url": url_for("Downloads.cancel", pk=job.id) if job.state in ("queued", "running") else None}


def waiting(job: Job, title: str) -> str:
    """The page of one job that is open; it loads itself again when the job is over, and then shows the result."""
    return render_template("panel/waiting.html", title=title, job=shown(job), state_url=url_for("Downloads.state"), self_url=RESULTS[job.kind](job))


def _note(job: Job, there: bool) -> str:
    """What a clerk wants to know now: how far it is, or what to do."""
    if job.state == "done":
        return _kept(job, there)
    if job.state in ("running", "finishing"):
        return _counted(job, f"{job.done:,} / {job.total:,}") if job.total else _("正在准备……")
    if job.state == "queued" and job.created_at < utc_now() - LONG_WAIT:
        return _("等了很久还没有轮到。后台程序可能没有运行，请联系系统管理员。")
    return _(job.error) if job.error else ""


def _kept(job: Job, there: bool) -> str:
    until = clock.local(job.expires_at).strftime("%m-%d %H:%M")
    if job.kind in RESULTS:
        return _counted(job, f"{job.done:,}") if job.done else ""
    if not there:
        return _("您的职务或管辖范围变了，请重新导出。")
    return _("%(count)s，保留到 %(until)s", count=_counted(job, f"{job.done:,}"), until=until) if job.done else _("保留到 %(until)s", until=until)


def _counted(job: Job, number: str) -> str:
    return f"{number} {_(UNITS.get(job.kind, ROWS))}"


def _size(size: int) -> str:
    return f"{size / MB:.1f} MB" if size >= MB else f"{max(1, size // 1024)} KB"
