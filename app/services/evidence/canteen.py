"""Figures on the canteen's licence, its people and its daily checks (I1, I3, I4, I6, I8, I12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from app.models.canteen import Canteen, CanteenWorker, MealRecord
from app.models.org import School
from app.models.words import _
from app.services.evidence import group, lists
from app.services.evidence.core import RECENT_DAYS, Figure, Params, Rows, evidence, ids
from app.services.evidence.expiry import papers
from app.services.evidence.judge import faults_of, share
from app.services.evidence.period import last_days
from app.services.evidence.place import Place
from app.services.evidence.reads import tally, tally_of

NO_MEALS = _("近 30 天没有供餐记录")
DAY, MEAL = ("served_on",), ("served_on", "meal")


def recent(school: School, on: date, model: Any = MealRecord) -> tuple[Any, ...]:
    """Records of the last days."""
    return model.school_id == school.id, model.served_on >= last_days(on, RECENT_DAYS), model.served_on <= on


@evidence("food_licence", label=_("食品经营许可证"))
def food_licence(at: Place, params: Params) -> Figure:
    """Canteens without a licence that holds; it holds on its last day (rule 45)."""
    return papers(Canteen, (Canteen.school_id == at.school.id,), group.filled(Canteen.licence_no), Canteen.licence_until, at.on,
                  unit=_("个"), text=_("食堂 %(total)s 个，许可证无效或没有登记 %(bad)s 个，最早到期日：%(next)s"),
                  empty=_("没有登记食堂"))


@evidence("health_certificates", label=_("健康证"), max_age_days=365)
def health_certificates(at: Place, params: Params) -> Figure:
    """Canteen workers without a certificate that holds, or with one that ends later than a new one could (food safety 45)."""
    worker, latest = CanteenWorker, at.on.toordinal() + params["max_age_days"]
    possible = and_(group.filled(worker.certificate_no), worker.certificate_until <= date.fromordinal(latest))
    return papers(worker, (worker.school_id == at.school.id, worker.present), possible, worker.certificate_until, at.on,
                  unit=_("人"), text=_("在岗从业人员 %(total)s 人，健康证过期、没有登记或超过一年的 %(bad)s 人，"
                                   "最早到期日：%(next)s"),
                  empty=_("没有登记食堂从业人员"))


def per(at: Place, key: Sequence[str], done: str, **told: Any) -> Figure:
    """Days or meals of which any record says that something was done; behind it the records of the others."""
    of, keys = recent(at.school, at.on), [getattr(MealRecord, name) for name in key]
    groups = select(func.count(MealRecord.id).filter(_says(MealRecord, done)).label("said")).where(*of).group_by(*keys).subquery()
    other = aliased(MealRecord)
    same = [getattr(other, name) == getattr(MealRecord, name) for name in (*key, "school_id")]
    lacking = ~select(other.id).where(*same, _says(other, done)).exists()
    found, behind = yield tally_of(groups, good=groups.c.said > 0), tally(MealRecord, *of, lacking)
    return share(found.good, found.total, rows=Rows(MealRecord, ids(MealRecord, *of, lacking), behind.total), empty=NO_MEALS, **told)


def _says(model: Any, done: str) -> Any:
    column = getattr(model, done)
    return group.filled(column) if done == "accompanied_by" else column


@evidence("morning_checks", label=_("晨检"))
def morning_checks(at: Place, params: Params) -> Figure:
    """Days with meals on which the workers were checked in the morning (rule 45)."""
    return per(at, DAY, "morning_check", text=_("近 30 天供餐 %(total)s 天，有晨检 %(good)s 天，缺 %(bad)s 天"))


@evidence("disinfection", label=_("餐具消毒"))
def disinfection(at: Place, params: Params) -> Figure:
    """Meals whose tableware was disinfected (food safety 56)."""
    return per(at, MEAL, "disinfected", text=_("近 30 天供餐 %(total)s 餐次，有消毒记录 %(good)s 餐次，缺 %(bad)s 餐次"))


@evidence("accompanied_meals", label=_("陪餐"), target_percent=100)
def accompanied_meals(at: Place, params: Params) -> Figure:
    """Meals at which someone in charge ate with the pupils (rule 45)."""
    return per(at, MEAL, "accompanied_by", target=params["target_percent"],
               text=_("近 30 天供餐 %(total)s 餐次，有人陪餐 %(good)s 餐次，缺 %(bad)s 餐次"))


@evidence("forbidden_dishes", label=_("高风险食品"), dish_words=lists.DISHES)
def forbidden_dishes(at: Place, params: Params) -> Figure:
    """Dishes of the last 30 days whose name holds a word of the list (rule 45)."""
    hit = or_(*(MealRecord.dish.contains(word, autoescape=True) for word in lists.parts(params["dish_words"])))
    return faults_of(MealRecord, recent(at.school, at.on), hit, unit=_("条"), empty=NO_MEALS, words=params["dish_words"],
                     text=_("近 30 天菜品 %(total)s 条，名称里有禁用高风险食品的 %(bad)s 条"), threshold=_("没有：%(words)s"))
