"""Figures on cases that are followed, and on aid (A6, C9, D9, D11, D12, F2, F10, F12, G7, K4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.models.cases import Aid, CaseFile
from app.models.children import Child
from app.models.org import School, Staff
from app.models.words import _
from app.services.evidence import documents, group
from app.services.evidence.core import Figure, Params, Rows, evidence, ids, untrue
from app.services.evidence.judge import faults, faults_of, measure, paced, reached, share, share_of
from app.services.evidence.log import stretches
from app.services.evidence.period import last_birth, last_days
from app.services.evidence.place import Place
from app.services.evidence.reads import tally
from app.services.evidence.staff import NO_STAFF, signed

OUT_OF_SCHOOL = ("dropped_out", "not_in_school", "not_in_kindergarten")


def unclosed(school: School, on: date, kinds: Collection[str]) -> tuple[Any, ...]:
    """Cases of some kinds that are open on a day."""
    return (CaseFile.school_id == school.id, CaseFile.kind.in_(kinds), group.up_to(CaseFile.opened_on, on),
            or_(CaseFile.closed_on.is_(None), CaseFile.closed_on > on))


def in_care(school: School, on: date, kinds: Collection[str]) -> tuple[Any, ...]:
    """Open cases of children who are still here: who moved to another school is followed there."""
    return (*unclosed(school, on, kinds), select(Child.id).where(Child.id == CaseFile.child_id, Child.file_state != "moved_out").exists())


def case_of(on: date, kinds: Collection[str], *where: Any) -> Any:
    """Children with such an open case."""
    open_ = or_(CaseFile.closed_on.is_(None), CaseFile.closed_on > on)
    return select(CaseFile.id).where(CaseFile.child_id == Child.id, CaseFile.kind.in_(kinds), CaseFile.opened_on <= on, open_, *where).exists()


def of_age(params: Mapping[str, Any], on: date) -> Any:
    """Children of school age."""
    return and_(Child.birth_date <= last_birth(params["min_age_years"], on), Child.birth_date > last_birth(params["max_age_years"] + 1, on))


def late(on: date, days: int) -> Any:
    """Not followed up lately, and not found lately either."""
    since = last_days(on, days)
    return and_(CaseFile.opened_on < since, untrue(CaseFile.followed_on >= since))


@evidence("dropouts_followed", label=_("未到校追踪"), version=3, reports_per_month=1, max_age_days=30, min_age_years=6, max_age_years=15)
def dropouts_followed(at: Place, params: Params) -> Figure:
    """Children out of school whom nobody follows: cases that rest, and left-behind children without a case (minors' protection 28)."""
    kinds, days = ("absent", "dropout"), params["max_age_days"]
    born = of_age(params, at.on)
    of = group.on_file(at.school)
    out = or_(case_of(at.on, kinds), and_(born, Child.stage.in_(OUT_OF_SCHOOL)))
    followed = and_(case_of(at.on, kinds), ~case_of(at.on, kinds, late(at.on, days)))
    found, reports = yield tally(Child, *of, out, good=followed), documents.read(at, ["dropout_report"], at.term.first)
    months = due_months(at, [one.dated_on for one in reports], params["reports_per_month"])
    missing, bad = months.count(False), found.total - found.good
    advice = "fail" if bad or missing and missing == len(months) else "partly" if missing else "pass"
    return faults(bad, found.total, unit=_("人"), empty=_("没有未到校、疑似辍学的学生"), suggestion=advice, days=days, months=len(months),
                  missing=missing, needed=params["reports_per_month"], rows=Rows(Child, ids(Child, *of, out, untrue(followed)), bad),
                  text=_("未到校、疑似辍学 %(total)s 人，没有个案或超过 %(days)s 天没有跟进 %(bad)s 人；本学期应上报 %(months)s 个月，缺报 %(missing)s 个月"),
                  threshold=_("逐人跟进，每月上报 %(needed)s 次"))


def due_months(at: Place, days: Sequence[date], times: int) -> list[bool]:
    """Whether enough was sent in each month of the term; a running one is due once it was. A school without papers here owes none."""
    months = [(span, sum(span.first <= day <= span.last for day in days) >= times) for span in stretches(at.term, 1)]
    return [good for span, good in months if span.first <= at.on and (good or span.last <= at.on)] if at.keeps_papers else []


@evidence("cases_planned", label=_("一人一案"), version=2, target_percent=100)
def cases_planned(at: Place, params: Params) -> Figure:
    """Open cases of behaviour and study that have a plan (S0, S3)."""
    return share_of(CaseFile, in_care(at.school, at.on, ("behaviour", "study")), group.filled(CaseFile.plan), target=params["target_percent"],
                    text=_("行为、学业异常 %(total)s 人次，有方案 %(good)s 份，没有 %(bad)s 份"), empty=_("没有登记行为、学业异常的个案"))


@evidence("mental_followed", label=_("心理高关注跟进"), version=2, max_age_days=30)
def mental_followed(at: Place, params: Params) -> Figure:
    """Pupils under close watch whom nobody followed lately (minors' protection 30)."""
    return faults_of(CaseFile, in_care(at.school, at.on, ["mental"]), late(at.on, params["max_age_days"]), unit=_("人次"), days=params["max_age_days"],
                     text=_("心理高关注 %(total)s 人次，超过 %(days)s 天没有跟进 %(bad)s 人次"), empty=_("没有登记心理高关注的个案"))


@evidence("bullying_open", label=_("欺凌事件"), version=2)
def bullying_open(at: Place, params: Params) -> Figure:
    """Bullying within a year, or open however old, that is not closed (minors' protection 39)."""
    case = CaseFile
    open_ = or_(case.closed_on.is_(None), case.closed_on > at.on)
    of = (case.school_id == at.school.id, case.kind == "bullying", case.opened_on <= at.on, or_(case.opened_on >= last_days(at.on, 365), open_))
    return faults_of(case, of, open_, unit=_("件"), empty=_("近一年没有登记欺凌事件"),
                     text=_("近一年和以前没有办结的欺凌事件共 %(total)s 件，没有办结 %(bad)s 件"))


@evidence("sick_followed", label=_("因病缺课追踪"), version=2, max_age_days=7)
def sick_followed(at: Place, params: Params) -> Figure:
    """Pupils absent through illness whom nobody asked after lately (school hygiene; infectious diseases)."""
    return faults_of(CaseFile, in_care(at.school, at.on, ["sick"]), late(at.on, params["max_age_days"]), unit=_("人次"), days=params["max_age_days"],
                     text=_("因病缺课 %(total)s 人次，超过 %(days)s 天没有追踪 %(bad)s 人次"), empty=_("没有登记因病缺课"))


@evidence("duty_to_report", label=_("强制报告"), version=2, target_percent=100)
def duty_to_report(at: Place, params: Params) -> Figure:
    """Staff at work who signed the promise to report, and reports that are not closed: one speaks against a pass (minors' protection 11)."""
    of, good = group.staff_at_work(at.school), signed(at.school, "school_report", Staff.name, at.on)
    found, cases = yield tally(Staff, *of, good=good), tally(CaseFile, *unclosed(at.school, at.on, ["report"]))
    advice = "partly" if cases.total and found.total and measure(found.good, found.total, params["target_percent"]) == "pass" else ""
    return share(found.good, found.total, target=params["target_percent"], empty=NO_STAFF, cases=cases.total, suggestion=advice,
                 rows=Rows(Staff, ids(Staff, *of, untrue(good)), found.total - found.good),
                 text=_("在岗教职工 %(total)s 人，签强制报告承诺书 %(good)s 人，未签 %(bad)s 人；未办结线索 %(cases)s 条"))


@evidence("disabled_enrolled", label=_("残疾儿童入学"), target_percent=100, min_age_years=6, max_age_years=15)
def disabled_enrolled(at: Place, params: Params) -> Figure:
    """Disabled children of school age on file who go to school and have a plan of their own (compulsory education 19)."""
    of = (*group.on_file(at.school), Child.health == "disabled", of_age(params, at.on))
    enrolled, planned = Child.stage.not_in(OUT_OF_SCHOOL), case_of(at.on, ["disability"], group.filled(CaseFile.plan))
    found = yield tally(Child, *of, good=and_(enrolled, planned), enrolled=enrolled, planned=planned)
    return share(found.good, found.total, target=params["target_percent"], empty=_("没有登记适龄残疾儿童"), enrolled=found.enrolled, planned=found.planned,
                 rows=Rows(Child, ids(Child, *of, untrue(and_(enrolled, planned))), found.total - found.good),
                 text=_("适龄残疾儿童 %(total)s 人，已入学 %(enrolled)s 人，有随班就读或送教方案 %(planned)s 人"))


# Aid ---------------------------------------------------------------------------------------
@evidence("aid_granted", label=_("寄宿营养补助"), version=2, target_percent=100)
def aid_granted(at: Place, params: Params) -> Figure:
    """Of the boarding and nutrition aid decided this term, what was given out (S0 plan 5)."""
    term = at.term
    of = (Aid.school_id == at.school.id, Aid.kind.in_(("boarding", "nutrition")), Aid.decided_on >= term.first, Aid.decided_on <= at.on)
    good = Aid.granted_on <= at.on
    found = yield tally(Aid, *of, good=good)
    return paced(found.good, found.total, term.elapsed(at.on), target=params["target_percent"], empty=_("本学期没有认定寄宿、营养补助"),
                 rows=Rows(Aid, ids(Aid, *of, untrue(good)), found.total - found.good),
                 text=_("本学期应助 %(total)s 人次，已发放 %(good)s 人次，未发放 %(bad)s 人次"))


@evidence("needy_aided", label=_("困难补助"), version=2, target_percent=100)
def needy_aided(at: Place, params: Params) -> Figure:
    """Needy left-behind children who were given hardship aid this term (S0 plans 1, 5)."""
    term = at.term
    given = select(Aid.id).where(Aid.child_id == Child.id, Aid.kind == "hardship", Aid.granted_on >= term.first, Aid.granted_on <= at.on).exists()
    of = (*group.left_behind(at.school), Child.special_group == "needy")
    found = yield tally(Child, *of, good=given)
    return paced(found.good, found.total, term.elapsed(at.on), target=params["target_percent"], empty=_("没有登记特困儿童"),
                 rows=Rows(Child, ids(Child, *of, untrue(given)), found.total - found.good),
                 text=_("特困儿童 %(total)s 人，本学期已补助 %(good)s 人，应享未享 %(bad)s 人"))


@evidence("aid_accounts", label=_("总结和帮扶台账"), max_age_days=220)
def aid_accounts(at: Place, params: Params) -> Figure:
    """The summary of the last term, and the aid of a year: how often, how much, how often without a receipt (S0 plan 5; S4)."""
    of = (Aid.school_id == at.school.id, Aid.granted_on <= at.on, Aid.granted_on >= last_days(at.on, 365))
    unsigned = untrue(group.filled(Aid.receiver))
    found, summaries = yield (tally(Aid, *of, unsigned=unsigned, values={"amount": func.sum(Aid.amount)}),
                              documents.read(at, ["term_summary"], last_days(at.on, params["max_age_days"])))
    if not summaries and not found.total:
        return share(0, 0, text="", empty=_("没有登记期末总结和帮扶发放"))
    return reached(bool(summaries) + (not found.unsigned), 2, unit=_("项"), threshold=_("有总结，都有签收"), times=found.total, amount=found.amount or 0,
                   summaries=len(summaries), unsigned=found.unsigned, rows=Rows(Aid, ids(Aid, *of, unsigned), found.unsigned),
                   text=_("期末总结 %(summaries)s 份；近一年受助 %(times)s 人次、%(amount)s 元，没有签收 %(unsigned)s 人次"))
