"""School years and terms: dates are a table of the county, not code."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Date, Index, Integer, String
from sqlalchemy.orm import Mapped

from app.models import rules
from app.models.base import PUBLIC, Entity, field
from app.models.org import LIVE
from app.models.words import _


class Term(Entity):
    """One term of a school year."""

    __tablename__ = "term"
    __label__ = _("学期")
    __title__ = "name"
    __table_args__ = (Index("ux_term", "school_year", "number", unique=True, **LIVE),)
    name: Mapped[str] = field(_("名称"), String(40), PUBLIC, hint=_("例如 2026—2027学年 第一学期"))
    school_year: Mapped[str] = field(_("学年"), String(12), PUBLIC, rule=rules.school_year, hint=rules.school_year.hint)
    number: Mapped[int] = field(_("学期序号"), Integer, PUBLIC, rule=rules.between(1, 2))
    starts_on: Mapped[date] = field(_("开学日期"), Date, PUBLIC)
    ends_on: Mapped[date] = field(_("结束日期"), Date, PUBLIC)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return rules.not_before(values, "starts_on", "ends_on", _("结束日期不能早于开学日期"))
