"""Figures on buses and their drivers (J1, J2, J3, J9, J12). Source: 校车安全管理条例."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_

from app.models.bus import Bus, BusDriver
from app.models.org import School
from app.models.words import _
from app.services import clock
from app.services.evidence import group
from app.services.evidence.core import Figure, Params, Rows, evidence, ids, untrue
from app.services.evidence.expiry import papers
from app.services.evidence.judge import faults, faults_of, share_of
from app.services.evidence.period import last_birth, last_days
from app.services.evidence.place import Place
from app.services.evidence.reads import tally
from app.services.evidence.staff import signed

NO_BUSES, NO_DRIVERS = _("没有登记校车"), _("没有登记在岗驾驶人")


@evidence("bus_permit", label=_("校车标牌"))
def bus_permit(at: Place, params: Params) -> Figure:
    """Buses without a permit that holds (14–16, 18)."""
    return papers(Bus, (Bus.school_id == at.school.id,), Bus.permit_until.is_not(None), Bus.permit_until, at.on, unit=_("辆"),
                  text=_("校车 %(total)s 辆，标牌过期或没有登记 %(bad)s 辆，最早到期日：%(next)s"), empty=NO_BUSES)


@evidence("bus_insurance", label=_("承运人责任险"))
def bus_insurance(at: Place, params: Params) -> Figure:
    """Buses without an insurance that holds (14)."""
    return papers(Bus, (Bus.school_id == at.school.id,), Bus.insured_until.is_not(None), Bus.insured_until, at.on, unit=_("辆"),
                  text=_("校车 %(total)s 辆，保险过期或没有登记 %(bad)s 辆，最早到期日：%(next)s"), empty=NO_BUSES)


@evidence("bus_test", label=_("安全技术检验"), max_age_days=183)
def bus_test(at: Place, params: Params) -> Figure:
    """Buses whose last safety test is too long ago or unknown (20)."""
    tested = and_(Bus.tested_on >= last_days(at.on, params["max_age_days"]), Bus.tested_on <= at.on)
    return faults_of(Bus, (Bus.school_id == at.school.id,), untrue(tested), unit=_("辆"), empty=NO_BUSES,
                     text=_("校车 %(total)s 辆，超过 %(days)s 天没有检验 %(bad)s 辆"), threshold=_("%(days)s 天内检验过"),
                     days=params["max_age_days"])


def drivers(school: School) -> tuple[Any, ...]:
    return BusDriver.school_id == school.id, BusDriver.present


@evidence("bus_drivers", label=_("驾驶人资格"), min_age_years=25, max_age_years=60, review_max_age_days=365)
def bus_drivers(at: Place, params: Params) -> Figure:
    """Drivers at work without permit, too young or too old, or not reviewed in time (23, 25, 26).

    The rule says "not over 60": the 60th birthday is the last day.
    """
    birth = BusDriver.birth_date
    oldest = clock.add_months(at.on, -12 * params["max_age_years"])
    age = or_(birth > last_birth(params["min_age_years"], at.on), birth < oldest)
    permit = untrue(group.filled(BusDriver.permit_no))
    review = untrue(BusDriver.reviewed_on >= last_days(at.on, params["review_max_age_days"]))
    of, bad = drivers(at.school), or_(age, permit, review)
    found = yield tally(BusDriver, *of, bad=bad, age=age, permit=permit, review=review)
    return faults(found.bad, found.total, unit=_("人"), rows=Rows(BusDriver, ids(BusDriver, *of, bad), found.bad),
                  text=_("在岗驾驶人 %(total)s 人，不合要求 %(bad)s 人："
                         "无资格 %(permit)s 人，年龄不符 %(age)s 人，未按年审验 %(review)s 人"),
                  threshold=_("有资格，%(young)s 至 %(old)s 周岁，每年审验"), empty=NO_DRIVERS, age=found.age, permit=found.permit,
                  review=found.review, young=params["min_age_years"], old=params["max_age_years"])


@evidence("driver_letters", label=_("校车责任书"), target_percent=100)
def driver_letters(at: Place, params: Params) -> Figure:
    """Drivers at work who signed a letter that holds (11). Whether it was filed with the county is not on record."""
    return share_of(BusDriver, drivers(at.school), signed(at.school, "school_driver", BusDriver.name, at.on),
                    target=params["target_percent"], empty=NO_DRIVERS,
                    text=_("在岗驾驶人 %(total)s 人，责任书有效 %(good)s 人，未签或过期 %(bad)s 人"))
