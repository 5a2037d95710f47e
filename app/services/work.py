"""What is to be done: counts for the menu, and the list of clocks for the home page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, event, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.models.bus import Bus
from app.models.campaign import CampaignSchool
from app.models.canteen import Canteen, CanteenWorker
from app.models.children import Child
from app.models.inspection import Finding, Inspection, Opinion
from app.models.org import School
from app.models.safety import Hazard
from app.models.term import Term
from app.models.words import _
from app.services import clock, finding_marks, scope
from app.services.checklist_family import after
from app.services.inspection_marks import going, to_do
from app.services.remember import Memory
from app.services.scope import Asker
from app.services.terms import began_last

SOON_DAYS = 30
BADGES = {"talk": "Talk", "visit": "HomeVisit", "hazard": "Hazard", "finding": "Finding"}  # counts beside menu entries, and what one must be able to read
TEST_EVERY_DAYS = 183


@dataclass(frozen=True)
class Task:
    """One thing to do: by when, and where. ``text`` is a message with its values."""

    text: str
    values: dict[str, Any]
    due_on: date
    entity: str
    row_id: int | None = None
    mark: str = ""
    note: str = ""

    @property
    def days(self) -> int:
        """Days left; negative when overdue."""
        return (self.due_on - clock.today()).days


@dataclass(frozen=True)
class Figure:
    """A large number on the home page, of a whole where there is one."""

    label: str
    value: int
    of: int | None = None
    entity: str = "Child"
    mark: str = ""
    note: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def visit_due() -> ColumnElement[bool]:
    """Last inspections of schools, by each checklist, whose next one is due."""
    later = aliased(Inspection)
    newer = select(later.id).where(later.school_id == Inspection.school_id, later.state == "submitted",
                                   after(later, Inspection)).exists()
    return and_(Inspection.state == "submitted", Inspection.next_due_on <= clock.today(), ~newer)


def left_behind() -> list[ColumnElement[bool]]:
    """Open files of left-behind children."""
    return [Child.left_behind != "0", Child.file_state == "open"]


def no_talk() -> ColumnElement[bool]:
    """Left-behind and without a talk in this month."""
    first = clock.today().replace(day=1)
    return _and(*left_behind(), or_(Child.last_talk_on.is_(None), Child.last_talk_on < first))


def no_visit() -> ColumnElement[bool]:
    """Left-behind and not visited at home in this term."""
    since = _since()
    return _and(*left_behind(), or_(Child.last_visit_on.is_(None), Child.last_visit_on < since))


def _and(*parts: ColumnElement[bool]) -> ColumnElement[bool]:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole & part
    return whole


def term_start(session: Session) -> date:
    """First day of the running term by the table of terms, else by the usual borders; as it was known up to a minute ago."""
    key = (session.get_bind(), clock.today())
    known: date | None = _starts.get(key)
    if known is None:
        known = session.execute(select(_since())).scalar_one()
        _starts.put(key, known)
    return known


_starts = Memory(seconds=60)  # (engine, today) → first day of the term: a list asks at each page, and it changes twice a year


@event.listens_for(Term, "after_insert")
@event.listens_for(Term, "after_update")
def _forget_starts(*_args: Any) -> None:
    _starts.clear()  # who changed a term sees it at once


def _since() -> ColumnElement[date]:
    """The same within another statement."""
    return func.coalesce(began_last(clock.today(), Term.starts_on).scalar_subquery(), literal(clock.term_bounds(clock.today())[0], Date), type_=Date)


def open_hazard() -> ColumnElement[bool]:
    return Hazard.fixed_on.is_(None)


def overdue_hazard() -> ColumnElement[bool]:
    return open_hazard() & (Hazard.due_on < clock.today())


def badges(session: Session, who: Asker) -> dict[str, int]:
    """Counts beside menu entries, in one statement; nothing for roles above the school."""
    asked = tuple(name for name, entity in BADGES.items() if who.may("read", entity)) if who.school_id is not None else ()
    return dict(zip(asked, session.execute(_badges(clock.today(), asked)).one(), strict=True)) if asked else {}


@lru_cache(maxsize=16)
def _badges(_today: date, names: tuple[str, ...]) -> Select[Any]:
    """Their statement, made once a day: every page of a school asks it, and making it takes as long as asking."""
    wanted = {"talk": _count(Child.id, no_talk()), "visit": _count(Child.id, no_visit()),
              "hazard": _count(Hazard.id, overdue_hazard()), "finding": _count(Finding.id, finding_marks.to_fix())}
    return select(*(wanted[name].scalar_subquery().label(name) for name in names))


def _count(column: Any, condition: ColumnElement[bool]) -> Any:
    return select(func.count(column)).where(condition)


def figures(session: Session, who: Asker) -> list[Figure]:
    """The large numbers of a place."""
    if not who.may("read", "Child"):
        return []
    talked, visited = Child.last_talk_on >= clock.today().replace(day=1), Child.last_visit_on >= _since()
    pupils = select(func.sum(School.pupils)).scalar_subquery()
    row = session.execute(select(pupils, func.count(Child.id), *(func.sum(case((done, 1), else_=0)) for done in (
        Child.filed_on.is_not(None), talked, visited))).where(*left_behind())).one()
    return figures_of(*(value or 0 for value in row), share=not who.by_class)


def figures_of(pupils: int, total: int, filed: int, talked: int, visited: int, *, share: bool = True) -> list[Figure]:
    """The large numbers from counts: of pupils, and of left-behind children (all, filed, with a talk this month, a visit this term)."""
    values = {"pupils": f"{pupils:,}", "percent": f"{100 * total / pupils:.1f}"} if pupils else {}
    first = Figure(_("留守儿童"), total, note=_("在校 %(pupils)s 人的 %(percent)s%%") if values and share else "", values=values)
    return [first, Figure(_("已建档"), filed, total), Figure(_("本月谈心"), talked, total, mark="no_talk"),
            Figure(_("本学期家访"), visited, total, mark="no_visit")]


def tasks(session: Session, who: Asker, limit: int = 12) -> list[Task]:
    """What is overdue or due soon, the most pressing first."""
    found: list[Task] = []
    if who.may("write", "Talk"):
        found += _children_due(session)
    for entity, read in (("Hazard", _hazards), ("Canteen", _licences), ("CanteenWorker", _certificates), ("Bus", _buses),
                         ("Finding", _findings), ("Inspection", _inspections)):
        if who.may("write", entity) and (entity != "Inspection" or who.role == "inspector"):  # nobody else inspects
            found += read(session)
    if who.may("write", "SelfAnswer"):
        found += _announced(session)
    # An inspector's day begins with the schools to visit.
    first = {"Inspection": -1} if who.role == "inspector" else {}
    return sorted(found, key=lambda task: (first.get(task.entity, 0), task.due_on, task.entity, task.row_id or 0))[:limit]


def _children_due(session: Session) -> list[Task]:
    today = clock.today()
    month_end, usual_end = (bounds(today)[1] - timedelta(days=1) for bounds in (clock.month_bounds, clock.term_bounds))
    due = (_count(Child.id, no_talk()).scalar_subquery(), _count(Child.id, no_visit()).scalar_subquery())
    untalked, unvisited, term_end = session.execute(select(*due, began_last(today, Term.ends_on).scalar_subquery())).one()
    found = []
    if untalked:
        found.append(Task(_("%(count)s 名留守儿童本月还没有谈心"), {"count": untalked}, month_end, "Child", mark="no_talk"))
    if unvisited:
        found.append(Task(_("%(count)s 名留守儿童本学期还没有家访"), {"count": unvisited}, term_end or usual_end, "Child", mark="no_visit"))
    return found


def _due(session: Session, model: Any, column: Any, text: str, title: Any, *conditions: Any, shift: int = 0, unknown: str = "") -> list[Task]:
    """Rows whose day is past or near, as tasks. ``shift``: days that are added to the column's day.

    ``unknown``: what is said of a row without a day; the evidence counts it as bad (evidence/expiry.py), so that it is due today.
    """
    today = clock.today()
    day = func.coalesce(column, literal(today - timedelta(days=shift), Date), type_=Date) if unknown else column
    query = select(model.id, title, day, column.is_(None)).where(day <= today + timedelta(days=SOON_DAYS - shift), *conditions).order_by(day, model.id)
    return [Task(unknown if lacks else text, {"name": name}, on + timedelta(days=shift), model.__name__, row_id)
            for row_id, name, on, lacks in session.execute(query.limit(20))]


def _hazards(session: Session) -> list[Task]:
    return _due(session, Hazard, Hazard.due_on, _("隐患：%(name)s"), Hazard.what, open_hazard())


def _licences(session: Session) -> list[Task]:
    return _due(session, Canteen, Canteen.licence_until, _("食品经营许可证到期：%(name)s"), Canteen.name,
                unknown=_("没有登记食品经营许可证有效期：%(name)s"))


def _certificates(session: Session) -> list[Task]:
    return _due(session, CanteenWorker, CanteenWorker.certificate_until, _("健康证到期：%(name)s"), CanteenWorker.name, CanteenWorker.present,
                unknown=_("没有登记健康证有效期：%(name)s"))


def _buses(session: Session) -> list[Task]:
    return [*_due(session, Bus, Bus.tested_on, _("校车 %(name)s 半年检验到期"), Bus.plate, shift=TEST_EVERY_DAYS,
                  unknown=_("校车 %(name)s 没有登记半年检验日期")),
            *_due(session, Bus, Bus.permit_until, _("校车 %(name)s 标牌到期"), Bus.plate, unknown=_("校车 %(name)s 没有登记标牌有效期"))]


def _findings(session: Session) -> list[Task]:
    """To a school what to put right, to answer and to sign for; to an inspector what to look at again; to the county what waits for its word.

    One statement, of findings and letters together.
    """
    role = scope.asker(session).role
    mine = select(Inspection.id).where(Inspection.inspector_id == scope.asker(session).member_id)
    waiting: dict[str, list[Any]] = {
        "school": [_step(_("督导问题：%(name)s"), Finding.due_on, finding_marks.to_fix()),
                   _letter(_("初步督导意见待答复：%(name)s"), Opinion.objection_due_on, finding_marks.to_answer()),
                   _letter(_("督导意见书待签收：%(name)s"), Opinion.issued_on, finding_marks.to_sign())],
        "inspector": [_step(_("整改复查：%(name)s"), Finding.recheck_by, finding_marks.to_recheck(), Finding.inspection_id.in_(mine))],
        "county": [_step(_("申辩待裁决：%(name)s"), Finding.due_on, Finding.state == "objected"),
                   _step(_("延期待批：%(name)s"), Finding.due_on, Finding.state == "asked"),
                   _step(_("升级督办：%(name)s"), Finding.due_on, finding_marks.escalated(), ~finding_marks.to_decide()),
                   _step(_("逾期未整改：%(name)s"), Finding.due_on, finding_marks.overdue(), ~finding_marks.escalated(), ~finding_marks.to_decide()),
                   _letter(_("督导意见书待发出：%(name)s"), Opinion.objection_due_on, finding_marks.to_issue())]}
    if role not in waiting:
        return []
    border = clock.today() + timedelta(days=SOON_DAYS)
    whole = union_all(*(query.where(day <= border) for query, day in waiting[role])).subquery()
    found = session.execute(select(whole).order_by(whole.c.day).limit(20))
    return [Task(text, {"name": name}, day, entity, row_id) for entity, text, row_id, name, day in found]


def _step(text: str, day: Any, *conditions: Any) -> tuple[Any, Any]:
    return select(literal("Finding").label("entity"), literal(text).label("text"), Finding.id, Finding.what.label("name"),
                  day.label("day")).where(*conditions), day


def _letter(text: str, day: Any, *conditions: Any) -> tuple[Any, Any]:
    return select(literal("Opinion"), literal(text), Opinion.id, School.name, day).join(School, School.id == Opinion.school_id).where(*conditions), day


def _announced(session: Session) -> list[Task]:
    """What a school was told of: the self-check until it is sent, then the visit until it is over."""
    query = select(CampaignSchool.id, Inspection.name, CampaignSchool.self_due_on, CampaignSchool.self_submitted_at, Inspection.planned_on)
    query = query.join(Inspection, Inspection.id == CampaignSchool.inspection_id).where(Inspection.state == "planned", going())
    found = session.execute(query.order_by(CampaignSchool.id.desc()).limit(5))
    return [Task(_("%(name)s：督导组要来检查"), {"name": name}, day, "CampaignSchool", row_id, mark="notice") if sent or due is None else
            Task(_("%(name)s：提交自查"), {"name": name}, due, "CampaignSchool", row_id, mark="check") for row_id, name, due, sent, day in found]


def _inspections(session: Session) -> list[Task]:
    who = scope.asker(session)
    mine = Inspection.inspector_id == who.member_id
    query = select(Inspection.id, School.name, Inspection.planned_on).join(School, School.id == Inspection.school_id)
    found = session.execute(query.where(mine, to_do()).order_by(Inspection.planned_on).limit(20))
    return [Task(_("督导检查：%(name)s"), {"name": name}, day, "Inspection", row_id) for row_id, name, day in found]
