"""Figures on hazards (H1, H13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import and_, or_
from sqlalchemy.orm import Session

from app.models.org import School
from app.models.safety import Hazard
from app.models.words import _
from app.services.evidence.core import Evidence, Rows, evidence, ids, tally
from app.services.evidence.judge import faults, measure
from app.services.evidence.period import last_days

NO_HAZARDS = _("近一年没有隐患排查记录")
# What item H13 names: building sites, equipment, electricity and gas.
KINDS = ("building", "facility", "electric")


def of_year(school: School, on: date) -> tuple[Any, ...]:
    """Hazards found within a year, and older ones that are not put right."""
    return (Hazard.school_id == school.id, Hazard.found_on <= on, or_(Hazard.found_on >= last_days(on, 365), unfixed(on)))


def unfixed(on: date) -> Any:
    return or_(Hazard.fixed_on.is_(None), Hazard.fixed_on > on)


@evidence("hazards_open", label=_("隐患整改"))
def hazards_open(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Hazards past their day (due today is in time); a serious one suggests "fail" (S0 plan 4)."""
    of, overdue = of_year(school, on), and_(unfixed(on), Hazard.due_on < on)
    found = tally(session, Hazard, *of, bad=overdue, open=unfixed(on), serious=and_(overdue, Hazard.level == "serious"))
    advice = "fail" if found.serious else measure(found.total - found.bad, found.total, 100) if found.total else None
    return faults(found.bad, found.total, unit=_("条"), suggestion=advice, open=found.open, serious=found.serious,
                  rows=Rows(Hazard, ids(Hazard, *of, unfixed(on)), found.open), empty=NO_HAZARDS,
                  text=_("近一年隐患 %(total)s 条，未整改 %(open)s 条，其中超期 %(bad)s 条（重大 %(serious)s 条）"),
                  threshold=_("没有超期未整改的隐患"))


@evidence("serious_hazards", label=_("重点部位隐患"))
def serious_hazards(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Unfixed hazards of buildings, equipment, electricity and gas, or of any kind when serious."""
    of = (*of_year(school, on), or_(Hazard.kind.in_(KINDS), Hazard.level == "serious"))
    found = tally(session, Hazard, *of, bad=unfixed(on), serious=and_(unfixed(on), Hazard.level == "serious"))
    advice = "fail" if found.serious else "partly" if found.bad else "pass"
    return faults(found.bad, found.total, unit=_("条"), suggestion=advice, serious=found.serious,
                  rows=Rows(Hazard, ids(Hazard, *of, unfixed(on)), found.bad), empty=_("近一年没有这类隐患的记录"),
                  text=_("校舍、设施器材、用电和重大隐患近一年 %(total)s 条，未整改 %(bad)s 条（重大 %(serious)s 条）"),
                  threshold=_("没有未整改的隐患"))
