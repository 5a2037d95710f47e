"""The ways in beside an entity's pages and REST: look-ups, files, the visit, statistics, accounts, the home page.

``PAGE_WAYS`` holds the cases of an endpoint by its full name; ``OPEN`` names the endpoints that show nothing of anybody, each with its reason.
"""

import io
from collections.abc import Callable, Iterator
from urllib.parse import quote

from app import roles
from app.models import entities
from app.models.audit import Attachment
from app.models.base import PERSONAL, Entity, OfSchool, fields_of
from app.panel.views_by_entity import VIEWS
from tests.support.matrix_campaign import CAMPAIGN_WAYS
from tests.support.matrix_case import ASKED_AGAIN, READ, REFUSED, Case
from tests.support.matrix_checklist import CHECKLIST_WAYS
from tests.support.matrix_finding import FINDING_WAYS
from tests.support.matrix_forms import FORM_WAYS
from tests.support.matrix_jobs import JOB_WAYS
from tests.support.matrix_request import REQUEST_WAYS
from tests.support.matrix_sheets import SHEET_WAYS
from tests.support.matrix_visit import VISIT_WAYS
from tests.support.matrix_ways import foreign, may, places, sees, shuts, url
from tests.support.matrix_world import World

PageWay = Callable[[World, str], Iterator[Case]]
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
                    "e221bc330000000049454e44ae426082")
OPEN = {
    "LoginView.login": "stands before the log-in", "LoginView.logout": "ends a session", "LocaleView.index": "sets the language",
    "UtilView.back": "leads back", "static": "style and scripts", "appbuilder.static": "style and scripts of the framework"}


def plain(*paths: str) -> PageWay:
    """A page for every member, read and scanned."""
    return lambda world, account: (Case(f"page {path}", path, True, READ) for path in paths)


def header_search(world: World, account: str) -> Iterator[Case]:
    for place in world.places("Child"):
        token = world.tokens["Child", world.rows["Child", place], "name"]
        yield Case("search everything", f"/search?q={token}", True, frozenset({200, 302}), sent=frozenset({token}))


def nameless(world: World, account: str, model: type[Entity]) -> bool:
    """Who sees counts only is not told what people wrote, where rows are called by it."""
    return world.sights[account].role == "superior" and fields_of(model)[model.__title__].kind == PERSONAL


# What somebody chooses from on a form; anything else is told by its own page or by the row that it hangs on.
CHOSEN = {"Area", "Bus", "BusDriver", "Campaign", "Canteen", "ChecklistSection", "ChecklistTemplate", "Child", "Form", "Member", "School",
          "SchoolClass", "Staff"}


def lookup(world: World, account: str) -> Iterator[Case]:
    for entity, model in entities().items():
        able = entity in CHOSEN and may(world, account, "read", entity) and not nameless(world, account, model)
        yield Case("lookup", f"/lookup/{entity}", able, READ if able else REFUSED, ids_of=entity)
        for place in places(world, account, entity)[: None if able else 0] if (entity, "mine") in world.rows else []:
            token = world.tokens.get((entity, world.rows[entity, place], model.__title__))
            for text in [token[:-1], f"{token}%"] if token else []:
                yield Case(f"lookup of {place}", f"/lookup/{entity}?q={quote(text)}", True, READ, ids_of=entity, sent=frozenset({text}))
    yield Case("lookup of nothing", "/lookup/Nothing?q=%00", False, REFUSED)


def _file_rows(world: World) -> Iterator[tuple[str, str, int]]:
    for entity, model in entities().items():
        if issubclass(model, OfSchool) and model is not Attachment and entity in VIEWS:
            yield from ((entity, place, world.rows[entity, place]) for place in world.places(entity))


FILE = frozenset({200})
FILED = {"Child", "Talk", "Hazard", "Inspection", "Staff"}  # one of each kind of row that files hang on


def upload(world: World, account: str) -> Iterator[Case]:
    for entity, place, pk in _file_rows(world):
        if entity not in FILED:
            continue
        granted = may(world, account, "write", "Attachment") and may(world, account, "write", entity) and sees(world, account, entity, place)
        if not granted and place != "far":
            yield Case(f"file to {place}", f"/file/{entity}/{pk}", False, REFUSED, "POST", {"file": (io.BytesIO(PNG), "a.png")}, grows="Attachment")
    yield Case("file to nothing", "/file/Nothing/1", False, REFUSED, "POST", {}, grows="Attachment")


def download(world: World, account: str) -> Iterator[Case]:
    for place in world.places("Attachment"):
        pk, role, reason = world.rows["Attachment", place], world.sights[account].role, {"reason": "联系监护人核实"}
        covered = roles.MASK[role] != "whole"  # it hangs on a child, whose number this role gets in part
        granted = reads_file(world, account, place) and (not covered or role in roles.MAY_REVEAL)
        yield Case(f"file of {place}", f"/file/{pk}", granted, FILE if granted else REFUSED)
        for sent in ({"reason": "看"}, reason) if covered else ():
            yield Case(f"file of {place} against a reason", f"/file/{pk}", granted, FILE if granted else REFUSED, "POST", sent,
                       reveals=granted and sent is reason)
        yield Case(f"deleted file of {place}", f"/file/{world.dead['Attachment', place]}", False, REFUSED)


def remove_file(world: World, account: str) -> Iterator[Case]:
    for place in world.places("Attachment"):
        pk, granted = world.rows["Attachment", place], changes_file(world, account, place)
        yield Case(f"file away at {place} asks", f"/file/{pk}/delete", granted, READ if granted else REFUSED)
        yield Case(f"file away at {place}", f"/file/{pk}/delete", granted, ASKED_AGAIN if granted else REFUSED, "POST", {}, aim=("Attachment", pk))


def restore_file(world: World, account: str) -> Iterator[Case]:
    for place in world.places("Attachment"):
        pk, granted = world.dead["Attachment", place], changes_file(world, account, place)
        yield Case(f"file back at {place}", f"/file/{pk}/restore", granted, ASKED_AGAIN if granted else REFUSED, "POST", {}, aim=("Attachment", pk),
                   trash=True)
        yield Case(f"living file back at {place}", f"/file/{world.rows['Attachment', place]}/restore", False, REFUSED, "POST", {}, trash=True)


def changes_file(world: World, account: str, place: str) -> bool:
    """Whether an account may take the planted file of a place away and back: it hangs on the child of the place."""
    able = may(world, account, "delete", "Attachment") and may(world, account, "write", "Child")
    return able and reads_file(world, account, place)


def reads_file(world: World, account: str, place: str) -> bool:
    able = may(world, account, "read", "Attachment") and may(world, account, "read", "Child")
    return able and sees(world, account, "Attachment", place) and world.shows(account, "Child", world.rows["Child", place])


def quick(world: World, account: str) -> Iterator[Case]:
    able = may(world, account, "write", "Talk")
    for kind, day, text in (("talk", "talked_on", "content"), ("home_visit", "visited_on", "found")):
        entity = "Talk" if kind == "talk" else "HomeVisit"
        yield Case(f"quick {kind}", f"/quick/{kind}/", able, READ if able else REFUSED)
        for place in world.places("Child"):
            child = world.rows["Child", place]
            if not able or not sees(world, account, "Child", place):
                data = {"child": str(child), f"c{child}-{day}": "2026-01-05", f"c{child}-kind": "regular", f"c{child}-{text}": "试"}
                yield Case(f"quick {kind} of {place}", f"/quick/{kind}/", False, frozenset({200, 302}) if able else REFUSED, "POST", data, grows=entity)
    yield Case("quick nothing", "/quick/nothing/", False, REFUSED)


def statistics(rest: str, verb: str) -> PageWay:
    def cases(world: World, account: str) -> Iterator[Case]:
        able = may(world, account, verb, "Statistics")
        yield Case("statistics", f"/statistics/{rest}", able, READ if able else REFUSED)
        for place in world.places("Area"):
            granted = able and sees(world, account, "Area", place)
            yield Case(f"statistics of {place}", f"/statistics/{rest}?area={world.rows['Area', place]}&section=x", granted,
                       READ | REFUSED if granted else REFUSED)
        yield Case("statistics of nothing", f"/statistics/{rest}?area=99999999999", False, REFUSED)

    return cases


def tick_report(rest: str, verb: str) -> PageWay:
    """A term or a campaign of who asks; never another county's campaign."""

    def cases(world: World, account: str) -> Iterator[Case]:
        able = may(world, account, verb, "TickReport")
        yield Case("ticks against the records", f"/tick_report/{rest}", able, READ if able else REFUSED)
        for place in world.places("Campaign"):
            granted = able and sees(world, account, "Campaign", place)
            yield Case(f"ticks of the campaign {place}", f"/tick_report/{rest}?of=c{world.rows['Campaign', place]}", granted, READ if granted else REFUSED)
        yield Case("ticks of nothing", f"/tick_report/{rest}?of=c99999999999", False, REFUSED)

    return cases


def of_row(entity: str, name: str, verb: str = "write", safe: bool = True) -> PageWay:
    """A further page of a record that asks, and acts on a post."""

    def cases(world: World, account: str) -> Iterator[Case]:
        for place in places(world, account, entity, verb):
            pk = world.rows[entity, place]
            granted = may(world, account, verb, entity) and sees(world, account, entity, place)
            statuses = (READ | REFUSED | {302} if shuts(entity) or not safe else READ) if granted else REFUSED
            yield Case(f"{name} asks {place}", url(entity, f"{name}/{pk}"), granted, statuses)
            yield Case(f"{name} {place}", url(entity, f"{name}/{pk}"), granted, ASKED_AGAIN if granted else REFUSED, "POST", {}, aim=(entity, pk))

    return cases


def move(world: World, account: str) -> Iterator[Case]:
    """A child to another school: the office above both, and to no school out of its sight."""
    yield from of_row("Child", "move", "move")(world, account)
    able = may(world, account, "move", "Child")
    for place in places(world, account, "Child", "move"):
        pk = world.rows["Child", place]
        for there in foreign(world, account, "School"):
            data = {"school": world.rows["School", there], "moved_on": "2026-01-05", "reason": "试", "_version": "1"}
            statuses = ASKED_AGAIN - {302} if able and sees(world, account, "Child", place) else REFUSED
            yield Case(f"move {place} to foreign {there}", url("Child", f"move/{pk}"), False, statuses, "POST", data, aim=("Child", pk))


def stepped(entity: str, *names: str) -> PageWay:
    """The steps of a record of the whole house: a page that asks, and what it does."""

    def cases(world: World, account: str) -> Iterator[Case]:
        for place, name in ((place, name) for place in places(world, account, entity, "write") for name in (*names, "nothing")):
            pk, able = world.rows[entity, place], may(world, account, "write", entity) and name in names
            granted, address = able and sees(world, account, entity, place), url(entity, f"step/{pk}/{name}")
            yield Case(f"{name} {entity} asks {place}", address, granted, READ if granted else REFUSED)
            if not granted or name == "publish":  # a copy made for each account would only fill the table
                yield Case(f"{name} {entity} {place}", address, granted, ASKED_AGAIN if granted else REFUSED, "POST", {}, aim=(entity, pk), grows=entity)

    return cases


PAGE_WAYS: dict[str, PageWay] = {
    "Home.index": plain("/"), "Home.search": header_search, "Lookup.find": lookup, "Me.index": plain("/me/"), "Me.password": plain("/me/password"),
    "ChildView.move": move, "OpenApi.document": plain("/api/v1/openapi.json"), "Quick.rows": quick,
    "Files.take": upload, "Files.download": download, "Files.remove": remove_file, "Files.restore": restore_file,
    "TickReport.index": tick_report("", "read"), "TickReport.book": tick_report("book.xlsx", "export"),
    "Statistics.index": statistics("", "read"), "Statistics.export": statistics("export.xlsx", "export"),
    "MemberView.password": of_row("Member", "password"), "MemberView.unlock": of_row("Member", "unlock"), "MemberView.switch": of_row("Member", "switch"),
    "ChecklistTemplateView.step": stepped("ChecklistTemplate", "publish", "copy"),
    "AccessKeyView.revoke": of_row("AccessKey", "revoke", safe=False),
}


PAGE_WAYS |= {
    "FormView.step": stepped("Form", "copy"), **SHEET_WAYS, **JOB_WAYS, **FORM_WAYS, **VISIT_WAYS, **CAMPAIGN_WAYS, **FINDING_WAYS, **CHECKLIST_WAYS,
    **REQUEST_WAYS}
