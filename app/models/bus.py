"""School buses: vehicle, driver, and every run."""

from datetime import date

from sqlalchemy import Boolean, Date, Index, Integer, String
from sqlalchemy.orm import Mapped

from app.models import codes, rules
from app.models.base import INTERNAL, PERSONAL, PUBLIC, Entity, OfSchool, field, link, secret
from app.models.org import LIVE
from app.models.words import _


class Bus(Entity, OfSchool):
    """A vehicle that carries pupils (校车安全管理条例 14–22)."""

    __tablename__ = "bus"
    __label__ = _("校车")
    __title__ = "plate"
    __table_args__ = (Index("ux_bus_plate", "plate", unique=True, **LIVE),)
    plate: Mapped[str] = field(_("车牌号"), String(10), PUBLIC, rule=rules.plate, unique=True)
    seats: Mapped[int] = field(_("核载人数"), Integer, PUBLIC, rule=rules.between(1, 60))
    permit_until: Mapped[date | None] = field(_("校车标牌有效期至"), Date, PUBLIC)
    tested_on: Mapped[date | None] = field(_("上次安全技术检验"), Date, PUBLIC, rule=rules.not_in_future, hint=_("每半年一次"))
    insured_until: Mapped[date | None] = field(_("承运人责任险至"), Date, PUBLIC)
    route: Mapped[str | None] = field(_("线路"), String(120), PUBLIC)


class BusDriver(Entity, OfSchool):
    """A driver; the permit asks for an age of 25–60 and a yearly review (条例 23–26)."""

    __tablename__ = "bus_driver"
    __label__ = _("校车驾驶人")
    __title__ = "name"
    name: Mapped[str] = field(_("姓名"), String(40), PERSONAL)
    birth_date: Mapped[date] = field(_("出生日期"), Date, PERSONAL, rule=rules.not_in_future)
    id_number = secret(_("身份证号"), rule=rules.id_number)
    phone = secret(_("联系电话"), rule=rules.phone)
    permit_no: Mapped[str | None] = field(_("校车驾驶资格"), String(40), INTERNAL)
    reviewed_on: Mapped[date | None] = field(_("上次审验日期"), Date, INTERNAL, rule=rules.not_in_future)
    present: Mapped[bool] = field(_("在岗"), Boolean, INTERNAL, default=True)


class BusRun(Entity, OfSchool):
    """One run: who drove, who looked after the pupils, how many got on and off."""

    __tablename__ = "bus_run"
    __label__ = _("校车趟次")
    __table_args__ = (Index("ix_run_day", "school_id", "ran_on", "id"), Index("ix_run_day_all", "ran_on", "id"))
    bus = link(_("校车"), "Bus", same_school=True)
    driver = link(_("驾驶人"), "BusDriver", same_school=True)
    ran_on: Mapped[date] = field(_("日期"), Date, INTERNAL, rule=rules.not_in_future)
    direction: Mapped[str] = field(_("方向"), String(10), INTERNAL, choices=codes.RUN_DIRECTION)
    attendant: Mapped[str | None] = field(_("照管员"), String(40), PERSONAL)
    boarded: Mapped[int] = field(_("上车人数"), Integer, INTERNAL, rule=rules.between(0, 120))
    alighted: Mapped[int | None] = field(_("下车人数"), Integer, INTERNAL, rule=rules.between(0, 120))
    checked: Mapped[bool] = field(_("出车前已检查"), Boolean, INTERNAL, default=False, hint=_("制动、转向、灯光、轮胎、安全门、座椅、安全带"))
