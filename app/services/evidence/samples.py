"""Figures on the samples of dishes (I9, I10, I11)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, select

from app.models.canteen import MealRecord
from app.models.words import _
from app.services.evidence import group
from app.services.evidence.canteen import NO_MEALS, recent
from app.services.evidence.core import Figure, Params, among, evidence, untrue
from app.services.evidence.judge import faults, faults_of, share_of
from app.services.evidence.place import Place
from app.services.evidence.reads import look


@evidence("sample_weight", label=_("留样重量"), min_grams=125)
def sample_weight(at: Place, params: Params) -> Figure:
    """Dishes of the last 30 days with too small a sample or none (rule 45); exactly the least is enough."""
    enough = MealRecord.sample_grams >= params["min_grams"]
    return faults_of(MealRecord, recent(at.school, at.on), untrue(enough), unit=_("条"), empty=NO_MEALS,
                     text=_("近 30 天留样 %(total)s 条，不足 %(grams)s 克或没有留样 %(bad)s 条"),
                     threshold=_("每个品种不少于 %(grams)s 克"), grams=params["min_grams"])


@evidence("sample_hours", label=_("留样时间"), min_hours=48)
def sample_hours(at: Place, params: Params) -> Figure:
    """Samples of the last 30 days thrown away too early (rule 45); exactly the least is enough."""
    record = MealRecord
    known = and_(record.sampled_at.is_not(None), record.discarded_at.is_not(None))
    kept = yield look(select(record.id, record.sampled_at, record.discarded_at).where(*recent(at.school, at.on), known))
    early = [one.id for one in kept if one.discarded_at - one.sampled_at < timedelta(hours=params["min_hours"])]
    return faults(len(early), len(kept), unit=_("条"), rows=among(record, early), hours=params["min_hours"],
                  text=_("近 30 天已销样 %(total)s 条，保存不到 %(hours)s 小时 %(bad)s 条"), empty=_("近 30 天没有销样记录"),
                  threshold=_("不少于 %(hours)s 小时"))


@evidence("sample_completeness", label=_("留样记录"), target_percent=100)
def sample_completeness(at: Place, params: Params) -> Figure:
    """Sample records with name, amount, time and person (rule 45)."""
    complete = and_(MealRecord.sample_grams.is_not(None), MealRecord.sampled_at.is_not(None), group.filled(MealRecord.sampler))
    return share_of(MealRecord, recent(at.school, at.on), complete, target=params["target_percent"], empty=NO_MEALS,
                    text=_("近 30 天留样记录 %(total)s 条，齐全 %(good)s 条，缺项 %(bad)s 条"))
