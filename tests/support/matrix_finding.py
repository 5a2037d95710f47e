"""The ways into findings and opinions beside their records: each step asked for and taken, the letter."""

from collections.abc import Callable, Iterator

from app.services.findings import STEPS as FINDING_STEPS
from app.views.opinion import STEPS as OPINION_STEPS
from tests.support.matrix_campaign import read
from tests.support.matrix_case import ASKED_AGAIN, READ, REFUSED, Case
from tests.support.matrix_ways import may, places, sees, url
from tests.support.matrix_world import World

ROLES = {"Finding": {kind: set(step.who) for kind, step in FINDING_STEPS.items()}, "Opinion": {what: {step.role} for what, step in OPINION_STEPS.items()}}
LED_BACK = READ | REFUSED | {302}  # a step that things do not stand for leads back to the record


def step(entity: str, grows: str) -> Callable[[World, str], Iterator[Case]]:
    """Every step of every row in reach; nothing is said with it, so that hardly any is taken."""

    def cases(world: World, account: str) -> Iterator[Case]:
        for place in places(world, account, entity, "write"):
            pk = world.rows[entity, place]
            able = may(world, account, "write", entity) and sees(world, account, entity, place)
            for what in (*ROLES[entity], "nothing"):
                granted = able and world.sights[account].role in ROLES[entity].get(what, ())
                yield Case(f"{what} asks {place}", url(entity, f"step/{pk}/{what}"), granted, LED_BACK if granted else REFUSED)
                yield Case(f"{what} {place}", url(entity, f"step/{pk}/{what}"), granted, ASKED_AGAIN if granted else REFUSED, "POST", {},
                           aim=(entity, pk), grows="" if granted else grows)

    return cases


FINDING_WAYS = {"FindingView.step": step("Finding", "FindingStep"), "OpinionView.step": step("Opinion", "FindingStep"),
                "OpinionView.letter": read("Opinion", "letter")}
