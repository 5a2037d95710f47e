"""The planted county: a unique token in every text of every place, and who may see which.

Every text column of every row that has a place carries a token of its own, written past the scope.
Whatever an answer holds can thus be traced to its row and column, and held against ``Sight``: the
scope's rule, told a second time and independently, over plain tables.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import String, Text, bindparam, insert, select, update
from sqlalchemy.engine import Engine

from app import roles
from app.models import entities
from app.models.audit import AccessLog, Attachment, Change, ImportBatch
from app.models.base import Entity, OfChild, OfSchool, Scoped, fields_of
from app.models.children import Child
from app.models.crypto import digest, seal
from app.models.org import AccessKey, Area, Member, School
from app.services import clock, derived, scope
from seeds.bulk import Bulk
from tests.support import matrix_values

TOKEN = re.compile(r"(?i)zq\d{6,14}qz")
PLACES = {"mine": "school", "beside": "school", "sibling": "school2", "far": "", "abroad": "school3"}
ACCOUNTS = ("admin", "county", "inspector", "township", "school", "teacher", "superior", "school2")
UNPLANTED = {("Member", "username"), ("School", "code"), ("Area", "code"), ("Area", "path"), ("Change", "entity"), ("AccessLog", "entity"),
             ("Attachment", "entity"), ("ImportBatch", "entity"), ("Attachment", "media_type"), ("AccessKey", "prefix")}
SHORT, LONG = 10, 18


@dataclass(frozen=True)
class Plant:
    """Where a token stands: in this column of this row (a history line counts as its row's)."""

    entity: str
    row_id: int
    key: str
    secret: bool = False


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

    def may(self, verb: str, entity: str) -> bool:
        return roles.may(self.role, verb, entity)

    def sees(self, model: type[Entity], row: Any) -> bool:
        """Whether the rule shows this row (a mapping of its columns)."""
        if model is Area:
            return row["id"] in self.areas
        if model is School:
            return row["id"] in self.schools
        if model is Member:
            return self._sees_member(row)
        if model is AccessKey:
            return row["member_id"] == self.member_id
        if model in (Change, AccessLog, ImportBatch):
            return self._sees_log(row)
        if self.children is not None and (model is Child or issubclass(model, OfChild)):
            return row["id" if model is Child else "child_id"] in self.children
        return not issubclass(model, OfSchool) or row["school_id"] in self.schools

    def _sees_member(self, row: Any) -> bool:
        if self.role == "teacher":
            return row["id"] == self.member_id
        return row["school_id"] == self.school_id if self.school_id else row["area_id"] in self.areas

    def _sees_log(self, row: Any) -> bool:
        alone = row["school_id"] is None and self.school_id is None and (self.role == "admin" or row["member_id"] == self.member_id)
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
    newest: dict[str, int] = field(default_factory=dict)  # entity → highest id when the test began
    schools: dict[str, int] = field(default_factory=dict)  # place → school id
    _number: int = 0

    def token(self, length: int) -> str:
        self._number += 1
        return f"zq{self._number:0{length - 4}d}qz"

    def shows(self, account: str, entity: str, row_id: int) -> bool:
        """Whether an account may see a row; one that came after the planting is its maker's."""
        return row_id > self.newest[entity] or row_id in self.visible[account, entity]

    def places(self, entity: str) -> list[str]:
        return [place for place in PLACES if (entity, place) in self.rows]


def build(session: Any) -> World:
    """Fill the gaps, plant the tokens, and work out who sees what. Bound to the system; commits."""
    world = World(session.get_bind())
    _places(session, world)
    _make_rows(session, world)
    session.commit()
    with world.engine.begin() as connection:
        for model in entities().values():
            if issubclass(model, Scoped):
                _plant(connection, world, model)
        _plant_traces(connection, world)
    children = session.execute(select(Child.__table__.c["id", "school_id", "name"])).all()
    derived.index_names(session, [tuple(one) for one in children])
    session.commit()
    with world.engine.connect() as connection:
        for account in ACCOUNTS:
            world.sights[account] = sight(connection, account)
        for name, model in entities().items():
            _who_sees(connection, world, name, model)
    return world


def _places(session: Any, world: World) -> None:
    """The schools that stand for the places; "far" lies in the county, but in another township."""
    with scope.everything(session):
        by_name = dict(session.execute(select(Member.username, Member.school_id)).all())
        areas = dict(session.execute(select(School.id, School.area_id)).all())
        paths = dict(session.execute(select(Area.id, Area.path)).all())
    world.schools = {place: by_name[account] for place, account in PLACES.items() if account}
    here, county = areas[world.schools["mine"]], paths[areas[world.schools["mine"]]].rsplit("/", 2)[0]
    world.schools["far"] = next(one for one, area in sorted(areas.items()) if area != here and paths[area].startswith(f"{county}/"))


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
    return Sight(account, who["role"], who["id"], areas, schools, children, who["school_id"])


def _who_sees(connection: Any, world: World, name: str, model: type[Entity]) -> None:
    rows = connection.execute(select(model.__table__)).mappings().all()
    world.newest[name] = max((row["id"] for row in rows), default=0)
    for account, one in world.sights.items():
        world.visible[account, name] = {row["id"] for row in rows if one.sees(model, row)}


# Rows at every place -----------------------------------------------------------------------
def _make_rows(session: Any, world: World) -> None:
    """One living and one deleted row of every entity at every place."""
    connection = session.connection()
    bulk = Bulk(session, Random(5), clock.now())
    teacher = sight(connection, "teacher")
    order = [model for table in Entity.metadata.sorted_tables for model in entities().values() if model.__table__ is table]
    order.sort(key=lambda model: model in (Attachment, Change))  # these hang on rows without a foreign key
    for model in order:
        for place in PLACES:
            if place != "beside" or model is Child or issubclass(model, OfChild):
                _take_row(connection, world, bulk, model, place, teacher)
    bulk.finish()


def _take_row(connection: Any, world: World, bulk: Bulk, model: type[Entity], place: str, teacher: Sight) -> None:
    name = model.__name__
    if not issubclass(model, Scoped):
        first = connection.scalar(select(model.__table__.c.id).limit(1))
        if place == "mine" and first:
            world.rows[name, place] = first
            world.dead[name, place] = _made(world, bulk, model, place, dead=True)
        return
    found = _existing(connection, world, model, place, teacher)
    world.rows[name, place] = found or _made(world, bulk, model, place)
    world.dead[name, place] = _made(world, bulk, model, place, dead=True)


def _existing(connection: Any, world: World, model: type[Entity], place: str, teacher: Sight) -> int | None:
    """A row of the demo county that stands at the place, where it has one."""
    table, school = model.__table__, world.schools[place]
    if model is School:
        return school
    if model is Area:
        return connection.scalar(select(School.__table__.c.area_id).where(School.__table__.c.id == school))
    if model is Child:
        ids = connection.scalars(select(table.c.id).where(table.c.school_id == school).order_by(table.c.id)).all()
        return next(one for one in ids if place not in ("mine", "beside") or (one in teacher.children) == (place == "mine"))
    if model.__name__ == "SchoolClass" and place == "mine":
        return connection.scalar(select(table.c.id).where(table.c.school_id == school, table.c.teacher_id == _staff(connection)))
    if model.__name__ == "Staff":
        return connection.scalar(select(table.c.id).where(table.c.school_id == school, table.c.id != _staff(connection)).order_by(table.c.id.desc()))
    if issubclass(model, OfChild):
        return connection.scalar(select(table.c.id).where(table.c.child_id == world.rows["Child", place]).order_by(table.c.id))
    if issubclass(model, OfSchool) and model is not Attachment:
        return connection.scalar(select(table.c.id).where(table.c.school_id == school, table.c.deleted_at.is_(None)).order_by(table.c.id))
    return None


def _staff(connection: Any) -> int:
    """The teacher account's own entry, which no row of ours may touch: it is what the teacher's scope hangs on."""
    member = Member.__table__
    return connection.scalar(select(member.c.staff_id).where(member.c.username == "teacher"))


def _made(world: World, bulk: Bulk, model: type[Entity], place: str, dead: bool = False) -> int:
    """A new row at the place; one in the trash where ``dead``."""
    values: dict[str, Any] = {}
    for key, one in fields_of(model).items():
        if one.target:
            values[one.column] = world.rows.get((one.target, place)) or world.rows.get((one.target, "mine")) if one.required else None
        elif key != "pinyin":
            values[key] = matrix_values.value(one, bulk.waiting + 77_000, model.__tablename__)
    if issubclass(model, OfSchool):
        values["school_id"] = world.schools[place]
    if issubclass(model, OfChild):
        values["origin_school_id"] = world.schools[place]
    values.update(_unnamed(world, model, place))
    if dead:
        values["deleted_at"] = clock.now() - timedelta(hours=1)
    row = bulk.add(model, **values)
    return row["id"]


def _unnamed(world: World, model: type[Entity], place: str) -> dict[str, Any]:
    """Columns that are no fields, and those that must hang together."""
    unique = f"{model.__name__}-{place}-{world.token(SHORT)}"
    school = world.schools[place]
    return {
        "Area": {"path": f"/99/{unique}/"[:60], "parent_id": None}, "Member": {"school_id": school, "session_stamp": "x", "role": "school", "staff_id": None},
        "AccessKey": {"digest": unique, "expires_on": clock.today()},
        "Change": {"school_id": school, "request_id": unique[:32], "lines": [],
                   "row_id": world.rows.get(("Child", place), 1), "entity": "Child"},
        "AccessLog": {"school_id": school, "entity": "Child"}, "ChildKey": {"key": unique[:20]},
        "ImportBatch": {"school_id": school, "request_id": unique[:32], "entity": "Talk"},
        "Attachment": {"entity": "Child", "row_id": world.rows.get(("Child", place), 1), "stored_as": unique[:64], "sha256": "0" * 64,
                       "media_type": "image/png"},
        "Submission": {"token": unique[:64], "entity": "Child", "row_id": 1}, "Answer": {"item_id": 120},
    }.get(model.__name__, {})


# Tokens ------------------------------------------------------------------------------------
def _plant(connection: Any, world: World, model: type[Entity]) -> None:
    """A token into every text of every row; what people search for keeps its beginning."""
    table: Any = model.__table__
    keys = [one for one in fields_of(model).values() if _plantable(model, one)]
    if not keys:
        return
    login = set(connection.scalars(select(table.c.id).where(table.c.password.is_not(None)))) if model is Member else set()
    columns = [column for one in keys for column in ((f"{one.key}_enc", f"{one.key}_hash") if one.secret else (one.key,))]
    found = []
    for row in connection.execute(select(table)).mappings().all():
        values = {column: row[column] for column in columns}
        for one in keys:
            if row["id"] in login or (not one.secret and row[one.key] is None):
                continue
            token = world.token(_fitting(one))
            values.update(_cells(model, one, row, token))
            world.plants[token] = Plant(model.__name__, row["id"], one.key, one.secret)
            world.tokens[model.__name__, row["id"], one.key] = token
        found.append({"planted_id": row["id"], **values})
    if found:
        connection.execute(update(table).where(table.c.id == bindparam("planted_id")), found)


def _fitting(one: Any) -> int:
    """How long a token of this field may be."""
    return LONG if one.secret or (getattr(one.type, "length", None) or 99) >= LONG else SHORT


def _plantable(model: type[Entity], one: Any) -> bool:
    return (one.secret or isinstance(one.type, String | Text)) and not one.choices and (model.__name__, one.key) not in UNPLANTED


def _cells(model: type[Entity], one: Any, row: Any, token: str) -> dict[str, Any]:
    if not one.secret:
        return {one.key: token}
    place = f"{model.__tablename__}.{one.key}"
    return {f"{one.key}_enc": seal(token.upper(), place, row["uid"]), f"{one.key}_hash": digest(token.upper(), place)}


def _plant_traces(connection: Any, world: World) -> None:
    """A change with a token of each row that stands for a place: the history must not tell it either."""
    for (entity, place), row_id in [*world.rows.items(), *world.dead.items()]:
        model = entities()[entity]
        key = next((one for one in fields_of(model).values() if _plantable(model, one) and not one.secret), None)
        if key is None:
            continue
        token, moment = world.token(_fitting(key)), clock.now() - timedelta(hours=2)
        world.plants[token] = Plant(entity, row_id, "history")
        made = connection.execute(insert(Change.__table__).values(
            at=moment, who=f"某{place}", action="edit", entity=entity, row_id=row_id, request_id=token, member_id=None,
            school_id=world.schools[place] if issubclass(model, Scoped) else None, lines=[[key.column, token, "x", token, "x"]],
            uid=token, version=1, created_at=moment, updated_at=moment))
        if world.rows.get((entity, place)) == row_id:
            world.changes[entity, place] = made.inserted_primary_key[0]


def snapshot(connection: Any, model: type[Entity], row_id: int) -> dict[str, Any] | None:
    row = connection.execute(select(model.__table__).where(model.__table__.c.id == row_id)).mappings().first()
    return dict(row) if row else None


def put_back(connection: Any, model: type[Entity], row: dict[str, Any], now: dict[str, Any] | None) -> None:
    """Make a row, and what went to the trash with it, as it was."""
    table: Any = model.__table__
    if now is None:
        connection.execute(insert(table).values(row))
        return
    connection.execute(update(table).where(table.c.id == row["id"]).values({k: v for k, v in row.items() if k != "id"}))
    if now["deleted_at"] and not row["deleted_at"]:
        for other in entities().values():
            below: Any = other.__table__
            connection.execute(update(below).where(below.c.deleted_at == now["deleted_at"]).values(deleted_at=None))




__all__ = ["ACCOUNTS", "PLACES", "TOKEN", "Plant", "Sight", "World", "build", "put_back", "sight", "snapshot"]
