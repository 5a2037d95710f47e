"""Figures on rounds, checks, arrivals and receipts of the school's log (F1, G6, H5, H12, I5, I7, I16, K5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from app.models.canteen import MealRecord
from app.models.words import _
from app.services.evidence import log
from app.services.evidence.canteen import NO_MEALS
from app.services.evidence.canteen import recent as recent_meals
from app.services.evidence.core import RECENT_DAYS, Evidence, Figure, Params, evidence
from app.services.evidence.judge import PARTLY_FROM, nothing, share
from app.services.evidence.period import last_days
from app.services.evidence.place import Place
from app.services.evidence.reads import look

SATURDAY = 5  # date.weekday()


@evidence("arrivals", label=_("报到率"), target_percent=100)
def arrivals(at: Place, params: Params) -> Figure:
    """Pupils who came at the start of the term, by its last count (S0 plan 4)."""
    kept = yield from log.read(at, ["arrival"])
    return log.ratio(kept.since(at.term.first)[-1:], target=params["target_percent"], empty=_("本学期没有登记开学报到"),
                     text=_("应到学生 %(total)s 人，报到 %(good)s 人，未到 %(bad)s 人"))


@evidence("holiday_letters", label=_("告家长书回执"), target_percent=100)
def holiday_letters(at: Place, params: Params) -> Figure:
    """Receipts of the last letter to parents before holidays (S0 plan 5)."""
    kept = yield from log.read(at, ["holiday_letter"])
    return log.ratio(kept.entries[-1:], target=params["target_percent"], empty=_("没有登记假期告家长书"),
                     text=_("最近一次告家长书发出 %(total)s 份，收回执 %(good)s 份，没有收回 %(bad)s 份"))


def school_days(at: Place) -> set[date]:
    """Mondays to Fridays of the term in the last 30 days; public holidays are among them, for no record tells them."""
    days = (last_days(at.on, number) for number in range(RECENT_DAYS))
    return {day for day in days if at.term.first <= day <= at.term.last and day.weekday() < SATURDAY}


def nights_told(entries: Sequence[Any]) -> int:
    """Of how many nights entries, the oldest first, tell at most: an entry of no more than since the entry before, nor than its shifts."""
    days = sorted({one.held_on for one in entries})
    shifts = [sum(one.due or 1 for one in entries if one.held_on == day) for day in days]
    gaps = [RECENT_DAYS, *((day - before).days for before, day in pairwise(days))]
    return sum(min(pair) for pair in zip(gaps, shifts, strict=False))


def on_record(made: Evidence, kept: int, days: int) -> Evidence:
    """A good share of what was written down proves no pass where too few of the ``days`` were: then the records decide nothing."""
    return replace(made, suggestion=None, level="warn") if made.suggestion == "pass" and kept < PARTLY_FROM * days else made


@evidence("patrols", label=_("重点部位巡查"), version=2, patrols_per_day=5)
def patrols(at: Place, params: Params) -> Figure:
    """Days on record of the last 30 with enough rounds (GB/T 29315)."""
    kept = yield from log.read(at, ["patrol"])
    rounds = kept.since(last_days(at.on, RECENT_DAYS))
    days: Counter[date] = Counter()
    for one in rounds:
        days[one.held_on] += one.done if one.done is not None else 1
    short, open_ = {day for day, count in days.items() if count < params["patrols_per_day"]}, school_days(at)
    made = share(len(days) - len(short), len(days), rows=log.rows_of([one for one in rounds if one.held_on in short]), weekdays=len(open_),
                 text=_("近 30 天工作日 %(weekdays)s 天，有巡查记录 %(total)s 天，日均 %(mean)s 次；够 %(least)s 次的 %(good)s 天，不够 %(bad)s 天"),
                 empty=_("近 30 天没有登记巡查"), mean=round(sum(days.values()) / len(days), 1) if days else 0, least=params["patrols_per_day"])
    return on_record(made, len(open_ & days.keys()), len(open_))


def lately(at: Place, kind: str, *, text: str, empty: str) -> Figure:
    """Done of due in the last 30 days."""
    kept = yield from log.read(at, [kind])
    return log.ratio(kept.since(last_days(at.on, RECENT_DAYS)), text=text, empty=empty)


@evidence("dormitory_duty", label=_("宿舍夜间值班"), version=2)
def dormitory_duty(at: Place, params: Params) -> Figure:
    """Duties at night in the dormitories (fire 16; S0 plan 4); one entry may tell of many nights."""
    kept = (yield from log.read(at, ["dormitory"])).since(last_days(at.on, RECENT_DAYS))
    nights = len(school_days(at))
    made = log.ratio(kept, empty=_("近 30 天没有登记宿舍值班"), weekdays=nights,
                     text=_("近 30 天工作日 %(weekdays)s 天，宿舍值班应有 %(total)s 班次，有人 %(good)s 班次，缺 %(bad)s 班次"))
    return on_record(made, nights_told(kept), nights)


@evidence("purchase_checks", label=_("进货查验"))
def purchase_checks(at: Place, params: Params) -> Figure:
    """Batches bought that have their papers (food safety 53; rule 45)."""
    return lately(at, "purchase", empty=_("近 30 天没有登记进货查验"),
                  text=_("近 30 天进货 %(total)s 批次，票证齐全 %(good)s 批次，无票 %(bad)s 批次"))


@evidence("stock_checks", label=_("库房清查"))
def stock_checks(at: Place, params: Params) -> Figure:
    """Batches in store that are not past their day."""
    return lately(at, "stock", empty=_("近 30 天没有登记库房清查"),
                  text=_("近 30 天清查库存 %(total)s 批次，合格 %(good)s 批次，过期变质 %(bad)s 批次"))


@evidence("checkups", label=_("学生体检"), target_percent=100)
def checkups(at: Place, params: Params) -> Figure:
    """Pupils examined within a year (school hygiene 14)."""
    kept = yield from log.read(at, ["checkup"])
    return log.ratio(kept.entries, target=params["target_percent"], empty=_("近一年没有登记学生体检"),
                     text=_("近一年应体检 %(total)s 人，已体检 %(good)s 人，没有体检 %(bad)s 人"))


@evidence("food_controls", label=_("日管控周排查月调度"), version=2, target_percent=100)
def food_controls(at: Place, params: Params) -> Figure:
    """Of the days, weeks and months with meals in the last 30 days, those with their control on record (food responsibility)."""
    meals, entries = yield (look(select(MealRecord.served_on).where(*recent_meals(at.school, at.on)).group_by(MealRecord.served_on)),
                            log.asked(at, ["daily", "weekly", "monthly"]))
    served, kept = {one.served_on for one in meals}, log.Log(entries)
    if not served:
        return nothing(NO_MEALS)
    if not at.keeps_log:
        return nothing(_("没有登记日管控、周排查、月调度"))
    held = [{one.held_on for one in kept.entries if one.kind == kind} for kind in ("daily", "weekly", "monthly")]
    days = len(served & held[0])
    weeks, weekly = ({day.isocalendar()[:2] for day in found} for found in (served, held[1]))
    month = int(any(day >= last_days(at.on, RECENT_DAYS) for day in held[2]))
    return share(days + len(weeks & weekly) + month, len(served) + len(weeks) + 1, target=params["target_percent"], empty=NO_MEALS,
                 rows=log.rows_of(kept.since(last_days(at.on, RECENT_DAYS))), days=days, served=len(served), weeks=len(weeks & weekly),
                 of_weeks=len(weeks), month=month,
                 text=_("近 30 天供餐 %(served)s 天，日管控 %(days)s 天；%(of_weeks)s 周，周排查 %(weeks)s 周；月调度 %(month)s 次"))
