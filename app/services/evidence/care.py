"""Figures on visits, calls home, pairings (C4, C7, D1, D2, D3, D6)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import and_, func, select

from app.models.care import FamilyContact, HomeVisit, Pairing, Talk
from app.models.children import Child
from app.models.org import Staff
from app.models.words import _
from app.services.evidence import group
from app.services.evidence.core import Figure, Params, Rows, among, evidence, ids, untrue
from app.services.evidence.judge import faults, measure, paced, share, share_of
from app.services.evidence.period import last_days, month_elapsed, month_of
from app.services.evidence.place import Place
from app.services.evidence.reads import look, tally

PARENTS = ("father", "mother")


def _contact(on: date, days: int, *where: Any) -> Any:
    """Children with a contact at most ``days`` ago."""
    day = FamilyContact.contacted_on
    return select(FamilyContact.id).where(FamilyContact.child_id == Child.id, day >= last_days(on, days), day <= on, *where).exists()


@evidence("family_contact_30d", label=_("亲情联系"), parent_days=7, school_days=30)
def family_contact_30d(at: Place, params: Params) -> Figure:
    """Children with a contact within ``school_days``; it passes when all heard from a parent within ``parent_days`` too."""
    of, month = group.left_behind(at.school), _contact(at.on, params["school_days"])
    week = _contact(at.on, params["parent_days"], FamilyContact.with_whom.in_(PARENTS))
    found = yield tally(Child, *of, month=month, week=week)
    advice = measure(found.month, found.total, 100) if found.total else None
    if advice == "pass" and found.week < found.total:
        advice = "partly"
    return share(found.month, found.total, suggestion=advice, empty=group.NO_CHILDREN, week=found.week,
                 rows=Rows(Child, ids(Child, *of, untrue(month)), found.total - found.month),
                 text=_("留守儿童 %(total)s 人，%(school_days)s 天内有亲情联系 %(good)s 人，%(parent_days)s 天内父母联系过 %(week)s 人"),
                 **params)


@evidence("home_visits_term", label=_("本学期家访"), version=2, visits_per_term=1)
def home_visits_term(at: Place, params: Params) -> Figure:
    """Children visited often enough since the term began, until the next one begins (S3; S0 plan 5)."""
    term, visit = at.term, HomeVisit
    visits = select(func.count(visit.id)).where(visit.child_id == Child.id, visit.visited_on >= term.first,
                                                visit.visited_on <= at.on).correlate(Child).scalar_subquery()
    of, good = group.left_behind(at.school), visits >= params["visits_per_term"]
    found = yield tally(Child, *of, good=good)
    return paced(found.good, found.total, term.elapsed(at.on), empty=group.NO_CHILDREN,
                 rows=Rows(Child, ids(Child, *of, untrue(good)), found.total - found.good),
                 text=_("留守儿童 %(total)s 人，本学期（%(first)s 起）已家访 %(good)s 人，未访 %(bad)s 人"),
                 first=term.first.isoformat())


@evidence("key_children_paired", label=_("重点儿童结对"), target_percent=100)
def key_children_paired(at: Place, params: Params) -> Figure:
    """Key children with a grown-up helper; a child of the same age is none (S1)."""
    paired = select(Pairing.id).where(Pairing.child_id == Child.id, Pairing.kind != "peer", group.running(at.on)).exists()
    return share_of(Child, (*group.left_behind(at.school), group.KEY), paired, target=params["target_percent"],
                    text=_("重点留守儿童 %(total)s 人，已结对 %(good)s 人，未结对 %(bad)s 人"), empty=_("没有登记重点儿童"))


@evidence("helpers_over_limit", label=_("结对人数"), max_children_per_helper=2)
def helpers_over_limit(at: Place, params: Params) -> Figure:
    """The school's helpers with more children than the limit (S3)."""
    most = params["max_children_per_helper"]
    children = func.count(func.distinct(Pairing.child_id))
    query = select(Pairing.staff_id, children.label("children")).where(
        Pairing.school_id == at.school.id, Pairing.staff_id.is_not(None), group.running(at.on)).group_by(Pairing.staff_id)
    helpers = yield look(query)
    over = [helper.staff_id for helper in helpers if helper.children > most]
    return faults(len(over), len(helpers), unit=_("人"), rows=among(Staff, over), most=most,
                  suggestion=measure(len(helpers) - len(over), len(helpers), 100) if helpers else None,
                  max=max((helper.children for helper in helpers), default=0),
                  text=_("结对教师 %(total)s 人，超过上限 %(bad)s 人，最多的一人结对 %(max)s 名儿童"),
                  empty=_("没有教师结对记录"), threshold=_("每人不超过 %(most)s 名儿童"))


@evidence("pairings_with_plan", label=_("帮扶计划"), target_percent=100)
def pairings_with_plan(at: Place, params: Params) -> Figure:
    """Running pairings with a plan (S0; S3)."""
    return share_of(Pairing, (Pairing.school_id == at.school.id, group.running(at.on)), group.filled(Pairing.plan),
                    target=params["target_percent"], text=_("正在进行的结对 %(total)s 对，有帮扶计划 %(good)s 对，没有 %(bad)s 对"),
                    empty=_("没有正在进行的结对"))


def _recorded(model: Any, by: Any, day: Any, on: date) -> Any:
    """How often this month the helper of a pairing wrote down something of its child."""
    return select(func.count(model.id)).where(model.child_id == Pairing.child_id, by == Pairing.staff_id, day >= month_of(on).first,
                                              day <= on).correlate(Pairing).scalar_subquery()


@evidence("helpers_records", label=_("代理家长记录"), version=2, records_per_month=1)
def helpers_records(at: Place, params: Params) -> Figure:
    """Running pairings with a proxy parent of the school who recorded a talk or a visit this month (S1).

    Helpers from outside have no account: their records are on paper.
    """
    proxy = (Pairing.school_id == at.school.id, Pairing.kind == "proxy_parent", group.running(at.on))
    records = _recorded(Talk, Talk.teacher_id, Talk.talked_on, at.on) + _recorded(HomeVisit, HomeVisit.visitor_id, HomeVisit.visited_on, at.on)
    inside = Pairing.staff_id.is_not(None)
    found = yield tally(Pairing, *proxy, inside=inside, good=and_(inside, records >= params["records_per_month"]))
    return paced(found.good, found.inside, month_elapsed(at.term, at.on), empty=_("没有本校代理家长结对"), outside=found.total - found.inside,
                 rows=Rows(Pairing, ids(Pairing, *proxy, inside, untrue(records >= params["records_per_month"])), found.inside - found.good),
                 text=_("本校代理家长结对 %(total)s 对，本月有谈心或家访记录 %(good)s 对，没有 %(bad)s 对；校外代理家长 %(outside)s 对看纸质记录"))
