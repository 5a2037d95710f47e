"""What a school writes down beside its children: its work, its papers, its equipment."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Date, Index, Integer, String
from sqlalchemy.orm import Mapped

from app.models import codes, rules
from app.models.base import INTERNAL, PERSONAL, Entity, OfSchool, field
from app.models.words import _

MOST = rules.between(0, 100_000)


def not_above(values: Mapping[str, Any], part: str, whole: str, message: str) -> dict[str, str]:
    """A problem at ``part`` when both are filled and it is more than ``whole``."""
    some, all_ = values.get(part), values.get(whole)
    return {part: message} if some is not None and all_ is not None and some > all_ else {}


class LogEntry(Entity, OfSchool):
    """Something done on a day: a meeting, a drill, a lesson, a round, a check (工作记录)."""

    __tablename__ = "log_entry"
    __label__ = _("工作记录")
    __title__ = "title"
    __table_args__ = (Index("ix_log_entry_kind", "school_id", "kind", "held_on"), Index("ix_log_entry_day", "held_on", "id"),
                      Index("ix_log_entry_school_day", "school_id", "held_on", "id"))
    kind: Mapped[str] = field(_("类别"), String(20), INTERNAL, choices=codes.LOG_KIND)
    held_on: Mapped[date] = field(_("日期"), Date, INTERNAL, rule=rules.not_in_future)
    title: Mapped[str] = field(_("内容"), String(80), PERSONAL)
    due: Mapped[int | None] = field(_("应有数"), Integer, INTERNAL, rule=MOST, hint=_("应到人数、应查批次、应巡次数等"))
    done: Mapped[int | None] = field(_("实有数"), Integer, INTERNAL, rule=MOST, hint=_("实到人数、合格批次、实巡次数等"))
    note: Mapped[str | None] = field(_("备注"), String(200), PERSONAL)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return not_above(values, "done", "due", _("实有数不能大于应有数"))


class SchoolDocument(Entity, OfSchool):
    """A paper: a plan, a report sent up, a list that was compared, a survey, a test (文件资料)."""

    __tablename__ = "school_document"
    __label__ = _("文件资料")
    __title__ = "title"
    __table_args__ = (Index("ix_school_document_kind", "school_id", "kind", "dated_on"), Index("ix_school_document_day", "dated_on", "id"))
    kind: Mapped[str] = field(_("类别"), String(20), INTERNAL, choices=codes.DOCUMENT_KIND)
    title: Mapped[str] = field(_("标题"), String(80), PERSONAL)
    dated_on: Mapped[date] = field(_("成文或上报日期"), Date, INTERNAL, rule=rules.not_in_future)
    valid_until: Mapped[date | None] = field(_("有效期至"), Date, INTERNAL)
    figure: Mapped[int | None] = field(_("有关数字"), Integer, INTERNAL, rule=MOST,
                                       hint=_("核对表填差异人数，自查表填不符项数，名册填人数"))

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return rules.not_before(values, "dated_on", "valid_until", _("有效期不能早于成文日期"))


class Equipment(Entity, OfSchool):
    """Equipment of one kind at one place: how many, how many of it work, when it was looked at (设备器材)."""

    __tablename__ = "equipment"
    __label__ = _("设备器材")
    __title__ = "place"
    __table_args__ = (Index("ix_equipment_kind", "school_id", "kind"),)
    kind: Mapped[str] = field(_("类别"), String(20), INTERNAL, choices=codes.EQUIPMENT_KIND)
    place: Mapped[str] = field(_("位置或车牌号"), String(60), PERSONAL)
    count: Mapped[int] = field(_("数量"), Integer, INTERNAL, rule=MOST)
    working: Mapped[int] = field(_("完好数"), Integer, INTERNAL, rule=MOST)
    checked_on: Mapped[date | None] = field(_("上次检查或测试"), Date, INTERNAL, rule=rules.not_in_future)
    expires_on: Mapped[date | None] = field(_("最早到期日"), Date, INTERNAL)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return not_above(values, "working", "count", _("完好数不能大于数量"))
