"""A school with its staff and classes."""

from __future__ import annotations

from datetime import date, timedelta

from app.models.org import School as SchoolModel
from app.models.org import SchoolClass, Staff
from app.services.clock import add_months
from seeds import names, numbers
from seeds.bulk import Row
from seeds.demo.world import School, SchoolPlan, World

GRADES = {"kindergarten": range(-3, 0), "primary": range(1, 7), "teaching_point": range(1, 4), "junior": range(7, 10),
          "nine_year": range(1, 10), "senior": range(10, 13), "vocational": range(10, 13)}
CLASS_SIZE = 45  # pupils, whether in the register or not
PUPILS_PER_TEACHER = 16
POSTS = {"head": "m", "deputy": "m", "counsellor": "f", "safety": "m"}  # one each; the sex is the usual one


def make(world: World, plan: SchoolPlan) -> School:
    """The school's own rows."""
    pupils = round(plan.children / world.rng.uniform(0.35, 0.55)) + 5
    row = world.bulk.add(
        SchoolModel, area_id=plan.place.row["id"], code=plan.code, name=plan.name, type=plan.type, pupils=pupils,
        phone=numbers.phone(world.rng), has_canteen=plan.canteen, has_bus=plan.bus, has_boarders=plan.boarders,
        roster_updated_on=_roster(world))
    school = School(plan, row)
    _fill_posts(world, school)
    row["head_name"] = school.staff[0]["name"]
    _open_classes(world, school, pupils)
    _add_teachers(world, school, pupils)
    return school


def _roster(world: World) -> date:
    """When the roster was last gone over: within a month of the term's start, at some schools later."""
    first = world.days.term.starts_on
    late = 45 if world.chance(10) else 0
    return world.days.between(world.rng, first + timedelta(days=late), first + timedelta(days=28 + late))


def _fill_posts(world: World, school: School) -> None:
    for post, sex in POSTS.items():
        _employ(world, school, post, sex)
    if school.plan.canteen:
        _employ(world, school, "food_safety", "f")
    if school.plan.bus:
        _employ(world, school, "attendant", "f")
        _employ(world, school, "attendant", "f")
    for _ in range(1 + (school.row["pupils"] >= 100) + (school.row["pupils"] >= 1000)):
        _employ(world, school, "guard", "m")


def _open_classes(world: World, school: School, pupils: int) -> None:
    """Classes of every grade, each with a class teacher."""
    grades = GRADES[school.plan.type]
    for grade in grades:
        for number in range(1, 1 + max(1, -(-pupils // (len(grades) * CLASS_SIZE)))):
            teacher = _employ(world, school, "class_teacher")
            row = world.bulk.add(SchoolClass, school_id=school.id, name=names.class_label(grade, number),
                                 grade=max(0, grade), teacher_id=teacher["id"])
            school.classes.append((grade, row, teacher))


def _add_teachers(world: World, school: School, pupils: int) -> None:
    for _ in range(max(2, pupils // PUPILS_PER_TEACHER - len(school.classes))):
        _employ(world, school, "teacher")


def _employ(world: World, school: School, post: str, sex: str | None = None) -> Row:
    rng, days = world.rng, world.days
    sex = sex or ("f" if world.chance(60) else "m")
    birth = add_months(days.today, -12 * rng.randint(24, 57)) - timedelta(days=rng.randint(0, 364))
    teaches = post in ("head", "deputy", "class_teacher", "teacher", "counsellor")
    row = world.bulk.add(
        Staff, school_id=school.id, name=names.person_name(rng, sex, "parent"), sex=sex, post=post,
        id_number=world.ids.next(birth, sex, school.plan.place.division), phone=numbers.phone(rng),
        certificate_no=f"99{rng.randrange(10**15):015d}" if teaches and not world.chance(3) else None,
        record_checked_on=_checked(world), present=not world.chance(2))
    school.staff.append(row)
    return row


def _checked(world: World) -> date | None:
    """The last look into the register of offences: once a year, forgotten for a few."""
    if world.chance(2):
        return None
    return world.days.ago(world.rng, 370, 500) if world.chance(4) else world.days.ago(world.rng, 10, 360)
