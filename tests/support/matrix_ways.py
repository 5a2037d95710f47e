"""The ways into an entity's view: what to try behind each of its routes, and what each account may.

``WAYS`` maps the last part of an endpoint (``ChildView.list`` → ``list``) to a function that yields the
cases of one account. A route without a line here fails the build (tests/test_scope.py).
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from urllib.parse import quote

from app import roles
from app.models import entities
from app.models.base import Field, fields_of
from app.panel.pages import choices_of
from app.panel.view import PanelView
from app.panel.views_by_entity import VIEWS
from app.services import records
from tests.support import matrix_values
from tests.support.matrix_case import ASKED_AGAIN, READ, REFUSED, Case
from tests.support.matrix_world import ACCOUNTS, WIDE, World

FULL = set(ACCOUNTS) if WIDE else {"county", "school", "teacher"}  # accounts that try every filter, order and mark; the others try what may go wrong
TWIN = "" if WIDE else "school2"  # the same role at the sibling school: it tries rows, not every parameter
Way = Callable[[World, str, str], Iterator[Case]]
NUMBERS = count(500_000)
HEAVY = {"School", "Area"}  # to delete one takes thousands along, which the tests of records do once
BAD = ("a=abc&size=x&o=id_number&d=asc&n=-5&page=abc", "a=99999999999999&size=1000000&o=id_number_hash&m=nothing&f.id_number=1&f.school_id=1",
       "b=0&q=%00&o=residence_enc&d=desc&f.school=1", "q=%25&_flt_0_id=1&size=200", "q=" + "_" * 500)


def url(entity: str, rest: str) -> str:
    return f"/{entities()[entity].__tablename__}/{rest}"


def sees(world: World, account: str, entity: str, place: str) -> bool:
    return world.shows(account, entity, world.rows[entity, place])


def may(world: World, account: str, verb: str, entity: str) -> bool:
    return world.sights[account].may(verb, entity)


def places(world: World, account: str, entity: str, verb: str = "read") -> list[str]:
    """Where to try: own, own school's other class, sibling school, other county. Whom the verb is refused is refused anywhere."""
    if WIDE:
        return world.places(entity)
    found = [place for place in world.places(entity) if place != "beside" or account == "teacher"]
    found = [place for place in found if place != "far" or account == "township"]
    return found if may(world, account, verb, entity) else found[:1]


def each(*ways: Callable[[World, str], Iterator[Case]]) -> Callable[[World, str], Iterator[Case]]:
    """One way after the other, where a route can be called by several methods."""
    return lambda world, account: (case for way in ways for case in way(world, account))


def foreign(world: World, account: str, entity: str) -> list[str]:
    """Places whose row the account does not see."""
    return [place for place in world.places(entity) if not sees(world, account, entity, place)]


def page(world: World, account: str, entity: str, verb: str, rest: str, way: str, place: str = "", guarded: bool = False, **said: Any) -> Case:
    """A GET of a page: open to whom the verb is given and, with a place, the row in sight.

    ``guarded``: a view may shut single rows to everybody (a submitted inspection), which is no matter of scope.
    """
    able = may(world, account, verb, entity) and (not place or sees(world, account, entity, place))
    wide = READ | REFUSED if guarded and shuts(entity) else READ
    return Case(way, url(entity, rest), able, wide if able else REFUSED, **said)


def shuts(entity: str) -> bool:
    """Whether the view may shut single rows to everybody."""
    return VIEWS[entity].may_change is not PanelView.may_change


def listed(world: World, account: str, entity: str) -> Iterator[Case]:
    if not may(world, account, "read", entity):
        yield page(world, account, entity, "read", "list/", "list")
        return
    view = VIEWS[entity]
    queries = ["", *BAD, *(f"m={mark}" for mark in view.marks)] if account in FULL else ["", BAD[0], BAD[2]]
    queries += [f"f.{key}={next(iter(choices_of(fields_of(view.model)[key])))}" for key in view.filters] if account in FULL else []
    queries += [f"m={mark}&p=s{world.rows['School', place]}" for mark, place in zip(view.linked, world.places("School"), strict=False)]
    queries += [f"p=a{world.rows['Area', place]}" for place in world.places("Area")] if account in FULL else []
    borders = [f"{side}={world.rows[entity, place]}" for side, place in zip("abab", places(world, account, entity), strict=False)]
    queries += [f"o={key}&d={way}&{border}" for key in view.orders for way, border in zip(("asc", "desc"), borders, strict=False)]
    yield from (page(world, account, entity, "read", f"list/?{query}", f"list {query[:12]}") for query in [*queries, *borders])
    for place in places(world, account, entity):
        for text in searches(world, entity, place) if account != TWIN else ():
            yield page(world, account, entity, "read", f"list/?q={quote(text)}", "search", sent=frozenset({text.lower()}))


def searches(world: World, entity: str, place: str) -> Iterator[str]:
    """Parts of what stands in the row at a place, and every secret whole."""
    row_id, model = world.rows[entity, place], entities()[entity]
    for key, one in fields_of(model).items():
        token = world.tokens.get((entity, row_id, key))
        if token and one.secret:
            yield token.upper()
        elif token and key in (*VIEWS[entity].searched, model.__title__):
            yield token[:-1]
    child = world.tokens.get(("Child", world.rows.get(("Child", place), 0), "name"))
    if child and "child" in fields_of(model):
        yield child[:-1]


def shown(world: World, account: str, entity: str) -> Iterator[Case]:
    for place in places(world, account, entity):
        pk = world.rows[entity, place]
        yield page(world, account, entity, "read", f"show/{pk}", f"show {place}", place)
        if account != TWIN and place in ("mine", "abroad"):
            yield from (page(world, account, entity, "read", f"show/{pk}?tab={tab}", f"tab {place}", place) for tab in VIEWS[entity].tabs)
        if (entity, place) in world.dead:
            yield Case(f"show deleted {place}", url(entity, f"show/{world.dead[entity, place]}"), False, REFUSED)
    if account == "school":
        yield from (Case("show nothing", url(entity, f"show/{pk}"), False, REFUSED) for pk in (0, 999_999, 2**31 - 1, 2**40))


def form(world: World, entity: str, place: str, **changes: Any) -> dict[str, Any]:
    """A form as filled in with rows of one place."""
    model, data = entities()[entity], {}
    for key, one in records.editable(model).items():
        if one.target:
            data[key] = world.linked(entity, one.target, place)
        else:
            data[key] = matrix_values.typed(one, next(NUMBERS), model.__tablename__)
    data.update(OWN.get(entity, {}))
    return {key: value for key, value in {**data, **changes}.items() if value is not None}


# What rules between the values ask for.
OWN: dict[str, dict[str, Any]] = {"Area": {"parent": None, "level": "village"}, "CampaignSchool": {"how": "must"}}


def links(entity: str) -> list[Field]:
    return [one for one in records.editable(entities()[entity]).values() if one.target and one.target != entity]


def added(world: World, account: str, entity: str) -> Iterator[Case]:
    yield page(world, account, entity, "write", "add", "add form")
    able = may(world, account, "write", entity)
    for place in places(world, account, "Child", "write") if able and links(entity) and account != TWIN else []:
        query = "&".join(f"{one.key}={world.rows[one.target, place]}" for one in links(entity) if (one.target, place) in world.rows)
        yield page(world, account, entity, "write", f"add?{query}", f"prefill {place}")
    for place in [one for one in places(world, account, "Child") if entity not in UNPLACED or one == "mine"][: None if able else 1]:
        yield _post(world, account, entity, "add", form(world, entity, place), f"add at {place}", able and _sees_links(world, account, entity, place), entity)
    for turn, one in enumerate(links(entity) if able and account != TWIN else []):
        hidden = foreign(world, account, one.target)
        for place in hidden[turn % len(hidden):][:1] if hidden else []:
            data = form(world, entity, "mine", **{one.key: world.rows[one.target, place]})
            yield _post(world, account, entity, "add", data, f"add with foreign {one.key}", not _sent(world, account, entity, one), entity)
            yield from _by_name(world, account, entity, one, place)


UNPLACED = {"Term", "ChecklistTemplate", "ChecklistSection", "ChecklistItem", "Form", "FormColumn"}


def _sent(world: World, account: str, entity: str, one: Field) -> bool:
    """Whether the link is taken from the form at all.

    A school's people are never asked for their school, inspectors not who inspects; a team's member has the campaign's area.
    """
    if (entity, one.key, world.sights[account].role) == ("Inspection", "inspector", "inspector") or (entity, one.key) == ("CampaignMember", "area"):
        return False
    return not (one.key == "school" and (world.sights[account].school_id or "child" in fields_of(entities()[entity])))


def _by_name(world: World, account: str, entity: str, one: Field, place: str) -> Iterator[Case]:
    """The whole name typed, as without script: it finds what is in sight only."""
    token = world.tokens.get((one.target, world.rows[one.target, place], entities()[one.target].__title__))
    if token:
        data = form(world, entity, "mine", **{one.key: "", f"{one.key}__text": token})
        granted = may(world, account, "write", entity) and not _sent(world, account, entity, one)
        yield _post(world, account, entity, "add", data, f"add by name {one.key}", granted, entity, sent=frozenset({token}))


def _sees_links(world: World, account: str, entity: str, place: str) -> bool:
    """Whether all that a form of this place points at is in sight. An area without a parent stands at nobody's place."""
    found = [one for one in links(entity) if _sent(world, account, entity, one)]
    at = {one.key: place if (one.target, place) in world.rows else "mine" for one in found}
    return entity != "Area" and all(sees(world, account, one.target, at[one.key]) for one in found)


def _post(world: World, account: str, entity: str, rest: str, data: Any, way: str, granted: bool, grows: str = "", **said: Any) -> Case:
    return Case(way, url(entity, rest), granted, ASKED_AGAIN, "POST", data, grows=grows, **said)


def edited(world: World, account: str, entity: str) -> Iterator[Case]:
    able = may(world, account, "write", entity)
    for place in places(world, account, entity, "write"):
        pk, aim = world.rows[entity, place], (entity, world.rows[entity, place])
        seen = sees(world, account, entity, place)
        yield page(world, account, entity, "write", f"edit/{pk}", f"edit form {place}", place, guarded=True)
        data = {**form(world, entity, place), "_version": "1"}
        yield _post(world, account, entity, f"edit/{pk}", data, f"edit {place}", able and seen, aim=aim)
        if place == "mine":
            yield _post(world, account, entity, f"edit/{pk}", {**data, "_version": "0"}, f"conflict {place}", able and seen, aim=aim)
    if not able or not sees(world, account, entity, "mine") or account == TWIN:
        return
    pk, aim = world.rows[entity, "mine"], (entity, world.rows[entity, "mine"])
    for turn, one in enumerate(links(entity)):
        hidden = foreign(world, account, one.target)
        for place in hidden[turn % len(hidden):][:1] if hidden else []:
            data = {**form(world, entity, "mine", **{one.key: world.rows[one.target, place]}), "_version": "1"}
            yield _post(world, account, entity, f"edit/{pk}", data, f"edit to foreign {one.key}", not _sent(world, account, entity, one), aim=aim)


def deleted(world: World, account: str, entity: str) -> Iterator[Case]:
    able = may(world, account, "delete", entity)
    for place in places(world, account, entity, "delete"):
        pk, granted = world.rows[entity, place], able and sees(world, account, entity, place)
        if granted and entity in HEAVY:
            continue
        if place in ("mine", "abroad"):
            yield page(world, account, entity, "delete", f"delete/{pk}", f"delete asks {place}", place, guarded=True)
        yield _post(world, account, entity, f"delete/{pk}", {}, f"delete {place}", granted, aim=(entity, pk))


def bulk(world: World, account: str, entity: str) -> Iterator[Case]:
    able, mine = may(world, account, "delete", entity), world.rows[entity, "mine"]
    for place in places(world, account, entity, "delete"):
        pk, granted = world.rows[entity, place], able and sees(world, account, entity, place)
        rows = [("action", "delete"), ("row", str(pk))]
        if place in ("mine", "sibling") and not (granted and entity in HEAVY):
            yield _bulk(world, account, entity, rows, f"bulk asks {place}", False, pk)
        if not granted or entity not in HEAVY and place == "mine":
            yield _bulk(world, account, entity, [*rows, ("_sure", "1")], f"bulk {place}", granted, pk)
        if able and not granted and place == "sibling" and entity not in HEAVY:
            yield _bulk(world, account, entity, [*rows, ("row", str(mine))], f"bulk mixed {place}", False, pk)
    if able and account == "school":
        yield _bulk(world, account, entity, [("action", "drop"), ("row", str(mine))], "bulk unknown", False, mine)
        yield _bulk(world, account, entity, [("action", "delete"), ("row", "abc"), ("row", "9" * 30), ("row", "-1")], "bulk bad rows", False, mine)


def _bulk(world: World, account: str, entity: str, rows: list[tuple[str, str]], way: str, granted: bool, pk: int) -> Case:
    data: dict[str, Any] = {}
    for name, value in rows:
        data.setdefault(name, []).append(value)
    return Case(way, url(entity, "bulk"), granted, ASKED_AGAIN, "POST", data, aim=(entity, pk))


def trashed(world: World, account: str, entity: str) -> Iterator[Case]:
    yield page(world, account, entity, "delete", "trash/", "trash", trash=True)
    for place in places(world, account, entity, "delete"):
        pk = world.dead.get((entity, place))
        if pk and entity not in HEAVY:
            granted = may(world, account, "delete", entity) and world.shows(account, entity, pk)
            statuses = ASKED_AGAIN if granted else REFUSED
            yield Case(f"restore {place}", url(entity, "trash/"), granted, statuses, "POST", {"row": str(pk)}, aim=(entity, pk), trash=True)
    if account == "school":
        yield Case("restore nothing", url(entity, "trash/"), False, REFUSED, "POST", {"row": "abc"})


def history(world: World, account: str, entity: str) -> Iterator[Case]:
    for place in places(world, account, entity):
        yield page(world, account, entity, "read", f"history/{world.rows[entity, place]}", f"history {place}", place,
                   trash=True)  # it tells of files that were taken away


def reverted(world: World, account: str, entity: str) -> Iterator[Case]:
    able = may(world, account, "write", entity)
    for place in places(world, account, entity, "write"):
        change = world.changes.get((entity, place))
        if change is None:
            continue
        pk, mine = world.rows[entity, place], world.rows[entity, "mine"]
        yield page(world, account, entity, "write", f"history/{pk}/{change}", f"revert asks {place}", place, guarded=True)
        yield _post(world, account, entity, f"history/{pk}/{change}", {}, f"revert {place}", able and sees(world, account, entity, place), aim=(entity, pk))
        if pk != mine and place == "sibling":
            yield _post(world, account, entity, f"history/{mine}/{change}", {}, f"revert mine by {place}", False, aim=(entity, mine))


def revealed(world: World, account: str, entity: str) -> Iterator[Case]:
    secrets = [key for key, one in fields_of(entities()[entity]).items() if one.secret]
    reveals = world.sights[account].role in roles.MAY_REVEAL
    for turn, place in enumerate(places(world, account, entity) if secrets else []):
        pk, key = world.rows[entity, place], secrets[turn % len(secrets)]
        able = reveals and may(world, account, "read", entity) and sees(world, account, entity, place)
        tries = ({}, {"reason": "联系监护人核实"}, {"reason": "看"}) if able else ({"reason": "联系监护人核实"},)
        for data in tries:
            yield Case(f"reveal {place}", url(entity, f"reveal/{pk}/{key}"), able, READ if able else REFUSED, "POST" if data else "GET", data or None,
                       reveals=able and len(data.get("reason", "")) > 1)
    yield Case("reveal what is no secret", url(entity, f"reveal/{world.rows[entity, 'mine']}/id"), False, REFUSED)


WAYS: dict[str, Way] = {
    "list": listed, "show": shown, "add": added, "edit": edited, "delete": deleted, "bulk_action": bulk, "trash": trashed, "history": history,
    "revert": reverted, "reveal": revealed}

