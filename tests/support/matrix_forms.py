"""The ways to an official form: for any place and for one child, by every account."""

from collections.abc import Callable, Iterator

from tests.support.matrix_case import READ, REFUSED, Case
from tests.support.matrix_ways import FULL, may, sees
from tests.support.matrix_world import World

FIGURES = ("summary", "care")
LISTED = {"registration": "Child", "roster": "Child", "pairing": "Pairing", "hazards": "Hazard", "canteen": "MealRecord", "bus": "BusRun",
          "inspections": "Inspection"}  # form → whose rows it lists

WRITTEN_BY_ALL = ("summary", "roster")  # written for each place by every account; the others, which take as long, by the full ones alone


def official(rest: str, keys: tuple[str, ...]) -> Callable[[World, str], Iterator[Case]]:
    """A form for the own place, for areas and schools in and out of sight, and of one child. A summary that does not foot answers 409."""

    def cases(world: World, account: str) -> Iterator[Case]:
        for key in (*FIGURES, *LISTED, "nothing"):
            able = key in keys and (may(world, account, "export", "Statistics") if key in FIGURES else key in LISTED and may(
                world, account, "export", LISTED[key]) and world.sights[account].role != "superior")
            yield Case(f"form {key}", f"/forms/{key}{rest}", able, READ | {409} if able else REFUSED)
            for entity, letter in (("Area", "a"), ("School", "s")) if able else ():
                for place in world.places(entity):
                    granted = sees(world, account, entity, place)
                    if granted and account not in FULL and key not in WRITTEN_BY_ALL:
                        continue
                    path = f"/forms/{key}{rest}?p={letter}{world.rows[entity, place]}"
                    yield Case(f"form {key} of {place}", path, granted, READ | REFUSED | {409} if granted else REFUSED)
            for place in world.places("Child") if able and key == "registration" else ():
                granted = sees(world, account, "Child", place)
                yield Case(f"form of child {place}", f"/forms/{key}{rest}?child={world.rows['Child', place]}", granted, READ if granted else REFUSED)
        yield Case("form of no place", f"/forms/summary{rest}?p=a99999999999&from=x", False, REFUSED)

    return cases


def index(world: World, account: str) -> Iterator[Case]:
    yield Case("forms", "/forms/", True, READ)


FORM_WAYS = {"Forms.index": index, "Forms.figures": official("/", FIGURES), "Forms.workbook": official(".xlsx", (*FIGURES, *LISTED))}
