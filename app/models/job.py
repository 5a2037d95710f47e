"""Work that goes on after the answer: who asked for what, how far it is, and the file that it made."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import INTERNAL, PERSONAL, Entity, Scoped, UtcDateTime, field, link
from app.models.words import _

STATE = {"queued": _("排队中"), "running": _("正在处理"), "stopping": _("正在取消"), "finishing": _("正在收尾"),
         "done": _("已完成"), "failed": _("没有完成"), "cancelled": _("已取消")}
WORKED_ON = ("running", "finishing")  # a finishing one can no longer be cancelled
OPEN = ("queued", "stopping", *WORKED_ON)


class Job(Entity, Scoped):
    """One piece of work. It keeps the member and never a scope: the scope is made anew when the work begins.

    ``open_key`` says member, kind and arguments while the job is open, and nothing afterwards: as it is unique,
    two clicks make one job. ``stored_as`` is the random name of the file, new with each attempt, and so tells
    the attempt too: whoever holds another name has lost the job. ``sight`` is what the asker saw when it was made.
    """

    __tablename__ = "job"
    __label__ = _("后台任务")
    __title__ = "title"
    __table_args__ = (Index("ix_job_state", "state"), Index("ix_job_expires", "expires_at"))
    member = link(_("账号"), "Member", read_only=True, owned=True)
    title: Mapped[str] = field(_("内容"), String(200), PERSONAL, read_only=True)  # tells the filter, and so maybe a name
    state: Mapped[str] = field(_("状态"), String(10), INTERNAL, choices=STATE, default="queued", read_only=True)
    done: Mapped[int] = field(_("已处理（行）"), Integer, INTERNAL, default=0, read_only=True)
    total: Mapped[int] = field(_("共（行）"), Integer, INTERNAL, default=0, read_only=True)
    file_name: Mapped[str] = field(_("文件名"), String(200), PERSONAL, read_only=True)
    size: Mapped[int | None] = field(_("大小（字节）"), BigInteger, INTERNAL, read_only=True)
    error: Mapped[str | None] = field(_("原因"), String(200), INTERNAL, read_only=True)
    finished_at: Mapped[datetime | None] = field(_("完成时间"), UtcDateTime, INTERNAL, read_only=True)
    expires_at: Mapped[datetime] = field(_("保留到"), UtcDateTime, INTERNAL, read_only=True)
    kind: Mapped[str] = mapped_column(String(40))
    args: Mapped[dict] = mapped_column(JSON)
    open_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    stored_as: Mapped[str | None] = mapped_column(String(64))
    heartbeat: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sight: Mapped[str | None] = mapped_column(String(64))

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
