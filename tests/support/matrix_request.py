"""The ways to the page of one request: of a request that changed a row of every place, and of one that changed a single row."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from app.panel.views_by_entity import VIEWS
from tests.support.matrix_case import READ, REFUSED, Case
from tests.support.matrix_ways import may, places, sees
from tests.support.matrix_world import ALL_AT_ONCE, World, own_request

NEXT = re.compile(r'href="(/request/[^"?]+\?[^"]+)"')


def changes(world: World, account: str) -> Iterator[Case]:
    """Each shows the rows in sight; a page to the next one, to the end."""
    yield _all_at_once(f"/request/{ALL_AT_ONCE}")
    yield _all_at_once(f"/request/{ALL_AT_ONCE}?entity=Child&record={world.rows['Child', 'abroad']}&line=1")  # on from a row out of sight
    yield Case("request nothing", "/request/nothing", False, REFUSED)
    told = [entity for entity in VIEWS if "history" not in VIEWS[entity].exclude_route_methods]
    for entity in told:
        for place in [place for place in places(world, account, entity) if (entity, place) in world.changes]:
            granted = may(world, account, "read", entity) and sees(world, account, entity, place)
            path = f"/request/{own_request(entity, world.rows[entity, place])}"
            yield Case(f"request of {entity} {place}", path, granted, READ if granted else REFUSED)
    for place in world.places("ImportBatch"):  # of talks, that nobody here brought in; they changed no row
        granted = (may(world, account, "read", "Talk") and world.shows(account, "ImportBatch", world.rows["ImportBatch", place])
                   and world.sights[account].role != "teacher")
        yield Case(f"request of the batch {place}", f"/request/batch-{place}", granted, READ if granted else REFUSED)


def _all_at_once(path: str) -> Case:
    def following(answer: Any) -> Case | None:
        found = NEXT.search(answer.get_data(as_text=True))
        return _all_at_once(unescape(found[1])) if found else None

    return Case("request of all", path, True, READ, trash=True, follow=following)


REQUEST_WAYS = {"OneRequest.changes": changes}
