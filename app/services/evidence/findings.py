"""Figures on what the last inspection found (L1, L2, L3, L4, L5). Source: 教育督导条例 21, 22."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from app.models.audit import Attachment
from app.models.clock import SHANGHAI
from app.models.inspection import ChecklistItem, Finding, FindingStep
from app.models.words import _
from app.services.checklist_family import code_behind
from app.services.evidence.core import Evidence, Figure, Params, Rows, among, evidence, ids
from app.services.evidence.judge import faults, nothing, share, share_of
from app.services.evidence.place import Place
from app.services.evidence.reads import look, tally

NO_INSPECTION = _("学校没有已提交的检查")
NO_FINDINGS = _("上次检查没有发现问题")


def of_last(at: Place) -> tuple[Any, ...] | None:
    """Findings of the last inspection, of each checklist its own, without those that were withdrawn; None without one."""
    return None if at.last is None else (Finding.school_id == at.school.id, Finding.inspection_id.in_(at.last.ids), Finding.state != "withdrawn")


def past(at: Place) -> Any:
    """Past its day, unless an objection to it waits for the county."""
    return and_(Finding.due_on < at.on, Finding.state != "objected")


@evidence("findings_assigned", label=_("上次问题分解"), version=4, target_percent=100)
def findings_assigned(at: Place, params: Params) -> Figure | Evidence:
    """Findings with someone responsible; a day is always set (21). What was put right had someone, though they work elsewhere by now."""
    of = of_last(at)
    if of is None:
        return nothing(NO_INSPECTION)
    had = and_(Finding.fixed_on.is_not(None), Finding.former.is_not(None))
    return share_of(Finding, of, or_(Finding.responsible_id.is_not(None), had), target=params["target_percent"], empty=NO_FINDINGS,
                    text=_("上次检查的问题 %(total)s 条，已落实责任人 %(good)s 条，没有落实 %(bad)s 条"))


@evidence("findings_on_time", label=_("按期整改率"), version=4, target_percent=100)
def findings_on_time(at: Place, params: Params) -> Figure | Evidence:
    """Of the findings put right or past their day, those put right in time (21, 22); due today is not past.

    What counts is the day on which the school reported it, and the day that it names only where no report was written down. Of several
    reports the last counts: one that was found wanting put nothing right, and the school knew its day when it sent that.
    """
    of = of_last(at)
    if of is None:
        return nothing(NO_INSPECTION)
    told = select(func.max(FindingStep.at)).where(FindingStep.finding_id == Finding.id, FindingStep.kind == "fix").scalar_subquery()
    found = yield look(select(Finding.id, Finding.due_on, Finding.fixed_on, told.label("told"), past(at).label("past")).where(*of))
    days = {one.id: (one.told.astimezone(SHANGHAI).date() if one.told else one.fixed_on) if one.fixed_on else date.max for one in found}
    due = [one for one in found if one.past or days[one.id] <= at.on]
    late = [one.id for one in due if days[one.id] > min(at.on, one.due_on)]
    return share(len(due) - len(late), len(due), target=params["target_percent"], rows=among(Finding, late),
                 text=_("上次检查的问题应整改 %(total)s 条，按期整改 %(good)s 条，逾期 %(bad)s 条"), empty=_("上次检查没有到期的问题"))


@evidence("findings_repeated", label=_("问题反弹"), version=3)
def findings_repeated(at: Place, params: Params) -> Figure:
    """Findings of the last inspection whose item had been found wanting before (22); a red line suggests "fail"."""
    of = of_last(at)
    if of is None or at.last is None:
        return nothing(NO_INSPECTION)
    earlier, item, its = aliased(Finding), ChecklistItem, aliased(ChecklistItem)
    before = select(earlier.id).join(its, its.id == earlier.item_id).where(
        earlier.school_id == at.school.id, earlier.inspection_id.not_in(at.last.ids), earlier.state != "withdrawn", its.code == item.code,
        code_behind(earlier) == code_behind(Finding)).exists()
    query = select(Finding.id, Finding.level).join(item, item.id == Finding.item_id).where(*of, before)
    found, again = yield tally(Finding, *of), look(query)
    red = sum(one.level == "critical" for one in again)
    return faults(len(again), found.total, unit=_("条"), rows=among(Finding, [one.id for one in again]), red=red, empty=NO_FINDINGS,
                  suggestion="fail" if red else "partly" if again else "pass",
                  text=_("上次检查的问题 %(total)s 条，以前检查也出现过 %(bad)s 条（红线 %(red)s 条）"), threshold=_("不重复出现"))


@evidence("findings_extension", label=_("超期未批"), version=4)
def findings_extension(at: Place, params: Params) -> Figure:
    """Unfinished findings past their day (22); a granted extension moves the day, so past it the extension has run out too."""
    of = of_last(at)
    if of is None:
        return nothing(NO_INSPECTION)
    unfixed = or_(Finding.fixed_on.is_(None), Finding.fixed_on > at.on)
    bad = and_(unfixed, past(at))
    found = yield tally(Finding, *of, bad=bad, unfixed=unfixed, closed=Finding.state == "closed")
    return faults(found.bad, found.total, unit=_("条"), rows=Rows(Finding, ids(Finding, *of, bad), found.bad), unfixed=found.unfixed, closed=found.closed,
                  text=_("上次检查的问题 %(total)s 条，已销号 %(closed)s 条，没有完成 %(unfixed)s 条，其中超过期限（含批准的延期）%(bad)s 条"),
                  empty=NO_FINDINGS, threshold=_("不超过期限；批准延期的，不超过延到的日期"))


@evidence("findings_proved", label=_("整改佐证"), version=3, target_percent=100)
def findings_proved(at: Place, params: Params) -> Figure | Evidence:
    """Of the findings put right, those with a photo or paper attached (22)."""
    of = of_last(at)
    if of is None:
        return nothing(NO_INSPECTION)
    proved = select(Attachment.id).where(Attachment.entity == "Finding", Attachment.row_id == Finding.id).exists()
    return share_of(Finding, (*of, Finding.fixed_on <= at.on), proved, target=params["target_percent"],
                    text=_("上次检查的问题已整改 %(total)s 条，有照片或材料 %(good)s 条，没有 %(bad)s 条"), empty=_("上次检查的问题还没有整改的"))
