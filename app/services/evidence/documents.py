"""Figures on the school's papers (A1, B2, B3, B8, B9, F6, F8, F11, G3, H2, H11, K3, L6)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from app.models.ledger import SchoolDocument
from app.models.words import _
from app.services.evidence.core import Evidence, Figure, Params, Rows, among, evidence
from app.services.evidence.findings import NO_INSPECTION
from app.services.evidence.judge import LEVELS, nothing, share
from app.services.evidence.period import HALF_MONTH, Span, last_days, month_of
from app.services.evidence.place import KEPT_DAYS, Place
from app.services.evidence.reads import Kept

YEAR, HALF = 365, 183
LATE_DAYS = 10  # a report sent so early in a month may be the late one of the month before
COLUMNS = (SchoolDocument.id, SchoolDocument.kind, SchoolDocument.dated_on, SchoolDocument.valid_until, SchoolDocument.figure)


def read(at: Place, kinds: Collection[str], first: date | None = None) -> Kept:
    """Papers of some kinds up to a day, the oldest first."""
    return Kept(COLUMNS, at.school.id, SchoolDocument.kind, frozenset(kinds), SchoolDocument.dated_on, first, at.on)


def rows_of(papers: Collection[Any]) -> Rows:
    return among(SchoolDocument, [one.id for one in papers])


@evidence("care_plans", label=_("计划和方案"), version=2, days_before_term=60)
def care_plans(at: Place, params: Params) -> Figure:
    """The plan of the term and the plan of the care work, written since shortly before the term began (S0, S4)."""
    kinds = ("term_plan", "care_plan")
    papers = yield read(at, kinds, last_days(at.on, KEPT_DAYS))
    since = at.term.first - timedelta(params["days_before_term"])
    of_term = [one for one in papers if one.dated_on >= since]
    return share(len({one.kind for one in of_term}), len(kinds) if at.keeps_papers else 0, rows=rows_of(of_term), empty=_("没有登记计划和方案"),
                 text=_("学期计划、关爱专项方案应有 %(total)s 份，本学期已有 %(good)s 份"))


def fresh(at: Place, kind: str, days: int, *, text: str, empty: str) -> Figure:
    """The age in days of the last paper of a kind, which must be younger than ``days`` and still hold."""
    papers = yield read(at, [kind])
    if not papers:
        return nothing(empty)
    last = papers[-1]
    age = (at.on - last.dated_on).days
    advice = "pass" if age <= days and (last.valid_until is None or last.valid_until >= at.on) else "fail"
    return Evidence(text, age, _("天"), None, None, None, LEVELS[advice], advice, _("%(days)s 天以内，在有效期内"),
                    {"age": age, "days": days, "dated": last.dated_on.isoformat()}, rows_of([last]))


@evidence("census_age", label=_("全面核查"), max_age_days=HALF)
def census_age(at: Place, params: Params) -> Figure:
    """Days since the last full check of the roster (S1)."""
    return fresh(at, "census", params["max_age_days"], text=_("上次全面核查 %(dated)s，已过 %(age)s 天"), empty=_("没有登记变动核查"))


@evidence("emergency_plan", label=_("应急预案"), max_age_days=YEAR)
def emergency_plan(at: Place, params: Params) -> Figure:
    """Days since the emergency plan was revised (minors' protection 37)."""
    return fresh(at, "emergency", params["max_age_days"], text=_("应急预案上次修订 %(dated)s，已过 %(age)s 天"), empty=_("没有登记应急预案"))


@evidence("building_survey", label=_("校舍年检"), max_age_days=YEAR)
def building_survey(at: Place, params: Params) -> Figure:
    """Days since the buildings were surveyed (compulsory education 16, 24)."""
    return fresh(at, "building", params["max_age_days"], text=_("校舍上次年检 %(dated)s，已过 %(age)s 天"), empty=_("没有登记校舍年检"))


@evidence("fire_test", label=_("消防设施检测"), max_age_days=YEAR)
def fire_test(at: Place, params: Params) -> Figure:
    """Days since the fire installations were tested (fire 16)."""
    return fresh(at, "fire_test", params["max_age_days"], text=_("消防设施上次检测 %(dated)s，已过 %(age)s 天"),
                 empty=_("没有登记消防设施检测"))


@evidence("water_test", label=_("饮用水检测"), max_age_days=YEAR)
def water_test(at: Place, params: Params) -> Figure:
    """Days since the drinking water was tested (school hygiene 7)."""
    return fresh(at, "water_test", params["max_age_days"], text=_("饮用水上次检测 %(dated)s，已过 %(age)s 天"), empty=_("没有登记饮用水检测"))


def told(at: Place, kind: str, found: str | None, *, text: str, empty: str, unit: str) -> Figure:
    """The figure of the last paper of a kind within a year; ``found`` is suggested when it is not 0, nothing when it was left empty."""
    papers = yield read(at, [kind], last_days(at.on, KEPT_DAYS))
    if not papers:
        return nothing(empty)
    last = papers[-1]
    advice = None if last.figure is None or found is None else found if last.figure else "pass"
    said = {"count": "—" if last.figure is None else last.figure, "dated": last.dated_on.isoformat()}
    return Evidence(text, last.figure, unit, None, None, None, LEVELS[advice], advice, _("没有差异") if found else "", said, rows_of([last]))


@evidence("record_match", label=_("与学籍系统核对"))
def record_match(at: Place, params: Params) -> Figure:
    """Children who differ between the roster and the student record system (student record indicators 2.3)."""
    return told(at, "record_match", "partly", text=_("%(dated)s 与学籍系统核对，差异 %(count)s 人"), empty=_("没有登记学籍核对"), unit=_("人"))


@evidence("village_match", label=_("与村居民政核对"))
def village_match(at: Place, params: Params) -> Figure:
    """Children who differ between the roster and the lists of village and civil affairs (minors' protection 29, 43)."""
    return told(at, "village_match", "partly", text=_("%(dated)s 与村居、民政核对，差异 %(count)s 人"),
                empty=_("没有登记村居民政核对"), unit=_("人"))


@evidence("missing_courses", label=_("课程开设"))
def missing_courses(at: Place, params: Params) -> Figure:
    """Courses that the plan asks for and the school does not give (S0 plan 4; compulsory education 35)."""
    return told(at, "curriculum", "fail", text=_("%(dated)s 自查，缺开课程 %(count)s 门"), empty=_("没有登记课程开设自查"), unit=_("门"))


@evidence("fee_differences", label=_("收费项目"))
def fee_differences(at: Place, params: Params) -> Figure:
    """Fees that are not on the list (S0 plan 4; compulsory education 2, 25)."""
    return told(at, "fees", "fail", text=_("%(dated)s 自查，与收费目录不符 %(count)s 项"), empty=_("没有登记收费自查"), unit=_("项"))


@evidence("migrant_pupils", label=_("随迁子女"))
def migrant_pupils(at: Place, params: Params) -> Figure:
    """Children of migrant workers on the school's list; a number proves no equal entry, so it suggests nothing."""
    return told(at, "migrants", None, text=_("%(dated)s 名册，随迁子女 %(count)s 人"), empty=_("没有登记随迁子女名册"), unit=_("人"))


@evidence("reports_on_time", label=_("报表上报"), version=5, monthly_due_day=25, first_report_month=3, second_report_month=9)
def reports_on_time(at: Place, params: Params) -> Figure:
    """Monthly reports of the term by their day, half-year reports by the end of their month (S1, S4)."""
    papers, due = (yield read(at, ["month_report", "half_report"], last_days(at.on, KEPT_DAYS))), _due(at.term, params)
    past = [(kind, month, day) for kind, month, day in due if at.term.first <= day <= at.on]
    sent = _sent(papers, past)
    late = [one for one, (_kind, _month, day) in zip(sent, past, strict=True) if one is not None and one.dated_on > day]
    missing = sent.count(None)
    return share(len(past) - len(late) - missing, len(past) if at.keeps_papers else 0, rows=rows_of(late), late=len(late), missing=missing,
                 text=_("本学期应报 %(total)s 次，按时 %(good)s 次，迟报 %(late)s 次，缺报 %(missing)s 次"),
                 empty=_("本学期还没到上报的时候") if at.keeps_papers else _("没有登记上报的报表"))


def _due(term: Span, params: Params) -> list[tuple[str, Span, date]]:
    """Kind, calendar month and last day to send it, by month: a report a month that has half a month of the term, and those of a half year."""
    halves = (params["first_report_month"], params["second_report_month"])
    monthly = [("month_report", month, _day(month, params["monthly_due_day"])) for month in term.months() if month.common(term).days >= HALF_MONTH]
    return monthly + [("half_report", month, month.last) for month in term.months() if month.first.month in halves]


def _day(month: Span, number: int) -> date:
    """The day of a month that a number names; the last one where the month is shorter."""
    return min(month.first + timedelta(number - 1), month.last)


def _sent(papers: Collection[Any], due: Sequence[tuple[str, Span, date]]) -> list[Any]:
    """The paper that answers each report due (see ``_due``), None where none does.

    A report does not say of which month it is. One of the first ``LATE_DAYS`` of a month is the late one of
    the month before where that has none, and this month has another of its own.
    """
    left, found = sorted(papers, key=lambda one: (one.dated_on, one.id)), []
    for kind, month, _last in due:
        after = month_of(month.last + timedelta(1))
        own, later = ([one for one in left if one.kind == kind and span.first <= one.dated_on <= span.last] for span in (month, after))
        early = later[:1] if len(later) > 1 and later[0].dated_on <= month.last + timedelta(LATE_DAYS) else []
        sent = next(iter((*own, *early)), None)
        left = [one for one in left if one is not sent and one not in own]
        found.append(sent)
    return found


@evidence("fix_report", label=_("整改报告"))
def fix_report(at: Place, params: Params) -> Figure:
    """The report on what was put right since the last inspection (22, 23); without one it is not done yet."""
    if at.last is None:
        return nothing(NO_INSPECTION)
    since = at.last.day
    sent = yield read(at, ["fix_report"], since)
    made = share(min(1, len(sent)), 1, rows=rows_of(sent), text=_("上次检查 %(since)s，整改报告上报 %(sent)s"), empty=NO_INSPECTION,
                 since=since.isoformat(), sent=sent[0].dated_on.isoformat() if sent else "—")
    return replace(made, threshold=_("已上报"))
