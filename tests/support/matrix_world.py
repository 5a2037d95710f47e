"""The planted county: which token stands in which row, and who may see which.

``Sight`` is the scope's rule, told a second time and independently, over plain tables.
"""


import os
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Engine

from app import roles
from app.models import entities
from app.models.audit import AccessLog, Attachment, Change, ImportBatch
from app.models.base import Entity, OfChild, OfSchool
from app.models.campaign import Announced, OfOffice
from app.models.children import Child
from app.models.job import Job
from app.models.org import AccessKey, Area, Member, School, Shared
from app.services import clock

TOKEN = re.compile(r"[zZ][qQ]\d{6,14}[qQ][zZ]")
PLACES = {"mine": "school", "beside": "school", "sibling": "school2", "far": "", "abroad": "school3"}
WIDE = os.environ.get("MATRIX") == "all"  # every account tries everything at every place, on both engines
ACCOUNTS = ("admin", "county", "inspector", "township", "school", "teacher", "superior", "school2")


HANGS = {"ChecklistSection": ("template_id", "ChecklistTemplate"), "ChecklistItem": ("section_id", "ChecklistSection"), "FormColumn": ("form_id", "Form")}
ALL_AT_ONCE = "all-at-once"  # the request that changed every planted row, of all places and of the trash too
NOTICE = {"Campaign": ("notice_no", "seed", "list_hash")}  # beside the name


def own_request(entity: str, row_id: int) -> str:
    """The request that changed this planted row and no other."""
    return f"{entity}-{row_id}"


@dataclass(frozen=True)
class Plant:
    """Where a token stands: in this column of this row (a history line counts as its row's)."""

    entity: str
    row_id: int
    key: str
    secret: bool = False
    personal: bool = False


@dataclass
class Sight:
    """What one account may see, from plain tables."""

    account: str
    role: str
    member_id: int
    areas: set[int]
    schools: set[int]
    children: set[int] | None  # None: all of the schools
    school_id: int | None
    people: set[int]  # members of the areas
    above: set[int]  # areas that the place lies in
    seen: dict[str, set[int]] = field(default_factory=dict)  # entity → ids of the visible rows, as far as they are known
    living: dict[str, set[int]] = field(default_factory=dict)  # those that are not deleted

    def may(self, verb: str, entity: str) -> bool:
        return roles.may(self.role, verb, entity)

    def sees(self, model: type[Entity], row: Any) -> bool:
        """Whether the rule shows this row (a mapping of its columns)."""
        if issubclass(model, Announced) and self.role not in ("county", "inspector") and row["announced_on"] is None:
            return False
        if issubclass(model, OfOffice):
            return self.school_id is None and row["area_id"] in self.areas
        if issubclass(model, Shared):
            return self._sees_shared(model, row)
        if model is Area:
            return row["id"] in self.areas
        if model is School:
            return row["id"] in self.schools
        if model is Member:
            return self._sees_member(row)
        if model in (AccessKey, Job):
            return row["member_id"] == self.member_id
        if model in (Attachment, Change, AccessLog, ImportBatch):
            return self._sees_trace(model, row)
        if self.children is not None and (model is Child or issubclass(model, OfChild)):
            return row["id" if model is Child else "child_id"] in self.children
        return not issubclass(model, OfSchool) or row["school_id"] in self.schools

    def _sees_shared(self, model: type[Entity], row: Any) -> bool:
        """What hangs on a version or on a form is seen with that."""
        hangs = HANGS.get(model.__name__)
        if hangs:
            return row[hangs[0]] in self.seen[hangs[1]]
        return row.get("state") == "published" or row["area_id"] is None or row["area_id"] in self.areas | self.above

    def _sees_member(self, row: Any) -> bool:
        if self.role == "teacher":
            return row["id"] == self.member_id
        return row["school_id"] == self.school_id if self.school_id else row["area_id"] in self.areas

    def _sees_trace(self, model: type[Entity], row: Any) -> bool:
        """Files and changes are told on their row and nowhere else."""
        if model is Attachment:
            return row["school_id"] in self.schools and row["row_id"] in self.living.get(row["entity"], ())
        return self._sees_log(row) and (model is not Change or row["row_id"] in self.seen.get(row["entity"], ()))

    def _sees_log(self, row: Any) -> bool:
        whose = self.people if self.role == "admin" else {self.member_id}
        alone = row["school_id"] is None and self.school_id is None and row["member_id"] in whose
        return alone or row["school_id"] in self.schools


@dataclass
class World:
    """The planted database: tokens, one row an entity and place, and every account's sight."""

    engine: Engine
    plants: dict[str, Plant] = field(default_factory=dict)
    rows: dict[tuple[str, str], int] = field(default_factory=dict)  # (entity, place) → id
    dead: dict[tuple[str, str], int] = field(default_factory=dict)  # the same, in the trash
    changes: dict[tuple[str, str], int] = field(default_factory=dict)  # (entity, place) → id of a change of that row
    tokens: dict[tuple[str, int, str], str] = field(default_factory=dict)  # (entity, id, key) → token
    sights: dict[str, Sight] = field(default_factory=dict)
    visible: dict[tuple[str, str], set[int]] = field(default_factory=dict)  # (account, entity) → ids
    named: dict[tuple[str, str], set[int]] = field(default_factory=dict)  # (account, entity) → ids whose name rows in sight tell
    newest: dict[str, int] = field(default_factory=dict)  # entity → highest id when the test began
    schools: dict[str, int] = field(default_factory=dict)  # place → school id
    unannounced: int = 0  # id of the own school's row in a campaign that nobody was told of
    _number: int = 0

    def token(self, length: int) -> str:
        self._number += 1
        return f"zq{self._number:0{length - 4}d}qz"

    def shows(self, account: str, entity: str, row_id: int) -> bool:
        """Whether an account may see a row; one that came after the planting is its maker's."""
        return row_id > self.newest[entity] or row_id in self.visible[account, entity]

    def tells(self, account: str, plant: Plant) -> bool:
        """Whether a row in sight tells this of a row that is not: its name, where the link is declared so; of a campaign what its notice says."""
        told = {entities()[plant.entity].__title__, *NOTICE.get(plant.entity, ())}
        return plant.key in told and plant.row_id in self.named.get((account, plant.entity), ())

    def linked(self, entity: str, target: str, place: str) -> int | None:
        """The row that one of this entity points at, at a place; what all share stands at the own one for whoever only uses it."""
        models = entities()
        shared = issubclass(models[target], Shared) and not issubclass(models[entity], Shared)
        return self.rows.get((target, "mine" if shared else place)) or self.rows.get((target, "mine"))

    def places(self, entity: str) -> list[str]:
        return [place for place in PLACES if (entity, place) in self.rows]


def sight(connection: Any, account: str) -> Sight:
    """The scope of an account, worked out from plain tables."""
    member, area, school, child = (model.__table__ for model in (Member, Area, School, Child))
    who = connection.execute(select(member).where(member.c.username == account)).mappings().one()
    path = connection.scalar(select(area.c.path).where(area.c.id == who["area_id"]))
    areas = {row.id for row in connection.execute(select(area.c.id, area.c.path)) if row.path.startswith(path)}
    schools = {who["school_id"]} if who["school_id"] else {
        row.id for row in connection.execute(select(school.c.id, school.c.area_id)) if row.area_id in areas}
    children = None
    if who["role"] == "teacher":
        classes, pairing = entities()["SchoolClass"].__table__, entities()["Pairing"].__table__
        own = [row.id for row in connection.execute(select(classes.c.id).where(classes.c.teacher_id == who["staff_id"]))]
        paired = [row.child_id for row in connection.execute(select(pairing.c.child_id, pairing.c.ended_on, pairing.c.deleted_at).where(
            pairing.c.staff_id == who["staff_id"])) if not row.deleted_at and (row.ended_on is None or row.ended_on >= clock.today())]
        children = {row.id for row in connection.execute(select(child.c.id, child.c.school_class_id))
                    if row.school_class_id in own or row.id in paired}
    people = {row.id for row in connection.execute(select(member.c.id, member.c.area_id)) if row.area_id in areas}
    above = {row.id for row in connection.execute(select(area.c.id, area.c.path)) if path.startswith(row.path)}
    return Sight(account, who["role"], who["id"], areas, schools, children, who["school_id"], people, above)


def snapshot(connection: Any, model: type[Entity], row_id: int) -> dict[str, Any] | None:
    row = connection.execute(_by_id(model), {"row_id": row_id}).mappings().first()
    return dict(row) if row else None


@cache
def _by_id(model: type[Entity]) -> Any:
    """The statement, made once: it is asked twice for each request that writes."""
    return select(model.__table__).where(model.__table__.c.id == bindparam("row_id"))


def put_back(connection: Any, model: type[Entity], row: dict[str, Any], now: dict[str, Any] | None) -> None:
    """Make a row, and what went to the trash with it, as it was."""
    table: Any = model.__table__
    if now is None:
        connection.execute(insert(table).values(row))
        return
    connection.execute(update(table).where(table.c.id == row["id"]).values({k: v for k, v in row.items() if k != "id"}))
    if now["deleted_at"] and not row["deleted_at"]:
        for statement in _out_of_trash():
            connection.execute(statement, {"moment": now["deleted_at"]})


@cache
def _out_of_trash() -> list[Any]:
    tables = [model.__table__ for model in entities().values()]
    return [update(table).where(table.c.deleted_at == bindparam("moment")).values(deleted_at=None) for table in tables]
