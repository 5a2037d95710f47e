"""Children with their guardians, the whereabouts of their parents and their search keys."""

from __future__ import annotations

from datetime import date, timedelta

from app.models.children import Child, ChildKey
from app.services import pinyin
from seeds import names, numbers
from seeds.bulk import Row
from seeds.demo import family, words
from seeds.demo.world import School, World

STAGES = ((1, "kindergarten"), (7, "primary"), (10, "junior"), (13, "senior"))
DEMO_CLASS = 24  # children of the demo teacher's class, where the school has twice as many
ILLNESSES = {"disabled": ["肢体残疾三级", "听力残疾二级", "视力残疾三级", "言语残疾四级"],
             "ill": ["哮喘", "先天性心脏病", "癫痫", "肾病"]}


def make(world: World, school: School) -> None:
    """All children of the school, over its classes."""
    for order in range(school.plan.children):
        grade, row, teacher = _class_of(world, school, order)
        alone = order == 0 and "alone" in school.plan.gaps or world.chance(0.05)
        _make_one(world, school, grade, row, alone)


def _class_of(world: World, school: School, order: int) -> tuple[int, Row, Row]:
    if school.plan.demo and order < min(DEMO_CLASS, school.plan.children // 2):
        return school.classes[min(2, len(school.classes) - 1)]
    return world.rng.choice(school.classes)


def _make_one(world: World, school: School, grade: int, school_class: Row, alone: bool) -> None:
    rng, plan = world.rng, school.plan
    sex = "m" if world.chance(52) else "f"
    name, birth = names.person_name(rng, sex), _birth(world, grade)
    village = rng.choice(plan.place.villages)
    home = names.address(rng, plan.place.name, village).replace(names.COUNTY, plan.place.county)
    number = None if world.chance(1.5) else world.ids.next(birth, sex, plan.place.division)
    filed_on = None if number is None or world.chance(1) else _filed(world, grade, plan.type)
    health, group = _health(world, alone)
    usual = world.pick(words.ETHNIC)
    child = world.bulk.add(
        Child, school_id=school.id, name=name, sex=sex, birth_date=birth, ethnic_group=names.people_of(name) or usual,
        id_number=number, student_number=numbers.student_number(rng, number) if grade > 0 else None,
        school_class_id=school_class["id"], stage=_stage(world, grade, plan.type), rural=not world.chance(5),
        boarder=plan.boarders and world.chance(60 if grade > 6 else 30), household_address=home,
        residence=home if world.chance(85) else f"{plan.place.county}{plan.place.name}街道{rng.randint(1, 90)}号",
        health=health, illness=rng.choice(ILLNESSES[health]) if health in ILLNESSES else None, special_group=group,
        alone=alone, character=None if world.chance(4) else rng.choice(words.CHARACTER), filed_on=filed_on,
        pinyin=pinyin.full(name))
    child["journey"] = "住校" if child["boarder"] else world.pick(words.JOURNEY)
    family.make(world, school, child, home, alone)
    for key in pinyin.search_keys(name):
        world.bulk.add(ChildKey, **school.of_child(child), key=key)
    school.children.append(child)


def _birth(world: World, grade: int) -> date:
    """A birth date by the rule: six full years on 31 August before grade one."""
    age = grade + 5 if grade > 0 else grade + 6
    last = date(world.days.year_began.year - age, 8, 31)
    return last - timedelta(days=world.rng.randint(0, 364))


def _stage(world: World, grade: int, school_type: str) -> str:
    if grade in (8, 9) and world.chance(0.6):
        return "dropped_out"
    stage = next(stage for below, stage in STAGES if grade < below)
    return "vocational" if school_type == "vocational" else stage


def _filed(world: World, grade: int, school_type: str) -> date:
    """Files are opened in the first weeks at a school; those of the entrance grades are this year's."""
    days = world.days
    entered_now = grade in (-3, 1, 7, 10) and not (school_type == "nine_year" and grade == 7)
    first = days.year_began if entered_now else days.terms[0].starts_on
    return days.between(world.rng, first, first + timedelta(days=28))


def _health(world: World, alone: bool) -> tuple[str, str | None]:
    if alone:
        return "healthy", "unguarded"
    group = world.pick({"": 90, "needy": 5, "disabled": 2, "seriously_ill": 1, "gifted": 2}) or None
    return {"disabled": "disabled", "seriously_ill": "ill"}.get(group or "", "healthy"), group
