"""Figures on talks: whether they happen, and whether they look true (D4, D5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.audit import Change
from app.models.care import Talk
from app.models.children import Child
from app.models.org import School
from app.models.words import _
from app.services.evidence import group
from app.services.evidence.core import Evidence, Rows, among, evidence, ids, tally, untrue
from app.services.evidence.judge import faults, paced
from app.services.evidence.period import Span, end_of, last_days, month_of, start_of, term_of


@evidence("talks_month", label=_("本月谈心"), talks_per_month=1, kindergarten_interval_days=14)
def talks_month(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Children talked with often enough this month; in a kindergarten, at least once in the last two weeks (S0, S2–S4)."""
    if school.type == "kindergarten":
        span, needed = Span(last_days(on, params["kindergarten_interval_days"]), on), 1
        text = _("留守儿童 %(total)s 人，%(first)s 以来谈过心 %(good)s 人，没有谈 %(bad)s 人")
    else:
        span, needed = month_of(on), params["talks_per_month"]
        text = _("留守儿童 %(total)s 人，本月已谈心 %(good)s 人，还没有谈 %(bad)s 人")
    talks = select(func.count(Talk.id)).where(Talk.child_id == Child.id, Talk.talked_on >= span.first,
                                              Talk.talked_on <= on).correlate(Child).scalar_subquery()
    of, good = group.left_behind(school), talks >= needed
    found = tally(session, Child, *of, good=good)
    return paced(found.good, found.total, span.elapsed(on), text=text, empty=group.NO_CHILDREN, first=span.first.isoformat(),
                 rows=Rows(Child, ids(Child, *of, untrue(good)), found.total - found.good))


@evidence("talks_in_bulk", label=_("谈心记录真实"), version=2, sample_children=5, bulk_window_minutes=10, bulk_min_records=5, before_visit_days=14)
def talks_in_bulk(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Talks of the term that one person entered many of within minutes, or whose text stands under another child too.

    Who entered what is read from the history; what came without one is held against its text only. Told apart:
    what was typed within ``before_visit_days`` before the visit. A suspicion suggests "partly": the inspector
    asks the children; behind the figure stand the talks themselves.
    """
    of = (Talk.school_id == school.id, Talk.talked_on >= term_of(session, on).first, Talk.talked_on <= on)
    total = tally(session, Talk, *of).total
    entered = _entered_in_bulk(session, school, on, params)
    bulk = set(entered)
    lately = sum(at >= start_of(last_days(on, params["before_visit_days"])) for at in entered.values())
    alike = _alike(session, of)
    suspect = sorted(set(session.scalars(ids(Talk, *of, Talk.id.in_(bulk)))) | alike) if bulk else sorted(alike)
    return faults(len(suspect), total, unit=_("条"), rows=among(Talk, suspect), suggestion="partly" if suspect else "pass",
                  text=_("本学期谈心 %(total)s 条，%(bad)s 条可疑："
                         "%(bulk)s 条在 %(minutes)s 分钟内成批录入（其中检查前 %(days)s 天内录入 %(lately)s 条），%(alike)s 条与别的孩子内容相同"),
                  empty=_("本学期没有谈心记录"), threshold=_("抽 %(sample)s 名孩子核对"), bulk=len(bulk), alike=len(alike),
                  lately=lately, days=params["before_visit_days"], minutes=params["bulk_window_minutes"], sample=params["sample_children"])


def _entered_in_bulk(session: Session, school: School, on: date, params: Mapping[str, Any]) -> dict[int, datetime]:
    """Talks entered in a burst by one person since the term began, and when."""
    query = select(Change.member_id, Change.at, Change.row_id).where(
        Change.entity == "Talk", Change.action.in_(("add", "import")), Change.school_id == school.id,
        Change.at >= start_of(term_of(session, on).first), Change.at < end_of(on)).order_by(Change.at)
    entered: dict[int | None, list[tuple[datetime, int]]] = defaultdict(list)
    for line in session.execute(query):
        entered[line.member_id].append((line.at, line.row_id))
    window = timedelta(minutes=params["bulk_window_minutes"])
    found = {row for lines in entered.values() for row in bursts(lines, window, params["bulk_min_records"])}
    return {row: at for lines in entered.values() for at, row in lines if row in found}


def bursts(lines: Sequence[tuple[datetime, int]], window: timedelta, least: int) -> set[int]:
    """Rows of every stretch of ``window`` (its end included) that holds ``least`` or more; ``lines`` in order of time."""
    found: set[int] = set()
    begin = marked = 0
    for end, (at, _row) in enumerate(lines):
        while at - lines[begin][0] > window:
            begin += 1
        if end - begin + 1 >= least:
            found.update(row for _at, row in lines[max(begin, marked) : end + 1])
            marked = end + 1
    return found


def _alike(session: Session, of: tuple[Any, ...]) -> set[int]:
    """Ids of talks whose text stands under more than one child."""
    texts = select(Talk.content).where(*of).group_by(Talk.content).having(func.count(func.distinct(Talk.child_id)) > 1).correlate(None)
    return set(session.scalars(ids(Talk, *of, Talk.content.in_(texts))))
