"""The tree of places, the schools on it, and the people who work with the panel."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models import codes, rules
from app.models.base import INTERNAL, PERSONAL, PUBLIC, Entity, OfArea, OfSchool, Scoped, UtcDateTime, field, link, secret
from app.models.words import _


def live(*more: str) -> dict[str, Any]:
    """Of an index: only the rows outside the trash, and for which ``more`` holds."""
    where = text(" AND ".join(("deleted_at IS NULL", *more)))
    return {"sqlite_where": where, "postgresql_where": where}


LIVE = live()


class Shared(Entity, Scoped):
    """Rows of an area, or of none and then everybody's: an area sees its own, those above it and those below. What hangs on such a row goes with it."""

    __abstract__ = True


class Area(Entity, Scoped):
    """A division: province, city, county, township or village, one tree."""

    __tablename__ = "area"
    __label__ = _("行政区域")
    __title__ = "name"
    __table_args__ = (Index("ux_area_code", "code", unique=True, **LIVE), Index("ix_area_path", "path"))
    code: Mapped[str] = field(_("区划代码"), String(12), PUBLIC, rule=rules.division_code, unique=True)
    name: Mapped[str] = field(_("名称"), String(60), PUBLIC)
    level: Mapped[str] = field(_("级别"), String(10), PUBLIC, choices=codes.AREA_LEVEL)
    parent = link(_("上级区域"), "Area", kind=PUBLIC, required=False)
    definition: Mapped[str] = field(_("留守认定口径"), String(20), PUBLIC, choices=codes.DEFINITION, default="education",
                                    hint=_("只在县一级起作用"))
    # Codes of all ancestors and the own one, "/52/5205/520502/": what lies below is a prefix.
    path: Mapped[str] = field(_("路径"), String(60), PUBLIC, read_only=True)


class School(Entity, OfArea):
    """A school or kindergarten; its code stays when its name changes."""

    __tablename__ = "school"
    __label__ = _("学校")
    __title__ = "name"
    __table_args__ = (Index("ux_school_code", "code", unique=True, **LIVE), Index("ix_school_name", "name", "id"))
    code: Mapped[str] = field(_("学校标识码"), String(10), PUBLIC, rule=rules.school_code, unique=True)
    name: Mapped[str] = field(_("学校名称"), String(60), PUBLIC)
    type: Mapped[str] = field(_("办学类型"), String(20), PUBLIC, choices=codes.SCHOOL_TYPE)
    head_name: Mapped[str | None] = field(_("校长"), String(40), INTERNAL)
    phone: Mapped[str | None] = field(_("办公电话"), String(20), PUBLIC, rule=rules.phone)
    pupils: Mapped[int] = field(_("在校学生数"), Integer, PUBLIC, rule=rules.not_negative, default=0)
    has_canteen: Mapped[bool] = field(_("有食堂"), Boolean, PUBLIC, default=False)
    has_bus: Mapped[bool] = field(_("有校车"), Boolean, PUBLIC, default=False)
    has_boarders: Mapped[bool] = field(_("有寄宿生"), Boolean, PUBLIC, default=False)
    roster_updated_on: Mapped[date | None] = field(_("花名册更新日期"), Date, INTERNAL, rule=rules.not_in_future)


class Staff(Entity, OfSchool):
    """Someone who works at a school."""

    __tablename__ = "staff"
    __label__ = _("教职工")
    __title__ = "name"
    __table_args__ = (Index("ix_staff_name", "school_id", "name", "id"),
                      Index("ux_staff_id_number", "id_number_hash", unique=True, **live("present")),
                      Index("ix_staff_id_number", "id_number_hash", **LIVE))  # also of those who gave theirs up
    __released__ = ("present", False)
    name: Mapped[str] = field(_("姓名"), String(40), PERSONAL)
    sex: Mapped[str] = field(_("性别"), String(1), PERSONAL, choices=codes.SEX)
    id_number = secret(_("身份证号"), rule=rules.id_number, unique=True)
    phone = secret(_("联系电话"), rule=rules.phone)
    post: Mapped[str] = field(_("岗位"), String(20), INTERNAL, choices=codes.STAFF_POST)
    certificate_no: Mapped[str | None] = field(_("教师资格证号"), String(40), INTERNAL)
    record_checked_on: Mapped[date | None] = field(
        _("违法犯罪记录查询日期"), Date, INTERNAL, rule=rules.not_in_future, hint=_("入职前查询，以后每年一次"))
    present: Mapped[bool] = field(_("在岗"), Boolean, INTERNAL, default=True)


class SchoolClass(Entity, OfSchool):
    """A class of one school year's numbering; its teacher sees its children."""

    __tablename__ = "school_class"
    __label__ = _("班级")
    __title__ = "name"
    __table_args__ = (Index("ux_class_name", "school_id", "name", unique=True, **LIVE),)
    name: Mapped[str] = field(_("班级名称"), String(40), PUBLIC, hint=_("例如 三（2）班"))
    grade: Mapped[int] = field(_("年级"), Integer, PUBLIC, rule=rules.between(0, 12), hint=_("幼儿园填 0"))
    teacher = link(_("班主任"), "Staff", same_school=True, required=False)

    @classmethod
    def kept(cls, before: Mapping[str, Any], after: Mapping[str, Any] | None) -> dict[str, str]:
        """A class is of its school: its children would be left without one."""
        moved = after is not None and before["school"] != after["school"]
        return {"school": _("班级不能换学校，请在新学校另建班级")} if moved else {}


class Member(Entity, OfArea):
    """Someone who may log in: one role, one place in the tree. FAB's user, see panel/security.py."""

    __tablename__ = "member"
    __label__ = _("账号")
    __title__ = "name"
    __table_args__ = (Index("ux_member_username", "username", unique=True, **LIVE),)
    username: Mapped[str] = field(_("账号名"), String(40), INTERNAL, rule=rules.username, unique=True)
    name: Mapped[str] = field(_("姓名"), String(40), INTERNAL)
    role: Mapped[str] = field(_("角色"), String(20), INTERNAL, choices=codes.ROLE)
    school = link(_("学校"), "School", kind=PUBLIC, required=False, hint=_("学校管理员和班主任必填"))
    staff = link(_("教职工"), "Staff", required=False, hint=_("班主任必填：账号看到本人任教的班"))
    active: Mapped[bool] = field(_("启用"), Boolean, INTERNAL, default=True)
    last_login: Mapped[datetime | None] = field(_("上次登录"), UtcDateTime, INTERNAL, read_only=True)
    # Not fields: never shown, never in a sheet. The stamp ends all sessions when it changes.
    password: Mapped[str | None] = mapped_column(String(256))
    session_stamp: Mapped[str] = mapped_column(String(32), default="")
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    failed_logins: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # What Flask-Login asks of a user.
    is_authenticated, is_anonymous = True, False

    @property
    def is_active(self) -> bool:
        return self.active

    def get_id(self) -> str:
        """The session's name of the member; the stamp ends old sessions when the password changes."""
        return f"{self.id}.{self.session_stamp}"


class AccessKey(Entity, Scoped):
    """A machine's key: shown once, stored as a hash, with an end, revocable."""

    __tablename__ = "access_key"
    __label__ = _("接口密钥")
    __title__ = "name"
    name: Mapped[str] = field(_("用途"), String(60), INTERNAL)
    member = link(_("账号"), "Member", read_only=True, owned=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = field(_("开头几位"), String(12), INTERNAL, read_only=True)
    expires_on: Mapped[date] = field(_("有效期至"), Date, INTERNAL)
    revoked_at: Mapped[datetime | None] = field(_("停用时间"), UtcDateTime, INTERNAL, read_only=True)
    last_used_at: Mapped[datetime | None] = field(_("上次使用"), UtcDateTime, INTERNAL, read_only=True)
