"""The checklist as data, and what an inspector found with it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models import codes, rules
from app.models.base import INTERNAL, PERSONAL, PUBLIC, Entity, OfSchool, UtcDateTime, field, link
from app.models.letters import METHOD, Letters, letters_of
from app.models.org import LIVE, Shared
from app.models.parameters import FIGURES, TAKES, Parameters, known
from app.models.words import _


class ChecklistTemplate(Shared):
    """A version of the checklist. A published one is never changed again, and anybody may use it."""

    __tablename__ = "checklist_template"
    __label__ = _("清单模板")
    __title__ = "name"
    __apart__ = "number"
    __table_args__ = (Index("ux_template", "code", "number", unique=True, **LIVE),)
    code: Mapped[str] = field(_("代码"), String(40), PUBLIC)
    number: Mapped[int] = field(_("版本"), Integer, PUBLIC, rule=rules.between(1, 999))
    name: Mapped[str] = field(_("名称"), String(80), PUBLIC)
    area = link(_("所属区域"), "Area", kind=PUBLIC, required=False, read_only=True, named=True, hint=_("空的是各地通用的"))
    state: Mapped[str] = field(_("状态"), String(10), PUBLIC, choices=codes.TEMPLATE_STATE, default="draft", read_only=True)
    published_on: Mapped[date | None] = field(_("发布日期"), Date, PUBLIC, read_only=True)
    # How ticks become a grade, and how long one has (services/scoring.py): points, days, months.
    excellent_from: Mapped[int] = field(_("优，得分从"), Integer, PUBLIC, rule=rules.between(1, 100), default=90)
    good_from: Mapped[int] = field(_("良，得分从"), Integer, PUBLIC, rule=rules.between(1, 100), default=75)
    fair_from: Mapped[int] = field(_("合格，得分从"), Integer, PUBLIC, rule=rules.between(1, 100), default=60)
    cap: Mapped[str] = field(_("红线不合格时最高"), String(10), PUBLIC, choices=codes.GRADE, default="fair")
    critical_days: Mapped[int] = field(_("红线问题整改天数"), Integer, PUBLIC, rule=rules.between(1, 365), default=15)
    general_days: Mapped[int] = field(_("一般问题整改天数"), Integer, PUBLIC, rule=rules.between(1, 365), default=30)
    excellent_months: Mapped[int] = field(_("优，几个月后再查"), Integer, PUBLIC, rule=rules.between(1, 60), default=6)
    good_months: Mapped[int] = field(_("良，几个月后再查"), Integer, PUBLIC, rule=rules.between(1, 60), default=4)
    fair_months: Mapped[int] = field(_("合格，几个月后再查"), Integer, PUBLIC, rule=rules.between(1, 60), default=2)
    poor_months: Mapped[int] = field(_("不合格，几个月后再查"), Integer, PUBLIC, rule=rules.between(1, 60), default=2)
    # Clocks of what follows (services/findings.py, opinion.py), days: 督导条例 20–22 ask for them and leave the number to the county.
    objection_days: Mapped[int] = field(_("学校申辩天数"), Integer, PUBLIC, rule=rules.between(1, 60), default=7)
    recheck_days: Mapped[int] = field(_("复查天数"), Integer, PUBLIC, rule=rules.between(1, 90), default=10, hint=_("从学校报告整改算起"))
    extend_days: Mapped[int] = field(_("一次最多延期天数"), Integer, PUBLIC, rule=rules.between(1, 365), default=30)
    escalate_days: Mapped[int] = field(_("逾期几天升级督办"), Integer, PUBLIC, rule=rules.between(1, 365), default=15)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        """A better grade asks for more points."""
        if values["excellent_from"] <= values["good_from"]:
            return {"good_from": _("良的分数应比优低")}
        return {"fair_from": _("合格的分数应比良低")} if values["good_from"] <= values["fair_from"] else {}


class ChecklistSection(Shared):
    """A section (A–L) of a checklist."""

    __tablename__ = "checklist_section"
    __label__ = _("清单分类")
    __title__ = "name"
    template = link(_("清单模板"), "ChecklistTemplate", kind=PUBLIC, owned=True)
    code: Mapped[str] = field(_("代码"), String(4), PUBLIC)
    name: Mapped[str] = field(_("名称"), String(60), PUBLIC)
    position: Mapped[int] = field(_("次序"), Integer, PUBLIC)


class ChecklistItem(Shared):
    """One thing to tick."""

    __tablename__ = "checklist_item"
    __label__ = _("清单条目")
    __title__ = "code"
    section = link(_("分类"), "ChecklistSection", kind=PUBLIC, owned=True)
    code: Mapped[str] = field(_("编号"), String(6), PUBLIC)
    text: Mapped[str] = field(_("检查内容"), Text, PUBLIC)
    position: Mapped[int] = field(_("次序"), Integer, PUBLIC)
    methods: Mapped[str] = field(_("方式"), Letters(METHOD, 20), PUBLIC, rule=letters_of(METHOD))
    evidence_asked: Mapped[str | None] = field(_("佐证"), String(120), PUBLIC)
    critical: Mapped[bool] = field(_("红线"), Boolean, PUBLIC, default=False)
    applies_when: Mapped[str | None] = field(_("适用条件"), String(24), PUBLIC, choices=codes.CONDITION, hint=_("不选就是所有学校"))
    basis: Mapped[str | None] = field(_("依据"), Text, PUBLIC)
    weight: Mapped[int] = field(_("分值"), Integer, PUBLIC, rule=rules.between(0, 100), default=1)
    evidence: Mapped[str | None] = field(_("系统算法"), String(40), PUBLIC, choices=FIGURES, hint=_("不选就只看现场，不算数"))
    parameters: Mapped[dict | None] = field(_("参数"), Parameters, PUBLIC, rule=known)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        """Parameters belong to the function that computes the figure."""
        takes = TAKES.get(values.get("evidence") or "")
        strange = takes is not None and set(values.get("parameters") or ()) - set(takes)
        return {"parameters": _("参数不属于所选的系统算法，请一并改")} if strange else {}


class Inspection(Entity, OfSchool):
    """One school's inspection with one version of the checklist."""

    __tablename__ = "inspection"
    __label__ = _("督导检查")
    __title__ = "name"
    __table_args__ = (Index("ix_inspection_day", "planned_on", "id"), Index("ix_inspection_next", "next_due_on", "id"))
    template = link(_("清单模板"), "ChecklistTemplate", kind=PUBLIC, among={"state": ("published",)})
    name: Mapped[str] = field(_("检查名称"), String(80), PUBLIC, hint=_("上级也看得到，不写人名"))
    planned_on: Mapped[date] = field(_("计划日期"), Date, PUBLIC, rule=rules.within_years(2))
    inspector = link(_("督导员"), "Member", kind=INTERNAL, among={"role": ("inspector",), "active": (True,)}, named=True)
    state: Mapped[str] = field(_("状态"), String(12), PUBLIC, choices=codes.INSPECTION_STATE, default="planned", read_only=True)
    submitted_at: Mapped[datetime | None] = field(_("提交时间"), UtcDateTime, PUBLIC, read_only=True)
    score: Mapped[float | None] = field(_("得分"), Float, PUBLIC, read_only=True)
    grade: Mapped[str | None] = field(_("等级"), String(10), PUBLIC, choices=codes.GRADE, read_only=True)
    next_due_on: Mapped[date | None] = field(_("下次检查"), Date, PUBLIC, read_only=True)
    summary: Mapped[str | None] = field(_("总体评价"), Text, PERSONAL, rule=rules.max_length(2000))


class Answer(Entity, OfSchool):
    """A tick, with the evidence that stood beside it, frozen."""

    __tablename__ = "answer"
    __label__ = _("检查结果")
    __table_args__ = (Index("ux_answer", "inspection_id", "item_id", unique=True, **LIVE),)
    inspection = link(_("督导检查"), "Inspection", same_school=True, owned=True)
    item = link(_("清单条目"), "ChecklistItem", kind=PUBLIC)
    result: Mapped[str | None] = field(_("结果"), String(10), INTERNAL, choices=codes.RESULT)
    remark: Mapped[str | None] = field(_("备注"), Text, PERSONAL, rule=rules.max_length(2000))
    reason: Mapped[str | None] = field(_("与记录不符的理由"), Text, PERSONAL, rule=rules.max_length(2000))
    answered_at: Mapped[datetime | None] = field(_("记录时间"), UtcDateTime, INTERNAL, read_only=True)
    # The evidence as it stood at the tick: {name, version, value, numerator, denominator, suggestion, text, at, row_ids, …}.
    frozen: Mapped[dict | None] = mapped_column(JSON)


class Finding(Entity, OfSchool):
    """What a failure opened: to be put right by a day. What may be done with it when, and by whom: services/findings.py."""

    __tablename__ = "finding"
    __label__ = _("督导问题")
    __title__ = "what"
    __table_args__ = (Index("ix_finding_due", "school_id", "due_on", "id"), Index("ix_finding_due_all", "due_on", "id"))
    inspection = link(_("督导检查"), "Inspection", same_school=True, read_only=True, owned=True)
    item = link(_("清单条目"), "ChecklistItem", kind=PUBLIC, read_only=True)
    # The text of the item and never what the inspector wrote, who may have named a child: findings go up to city and province.
    what: Mapped[str] = field(_("问题"), String(200), INTERNAL, read_only=True)
    level: Mapped[str] = field(_("等级"), String(10), INTERNAL, choices=codes.FINDING_LEVEL, default="general", read_only=True)
    repeated: Mapped[bool] = field(_("再次出现"), Boolean, INTERNAL, default=False, read_only=True)
    due_on: Mapped[date] = field(_("整改期限"), Date, INTERNAL, read_only=True)
    responsible = link(_("责任人"), "Staff", required=False, same_school=True, keeps=("former", "fixed_on"))
    former: Mapped[str | None] = field(_("原责任人"), String(40), PERSONAL, read_only=True, hint=_("已到别的学校"))
    state: Mapped[str] = field(_("状态"), String(10), INTERNAL, choices=codes.FINDING_STATE, default="open", read_only=True)
    fixed_on: Mapped[date | None] = field(_("整改日期"), Date, INTERNAL, read_only=True)
    fix: Mapped[str | None] = field(_("整改措施"), Text, PERSONAL, read_only=True)
    recheck_by: Mapped[date | None] = field(_("复查期限"), Date, INTERNAL, read_only=True)
    escalates_on: Mapped[date | None] = field(_("升级督办日期"), Date, INTERNAL, read_only=True)


class FindingStep(Entity, OfSchool):
    """One step on the way of a finding: who did what, when and why. Written once, never changed."""

    __tablename__ = "finding_step"
    __label__ = _("问题办理")
    finding = link(_("督导问题"), "Finding", same_school=True, owned=True, read_only=True)
    kind: Mapped[str] = field(_("办理"), String(10), INTERNAL, choices=codes.FINDING_STEP, read_only=True)
    text: Mapped[str | None] = field(_("说明"), Text, PERSONAL, rule=rules.max_length(1000))
    day: Mapped[date | None] = field(_("日期"), Date, INTERNAL)
    way: Mapped[str | None] = field(_("复查方式"), String(8), INTERNAL, choices=codes.RECHECK)
    level: Mapped[str | None] = field(_("等级"), String(10), INTERNAL, choices=codes.FINDING_LEVEL)
    member = link(_("办理人"), "Member", kind=INTERNAL, read_only=True, named=True)
    at: Mapped[datetime] = field(_("时间"), UtcDateTime, INTERNAL, read_only=True)


class Opinion(Entity, OfSchool):
    """What the county says of an inspection: a draft that the school may object to, then a letter with a number (督导条例 20, 21)."""

    __tablename__ = "opinion"
    __label__ = _("督导意见书")
    __table_args__ = (Index("ux_opinion_inspection", "inspection_id", unique=True, **LIVE),
                      Index("ux_opinion_serial", "office_id", "year", "serial", unique=True, **LIVE))
    inspection = link(_("督导检查"), "Inspection", kind=PUBLIC, same_school=True, owned=True, read_only=True)
    state: Mapped[str] = field(_("状态"), String(10), PUBLIC, choices=codes.OPINION_STATE, default="draft", read_only=True)
    objection_due_on: Mapped[date] = field(_("申辩截止日期"), Date, PUBLIC, read_only=True)
    office = link(_("发文单位"), "Area", kind=PUBLIC, required=False, read_only=True, named=True)
    year: Mapped[int | None] = field(_("年份"), Integer, PUBLIC, read_only=True)
    serial: Mapped[int | None] = field(_("序号"), Integer, PUBLIC, read_only=True)
    issued_on: Mapped[date | None] = field(_("发出日期"), Date, PUBLIC, read_only=True)
    # What stands in the letter: findings that were withdrawn count as passed (services/settled.py). The inspection keeps its own.
    score: Mapped[float | None] = field(_("意见书得分"), Float, PUBLIC, read_only=True)
    grade: Mapped[str | None] = field(_("意见书等级"), String(10), PUBLIC, choices=codes.GRADE, read_only=True)
    signed_at: Mapped[datetime | None] = field(_("签收时间"), UtcDateTime, INTERNAL, read_only=True)
    signed_by: Mapped[str | None] = field(_("签收人"), String(40), PERSONAL, read_only=True)
    # The words of the letter as it was sent (services/opinion_letter.py). Personal by what it holds; shown by the letter's page alone, under its masks.
    sent: Mapped[dict | None] = mapped_column(JSON)
