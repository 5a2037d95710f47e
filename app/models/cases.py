"""What is followed up or given to one child: cases, aid."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Date, Index, Integer, String, Text
from sqlalchemy.orm import Mapped

from app.models import codes, rules
from app.models.base import INTERNAL, PERSONAL, Entity, OfChild, field
from app.models.words import _


class CaseFile(Entity, OfChild):
    """A matter that is followed until it is closed: absence, behaviour, mental health, a report (个案跟踪)."""

    __tablename__ = "case_file"
    __label__ = _("个案跟踪")
    __withheld__: ClassVar = {"kind": ("mental",)}
    __table_args__ = (Index("ix_case_file_kind", "school_id", "kind", "opened_on"), Index("ix_case_file_day", "opened_on", "id"))
    kind: Mapped[str] = field(_("类别"), String(20), PERSONAL, choices=codes.CASE_KIND)
    opened_on: Mapped[date] = field(_("发现日期"), Date, INTERNAL, rule=rules.not_in_future)
    plan: Mapped[str | None] = field(_("方案或措施"), Text, PERSONAL, confided=True)
    followed_on: Mapped[date | None] = field(_("最近跟进"), Date, INTERNAL, rule=rules.not_in_future)
    closed_on: Mapped[date | None] = field(_("办结日期"), Date, INTERNAL, rule=rules.not_in_future)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return {**rules.not_before_birth(values, "opened_on"),
                **rules.not_before(values, "opened_on", "followed_on", _("跟进日期不能早于发现日期")),
                **rules.not_before(values, "opened_on", "closed_on", _("办结日期不能早于发现日期"))}

    @classmethod
    def kept(cls, before: Mapping[str, Any], after: Mapping[str, Any] | None) -> dict[str, str]:
        """A report of harm (minors' protection 11) does not disappear by anybody's hand, nor does what it says, nor whom it is about.

        Its text may grow: what it said stands in it unbroken, spaces and line ends aside.
        """
        if before["kind"] != "report":
            return {}
        if after is None or any(before[key] != after[key] for key in ("child", "kind", "opened_on")):
            return {"": _("强制报告的线索不能删除，儿童、类别、发现日期不能改；登记有误请在措施里写明并办结")}
        return {} if _letters(before["plan"]) in _letters(after["plan"]) else {"plan": _("强制报告已写的内容不能删改，请保留原文，在下面补写")}


def _letters(text: str | None) -> str:
    return "".join((text or "").split())


class Aid(Entity, OfChild):
    """Money or goods that a child is due, and when they were given (资助)."""

    __tablename__ = "aid"
    __label__ = _("资助")
    __table_args__ = (Index("ix_aid_kind", "school_id", "kind", "decided_on"), Index("ix_aid_day", "decided_on", "id"))
    kind: Mapped[str] = field(_("类别"), String(20), PERSONAL, choices=codes.AID_KIND)
    decided_on: Mapped[date] = field(_("认定日期"), Date, INTERNAL, rule=rules.not_in_future)
    granted_on: Mapped[date | None] = field(_("发放日期"), Date, INTERNAL, rule=rules.not_in_future)
    amount: Mapped[int | None] = field(_("金额（元）"), Integer, INTERNAL, rule=rules.between(0, 1_000_000), hint=_("物资折成金额"))
    receiver: Mapped[str | None] = field(_("签收人"), String(40), PERSONAL)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return {**rules.not_before_birth(values, "decided_on"),
                **rules.not_before(values, "decided_on", "granted_on", _("发放日期不能早于认定日期"))}
