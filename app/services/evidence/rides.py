"""Figures on private rides to school (J14)."""

from __future__ import annotations

import re

from sqlalchemy import or_, select

from app.models.children import Child
from app.models.words import _
from app.services.evidence import group, lists
from app.services.evidence.core import Figure, Params, among, evidence
from app.services.evidence.judge import share
from app.services.evidence.place import Place
from app.services.evidence.reads import look

PLATE = re.compile(r"[\u4e00-\u9fff][A-Z]·?[A-Z0-9]{5,6}")


@evidence("rides_registered", label=_("乘车登记"), target_percent=100, ride_words=lists.RIDES)
def rides_registered(at: Place, params: Params) -> Figure:
    """Children on file who come by a vehicle that is not the school's, and those whose plate is noted (S0 plan 5; S1)."""
    words = [Child.journey.contains(word, autoescape=True) for word in lists.parts(params["ride_words"])]
    riders = yield look(select(Child.id, Child.journey).where(*group.on_file(at.school), or_(*words)))
    unknown = [rider.id for rider in riders if not PLATE.search(rider.journey)]
    return share(len(riders) - len(unknown), len(riders), target=params["target_percent"], rows=among(Child, unknown),
                 text=_("自行乘车 %(total)s 人，登记到车牌 %(good)s 人，没有登记 %(bad)s 人"), empty=_("没有登记自行乘车的学生"))
