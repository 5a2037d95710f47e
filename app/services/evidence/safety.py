"""Figures on hazards (H1, H13)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import and_, or_

from app.models.org import School
from app.models.safety import Hazard
from app.models.words import _
from app.services.evidence.core import Figure, Params, Rows, evidence, ids
from app.services.evidence.judge import faults, measure
from app.services.evidence.period import last_days
from app.services.evidence.place import Place
from app.services.evidence.reads import tally

NO_HAZARDS = _("近一年没有隐患排查记录")
# What item H13 names: building sites, equipment, electricity and gas.
KINDS = ("building", "facility", "electric")


def of_year(school: School, on: date) -> tuple[Any, ...]:
    """Hazards found within a year, and older ones that are not put right."""
    return (Hazard.school_id == school.id, Hazard.found_on <= on, or_(Hazard.found_on >= last_days(on, 365), unfixed(on)))


def unfixed(on: date) -> Any:
    return or_(Hazard.fixed_on.is_(None), Hazard.fixed_on > on)


@evidence("hazards_open", label=_("隐患整改"))
def hazards_open(at: Place, params: Params) -> Figure:
    """Hazards past their day (due today is in time); a serious one suggests "fail" (S0 plan 4)."""
    of, overdue = of_year(at.school, at.on), and_(unfixed(at.on), Hazard.due_on < at.on)
    found = yield tally(Hazard, *of, bad=overdue, open=unfixed(at.on), serious=and_(overdue, Hazard.level == "serious"))
    advice = "fail" if found.serious else measure(found.total - found.bad, found.total, 100) if found.total else None
    return faults(found.bad, found.total, unit=_("条"), suggestion=advice, open=found.open, serious=found.serious,
                  rows=Rows(Hazard, ids(Hazard, *of, unfixed(at.on)), found.open), empty=NO_HAZARDS,
                  text=_("近一年隐患 %(total)s 条，未整改 %(open)s 条，其中超期 %(bad)s 条（重大 %(serious)s 条）"),
                  threshold=_("没有超期未整改的隐患"))


@evidence("serious_hazards", label=_("重点部位隐患"))
def serious_hazards(at: Place, params: Params) -> Figure:
    """Unfixed hazards of buildings, equipment, electricity and gas, or of any kind when serious."""
    of = (*of_year(at.school, at.on), or_(Hazard.kind.in_(KINDS), Hazard.level == "serious"))
    found = yield tally(Hazard, *of, bad=unfixed(at.on), serious=and_(unfixed(at.on), Hazard.level == "serious"))
    advice = "fail" if found.serious else "partly" if found.bad else "pass"
    return faults(found.bad, found.total, unit=_("条"), suggestion=advice, serious=found.serious,
                  rows=Rows(Hazard, ids(Hazard, *of, unfixed(at.on)), found.bad), empty=_("近一年没有这类隐患的记录"),
                  text=_("校舍、设施器材、用电和重大隐患近一年 %(total)s 条，未整改 %(bad)s 条（重大 %(serious)s 条）"),
                  threshold=_("没有未整改的隐患"))
