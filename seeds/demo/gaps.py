"""What goes wrong for certain, so that every piece of evidence has something to show.

The demo school (the first) has what an inspector meets most; the second school has the rest.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from app.models.audit import Change
from seeds.bulk import Row
from seeds.demo import words
from seeds.demo.days import moment
from seeds.demo.world import School, SchoolPlan, World

DEMO = frozenset({"light_sample", "short_sample", "certificate", "overload", "no_attendant", "bulk", "hazard", "inspection"})
BESIDE = frozenset({"licence", "old_driver", "bus_test", "alone", "hazard", "inspection"})
CLEAR = 2  # so many schools have canteen, buses and boarders for certain
BULK_TALKS, BULK_SAME, BULK_MINUTES = 41, 17, 15
BULK_DAYS_AGO = 6


def spread(plans: list[SchoolPlan]) -> list[SchoolPlan]:
    """Give the gaps and the accounts to the first two schools, or all to the only one."""
    if len(plans) == 1:
        return [replace(plans[0], gaps=DEMO | BESIDE, account="school")]
    return [replace(plans[0], gaps=DEMO, account="school"), replace(plans[1], gaps=BESIDE, account="school2"), *plans[2:]]


def type_in_bulk(world: World, school: School) -> None:
    """One teacher typed a month of talks in one evening, many of them with the same words."""
    evening = world.days.ago(world.rng, BULK_DAYS_AGO, BULK_DAYS_AGO)
    teacher = school.classes[-1][2]
    for order, talk in enumerate(_latest(school.talks, evening)):
        typed = moment(evening, 20, 5 + order * (BULK_MINUTES - 1) // BULK_TALKS)
        talk.update(teacher_id=teacher["id"], created_at=typed, updated_at=typed)
        if order % 2 == 0 and order < 2 * BULK_SAME:
            talk["content"] = words.BULK_TEXT
        school.typed_at_once.append(talk)


def tell_bulk(world: World, school: School, member: Row) -> None:
    """The history of that evening: who entered what is read from there (checklist item D5)."""
    for talk in school.typed_at_once:
        day, at = talk["talked_on"].isoformat(), talk["created_at"]
        lines = [["talked_on", None, {"d": day}, "", day], ["content", None, talk["content"], "", talk["content"]]]
        world.bulk.add(Change, at=at, member_id=member["id"], who=member["name"], action="add", entity="Talk",
                       row_id=talk["id"], school_id=school.id, request_id=f"{world.rng.getrandbits(128):032x}", lines=lines,
                       created_at=at, updated_at=at)


def _latest(talks: list[Row], day: object) -> list[Row]:
    """The latest talks up to a day, of as many children as there are."""
    seen: Counter[int] = Counter()
    ranked = []
    for talk in sorted((one for one in talks if one["talked_on"] <= day), key=lambda one: one["talked_on"], reverse=True):
        ranked.append((seen[talk["child_id"]], talk))
        seen[talk["child_id"]] += 1
    return [talk for _, talk in sorted(ranked, key=lambda pair: pair[0])[:BULK_TALKS]]
