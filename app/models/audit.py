"""Traces: who changed what, who read or took out what, which file hangs on which row."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import JSON, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import INTERNAL, PERSONAL, Entity, OfSchool, Scoped, UtcDateTime, field
from app.models.words import _


class EntityLabels(Mapping[str, str]):
    """Class name → label of every declared entity; read when it is asked, because this module is one of many that declare."""

    def __getitem__(self, name: str) -> str:
        found = (mapper.class_ for mapper in Entity.registry.mappers if mapper.class_.__name__ == name)
        if (model := next(found, None)) is None:
            raise KeyError(name)
        return str(model.__label__)

    def __iter__(self) -> Iterator[str]:
        return (mapper.class_.__name__ for mapper in Entity.registry.mappers if issubclass(mapper.class_, Entity))

    def __len__(self) -> int:
        return sum(1 for _name in self)


ACTION = {"add": _("新建"), "edit": _("修改"), "delete": _("删除"), "restore": _("恢复"), "import": _("导入"), "undo": _("撤销导入"),
          "move": _("转学")}
ACCESS = {"reveal": _("查看敏感信息"), "export": _("导出"), "read": _("查看档案"), "download": _("下载附件"), "api": _("接口读取"),
          "login": _("登录"), "refused": _("登录失败"), "password": _("修改密码")}


class Change(Entity, Scoped):
    """One change of one row; those of one request share ``request_id``.

    ``lines`` is a list of [column, old raw, new raw, old text, new text]; of a secret the raw values
    are its ciphers and the texts are empty.
    """

    __tablename__ = "change"
    __label__ = _("修改历史")
    __table_args__ = (Index("ix_change_row", "entity", "row_id", "id"), Index("ix_change_request", "request_id", "entity", "row_id"))
    school_id: Mapped[int | None] = mapped_column(Integer, index=True)
    at: Mapped[datetime] = field(_("时间"), UtcDateTime, INTERNAL, read_only=True)
    member_id: Mapped[int | None] = mapped_column(Integer)
    who: Mapped[str] = field(_("操作人"), String(40), INTERNAL, read_only=True)
    action: Mapped[str] = field(_("操作"), String(10), INTERNAL, choices=ACTION, read_only=True)
    entity: Mapped[str] = field(_("表"), String(40), INTERNAL, read_only=True)
    row_id: Mapped[int] = field(_("编号"), Integer, INTERNAL, read_only=True)
    request_id: Mapped[str] = mapped_column(String(32))
    lines: Mapped[list] = mapped_column(JSON)


class AccessLog(Entity, Scoped):
    """Someone saw or took out something sensitive; kept at least 190 days."""

    __tablename__ = "access_log"
    __label__ = _("查阅日志")
    __table_args__ = (Index("ix_access_at", "at", "id"),)
    school_id: Mapped[int | None] = mapped_column(Integer, index=True)
    at: Mapped[datetime] = field(_("时间"), UtcDateTime, INTERNAL, read_only=True)
    member_id: Mapped[int | None] = mapped_column(Integer)
    who: Mapped[str] = field(_("操作人"), String(40), INTERNAL, read_only=True)
    action: Mapped[str] = field(_("操作"), String(10), INTERNAL, choices=ACCESS, read_only=True)
    entity: Mapped[str] = field(_("表"), String(40), INTERNAL, choices=EntityLabels(), read_only=True)
    row_id: Mapped[int | None] = field(_("编号"), Integer, INTERNAL, read_only=True)
    columns: Mapped[str | None] = field(_("栏目"), String(200), INTERNAL, read_only=True)
    reason: Mapped[str | None] = field(_("理由"), Text, INTERNAL, read_only=True)
    rows: Mapped[int | None] = field(_("行数"), Integer, INTERNAL, read_only=True)


class Attachment(Entity, OfSchool):
    """A file on a row: a random name on disk, its own name here."""

    __tablename__ = "attachment"
    __label__ = _("附件")
    __title__ = "name"
    __table_args__ = (Index("ix_attachment_row", "entity", "row_id"),)
    entity: Mapped[str] = field(_("表"), String(40), INTERNAL, read_only=True)
    row_id: Mapped[int] = field(_("编号"), Integer, INTERNAL, read_only=True)
    name: Mapped[str] = field(_("文件名"), String(200), PERSONAL, read_only=True)
    media_type: Mapped[str] = field(_("类型"), String(60), INTERNAL, read_only=True)
    size: Mapped[int] = field(_("大小（字节）"), Integer, INTERNAL, read_only=True)
    stored_as: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    # When and where a photo of a visit was taken, which the picture itself does not say (services/shots.py). In no form, export or history.
    shot_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    within: Mapped[int | None] = mapped_column(Integer)  # metres round it


class Submission(Entity):
    """What comes once: a form that was taken, with the row it made (a repeated post makes no other); a member's session that was ended."""

    __tablename__ = "submission"
    __label__ = _("已收表单")
    token: Mapped[str] = mapped_column(String(64), unique=True)
    entity: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int] = mapped_column(Integer)
    content: Mapped[str | None] = mapped_column(String(32))  # keyed digest of what was sent with the token


class ImportBatch(Entity, Scoped):
    """One workbook taken in: undone as a whole by its ``request_id``."""

    __tablename__ = "import_batch"
    __label__ = _("导入批次")
    __title__ = "file_name"
    school_id: Mapped[int | None] = mapped_column(Integer, index=True)
    member_id: Mapped[int | None] = mapped_column(Integer)
    who: Mapped[str] = field(_("操作人"), String(40), INTERNAL, read_only=True)
    entity: Mapped[str] = field(_("表"), String(40), INTERNAL, read_only=True)
    file_name: Mapped[str] = field(_("文件名"), String(200), INTERNAL, read_only=True)
    request_id: Mapped[str] = mapped_column(String(32), index=True)
    added: Mapped[int] = field(_("新增"), Integer, INTERNAL, read_only=True)
    changed: Mapped[int] = field(_("更新"), Integer, INTERNAL, read_only=True)
    added_ids: Mapped[list | None] = mapped_column(JSON)  # of the rows that it made: [first, last], both included
    undone_at: Mapped[datetime | None] = field(_("撤销时间"), UtcDateTime, INTERNAL, read_only=True)
