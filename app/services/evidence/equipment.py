"""Figures on the school's equipment (H7, H8, H10, I14, J7, J8, K2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, or_

from app.models.ledger import Equipment
from app.models.org import School
from app.models.words import _
from app.services.evidence.core import Figure, Params, Rows, evidence, ids, untrue
from app.services.evidence.judge import faults, faults_of, nothing, reached
from app.services.evidence.period import last_days
from app.services.evidence.place import Place
from app.services.evidence.reads import tally

FIRE = ("extinguisher", "hydrant", "emergency_light", "exit_sign")
TOOLS = ("bus_hammer", "bus_extinguisher", "bus_kit")
BROKEN = Equipment.working < Equipment.count
PIECES = {"pieces": func.sum(Equipment.count), "working": func.sum(Equipment.working)}


def of_kind(school: School, kinds: Collection[str]) -> tuple[Any, ...]:
    return Equipment.school_id == school.id, Equipment.kind.in_(kinds)


def tested(on: date, days: int) -> Any:
    return Equipment.checked_on >= last_days(on, days)


def expired(on: date) -> Any:
    return Equipment.expires_on < on


@evidence("alarm_test", label=_("一键报警测试"), max_age_days=30)
def alarm_test(at: Place, params: Params) -> Figure:
    """Alarms that do not work or were not tested lately (GB/T 29315)."""
    of = of_kind(at.school, ["alarm"])
    bad = or_(BROKEN, untrue(tested(at.on, params["max_age_days"])))
    found = yield tally(Equipment, *of, bad=bad, values={"last": func.max(Equipment.checked_on)})
    return faults(found.bad, found.total, unit=_("处"), empty=_("没有登记一键报警装置"), rows=Rows(Equipment, ids(Equipment, *of, bad), found.bad),
                  text=_("一键报警 %(total)s 处，失效或超过 %(days)s 天没有测试 %(bad)s 处，最近测试：%(last)s"),
                  threshold=_("%(days)s 天内测试有效"), days=params["max_age_days"], last=found.last.isoformat() if found.last else "—")


@evidence("cameras_offline", label=_("监控离线"))
def cameras_offline(at: Place, params: Params) -> Figure:
    """Cameras that do not work (GB/T 29315 annex A)."""
    return _not_working(of_kind(at.school, ["camera"]), text=_("监控点位 %(total)s 个，离线 %(bad)s 个"), empty=_("没有登记监控"))


@evidence("open_kitchen", label=_("明厨亮灶设备"))
def open_kitchen(at: Place, params: Params) -> Figure:
    """Screens and cameras of the open kitchen that do not work (food safety 55)."""
    return _not_working(of_kind(at.school, ["open_kitchen"]), text=_("明厨亮灶设备 %(total)s 个，不在线 %(bad)s 个"),
                        empty=_("没有登记明厨亮灶设备"))


def _not_working(of: tuple[Any, ...], *, text: str, empty: str) -> Figure:
    """Pieces, not rows, that do not work; behind it the rows that lack some."""
    found = yield tally(Equipment, *of, broken=BROKEN, values=PIECES)
    return faults((found.pieces or 0) - (found.working or 0), found.pieces or 0, unit=_("个"), text=text, empty=empty,
                  rows=Rows(Equipment, ids(Equipment, *of, BROKEN), found.broken))


@evidence("fire_equipment", label=_("消防器材"))
def fire_equipment(at: Place, params: Params) -> Figure:
    """Places whose extinguishers, hydrants, lights or signs are past their day or broken (fire 16)."""
    of = of_kind(at.school, FIRE)
    found = yield tally(Equipment, *of, over=expired(at.on), broken=BROKEN, bad=or_(expired(at.on), BROKEN))
    return faults(found.bad, found.total, unit=_("处"), rows=Rows(Equipment, ids(Equipment, *of, or_(expired(at.on), BROKEN)), found.bad),
                  text=_("消防器材 %(total)s 处，到期 %(over)s 处，损坏 %(broken)s 处"), empty=_("没有登记消防器材"), over=found.over, broken=found.broken)


@evidence("bus_tools", label=_("校车随车器材"))
def bus_tools(at: Place, params: Params) -> Figure:
    """Hammers, extinguishers and first-aid kits on buses that are past their day or missing (21)."""
    return faults_of(Equipment, of_kind(at.school, TOOLS), or_(expired(at.on), BROKEN), unit=_("项"), empty=_("没有登记随车器材"),
                     text=_("逃生锤、灭火器、急救箱 %(total)s 项，到期或缺失 %(bad)s 项"))


@evidence("bus_positions", label=_("校车卫星定位"), max_age_days=7)
def bus_positions(at: Place, params: Params) -> Figure:
    """Positioning devices that are off or were not looked at lately (21); how many days the worst one is unseen."""
    of = of_kind(at.school, ["bus_gps"])
    bad = or_(BROKEN, untrue(tested(at.on, params["max_age_days"])))
    found = yield tally(Equipment, *of, bad=bad, values={"first": func.min(Equipment.checked_on)})
    told = (_("卫星定位 %(total)s 台，离线或超过 %(days)s 天没有核查 %(bad)s 台，最久 %(unseen)s 天") if found.first
            else _("卫星定位 %(total)s 台，离线或超过 %(days)s 天没有核查 %(bad)s 台，都没有核查过"))
    return faults(found.bad, found.total, unit=_("台"), empty=_("没有登记卫星定位"), rows=Rows(Equipment, ids(Equipment, *of, bad), found.bad),
                  text=told, days=params["max_age_days"], unseen=(at.on - found.first).days if found.first else None)


@evidence("toilets", label=_("厕所蹲位"), pupils_per_seat=25)
def toilets(at: Place, params: Params) -> Figure:
    """Toilets that work against the number that the pupils ask for (school hygiene 7)."""
    of = of_kind(at.school, ["toilet"])
    found = yield tally(Equipment, *of, values=PIECES)
    if found.working is None:
        return nothing(_("没有登记厕所蹲位"))
    rows = Rows(Equipment, ids(Equipment, *of), found.total)
    return reached(found.working, max(1, -(-at.school.pupils // params["pupils_per_seat"])), unit=_("个"), rows=rows, pupils=at.school.pupils,
                   per=params["pupils_per_seat"], text=_("在校学生 %(pupils)s 人，蹲位 %(good)s 个，按每 %(per)s 人一个应有 %(needed)s 个"))
