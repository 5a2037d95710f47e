"""The ways into campaigns beside their records: the steps, the redraw, notices, the workbook, the self-check."""

from collections.abc import Callable, Iterator
from typing import Any

from app.roles import PREPARES
from tests.support.matrix_case import ASKED_AGAIN, READ, REFUSED, SENT_ON, Case
from tests.support.matrix_jobs import fetch
from tests.support.matrix_ways import each, may, places, sees, url
from tests.support.matrix_world import World

STEPS = ("draw", "undraw", "announce", "close", "reopen", "nothing")
SELF = frozenset({200, 302, 403, 404, 409, 422})


def step(world: World, account: str) -> Iterator[Case]:
    """Each step asked for and done; a reason too short for those that want one, so that nothing is undone here."""
    for place in places(world, account, "Campaign", "write"):
        pk = world.rows["Campaign", place]
        granted = may(world, account, "write", "Campaign") and sees(world, account, "Campaign", place)
        for what in STEPS:
            known = granted and what != "nothing"
            yield Case(f"step {what} asks {place}", url("Campaign", f"step/{pk}/{what}"), known, READ if known else REFUSED)
            yield Case(f"step {what} {place}", url("Campaign", f"step/{pk}/{what}"), known, ASKED_AGAIN if known else REFUSED, "POST", {"reason": "无"},
                       aim=("Campaign", pk), grows="Inspection" if not known else "")


def read(entity: str, rest: str, verb: str = "read", wide: frozenset[int] = READ) -> Callable[[World, str], Iterator[Case]]:
    """A page of a record; ``wide`` says what else than 200 may come where there is nothing to show."""

    def cases(world: World, account: str) -> Iterator[Case]:
        for place in places(world, account, entity, verb):
            granted = may(world, account, verb, entity) and sees(world, account, entity, place)
            yield Case(f"{rest} {place}", url(entity, f"{rest}/{world.rows[entity, place]}"), granted, wide if granted else REFUSED)

    return cases


def results_book(world: World, account: str) -> Iterator[Case]:
    for place in places(world, account, "Campaign", "export"):
        granted = may(world, account, "export", "Campaign") and sees(world, account, "Campaign", place)
        yield Case(f"results book {place}", url("Campaign", f"results/{world.rows['Campaign', place]}.xlsx"), granted, READ if granted else REFUSED)


def whole(world: World, account: str) -> Iterator[Case]:
    """The workbook of everything: asked for, and made in the background; of nothing before the notice."""
    for place in places(world, account, "Campaign", "export"):
        granted = may(world, account, "export", "Campaign") and sees(world, account, "Campaign", place)
        path, wide = url("Campaign", f"whole/{world.rows['Campaign', place]}.xlsx"), frozenset({200, 302, 404}) if granted else REFUSED
        yield Case(f"whole book asks {place}", path, granted, wide)
        yield Case(f"whole book {place}", path, granted, wide, "POST", follow=_fetched if granted else None, grows="" if granted else "Job")


def _fetched(answer: Any) -> Case | None:
    return fetch(answer) if answer.status_code == 302 else None


def self_checks(rest: str, verb: str) -> Callable[[World, str], Iterator[Case]]:
    """For who may read what schools say of themselves; there is nothing before the notice."""

    def cases(world: World, account: str) -> Iterator[Case]:
        for place in places(world, account, "Campaign", verb):
            granted = may(world, account, verb, "Campaign") and may(world, account, "read", "SelfAnswer") and sees(world, account, "Campaign", place)
            yield Case(f"self-checks{rest} {place}", url("Campaign", f"self_checks/{world.rows['Campaign', place]}{rest}"), granted,
                       READ | {404} if granted else REFUSED)

    return cases


def of_place(rest: str, entity: str) -> Callable[[World, str], Iterator[Case]]:
    """A page of a school's row for who may read ``entity`` too; nothing of what is not announced."""

    def cases(world: World, account: str) -> Iterator[Case]:
        able = may(world, account, "read", "CampaignSchool") and may(world, account, "read", entity)
        for place in world.places("CampaignSchool"):
            pk, granted = world.rows["CampaignSchool", place], able and sees(world, account, "CampaignSchool", place)
            yield Case(f"{rest} of a school {place}", url("CampaignSchool", f"{rest}/{pk}"), granted, READ | {404} if granted else REFUSED)
        yield Case(f"{rest} of a school before the notice", url("CampaignSchool", f"{rest}/{world.unannounced}"), False, REFUSED)

    return cases


def notice(world: World, account: str) -> Iterator[Case]:
    """The notice to one school; of what is not announced, nothing of the row by any way."""
    yield from read("CampaignSchool", "notice", wide=READ | REFUSED)(world, account)
    pk, prepares = world.unannounced, world.sights[account].role in PREPARES
    for rest in ("show", "history", "notice"):
        granted = prepares and rest != "notice"
        yield Case(f"{rest} before the notice", url("CampaignSchool", f"{rest}/{pk}"), granted, READ if granted else REFUSED)
    yield Case("api before the notice", f"/api/v1/campaign_school/{pk}", prepares, READ if prepares else REFUSED)
    yield Case("file before the notice", f"/file/CampaignSchool/{pk}", False, REFUSED, "POST", {}, grows="Attachment")
    yield Case("self-check before the notice", f"/self_check/{pk}", False, REFUSED)


def self_check(rest: str, method: str = "GET", data: Any = None, statuses: frozenset[int] = SELF) -> Callable[[World, str], Iterator[Case]]:
    def cases(world: World, account: str) -> Iterator[Case]:
        able = may(world, account, "write", "SelfAnswer")
        for place in world.places("CampaignSchool"):
            pk, granted = world.rows["CampaignSchool", place], able and sees(world, account, "CampaignSchool", place)
            yield Case(f"self-check {rest} {place}", f"/self_check/{pk}{rest}", granted, statuses if granted else REFUSED, method, data,
                       aim=("CampaignSchool", pk), grows="SelfAnswer")
        yield from (Case("self-check of nothing", f"/self_check/{pk}{rest}", False, REFUSED, method, data) for pk in (0, 2**31, 2**40))

    return cases


CAMPAIGN_WAYS = {
    "CampaignView.step": step, "CampaignView.redraw": read("Campaign", "redraw", wide=READ | REFUSED), "CampaignView.notice": read("Campaign", "notice"),
    "CampaignView.book": read("Campaign", "book", "export"), "CampaignView.results": read("Campaign", "results"),
    "CampaignView.public": read("Campaign", "public", wide=READ | REFUSED),
    "CampaignView.results_book": results_book, "CampaignView.whole": whole, "CampaignSchoolView.notice": notice,
    "CampaignView.self_checks": self_checks("", "read"), "CampaignView.self_checks_book": self_checks(".xlsx", "export"),
    "CampaignSchoolView.self_check": of_place("self_check", "SelfAnswer"), "CampaignSchoolView.files": of_place("files", "DrawnChild"),
    "SelfCheckPages.sheet": self_check(""),
    "SelfCheckPages.answer": each(self_check("/answer/A2", "POST", {"result": "pass"}), self_check("/answer/A2?section=A", statuses=SENT_ON)),
    "SelfCheckPages.submit": self_check("/submit", "POST", {})}
