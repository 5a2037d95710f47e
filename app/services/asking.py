"""Who asks, and the rule of visible rows as loader options of that asker."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, and_, false, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.sql.annotation import annotated_classes
from sqlalchemy.sql.functions import FunctionElement

from app import roles
from app.models.audit import AccessLog, Change, ImportBatch
from app.models.base import Entity, OfChild, OfSchool
from app.models.campaign import Announced, OfOffice
from app.models.children import Child
from app.models.forms import Form, FormColumn
from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.models.job import Job
from app.models.org import AccessKey, Area, Member, School

# Under names of their own, so that the rule is never mistaken for the tables of the statement it narrows.
AREA, SCHOOL, CHILD, MEMBER, VERSION, SECTION, FORM = (model.__table__.alias(f"scope_{model.__tablename__}") for model in (
    Area, School, Child, Member, ChecklistTemplate, ChecklistSection, Form))
LOGS = (Change, AccessLog, ImportBatch)
# The parameters of a rule bear the mark of the rule, and stand in dictionaries by the hash of the unmarked one. Two such keys were compared by
# the column's own ``==``, which builds an expression to say that the hashes are equal: a tenth of a page's time. Now the hashes are compared.
annotated_classes[BindParameter]._is_column_operators = False  # type: ignore[attr-defined]
FEW = 50  # so many schools go into a statement one by one: SQLite then takes the school's index


class Walked(FunctionElement[int]):
    """A column whose index SQLite shall not take: ``Walked(column)``.

    For rows of many schools it would take the school's index and sort them all (260,000 children:
    380 ms), instead of walking the order's index until the page is full. PostgreSQL judges by itself.
    """

    name = "walked"
    type = Integer()
    inherit_cache = True


@compiles(Walked)
def _as_it_is(element: Walked, compiler: Any, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(Walked, "sqlite")
def _without_index(element: Walked, compiler: Any, **options: Any) -> str:
    return "+" + compiler.process(element.clauses, **options)  # sqlite.org/optoverview.html: disqualifies an index


@dataclass(frozen=True)
class Asker:
    """Who asks: a role and a place in the tree. Immutable for the length of a request."""

    member_id: int | None
    name: str
    role: str
    area_id: int | None = None
    path: str = ""
    school_id: int | None = None
    staff_id: int | None = None
    class_ids: tuple[int, ...] = ()
    paired_ids: tuple[int, ...] = ()
    school_ids: tuple[int, ...] | None = None  # the schools below the place, where they are few
    place: str = ""  # the name of the school or area
    unbound: bool = False  # sees all: seeds, jobs, look-ups over the border

    def may(self, verb: str, model: type[Entity] | str) -> bool:
        name = model if isinstance(model, str) else model.__name__
        return self.unbound or roles.may(self.role, verb, name)

    @property
    def by_class(self) -> bool:
        return self.role == "teacher"

    @property
    def narrow(self) -> bool:
        """Whether few schools are seen, so that the rule reads the same in every statement; see ``criteria_in_order``."""
        return self.school_id is not None or self.school_ids is not None or not self.path

    @cached_property
    def areas(self) -> Select[Any]:
        """Ids of the areas at and below the place; none for who has no place."""
        return select(AREA.c.id).where(self._below)

    @property
    def _below(self) -> ColumnElement[bool]:
        return and_(AREA.c.path >= self.path, AREA.c.path < self.path + "\uffff") if self.path else false()

    @cached_property
    def line(self) -> Select[Any]:
        """Ids of the areas below, at and above the place; none for who has no place."""
        codes = self.path.strip("/").split("/")
        above = [f"/{'/'.join(codes[:end])}/" for end in range(1, len(codes))]
        return select(AREA.c.id).where(or_(self._below, AREA.c.path.in_(above)))

    @cached_property
    def schools(self) -> Select[Any]:
        """Ids of the schools below the place."""
        return select(SCHOOL.c.id).where(SCHOOL.c.area_id.in_(self.areas))

    @cached_property
    def children(self) -> Select[Any]:
        """Ids of a teacher's children: own classes and running pairings."""
        return select(CHILD.c.id).where(or_(CHILD.c.school_class_id.in_(self.class_ids), CHILD.c.id.in_(self.paired_ids)))

    @cached_property
    def criteria(self) -> list[Any]:
        """The rule as loader options; made once an asker."""
        return _shared(self) + (_of_school(self) if self.school_id is not None else _of_area(self)) + (_of_teacher(self) if self.by_class else [])

    @cached_property
    def criteria_in_order(self) -> list[Any]:
        """The same rule for one page of a long list in its order; see Walked."""
        if self.narrow:
            return self.criteria
        path, end = self.path, self.path + "\uffff"  # names of their own: the lambda is analysed, and must not hold the asker
        return _shared(self) + _of_area(self, _option(OfSchool, lambda cls: _school_below(cls.school_id, path, end)))


def _school_below(school_id: Any, path: str, end: str) -> ColumnElement[bool]:
    """Whether a row's school lies below a path, asked row by row: a page looks at a hundred rows, a county has 1,600 schools."""
    found = select(SCHOOL.c.id).join(AREA, AREA.c.id == SCHOOL.c.area_id)
    found = found.where(SCHOOL.c.id == Walked(school_id), AREA.c.path >= path, AREA.c.path < end)
    return found.correlate_except(SCHOOL, AREA).exists()


SYSTEM = Asker(None, "系统", "system", unbound=True)


def _option(model: Any, rule: Any) -> Any:
    """The rule for an entity or mixin; a lambda, because only those follow an alias."""
    return with_loader_criteria(model, rule, include_aliases=True)


LIVE = _option(Entity, lambda cls: cls.deleted_at.is_(None))


def _shared(asker: Asker) -> list[Any]:
    member_id, areas = asker.member_id, asker.areas
    return [*_told(asker), *_common(asker), _option(Area, lambda cls: cls.id.in_(areas)),
            *(_option(own, lambda cls: cls.member_id == member_id) for own in (AccessKey, Job))]


def _told(asker: Asker) -> list[Any]:
    """A campaign is nobody's business before its notice but of those who prepare it."""
    return [] if asker.role in roles.PREPARES else [_option(Announced, lambda cls: cls.announced_on.is_not(None))]


def _common(asker: Asker) -> list[Any]:
    """Drafts of the checklist and copies of forms from elsewhere are nobody's business; what is published or everybody's is seen by all.

    Told by what is hidden, which is little: so a statement over many ticks is planned as it would be without.
    """
    versions, forms = (select(one.c.id).where(one.c.area_id.is_not(None), one.c.area_id.not_in(asker.line)) for one in (VERSION, FORM))
    drafts = versions.where(VERSION.c.state != "published")
    sections = select(SECTION.c.id).where(SECTION.c.template_id.in_(drafts))
    return [_option(ChecklistTemplate, lambda cls: cls.id.not_in(drafts)), _option(ChecklistSection, lambda cls: cls.template_id.not_in(drafts)),
            _option(ChecklistItem, lambda cls: cls.section_id.not_in(sections)), _option(Form, lambda cls: cls.id.not_in(forms)),
            _option(FormColumn, lambda cls: cls.form_id.not_in(forms))]


def _of_school(asker: Asker) -> list[Any]:
    """Whoever belongs to one school."""
    school_id = asker.school_id
    return [_option(School, lambda cls: cls.id == school_id), _option(Member, lambda cls: cls.school_id == school_id), _option(OfOffice, lambda cls: false()),
            _option(OfSchool, lambda cls: cls.school_id == school_id), *(_option(log, lambda cls: cls.school_id == school_id) for log in LOGS)]


def _of_area(asker: Asker, of_school: Any = None) -> list[Any]:
    """Whoever belongs to an area: its schools, and of the logs what belongs to none and was done alone; an admin's, by anybody of the area.

    ``of_school`` takes the place of the rule for the rows of many schools.
    """
    areas, schools, ids, member_id = asker.areas, asker.schools, asker.school_ids, asker.member_id
    found = [_option(kind, lambda cls: cls.area_id.in_(areas)) for kind in (Member, OfOffice)]
    if ids is None:
        found += [_option(School, lambda cls: cls.id.in_(schools)), of_school or _option(OfSchool, lambda cls: cls.school_id.in_(schools))]
    else:
        found += [_option(School, lambda cls: cls.id.in_(ids)), _option(OfSchool, lambda cls: cls.school_id.in_(ids))]
    if asker.role == "admin":
        people = select(MEMBER.c.id).where(MEMBER.c.area_id.in_(areas))  # what belongs to no school was done by somebody of the own place
        return found + [_option(log, lambda cls: or_(cls.school_id.in_(schools), and_(cls.school_id.is_(None), cls.member_id.in_(people)))) for log in LOGS]
    own = [_option(log, lambda cls: or_(cls.school_id.in_(schools), and_(cls.school_id.is_(None), cls.member_id == member_id))) for log in LOGS]
    return found + own


def _of_teacher(asker: Asker) -> list[Any]:
    """On top of the school: own classes and pairings, and the own account."""
    children, member_id = asker.children, asker.member_id
    return [_option(OfChild, lambda cls: cls.child_id.in_(children)), _option(Child, lambda cls: cls.id.in_(children)),
            _option(Member, lambda cls: cls.id == member_id)]
