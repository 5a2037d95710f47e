"""What is done for a child: helpers, talks, visits, calls home."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Date, Index, Integer, String, Text
from sqlalchemy.orm import Mapped

from app.models import codes, rules
from app.models.base import INTERNAL, PERSONAL, Entity, OfChild, field, link
from app.models.words import _


class Pairing(Entity, OfChild):
    """A helper of a child, from a day to a day (结对帮扶)."""

    __tablename__ = "pairing"
    __label__ = _("结对帮扶")
    __table_args__ = (Index("ix_pairing_staff", "staff_id", "ended_on"),)
    kind: Mapped[str] = field(_("帮扶人类别"), String(20), INTERNAL, choices=codes.HELPER_KIND)
    staff = link(_("本校帮扶教师"), "Staff", required=False, named=True)
    helper_name: Mapped[str | None] = field(_("校外帮扶人"), String(40), PERSONAL, hint=_("本校教师不填"))
    started_on: Mapped[date] = field(_("结对日期"), Date, INTERNAL, rule=rules.not_in_future)
    ended_on: Mapped[date | None] = field(_("结束日期"), Date, INTERNAL)
    plan: Mapped[str | None] = field(_("帮扶计划"), Text, PERSONAL, hint=_("时间、内容、阶段目标"))

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        nobody = not values.get("staff") and not values.get("helper_name")
        return {**({"helper_name": _("请选择本校教师，或填写校外帮扶人")} if nobody else {}),
                **rules.not_before_birth(values, "started_on"),
                **rules.not_before(values, "started_on", "ended_on", _("结束日期不能早于结对日期"))}


class Talk(Entity, OfChild):
    """A talk of a teacher with a child (谈心记录卡)."""

    __tablename__ = "talk"
    __label__ = _("谈心记录")
    __withheld__: ClassVar = {"kind": ("psychological",)}
    __table_args__ = (Index("ix_talk_child_day", "child_id", "talked_on"),
                      Index("ix_talk_school_day", "school_id", "talked_on", "id"), Index("ix_talk_day", "talked_on", "id"))
    talked_on: Mapped[date] = field(_("谈心日期"), Date, INTERNAL, rule=rules.not_in_future)
    teacher = link(_("谈心教师"), "Staff", named=True)  # after a move the teacher is another school's
    kind: Mapped[str] = field(_("谈心类别"), String(20), PERSONAL, choices=codes.TALK_KIND, default="regular")
    content: Mapped[str] = field(_("谈心内容"), Text, PERSONAL, hint=_("孩子说了什么，情绪怎样"), confided=True)
    follow_up: Mapped[str | None] = field(_("后续措施"), Text, PERSONAL, confided=True)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return rules.not_before_birth(values, "talked_on")


class HomeVisit(Entity, OfChild):
    """A teacher's visit to a child's home."""

    __tablename__ = "home_visit"
    __label__ = _("家访记录")
    __table_args__ = (Index("ix_visit_child_day", "child_id", "visited_on"),
                      Index("ix_visit_school_day", "school_id", "visited_on", "id"), Index("ix_visit_day", "visited_on", "id"))
    visited_on: Mapped[date] = field(_("家访日期"), Date, INTERNAL, rule=rules.not_in_future)
    visitor = link(_("家访教师"), "Staff", named=True)
    met: Mapped[str | None] = field(_("见到的家人"), String(60), PERSONAL)
    found: Mapped[str] = field(_("了解到的情况"), Text, PERSONAL, hint=_("生活、学习、心理、安全"))
    follow_up: Mapped[str | None] = field(_("后续措施"), Text, PERSONAL)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return rules.not_before_birth(values, "visited_on")


class FamilyContact(Entity, OfChild):
    """A call, video, letter or meeting between the child and its parents (亲情联系)."""

    __tablename__ = "family_contact"
    __label__ = _("亲情联系")
    __table_args__ = (Index("ix_contact_child_day", "child_id", "contacted_on"),
                      Index("ix_contact_school_day", "school_id", "contacted_on", "id"), Index("ix_contact_day", "contacted_on", "id"))
    contacted_on: Mapped[date] = field(_("联系日期"), Date, INTERNAL, rule=rules.not_in_future)
    kind: Mapped[str] = field(_("方式"), String(10), INTERNAL, choices=codes.CONTACT_KIND)
    with_whom: Mapped[str] = field(_("联系对象"), String(20), PERSONAL, choices=codes.RELATION)
    minutes: Mapped[int | None] = field(_("时长（分钟）"), Integer, INTERNAL, rule=rules.between(0, 600))
    note: Mapped[str | None] = field(_("备注"), String(200), PERSONAL)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return rules.not_before_birth(values, "contacted_on")
