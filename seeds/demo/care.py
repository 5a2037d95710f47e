"""One school year of care: talks, home visits, calls home, helpers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from app.models.care import FamilyContact, HomeVisit, Pairing, Talk
from seeds import names
from seeds.bulk import Row
from seeds.demo import words
from seeds.demo.days import moment
from seeds.demo.world import School, World

MONTH, FORTNIGHT = 29, 13
OVERDUE_PERCENT = 12
LIGHT_TALKS, LIGHT_CONTACTS = 2, 1
KINDS = {"regular": 62, "study": 14, "life": 12, "behaviour": 6, "psychological": 6}
CONTACTS = {"phone": 55, "video": 38, "letter": 2, "visit": 5}
OUTSIDE = {"love_mother": 35, "volunteer": 25, "cadre": 30, "tutor": 10}
PER_TEACHER = 2
DEMO_PAIRINGS = 3


def make(world: World, school: School) -> None:
    """The records of every child of the school; sets the last days on the children."""
    teachers = {row["id"]: teacher for _, row, teacher in school.classes}
    for child in school.children:
        teacher = teachers[child["school_class_id"]]
        _talk(world, school, child, teacher)
        _visit(world, school, child, teacher)
        _call(world, school, child)
    _pair(world, school, teachers)


def _talk(world: World, school: School, child: Row, teacher: Row) -> None:
    listeners = school.of_post("counsellor", "head")
    for day in _talk_days(world, child):
        who = world.rng.choice(listeners) if world.chance(8) else teacher
        typed = moment(day, 16, world.rng.randint(0, 300))
        school.talks.append(world.bulk.add(
            Talk, **school.of_child(child), talked_on=day, teacher_id=who["id"], kind=world.pick(KINDS),
            content=_said(world, school), created_at=typed, updated_at=typed,
            follow_up=world.rng.choice(words.TALK_FOLLOW_UP) if world.chance(15) else None))
        child["last_talk_on"] = max(child["last_talk_on"] or day, day)


def _said(world: World, school: School) -> str:
    """What a talk was about, in words that no other talk of the school was told in."""
    text = names.talk_text(world.rng)
    while text in school.said:
        text += world.rng.choice(words.TALK_MORE)
    school.said.add(text)
    return text


def _talk_days(world: World, child: Row) -> Iterator[date]:
    """Talk days from the latest back to when the file was opened; in kindergarten two a month."""
    days, every = world.days, FORTNIGHT if child["stage"] == "kindergarten" else MONTH
    opened = max(child["filed_on"] or days.horizon, days.horizon)
    day, most = days.weekday(_latest_talk(world, every)), LIGHT_TALKS if world.light else 40
    while day >= opened and most:
        if not days.in_holidays(day) or day > days.today - timedelta(days=31):
            yield day
            most -= 1
        day = days.weekday(day - timedelta(days=every + world.rng.randint(-2, 2)))


def _latest_talk(world: World, every: int) -> date:
    """Within this month for most children once a third of it has passed; else within the interval."""
    days = world.days
    if world.chance(OVERDUE_PERCENT):
        return days.ago(world.rng, max(35, days.today.day + 1), 60)
    this_month = min(days.today.day - 3, every)  # not its first two days: the Friday before may be last month's
    return days.ago(world.rng, 1, this_month if days.today.day >= 10 else every)


def _visit(world: World, school: School, child: Row, teacher: Row) -> None:
    """One visit a term for most children."""
    terms = [(world.days.term, 84)] if world.light else [(world.days.term, 84), (world.days.last_term, 92)]
    for term, percent in terms:
        if not world.chance(percent) or child["filed_on"] and child["filed_on"] > term.ends_on:
            continue
        day = world.days.between(world.rng, term.starts_on + timedelta(days=10), term.ends_on)
        world.bulk.add(HomeVisit, **school.of_child(child), visited_on=day, visitor_id=teacher["id"],
                       met=world.rng.choice(("爷爷", "奶奶", "外婆", "母亲", "伯父")), found=names.visit_text(world.rng),
                       follow_up=world.rng.choice(words.VISIT_FOLLOW_UP) if world.chance(50) else None,
                       created_at=moment(day, 19), updated_at=moment(day, 19))
        child["last_visit_on"] = max(child["last_visit_on"] or day, day)


def _call(world: World, school: School, child: Row) -> None:
    """Calls home about once a month; children whose parents are at home need few."""
    late = world.chance(18)
    day, most = world.days.ago(world.rng, 32 if late else 1, 70 if late else 26), LIGHT_CONTACTS if world.light else 10
    if child["left_behind"] == "0":
        most = min(most, 2)
    while most and day > world.days.horizon:
        kind = world.pick(CONTACTS)
        world.bulk.add(FamilyContact, **school.of_child(child), contacted_on=day, kind=kind,
                       with_whom="mother" if world.chance(60) else "father",
                       minutes=world.rng.randint(3, 40) if kind in ("phone", "video") else None,
                       note=world.rng.choice(words.CONTACT_NOTES) if world.chance(40) else None)
        child["last_contact_on"] = max(child["last_contact_on"] or day, day)
        day -= timedelta(days=world.rng.randint(20, 38))
        most -= 1


def _pair(world: World, school: School, teachers: dict[int, Row]) -> None:
    """Helpers for children of a special group or with both parents away, a few for others."""
    free = [one for one in school.of_post("class_teacher", "teacher", "deputy", "head") for _ in range(PER_TEACHER)]
    world.rng.shuffle(free)
    for child in school.children:
        key = child["special_group"] in ("needy", "disabled", "unguarded", "seriously_ill") or child["left_behind"] == "2"
        if not world.chance(86 if key else 4):
            continue
        if free and world.chance(70):
            _add_pairing(world, school, child, "proxy_parent" if world.chance(60) else "teacher", free.pop())
        else:
            _add_pairing(world, school, child, world.pick(OUTSIDE), None)
    if school.plan.demo:
        _pair_demo_teacher(world, school, teachers)


def _pair_demo_teacher(world: World, school: School, teachers: dict[int, Row]) -> None:
    """The demo teacher helps some children of other classes."""
    own = demo_teacher(school)
    others = [child for child in school.children if teachers[child["school_class_id"]] is not own]
    for child in others[:DEMO_PAIRINGS]:
        _add_pairing(world, school, child, "proxy_parent", own)


def demo_teacher(school: School) -> Row:
    """The class teacher of the school's first child."""
    first = school.children[0]["school_class_id"] if school.children else None
    return next((teacher for _, row, teacher in school.classes if row["id"] == first), school.classes[0][2])


def _add_pairing(world: World, school: School, child: Row, kind: str, staff: Row | None) -> None:
    rng, days = world.rng, world.days
    started = days.between(rng, max(child["filed_on"] or days.horizon, days.horizon), days.yesterday)
    world.bulk.add(
        Pairing, **school.of_child(child), kind=kind, staff_id=staff["id"] if staff else None, started_on=started,
        helper_name=None if staff else names.person_name(rng, "f" if kind == "love_mother" else "m", "parent"),
        plan=None if world.chance(14) else rng.choice(words.PLANS))
