"""The 32 figures of the summary of left-behind children (汇总表), each as a condition on children.

Official are the number of the columns and the rules between them (crossfoot.py); which figure stands behind c19–c29
is our reading, where no public copy of the form tells. A child whose file does not say is in no group of a block:
it is counted as not collected, and the summary then does not foot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.models.children import Child, Guardian
from app.models.codes import NO_AID
from app.models.words import _
from app.services import clock
from app.services.counting import Sums
from app.services.evidence.period import last_birth
from app.services.forms.periods import Period
from app.services.hiding import Rest

UNDER_YEARS = 16
LABELS = {
    "c1": _("留守儿童总数"), "c2": _("0—5岁"), "c3": _("0—5岁 男"), "c4": _("0—5岁 女"), "c5": _("6—13岁"), "c6": _("6—13岁 男"),
    "c7": _("6—13岁 女"), "c8": _("14—15岁"), "c9": _("14—15岁 男"), "c10": _("14—15岁 女"), "c11": _("在园"), "c12": _("未入园"),
    "c13": _("小学在读"), "c14": _("初中在读"), "c15": _("高中在读"), "c16": _("中职在读"), "c17": _("失学辍学"), "c18": _("不在学"),
    "c19": _("寄宿"), "c20": _("不寄宿"), "c21": _("学前"), "c22": _("高中阶段"), "c23": _("未在校"), "c24": _("义务教育 有救助帮扶"),
    "c25": _("义务教育 无救助帮扶"), "c26": _("祖父母、外祖父母照料"), "c27": _("亲友或留家一方照料"), "c28": _("父母一方无监护能力"),
    "c29": _("无人监护"), "c30": _("监护较好"), "c31": _("监护一般"), "c32": _("监护差")}
# The blocks of the form, and of each the columns that part the whole among them.
BLOCKS: dict[str, tuple[str, tuple[str, ...]]] = {
    "u1": (_("年龄和性别"), ("c3", "c4", "c6", "c7", "c9", "c10")), "u2": (_("就学情况"), tuple(f"c{n}" for n in range(11, 19))),
    "u3": (_("是否寄宿"), ("c19", "c20")), "u4": (_("就学与救助"), tuple(f"c{n}" for n in range(21, 26))),
    "u5": (_("实际监护"), tuple(f"c{n}" for n in range(26, 30))), "u6": (_("监护情况评估"), ("c30", "c31", "c32"))}
UNKNOWN = _("未采集")
# Every figure whose children a list can show.
BEHIND = {**LABELS, **dict.fromkeys(BLOCKS, UNKNOWN)}
# By sex, of all ages: not on the form, but the statistics tell nearly the same.
SEXES = ("m", "f")
# What adds up by our reading besides the form's own rules (crossfoot.py).
RULES = ((("c1",), SEXES), (("m",), ("c3", "c6", "c9")), (("f",), ("c4", "c7", "c10")),
         (("c21",), ("c11", "c12")), (("c22",), ("c15", "c16")), (("c23",), ("c17", "c18")))
STAGES = ("kindergarten", "not_in_kindergarten", "primary", "junior", "senior", "vocational", "dropped_out", "not_in_school")  # c11–c18
COMPULSORY = ("primary", "junior")
GRAND = ("grandfather", "grandmother", "maternal_grandfather", "maternal_grandmother")
ENTRUSTED = ("weak", "fair", "good")


def base(on: date) -> list[Any]:
    """Whom the summary counts: left-behind by the civil affairs definition, file open, under 16 on the day (its note 1).

    Not by the county's own: the form and its companions are those of civil affairs (民发〔2016〕42号).
    """
    return [Child.left_behind_civil != "0", Child.file_state == "open", Child.birth_date > last_birth(UNDER_YEARS, on)]


def entrusted() -> Any:
    """Of a child: 2 with a grandparent as entrusted guardian, 1 with another, nothing without one."""
    return select(_kind()).where(Guardian.child_id == Child.id, Guardian.rank == "second").correlate(Child).scalar_subquery()


def _kind() -> Any:
    return func.max(case((Guardian.relation.in_(GRAND), 2), else_=1))


def conditions(on: date, who_guards: Any) -> dict[str, Any]:
    """Column → condition, of children that ``base`` holds; ``who_guards`` is ``entrusted`` or the same joined."""
    six, fourteen = last_birth(6, on), last_birth(14, on)
    ages = (Child.birth_date > six, and_(Child.birth_date <= six, Child.birth_date > fourteen), Child.birth_date <= fourteen)
    found: dict[str, Any] = {"c1": Child.id.is_not(None), "m": Child.sex == "m", "f": Child.sex == "f"}
    for whole, age in zip((2, 5, 8), ages, strict=True):
        found |= {f"c{whole}": age, f"c{whole + 1}": and_(age, Child.sex == "m"), f"c{whole + 2}": and_(age, Child.sex == "f")}
    found |= {f"c{n}": Child.stage == stage for n, stage in enumerate(STAGES, 11)}
    found |= {"c19": Child.boarder.is_(True), "c20": Child.boarder.is_(False)}
    found |= {"c21": Child.stage.in_(STAGES[:2]), "c22": Child.stage.in_(STAGES[4:6]), "c23": Child.stage.in_(STAGES[6:])}
    found |= {"c24": and_(Child.stage.in_(COMPULSORY), Child.aid != NO_AID), "c25": and_(Child.stage.in_(COMPULSORY), Child.aid == NO_AID)}
    cared = Child.guard_rating.in_(ENTRUSTED)
    others = or_(who_guards == 1, and_(who_guards.is_(None), Child.left_behind_civil == "1"))
    found |= {"c26": and_(cared, who_guards == 2), "c27": and_(cared, others), "c28": Child.guard_rating == "unable", "c29": Child.guard_rating == "none"}
    found |= {"c30": Child.guard_rating == "good", "c31": Child.guard_rating == "fair", "c32": Child.guard_rating.in_(("weak", "unable", "none"))}
    return found | {key: case((or_(*(found[one] for one in parts)), 0), else_=1) == 1 for key, (_label, parts) in BLOCKS.items()}


def behind(key: str) -> Any:
    """The children behind a figure, as a condition of a list."""
    today = clock.today()
    return and_(*base(today), conditions(today, entrusted())[key])


def within(_span: Period) -> tuple[Rest, ...]:
    """Figures of the statistics and ours: theirs by the civil affairs definition are our whole.

    Theirs by the county's own are ours too where it counts by civil affairs, and then those two are the same.
    """
    own = (("left_behind", "c1"), ("boys", "m"), ("girls", "f"), ("boarders", "c19"), ("left_behind-boarders", "c20"))
    return (Rest("civil_affairs", "c1"), *(Rest(whole, part, same=("left_behind", "civil_affairs")) for whole, part in own))


def count(session: Session, school_ids: Sequence[int], span: Period) -> dict[int, Sums]:
    """School id → its 32 figures and those not collected; schools without a child are left out."""
    guards = (select(Guardian.child_id, _kind().label("kind")).where(Guardian.rank == "second", Guardian.school_id.in_(school_ids))
              .group_by(Guardian.child_id).subquery())
    told = conditions(span.last, guards.c.kind)
    query = select(Child.school_id, *(func.sum(case((one, 1), else_=0)).label(key) for key, one in told.items()))
    query = query.outerjoin(guards, guards.c.child_id == Child.id).where(Child.school_id.in_(school_ids), *base(span.last)).group_by(Child.school_id)
    return {row[0]: Counter(dict(zip(told, map(int, row[1:]), strict=True))) for row in session.execute(query)}
