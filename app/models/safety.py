"""Responsibility letters, and hazards from found to put right."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Date, Index, String
from sqlalchemy.orm import Mapped

from app.models import codes, rules
from app.models.base import INTERNAL, PERSONAL, Entity, OfSchool, field, link
from app.models.words import _


class ResponsibilityLetter(Entity, OfSchool):
    """A signed letter between two levels (责任书), or a parent's letter of entrustment."""

    __tablename__ = "responsibility_letter"
    __label__ = _("责任书")
    __table_args__ = (Index("ix_letter_level", "school_id", "level", "expires_on"),)
    level: Mapped[str] = field(_("层级"), String(20), INTERNAL, choices=codes.LETTER_LEVEL)
    school_year: Mapped[str] = field(_("学年"), String(12), INTERNAL, rule=rules.school_year, hint=rules.school_year.hint)
    child = link(_("儿童"), "Child", kind=PERSONAL, required=False, same_school=True, owned=True, hint=_("与监护人签订的填写"))
    signer: Mapped[str] = field(_("签订人"), String(40), PERSONAL)
    signed_on: Mapped[date] = field(_("签订日期"), Date, INTERNAL, rule=rules.not_in_future)
    expires_on: Mapped[date] = field(_("有效期至"), Date, INTERNAL)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return {**rules.not_before_birth(values, "signed_on"),
                **rules.not_before(values, "signed_on", "expires_on", _("有效期不能早于签订日期"))}


class Hazard(Entity, OfSchool):
    """A hazard: found, given a deadline, put right, verified (隐患排查整改)."""

    __tablename__ = "hazard"
    __label__ = _("隐患整改")
    __title__ = "what"
    __table_args__ = (Index("ix_hazard_due", "school_id", "due_on", "id"), Index("ix_hazard_due_all", "due_on", "id"))
    what: Mapped[str] = field(_("隐患内容"), String(120), PERSONAL)
    where: Mapped[str] = field(_("部位"), String(60), PERSONAL)
    kind: Mapped[str] = field(_("类别"), String(20), INTERNAL, choices=codes.HAZARD_KIND)
    level: Mapped[str] = field(_("等级"), String(10), INTERNAL, choices=codes.HAZARD_LEVEL, default="general")
    found_on: Mapped[date] = field(_("查出日期"), Date, INTERNAL, rule=rules.not_in_future)
    due_on: Mapped[date] = field(_("整改期限"), Date, INTERNAL)
    responsible = link(_("责任人"), "Staff", required=False, same_school=True, keeps=("former", "fixed_on"))
    former: Mapped[str | None] = field(_("原责任人"), String(40), PERSONAL, read_only=True, hint=_("已到别的学校"))
    fixed_on: Mapped[date | None] = field(_("整改日期"), Date, INTERNAL, rule=rules.not_in_future)
    fix: Mapped[str | None] = field(_("整改措施"), String(200), PERSONAL)
    verified_by: Mapped[str | None] = field(_("验收人"), String(40), PERSONAL)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return {**rules.not_before(values, "found_on", "due_on", _("期限不能早于查出日期")),
                **rules.not_before(values, "found_on", "fixed_on", _("整改日期不能早于查出日期"))}
