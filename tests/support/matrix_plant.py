"""Makes the planted county: a row at every place, a token of its own in every text, written past the scope.

Whatever an answer holds can thus be traced to its row and column.
"""


import uuid
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from flask import current_app
from sqlalchemy import String, Text, bindparam, insert, select, update

from app.models import entities
from app.models.audit import Attachment, Change
from app.models.base import PERSONAL, Entity, OfChild, OfSchool, Scoped, fields_of
from app.models.campaign import Campaign, CampaignSchool
from app.models.children import Child
from app.models.crypto import digest, seal
from app.models.org import Area, Member, School, Shared
from app.services import attachments, clock, derived, scope
from seeds.bulk import Bulk
from tests.support import matrix_values
from tests.support.matrix_world import ACCOUNTS, ALL_AT_ONCE, PLACES, Plant, Sight, World, own_request, sight

UNPLANTED = {("Member", "username"), ("School", "code"), ("Area", "code"), ("Area", "path"), ("Change", "entity"), ("AccessLog", "entity"),
             ("Attachment", "entity"), ("ImportBatch", "entity"), ("Attachment", "media_type"), ("AccessKey", "prefix")}
HANGING = (Attachment, Change)  # on rows of any entity, without a foreign key: they come when those are known
SHORT, LONG = 10, 18


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
        _plant_files(connection, world)
    children = session.execute(select(Child.__table__.c["id", "school_id", "name"])).all()
    derived.index_names(session, [tuple(one) for one in children])
    session.commit()
    with world.engine.connect() as connection:
        for account in ACCOUNTS:
            world.sights[account] = sight(connection, account)
        for model in _in_order():
            _who_sees(connection, world, model.__name__, model)
        _who_is_told(connection, world)
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


def _who_sees(connection: Any, world: World, name: str, model: type[Entity]) -> None:
    rows = connection.execute(select(model.__table__)).mappings().all()
    world.newest[name] = max((row["id"] for row in rows), default=0)
    told = [one for one in fields_of(model).values() if one.named]
    for account, one in world.sights.items():
        seen = [row for row in rows if one.sees(model, row)]
        world.visible[account, name] = {row["id"] for row in seen}
        one.seen[name] = world.visible[account, name]
        one.living[name] = {row["id"] for row in seen if row["deleted_at"] is None}
        for link in told if one.may("read", name) else ():
            world.named.setdefault((account, str(link.target)), set()).update(row[link.column] for row in seen if row[link.column])


def _who_is_told(connection: Any, world: World) -> None:
    """Who reads the notice of a campaign reads whose it is; who reads the opinion on a school, whose that is: the county's."""
    table, area, school = Campaign.__table__, Area.__table__, School.__table__
    paths = {row.id: row.path for row in connection.execute(select(school.c.id, area.c.path).join(area, area.c.id == school.c.area_id))}
    counties = connection.execute(select(area.c.id, area.c.path).where(area.c.level == "county")).all()
    for account, one in world.sights.items():
        ids = world.named.get((account, "Campaign"), set())
        told = set(connection.scalars(select(table.c.area_id).where(table.c.id.in_(ids))))
        if one.may("read", "Opinion"):
            told |= {row.id for row in counties if any(paths[school_id].startswith(row.path) for school_id in one.schools)}
        world.named.setdefault((account, "Area"), set()).update(told)


# Rows at every place -----------------------------------------------------------------------
def _make_rows(session: Any, world: World) -> None:
    """One living and one deleted row of every entity at every place."""
    connection = session.connection()
    bulk = Bulk(session, Random(5), clock.now())
    teacher = sight(connection, "teacher")
    for model in _in_order():
        for place in PLACES:
            if place != "beside" or model is Child or issubclass(model, OfChild):
                _take_row(connection, world, bulk, model, place, teacher)
    _hide(world, bulk)
    bulk.finish()


def _in_order() -> list[type[Entity]]:
    """Every entity after those that its rows hang on."""
    order = [model for table in Entity.metadata.sorted_tables for model in entities().values() if model.__table__ is table]
    return sorted(order, key=lambda model: model in HANGING)


def _hide(world: World, bulk: Bulk) -> None:
    """The own school in a campaign that is not announced: nobody at or above the school may know of it."""
    campaign = _made(world, bulk, Campaign, "mine", announced_on=None)
    world.unannounced = _made(world, bulk, CampaignSchool, "mine", campaign_id=campaign, announced_on=None, inspection_id=None)


def _take_row(connection: Any, world: World, bulk: Bulk, model: type[Entity], place: str, teacher: Sight) -> None:
    name = model.__name__
    if issubclass(model, Shared) and place == "abroad":  # a draft of the other county, beside what the house comes with
        world.rows[name, place], world.dead[name, place] = (_made(world, bulk, model, place, dead) for dead in (False, True))
    if not issubclass(model, Scoped) or issubclass(model, Shared):
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


def _made(world: World, bulk: Bulk, model: type[Entity], place: str, dead: bool = False, **said: Any) -> int:
    """A new row at the place; one in the trash where ``dead``. ``said``: columns that are to be so."""
    values: dict[str, Any] = {}
    for key, one in fields_of(model).items():
        if one.target:
            values[one.column] = world.linked(model.__name__, one.target, place) if one.required else None
        elif key != "pinyin":
            values[key] = matrix_values.value(one, bulk.waiting + 77_000, model.__tablename__)
    if issubclass(model, OfSchool):
        values["school_id"] = world.schools[place]
    if issubclass(model, OfChild):
        values["origin_school_id"] = world.schools[place]
    values.update(_unnamed(world, model, place))
    if dead:
        values["deleted_at"] = clock.now() - timedelta(hours=1)
    row = bulk.add(model, **{**values, **said})
    return row["id"]


def _unnamed(world: World, model: type[Entity], place: str) -> dict[str, Any]:
    """Columns that are no fields, and those that must hang together."""
    unique = f"{model.__name__}-{place}-{world.token(SHORT)}"
    school = world.schools[place]
    elsewhere = {"area_id": world.rows.get((Area.__name__, place))} if place == "abroad" else {}
    return {
        "Area": {"path": f"/99/{unique}/"[:60], "parent_id": None}, "Member": {"school_id": school, "session_stamp": "x", "role": "school", "staff_id": None},
        "AccessKey": {"digest": unique, "expires_on": clock.today()},
        "Change": {"school_id": school, "request_id": unique[:32], "lines": [],
                   "row_id": world.rows.get(("Child", place), 1), "entity": "Child"},
        "AccessLog": {"school_id": school, "entity": "Child"}, "ChildKey": {"key": unique[:20]},
        "ImportBatch": {"school_id": school, "request_id": f"batch-{place}", "entity": "Talk"},
        "Job": {"kind": "list", "args": {}, "state": "done", "stored_as": unique[:64], "expires_at": clock.now() + timedelta(days=1)},
        "Attachment": {"entity": "Child", "row_id": world.rows.get(("Child", place), 1), "stored_as": uuid.uuid4().hex, "sha256": "0" * 64,
                       "media_type": "image/png"},
        "Submission": {"token": unique[:64], "entity": "Child", "row_id": 1}, "Answer": {"item_id": 120}, "SelfAnswer": {"item_id": 120},
        "CampaignSchool": {"announced_on": None if place == "sibling" else clock.today(), "inspection_id": world.rows.get(("Inspection", place))},
        "Campaign": {"announced_on": None if place == "sibling" else clock.today()},
        "ChecklistTemplate": {"state": "draft", **elsewhere}, "Form": elsewhere,
        "ChecklistItem": {"methods": "查", "parameters": None},
        "CampaignMember": {"area_id": world.rows.get(("Area", place))},
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
    query = select(table)
    if issubclass(model, Shared):  # what the house comes with is nobody's secret
        query = query.where(table.c.id.in_([made[model.__name__, "abroad"] for made in (world.rows, world.dead)]))
    for row in connection.execute(query).mappings().all():
        values = {column: row[column] for column in columns}
        for one in keys:
            if row["id"] in login or (not one.secret and row[one.key] is None):
                continue
            token = world.token(_fitting(one))
            values.update(_cells(model, one, row, token))
            world.plants[token] = Plant(model.__name__, row["id"], one.key, one.secret, one.kind == PERSONAL)
            world.tokens[model.__name__, row["id"], one.key] = token
        found.append({"planted_id": row["id"], **values})
    if found:
        connection.execute(update(table).where(table.c.id == bindparam("planted_id")), found)


def _fitting(one: Any) -> int:
    """How long a token of this field may be."""
    return LONG if one.secret or (getattr(one.type, "length", None) or 99) >= LONG else SHORT


def _plantable(model: type[Entity], one: Any) -> bool:
    texts = isinstance(one.type, String | Text) and (one.type.length or SHORT) >= SHORT  # a code of four letters holds no token
    return (one.secret or texts) and not one.choices and (model.__name__, one.key) not in UNPLANTED


def _cells(model: type[Entity], one: Any, row: Any, token: str) -> dict[str, Any]:
    if not one.secret:
        return {one.key: token}
    place = f"{model.__tablename__}.{one.key}"
    return {f"{one.key}_enc": seal(token.upper(), place, row["uid"]), f"{one.key}_hash": digest(token.upper(), place)}


def _plant_files(connection: Any, world: World) -> None:
    """Bytes with a token below the planted attachments: whoever gets them reads what hangs on that child."""
    table: Any = Attachment.__table__
    for (entity, place), row_id in [*world.rows.items(), *world.dead.items()]:
        if entity != Attachment.__name__:
            continue
        token = world.token(LONG)
        world.plants[token] = Plant("Child", world.rows["Child", place], "file", secret=True, personal=True)
        path = Path(current_app.config["VAR"]) / attachments.FOLDER / connection.scalar(select(table.c.stored_as).where(table.c.id == row_id))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(token)


def _plant_traces(connection: Any, world: World) -> None:
    """Two changes with a token of each row that stands for a place: one by a request of its own, one by a request that changed them all."""
    for (entity, place), row_id in [*world.rows.items(), *world.dead.items()]:
        model = entities()[entity]
        key = next((one for one in fields_of(model).values() if _plantable(model, one) and not one.secret), None)
        if key is None:
            continue
        for request_id in (own_request(entity, row_id), ALL_AT_ONCE):
            token, moment = world.token(_fitting(key)), clock.now() - timedelta(hours=2)
            world.plants[token] = Plant(entity, row_id, "history", personal=key.kind == PERSONAL)
            made = connection.execute(insert(Change.__table__).values(
                at=moment, who=f"某{place}", action="edit", entity=entity, row_id=row_id, request_id=request_id, member_id=None,
                school_id=world.schools[place] if issubclass(model, Scoped) and not issubclass(model, Shared) else None,
                lines=[[key.column, token, "x", token, "x"]],
                uid=token, version=1, created_at=moment, updated_at=moment))
            if world.rows.get((entity, place)) == row_id:
                world.changes[entity, place] = made.inserted_primary_key[0]
