"""The ways to what is made in the background: bulk exports, and the page that hands out their files."""

import re
from collections.abc import Iterator
from typing import Any

from app.models.base import OfSchool
from app.panel.views_by_entity import VIEWS
from tests.support.matrix_case import READ, REFUSED, Case
from tests.support.matrix_ways import may
from tests.support.matrix_world import World

TELLING = ("Child", "Hazard", "Inspection", "Finding", "Member", "Staff")  # what each account tries
FORMS = {"summary": "Statistics", "roster": "Child", "hazards": "Hazard"}  # some of the official forms, and whose verb they ask
NEWEST = re.compile(r'href="(/downloads/\d+)"')


def bulk(world: World, account: str) -> Iterator[Case]:
    """Lists in both forms, by school and by township (the county's office: all there are); each file is fetched and searched for tokens."""
    several = world.sights[account].school_id is None
    able = several and any(may(world, account, "export", entity) for entity in VIEWS if issubclass(VIEWS[entity].model, OfSchool))
    yield Case("bulk form", "/bulk/", able, READ if able else REFUSED)
    tried = [(name, view) for name, view in VIEWS.items() if account == "county" or name in TELLING]
    for turn, (entity, view) in enumerate(tried):
        granted = able and issubclass(view.model, OfSchool) and may(world, account, "export", entity)
        asked = {"what": entity, "by": ("school", "township")[turn % 2], "way": ("zip", "sheets")[turn // 2 % 2]}
        statuses = frozenset({302}) if granted else READ if able else REFUSED  # what is not offered is asked for again
        yield Case(f"bulk {entity}", "/bulk/", granted, statuses, "POST", asked, follow=fetch if granted else None)
    for turn, (form, subject) in enumerate(FORMS.items()):
        granted = able and may(world, account, "export", subject) and (subject == "Statistics" or account != "superior")
        asked = {"what": f"form-{form}", "by": "county" if account == "superior" else "school", "way": ("zip", "sheets")[turn % 2]}
        yield Case(f"bulk form {form}", "/bulk/", granted, frozenset({302}) if granted else READ if able else REFUSED, "POST", asked,
                   follow=fetch if granted else None)


def fetch(_answer: Any) -> Case:
    """What was made goes on: its file is fetched and searched for tokens."""
    return Case("bulk list", "/downloads/", True, READ, follow=_newest)


def _newest(answer: Any) -> Case:
    found = NEWEST.search(answer.get_data(as_text=True))
    return Case("bulk file", found[1] if found else "/downloads/nothing-was-made", True, READ)


def index(_world: World, _account: str) -> Iterator[Case]:
    yield Case("downloads", "/downloads/", True, READ)


def state(_world: World, _account: str) -> Iterator[Case]:
    yield Case("downloads state", "/downloads/state", True, READ)


def download(world: World, _account: str) -> Iterator[Case]:
    """Nobody else's: the planted jobs belong to members that cannot log in."""
    for place in world.places("Job"):
        yield Case(f"download of {place}", f"/downloads/{world.rows['Job', place]}", False, REFUSED)
    yield Case("download of nothing", "/downloads/999999999", False, REFUSED)


def cancel(world: World, _account: str) -> Iterator[Case]:
    for place in world.places("Job"):
        pk = world.rows["Job", place]
        yield Case(f"cancel {place}", f"/downloads/{pk}/cancel", False, REFUSED, "POST", {}, aim=("Job", pk))


JOB_WAYS = {"BulkExport.index": bulk, "Downloads.index": index, "Downloads.state": state, "Downloads.download": download, "Downloads.cancel": cancel}
