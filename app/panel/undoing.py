"""Taking an import back: always by the worker, so that a server that ends leaves nothing half undone; it leaves a text that says what was kept."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.audit import ImportBatch
from app.models.words import N_
from app.panel import downloads, taking
from app.panel.forms import say_all
from app.services.exchange import undo
from app.services.exchange.undone import Undone
from app.services.jobs.kinds import Unable, Work, kind

SHOWN = 10  # names in a message
UNDO = "import_undo"
NOT_YOURS = N_("这批导入已经不归您管，没有撤销。")


def take_back(batch: ImportBatch) -> Response | str:
    """Have a batch taken back that the asker may undo: where to go on, or what to tell. Raises undo.CannotUndo.

    Who asks waits as long as for an upload: most batches are back by then. Names of what was kept are told on the page: a
    message in the session's cookie can be read.
    """
    undo.hold_open(batch)
    taking.only_read()
    title, file_name = _("撤销导入·%(file)s", file=batch.file_name), _("撤销结果.txt")
    job = downloads.begin_and_wait(UNDO, {"batch": batch.id}, taking.PATIENCE, title=title, file_name=file_name)
    if job is None:
        return downloads.later(_("正在后台撤销，结果写在这里。可以先去做别的，离开本页也不要紧。"))
    if job.state != "done":
        return _(job.error) if job.error else _("已取消。")
    done = undo.outcome(db.session(), batch)
    if done.left:
        return told(done, SHOWN)
    flash(told(done, 0), "success")
    return redirect(url_for("Sheets.batches"))


def told(done: Undone, most: int) -> str:
    """What went back, and up to ``most`` names of what was left alone for each reason."""
    text = _("已撤销 %(rows)s 条。", rows=done.rows)
    refused = [_("%(name)s（%(why)s）", name=one.name, why=say_all(one.why)) for one in done.refused]
    for why, names in ((N_("此后又改过的 %(count)s 条没有动：%(names)s"), done.changed),
                       (N_("不能退回的 %(count)s 条没有动：%(names)s"), refused),
                       (N_("别的记录已经用到、或与现有记录冲突的 %(count)s 条没有动：%(names)s"), done.needed),
                       (N_("已转到别处、不再归您管的 %(count)s 条没有动：%(names)s"), done.moved),
                       (N_("此后已经删除的 %(count)s 条没有动：%(names)s"), done.deleted)):
        if names:
            text += "\n" + _(why, count=len(names), names=_("、").join(names[:most]) + ("……" if len(names) > most else ""))
    return text


@kind(UNDO)
def work_off(work: Work) -> None:
    batch = undo.find(work.session, work.args["batch"])
    if batch is None:
        raise Unable(NOT_YOURS)
    work.total(batch.added + batch.changed)
    work.settle(resumes=True)  # cancelled half-way it would stay half undone
    # It was undone already where a worker died before it could tell.
    done = undo.undo(work.session, batch) if batch.undone_at is None else undo.outcome(work.session, batch)
    work.file.write(b"\xef\xbb\xbf" + told(done, len(done.left)).encode())  # with a mark, for the editors of Windows
