"""Figures on the school's equipment (H7, H8, H10, I14, J7, J8, K2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models.ledger import Equipment
from app.models.org import School
from app.models.words import _
from app.services.evidence.core import Evidence, Rows, evidence, ids, tally, untrue
from app.services.evidence.judge import faults, faults_of, nothing, reached
from app.services.evidence.period import last_days

FIRE = ("extinguisher", "hydrant", "emergency_light", "exit_sign")
TOOLS = ("bus_hammer", "bus_extinguisher", "bus_kit")
BROKEN = Equipment.working < Equipment.count


def of_kind(school: School, kinds: Collection[str]) -> tuple[Any, ...]:
    return Equipment.school_id == school.id, Equipment.kind.in_(kinds)


def tested(on: date, days: int) -> Any:
    return Equipment.checked_on >= last_days(on, days)


def expired(on: date) -> Any:
    return Equipment.expires_on < on


@evidence("alarm_test", label=_("一键报警测试"), max_age_days=30)
def alarm_test(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Alarms that do not work or were not tested lately (GB/T 29315)."""
    of = of_kind(school, ["alarm"])
    last = session.scalar(select(func.max(Equipment.checked_on)).where(*of))
    return faults_of(session, Equipment, of, or_(BROKEN, untrue(tested(on, params["max_age_days"]))), unit=_("处"), empty=_("没有登记一键报警装置"),
                     text=_("一键报警 %(total)s 处，失效或超过 %(days)s 天没有测试 %(bad)s 处，最近测试：%(last)s"),
                     threshold=_("%(days)s 天内测试有效"), days=params["max_age_days"], last=last.isoformat() if last else "—")


@evidence("cameras_offline", label=_("监控离线"))
def cameras_offline(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Cameras that do not work (GB/T 29315 annex A)."""
    return _not_working(session, of_kind(school, ["camera"]), text=_("监控点位 %(total)s 个，离线 %(bad)s 个"), empty=_("没有登记监控"))


@evidence("open_kitchen", label=_("明厨亮灶设备"))
def open_kitchen(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Screens and cameras of the open kitchen that do not work (food safety 55)."""
    return _not_working(session, of_kind(school, ["open_kitchen"]), text=_("明厨亮灶设备 %(total)s 个，不在线 %(bad)s 个"),
                        empty=_("没有登记明厨亮灶设备"))


def _not_working(session: Session, of: tuple[Any, ...], *, text: str, empty: str) -> Evidence:
    """Pieces, not rows, that do not work; behind it the rows that lack some."""
    pieces, working = session.execute(select(func.sum(Equipment.count), func.sum(Equipment.working)).where(*of)).one()
    rows = Rows(Equipment, ids(Equipment, *of, BROKEN), tally(session, Equipment, *of, BROKEN).total)
    return faults((pieces or 0) - (working or 0), pieces or 0, unit=_("个"), text=text, empty=empty, rows=rows)


@evidence("fire_equipment", label=_("消防器材"))
def fire_equipment(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Places whose extinguishers, hydrants, lights or signs are past their day or broken (fire 16)."""
    of = of_kind(school, FIRE)
    found = tally(session, Equipment, *of, over=expired(on), broken=BROKEN, bad=or_(expired(on), BROKEN))
    return faults(found.bad, found.total, unit=_("处"), rows=Rows(Equipment, ids(Equipment, *of, or_(expired(on), BROKEN)), found.bad),
                  text=_("消防器材 %(total)s 处，到期 %(over)s 处，损坏 %(broken)s 处"), empty=_("没有登记消防器材"), over=found.over, broken=found.broken)


@evidence("bus_tools", label=_("校车随车器材"))
def bus_tools(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Hammers, extinguishers and first-aid kits on buses that are past their day or missing (21)."""
    return faults_of(session, Equipment, of_kind(school, TOOLS), or_(expired(on), BROKEN), unit=_("项"), empty=_("没有登记随车器材"),
                     text=_("逃生锤、灭火器、急救箱 %(total)s 项，到期或缺失 %(bad)s 项"))


@evidence("bus_positions", label=_("校车卫星定位"), max_age_days=7)
def bus_positions(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Positioning devices that are off or were not looked at lately (21); how many days the worst one is unseen."""
    of = of_kind(school, ["bus_gps"])
    first = session.scalar(select(func.min(Equipment.checked_on)).where(*of))
    return faults_of(session, Equipment, of, or_(BROKEN, untrue(tested(on, params["max_age_days"]))), unit=_("台"), empty=_("没有登记卫星定位"),
                     text=_("卫星定位 %(total)s 台，离线或超过 %(days)s 天没有核查 %(bad)s 台，最久 %(unseen)s 天"),
                     days=params["max_age_days"], unseen=(on - first).days if first else "—")


@evidence("toilets", label=_("厕所蹲位"), pupils_per_seat=25)
def toilets(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Toilets that work against the number that the pupils ask for (school hygiene 7)."""
    of = of_kind(school, ["toilet"])
    seats = session.scalar(select(func.sum(Equipment.working)).where(*of))
    if seats is None:
        return nothing(_("没有登记厕所蹲位"))
    rows = Rows(Equipment, ids(Equipment, *of), tally(session, Equipment, *of).total)
    return reached(seats, max(1, -(-school.pupils // params["pupils_per_seat"])), unit=_("个"), rows=rows, pupils=school.pupils,
                   per=params["pupils_per_seat"], text=_("在校学生 %(pupils)s 人，蹲位 %(good)s 个，按每 %(per)s 人一个应有 %(needed)s 个"))
