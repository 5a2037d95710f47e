"""The ways into an entity by REST: ``API_WAYS`` holds the cases of ``<Entity>Api.<method>``."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from app.models import entities
from app.models.base import fields_of
from app.panel.views_by_entity import VIEWS
from app.services import records
from tests.support import matrix_values
from tests.support.matrix_case import ASKED_AGAIN, READ, REFUSED, Case
from tests.support.matrix_ways import FULL, NUMBERS, Way, foreign, links, may, places, searches, sees, url
from tests.support.matrix_world import World


def api_url(entity: str, rest: str = "") -> str:
    return f"/api/v1{url(entity, rest)}"


def _api(world: World, account: str, entity: str, verb: str, rest: str, way: str, place: str = "", **said: Any) -> Case:
    able = may(world, account, verb, entity) and (not place or sees(world, account, entity, place))
    return Case(f"api {way}", api_url(entity, rest), able, READ if able else REFUSED, ids_of=entity, **said)


def api_list(world: World, account: str, entity: str) -> Iterator[Case]:
    yield _api(world, account, entity, "read", "?size=200", "list")
    if not may(world, account, "read", entity):
        return
    if account not in FULL:
        return
    yield _api(world, account, entity, "read", "?o=id_number&size=x&f.id_number=1&m=no&_flt_0_school=1&q=%00", "odd list")
    for place in places(world, account, entity):
        border = _api(world, account, entity, "read", f"?a={world.rows[entity, place]}", f"list after {place}")
        border.statuses |= {400}
        yield border
        for text in [*searches(world, entity, place)][:2]:
            yield _api(world, account, entity, "read", f"?q={quote(text)}", "search", sent=frozenset({text.lower()}))


def api_get(world: World, account: str, entity: str) -> Iterator[Case]:
    for place in places(world, account, entity):
        yield _api(world, account, entity, "read", str(world.rows[entity, place]), f"get {place}", place)
        if (entity, place) in world.dead:
            yield Case("api get deleted", api_url(entity, str(world.dead[entity, place])), False, REFUSED)


def api_info(world: World, account: str, entity: str) -> Iterator[Case]:
    case = _api(world, account, entity, "read", "_info", "info")
    case.ids_of = ""
    yield case


def body(world: World, account: str, entity: str, place: str) -> dict[str, Any]:
    """A JSON body with values that every rule takes and links of one place."""
    made: dict[str, Any] = {}
    for key, one in records.editable(entities()[entity]).items():
        if key not in VIEWS[entity].columns or key == "school" and (world.sights[account].school_id or "child" in fields_of(entities()[entity])):
            continue
        if one.target:
            made[key] = world.rows.get((one.target, place)) or world.rows.get((one.target, "mine"))
        else:
            value = matrix_values.value(one, next(NUMBERS), entities()[entity].__tablename__)
            made[key] = value.isoformat() if hasattr(value, "isoformat") else value
    return made


def api_post(world: World, account: str, entity: str) -> Iterator[Case]:
    able = may(world, account, "write", entity)
    for one in [one for one in links(entity) if one.key in VIEWS[entity].columns][:3] if able else []:
        for place in foreign(world, account, one.target)[:1]:
            data = {**body(world, account, entity, "mine"), one.key: world.rows[one.target, place]}
            yield _write(world, account, entity, "", f"post with foreign {one.key}", False, "POST", data, grows=entity)
    if not able:
        yield _write(world, account, entity, "", "post", False, "POST", body(world, account, entity, "mine"), grows=entity)


def api_put(world: World, account: str, entity: str) -> Iterator[Case]:
    able = may(world, account, "write", entity)
    for place in places(world, account, entity, "write"):
        pk, granted = world.rows[entity, place], able and sees(world, account, entity, place)
        data = {**body(world, account, entity, place), "version": 1}
        yield _write(world, account, entity, str(pk), f"put {place}", granted, "PUT", data, aim=(entity, pk))
        for one in [one for one in links(entity) if one.key in VIEWS[entity].columns][:2] if granted and place == "mine" else []:
            for other in foreign(world, account, one.target)[:1]:
                case = _write(world, account, entity, str(pk), f"put to foreign {one.key}", False, "PATCH",
                              {**data, one.key: world.rows[one.target, other]}, aim=(entity, pk))
                if (entity, one.key) != ("Member", "area"):  # an account's area follows its school, whatever is sent
                    yield case


def api_delete(world: World, account: str, entity: str) -> Iterator[Case]:
    able = may(world, account, "delete", entity)
    for place in places(world, account, entity, "delete"):
        pk, granted = world.rows[entity, place], able and sees(world, account, entity, place)
        if not granted or entity not in ("School", "Area"):
            yield _write(world, account, entity, str(pk), f"delete {place}", granted, "DELETE", None, aim=(entity, pk))


def _write(world: World, account: str, entity: str, rest: str, way: str, granted: bool, method: str, data: Any, **said: Any) -> Case:
    # A resource that has no such method at all says so: 405.
    statuses = (ASKED_AGAIN | {201, 204} if granted else ASKED_AGAIN - {200, 302}) | {405}
    return Case(f"api {way}", api_url(entity, rest), granted, statuses, method, json=data, **said)


API_WAYS: dict[str, Way] = {"get_list": api_list, "get": api_get, "info": api_info, "post": api_post, "put": api_put, "delete": api_delete}
