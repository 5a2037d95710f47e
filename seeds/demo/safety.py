"""Responsibility letters and hazards of a school."""

from __future__ import annotations

from datetime import date, timedelta

from app.models.safety import Hazard, ResponsibilityLetter
from seeds import names
from seeds.bulk import Row
from seeds.demo import words
from seeds.demo.world import School, World

SIGNED, EXPIRED = 88, 5  # percent of letters with guardians: of this year, of last year only; the rest is unsigned
ENTRUSTED = 78


def make(world: World, school: School) -> None:
    _letters_with_guardians(world, school)
    _letters_with_staff(world, school)
    _hazards(world, school)


def _letters_with_guardians(world: World, school: School) -> None:
    for child in school.children:
        signer = names.guardian_name(world.rng, "grandmother", child["name"])
        fate = world.pick({"signed": SIGNED, "expired": EXPIRED, "": 100 - SIGNED - EXPIRED})
        if fate:
            _letter(world, school, "school_guardian", signer, child, last_year=fate == "expired")
        if child["left_behind"] == "2" and world.chance(ENTRUSTED):
            _letter(world, school, "entrustment", signer, child, last_year=world.chance(4))


def _letters_with_staff(world: World, school: School) -> None:
    _letter(world, school, "township_school", school.row["head_name"])
    for one in school.of_post("class_teacher"):
        if world.chance(95):
            _letter(world, school, "school_class", one["name"])
    for one in school.staff:
        if world.chance(85):
            _letter(world, school, "school_post", one["name"], last_year=world.chance(5))


def sign(world: World, school: School, level: str, signer: str) -> None:
    """A letter with a driver or the canteen, missing for some."""
    if world.chance(88):
        _letter(world, school, level, signer)


def sign_for_duty(world: World, school: School, signer: str) -> None:
    """Someone's promise to report what the law says must be reported."""
    _letter(world, school, "school_report", signer)


def _letter(world: World, school: School, level: str, signer: str, child: Row | None = None, last_year: bool = False) -> None:
    days = world.days
    began = days.terms[0].starts_on if last_year else days.year_began
    world.bulk.add(ResponsibilityLetter, school_id=school.id, level=level, signer=signer,
                   school_year=days.year_before if last_year else days.year, child_id=child["id"] if child else None,
                   signed_on=days.between(world.rng, began, began + timedelta(days=35)),
                   expires_on=date(began.year + 1, 8, 31))


def _hazards(world: World, school: School) -> None:
    for _ in range(world.rng.randint(3, 8)):
        found = world.days.between(world.rng, world.days.horizon, world.days.yesterday)
        _hazard(world, school, found, open_=world.chance(12))
    if "hazard" in school.plan.gaps:
        _hazard(world, school, world.days.ago(world.rng, 40, 60), open_=True)
        _hazard(world, school, world.days.ago(world.rng, 2, 5), open_=True, level="serious")


def _hazard(world: World, school: School, found: date, open_: bool, level: str | None = None) -> None:
    kind, where, defect = names.hazard_parts(world.rng)
    level = level or ("serious" if world.chance(6) else "general")
    due = found + timedelta(days=7 if level == "serious" else 21)
    # Most are put right in time, some some days late.
    fixed = found + timedelta(days=world.rng.randint(1, 28 if world.chance(20) else 7))
    done = not open_ and fixed <= world.days.yesterday
    world.bulk.add(
        Hazard, school_id=school.id, what=where + defect, where=where, kind=kind, level=level, found_on=found, due_on=due,
        responsible_id=world.rng.choice(school.of_post("safety", "deputy"))["id"] if world.chance(92) else None,
        fixed_on=fixed if done else None, fix=world.rng.choice(words.HAZARD_FIXES) if done else None,
        verified_by=school.row["head_name"] if done else None)
