"""The figure on talks with the children (D4). Whether they look true: see typed.py."""

from __future__ import annotations

from sqlalchemy import func, select

from app.models.care import Talk
from app.models.children import Child
from app.models.words import _
from app.services.evidence import group
from app.services.evidence.core import Figure, Params, Rows, evidence, ids, untrue
from app.services.evidence.judge import paced
from app.services.evidence.period import days_elapsed, last_days, month_elapsed, month_of
from app.services.evidence.place import Place
from app.services.evidence.reads import tally


@evidence("talks_month", label=_("本月谈心"), version=2, talks_per_month=1, kindergarten_interval_days=14)
def talks_month(at: Place, params: Params) -> Figure:
    """Children talked with often enough this month; in a kindergarten, at least once in the last two weeks (S0, S2–S4)."""
    if at.school.type == "kindergarten":
        days, needed = params["kindergarten_interval_days"], 1
        first, elapsed = last_days(at.on, days), days_elapsed(at.term, at.on, days)
        text = _("留守儿童 %(total)s 人，%(first)s 以来谈过心 %(good)s 人，没有谈 %(bad)s 人")
    else:
        first, elapsed, needed = month_of(at.on).first, month_elapsed(at.term, at.on), params["talks_per_month"]
        text = _("留守儿童 %(total)s 人，本月已谈心 %(good)s 人，还没有谈 %(bad)s 人")
    talks = select(func.count(Talk.id)).where(Talk.child_id == Child.id, Talk.talked_on >= first,
                                              Talk.talked_on <= at.on).correlate(Child).scalar_subquery()
    of, good = group.left_behind(at.school), talks >= needed
    found = yield tally(Child, *of, good=good)
    return paced(found.good, found.total, elapsed, text=text, empty=group.NO_CHILDREN, first=first.isoformat(),
                 rows=Rows(Child, ids(Child, *of, untrue(good)), found.total - found.good))
