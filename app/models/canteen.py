"""The canteen: licence, workers, and each meal with its samples."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Index, Integer, String
from sqlalchemy.orm import Mapped

from app.models import codes, rules
from app.models.base import INTERNAL, PERSONAL, PUBLIC, Entity, OfSchool, UtcDateTime, field, link, secret
from app.models.words import _


class Canteen(Entity, OfSchool):
    """A school's canteen and its food business licence."""

    __tablename__ = "canteen"
    __label__ = _("食堂")
    __title__ = "name"
    name: Mapped[str] = field(_("食堂名称"), String(60), PUBLIC)
    licence_no: Mapped[str | None] = field(_("食品经营许可证号"), String(40), PUBLIC)
    licence_until: Mapped[date | None] = field(_("许可证有效期至"), Date, PUBLIC)
    manager = link(_("食品安全管理员"), "Staff", required=False, same_school=True)
    seats: Mapped[int | None] = field(_("餐位数"), Integer, PUBLIC, rule=rules.not_negative)


class CanteenWorker(Entity, OfSchool):
    """Someone who handles food; the health certificate is renewed every year."""

    __tablename__ = "canteen_worker"
    __label__ = _("食堂从业人员")
    __title__ = "name"
    canteen = link(_("食堂"), "Canteen", same_school=True)
    name: Mapped[str] = field(_("姓名"), String(40), PERSONAL)
    phone = secret(_("联系电话"), rule=rules.phone)
    duty: Mapped[str | None] = field(_("岗位"), String(40), INTERNAL)
    certificate_no: Mapped[str | None] = field(_("健康证号"), String(40), INTERNAL)
    certificate_until: Mapped[date | None] = field(_("健康证有效期至"), Date, INTERNAL)
    present: Mapped[bool] = field(_("在岗"), Boolean, INTERNAL, default=True)


class MealRecord(Entity, OfSchool):
    """One dish of one meal, its sample, and who ate with the pupils."""

    __tablename__ = "meal_record"
    __label__ = _("供餐与留样")
    __table_args__ = (Index("ix_meal_day", "school_id", "served_on", "meal"), Index("ix_meal_day_all", "served_on", "id"))
    canteen = link(_("食堂"), "Canteen", same_school=True)
    served_on: Mapped[date] = field(_("供餐日期"), Date, INTERNAL, rule=rules.not_in_future)
    meal: Mapped[str] = field(_("餐次"), String(10), INTERNAL, choices=codes.MEAL)
    dish: Mapped[str] = field(_("菜品"), String(60), INTERNAL)
    sample_grams: Mapped[int | None] = field(_("留样克数"), Integer, INTERNAL, rule=rules.between(0, 5000))
    sampled_at: Mapped[datetime | None] = field(_("留样时间"), UtcDateTime, INTERNAL)
    discarded_at: Mapped[datetime | None] = field(_("销样时间"), UtcDateTime, INTERNAL)
    sampler: Mapped[str | None] = field(_("留样人"), String(40), INTERNAL)
    accompanied_by: Mapped[str | None] = field(_("陪餐人"), String(40), INTERNAL)
    morning_check: Mapped[bool] = field(_("当日已晨检"), Boolean, INTERNAL, default=False)
    disinfected: Mapped[bool] = field(_("餐具已消毒"), Boolean, INTERNAL, default=False)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        return rules.not_before(values, "sampled_at", "discarded_at", _("销样时间不能早于留样时间"))
