"""A campaign of inspections: its notice, its team, which schools and files were drawn, what schools said before.

Rules: 教育督导条例 10 (who is related steps aside), 16 (three or more), 17 (notice beforehand), 18 (self-check first).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKeyConstraint, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models import codes, rules
from app.models.base import INTERNAL, PERSONAL, PUBLIC, Entity, OfArea, OfChild, OfSchool, Scoped, UtcDateTime, field, link
from app.models.org import LIVE
from app.models.words import _

MOST_DRAWN = rules.between(0, 99)
IN_A_TEAM = {"role": ("inspector", "county", "township", "school"), "active": (True,)}


class OfOffice(OfArea):
    """Rows of an area's own office and of no school: whoever belongs to a school sees none."""

    area_id: Mapped[int] = mapped_column(Integer)  # stands for the link's column in conditions


class Announced(Scoped):
    """Rows that before the notice only those see who prepare it (roles.PREPARES)."""

    __mixin_fields__ = True
    announced_on: Mapped[date | None] = field(_("通知日期"), Date, PUBLIC, read_only=True)


class Campaign(Entity, OfOffice, Announced):
    """A round of inspections of a county with one version of the checklist."""

    __tablename__ = "campaign"
    __label__ = _("督导行动")
    __title__ = "name"
    __table_args__ = (UniqueConstraint("id", "area_id", name="uq_campaign_area"), Index("ix_campaign_day", "starts_on", "id"))
    name: Mapped[str] = field(_("行动名称"), String(80), PUBLIC, hint=_("上级也看得到，不写人名"))
    notice_no: Mapped[str | None] = field(_("通知文号"), String(40), PUBLIC, hint=_("例如 某教督〔2026〕12号"))
    starts_on: Mapped[date] = field(_("检查开始日期"), Date, PUBLIC, rule=rules.within_years(2))
    ends_on: Mapped[date] = field(_("检查结束日期"), Date, PUBLIC, rule=rules.within_years(2))
    self_due_on: Mapped[date] = field(_("自查截止日期"), Date, PUBLIC, rule=rules.within_years(2), hint=_("不晚于检查开始日期"))
    template = link(_("清单模板"), "ChecklistTemplate", kind=PUBLIC, among={"state": ("published",)})
    unit: Mapped[str] = field(_("抽样区域"), String(10), PUBLIC, choices=codes.SAMPLE_UNIT, default="county",
                              hint=_("按乡镇时，每个乡镇都抽下面的所数"))
    kindergarten: Mapped[int] = field(_("抽幼儿园（所）"), Integer, PUBLIC, rule=MOST_DRAWN, default=2)
    primary: Mapped[int] = field(_("抽小学（所）"), Integer, PUBLIC, rule=MOST_DRAWN, default=2)
    junior: Mapped[int] = field(_("抽初中（所）"), Integer, PUBLIC, rule=MOST_DRAWN, default=2)
    senior: Mapped[int] = field(_("抽高中阶段（所）"), Integer, PUBLIC, rule=MOST_DRAWN, default=2)
    files: Mapped[int] = field(_("每校抽档案（份）"), Integer, PUBLIC, rule=rules.between(0, 50), default=5)
    seed: Mapped[str | None] = field(_("抽签种子"), String(40), PUBLIC, hint=_("公开摇出的数字或文字；不填由系统随机产生"))
    state: Mapped[str] = field(_("状态"), String(10), PUBLIC, choices=codes.CAMPAIGN_STATE, default="draft", read_only=True)
    drawn_at: Mapped[datetime | None] = field(_("抽签时间"), UtcDateTime, PUBLIC, read_only=True)
    list_hash: Mapped[str | None] = field(_("名单校验码"), String(64), PUBLIC, read_only=True)
    # What was drawn from, so that the draw can be repeated when schools have come and gone: [[school code, stratum, area code], …].
    drawn_from: Mapped[list | None] = mapped_column(JSON)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return {**rules.not_before(values, "starts_on", "ends_on", _("结束日期不能早于开始日期")),
                **rules.not_before(values, "self_due_on", "starts_on", _("自查截止不能晚于检查开始日期"), beside="self_due_on")}


class CampaignMember(Entity, OfOffice):
    """Somebody of a team (督导组成员)."""

    __tablename__ = "campaign_member"
    __label__ = _("督导组成员")
    __table_args__ = (Index("ux_campaign_member", "campaign_id", "member_id", unique=True, **LIVE),
                      ForeignKeyConstraint(["campaign_id", "area_id"], ["campaign.id", "campaign.area_id"], name="fk_campaign_member_area"))
    campaign = link(_("督导行动"), "Campaign", kind=PUBLIC, owned=True)
    member = link(_("成员"), "Member", kind=INTERNAL, among=IN_A_TEAM, named=True)
    team: Mapped[int] = field(_("组号"), Integer, PUBLIC, rule=rules.between(1, 99), default=1)
    leader: Mapped[bool] = field(_("组长"), Boolean, PUBLIC, default=False, hint=_("每组一名，要用督导员账号"))


class CampaignSchool(Entity, OfSchool, Announced):
    """A school of a campaign: how it came in or stayed out, who visits it, how far its self-check is."""

    __tablename__ = "campaign_school"
    __label__ = _("受检学校")
    __table_args__ = (Index("ux_campaign_school", "campaign_id", "school_id", unique=True, **LIVE),)
    campaign = link(_("督导行动"), "Campaign", kind=PUBLIC, owned=True, named=True)
    how: Mapped[str] = field(_("产生方式"), String(8), PUBLIC, choices=codes.CHOSEN)
    reason: Mapped[str | None] = field(_("理由"), String(200), PERSONAL, hint=_("必查、不查要写明理由"))
    stratum: Mapped[str | None] = field(_("学段"), String(16), PUBLIC, choices=codes.STRATUM, read_only=True)
    place: Mapped[int | None] = field(_("签号"), Integer, PUBLIC, read_only=True)
    team: Mapped[int | None] = field(_("督导组"), Integer, PUBLIC, rule=rules.between(1, 99), hint=_("不填则发通知时依次分配"))
    inspector = link(_("督导员"), "Member", required=False, among={"role": ("inspector",), "active": (True,)}, named=True,
                     hint=_("不填就是督导组组长"))
    planned_on: Mapped[date | None] = field(_("检查日期"), Date, PUBLIC, rule=rules.within_years(2), hint=_("不填就是行动的开始日期"))
    inspection = link(_("督导检查"), "Inspection", kind=PUBLIC, required=False, same_school=True, read_only=True)
    self_due_on: Mapped[date | None] = field(_("自查截止日期"), Date, PUBLIC, rule=rules.within_years(2), hint=_("延期时填新的日期"))
    self_submitted_at: Mapped[datetime | None] = field(_("自查提交时间"), UtcDateTime, PUBLIC, read_only=True)
    # Told with the results of a closed campaign; the county gives it school by school, or once for all at the closing.
    unvisited: Mapped[str | None] = field(_("未检查的原因"), String(200), PERSONAL, hint=_("行动结束时还没有提交检查的，要写明原因"))
    files_hash: Mapped[str | None] = field(_("档案名单校验码"), String(64), PUBLIC, read_only=True)
    # The random names of the files that were drawn from, so that their draw can be repeated when children have come and gone.
    files_from: Mapped[list | None] = mapped_column(JSON)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return {"reason": _("请写明理由")} if values.get("how") in ("must", "left") and not values.get("reason") else {}


class Recusal(Entity, OfSchool):
    """Somebody who is related to a school does not inspect it (督导条例 10)."""

    __tablename__ = "recusal"
    __label__ = _("督导回避")
    __table_args__ = (Index("ux_recusal", "member_id", "school_id", unique=True, **LIVE),)
    member = link(_("回避人"), "Member", among=IN_A_TEAM, named=True)
    why: Mapped[str] = field(_("回避原因"), String(200), PERSONAL, hint=_("例如 曾在该校任职、近亲属在该校工作"))


class DrawnChild(Entity, OfChild):
    """A file that was drawn to be looked through at an inspection. It goes with its child to another school, the inspection stays."""

    __tablename__ = "drawn_child"
    __label__ = _("抽查档案")
    __table_args__ = (Index("ux_drawn_child", "inspection_id", "child_id", unique=True, **LIVE),)
    inspection = link(_("督导检查"), "Inspection", kind=PUBLIC, read_only=True, owned=True)
    place: Mapped[int] = field(_("签号"), Integer, INTERNAL, read_only=True)


class SelfAnswer(Entity, OfSchool):
    """What a school ticked of itself before the visit."""

    __tablename__ = "self_answer"
    __label__ = _("自查结果")
    __table_args__ = (Index("ux_self_answer", "inspection_id", "item_id", unique=True, **LIVE),)
    inspection = link(_("督导检查"), "Inspection", same_school=True, owned=True)
    item = link(_("清单条目"), "ChecklistItem", kind=PUBLIC)
    result: Mapped[str | None] = field(_("结果"), String(10), INTERNAL, choices=codes.RESULT)
    remark: Mapped[str | None] = field(_("说明"), Text, PERSONAL, rule=rules.max_length(1000))
    answered_at: Mapped[datetime | None] = field(_("填写时间"), UtcDateTime, INTERNAL, read_only=True)
