"""Figures on the bus runs of the last 30 days (J4, J5, J6, J11). Source: 校车安全管理条例."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import select

from app.models.bus import Bus, BusRun
from app.models.org import School
from app.models.words import _
from app.services.evidence.core import RECENT_DAYS, Figure, Params, among, evidence, untrue
from app.services.evidence.judge import faults, faults_of, share_of
from app.services.evidence.period import last_days
from app.services.evidence.place import Place
from app.services.evidence.reads import look

NO_RUNS = _("近 30 天没有校车趟次记录")
BETWEEN_NAMES = re.compile(r"[、，,;；/\s]+")


def recent(school: School, on: date) -> tuple[Any, ...]:
    return BusRun.school_id == school.id, BusRun.ran_on >= last_days(on, RECENT_DAYS), BusRun.ran_on <= on


@evidence("bus_attendant", label=_("随车照管员"), attendants_per_run=1)
def bus_attendant(at: Place, params: Params) -> Figure:
    """Runs with fewer attendants than asked for (38); several names stand in one column."""
    runs = yield look(select(BusRun.id, BusRun.attendant).where(*recent(at.school, at.on)))
    alone = [run.id for run in runs if len(names(run.attendant)) < params["attendants_per_run"]]
    return faults(len(alone), len(runs), unit=_("趟"), rows=among(BusRun, alone), empty=NO_RUNS,
                  text=_("近 30 天 %(total)s 趟，照管员不足 %(least)s 人的 %(bad)s 趟"), threshold=_("每趟至少 %(least)s 名照管员"),
                  least=params["attendants_per_run"])


def names(text: str | None) -> list[str]:
    """The names in a text, however they are set apart."""
    return [name for name in BETWEEN_NAMES.split(text or "") if name]


@evidence("bus_overload", label=_("超员"))
def bus_overload(at: Place, params: Params) -> Figure:
    """Runs with more pupils than the bus may carry (34)."""
    seats = select(Bus.seats).where(Bus.id == BusRun.bus_id).correlate(BusRun).scalar_subquery()
    return faults_of(BusRun, recent(at.school, at.on), BusRun.boarded > seats, unit=_("趟"), empty=NO_RUNS,
                     text=_("近 30 天 %(total)s 趟，超过核载人数 %(bad)s 趟"))


@evidence("bus_headcount", label=_("上下车清点"))
def bus_headcount(at: Place, params: Params) -> Figure:
    """Runs on which not as many got off as got on, or nobody counted (39)."""
    return faults_of(BusRun, recent(at.school, at.on), untrue(BusRun.boarded == BusRun.alighted), unit=_("趟"), empty=NO_RUNS,
                     text=_("近 30 天 %(total)s 趟，上下车人数不符或没有清点 %(bad)s 趟"), threshold=_("人数一致"))


@evidence("bus_prechecks", label=_("出车前检查"), checks=7)
def bus_prechecks(at: Place, params: Params) -> Figure:
    """Runs before which the bus was checked (41); the register knows the check as a whole."""
    return share_of(BusRun, recent(at.school, at.on), BusRun.checked, empty=NO_RUNS, checks=params["checks"],
                    text=_("近 30 天 %(total)s 趟，出车前做过 %(checks)s 项检查 %(good)s 趟，缺检 %(bad)s 趟"))
