"""Cases of children, aid, and the promises to report."""

from __future__ import annotations

from datetime import timedelta

from app.models.cases import Aid, CaseFile
from seeds.bulk import Row
from seeds.demo.safety import sign_for_duty
from seeds.demo.world import School, World

# Percent of children with a case, by kind; none of the mind in a kindergarten.
CASES = {"behaviour": 1.2, "study": 1.6, "mental": 1.2, "sick": 0.5, "absent": 0.3}
OUT = ("dropped_out", "not_in_school")
PLANS = {"behaviour": "每周谈心一次，与家长每两周通话，学期末评估", "study": "每周辅导两次，小组互助，月底小测",
         "mental": "心理教师每两周面谈，家校同步观察", "sick": "每周电话问候，送作业到家", "absent": "上门家访，问明原因，约定返校日期",
         "dropout": "乡镇、学校、村居联合劝返，每月上门", "bullying": "分别谈话，告知家长，向教育局报告，每周回访",
         "disability": "随班就读，个别化教学，每学期评估", "report": "已报公安机关和民政部门，专人陪护"}
AMOUNT = {"boarding": 625, "nutrition": 500, "hardship": 500, "goods": 200}
BOARDERS, LIGHT_BOARDERS = 60, 10  # percent of the boarders whose aid is decided at the school


def make(world: World, school: School) -> None:
    for child in school.children:
        _cases(world, school, child)
        _aid(world, school, child)
    if school.children:
        for kind, percent in {"bullying": 15, "report": 4}.items():
            if world.chance(percent):
                _case(world, school, world.rng.choice(school.children), kind, closed=70)
        if school.plan.demo:
            _case(world, school, school.children[-1], "sick", closed=0)
            for child, kind in zip(school.children, ("mental", "absent"), strict=False):  # always one to look at, whatever the day
                world.bulk.add(CaseFile, **school.of_child(child), kind=kind, opened_on=world.days.yesterday, plan=PLANS[kind],
                               followed_on=None, closed_on=None)
    for one in school.staff:
        if world.chance(91):
            sign_for_duty(world, school, one["name"])


def _cases(world: World, school: School, child: Row) -> None:
    for kind, percent in CASES.items():
        if world.chance(percent) and (kind != "mental" or school.plan.type != "kindergarten"):
            _case(world, school, child, kind, closed=60 if kind in ("sick", "absent") else 25)
    if child["stage"] in OUT and world.chance(85):
        _case(world, school, child, "dropout", closed=0)
    if child["health"] == "disabled" and world.chance(84):
        _case(world, school, child, "disability", closed=0)


def _case(world: World, school: School, child: Row, kind: str, closed: int) -> None:
    days, rng = world.days, world.rng
    opened = days.ago(rng, 3, 120)
    followed = None if world.chance(8) else days.between(rng, max(opened, days.today - timedelta(25 if world.chance(85) else 80)), days.yesterday)
    over = world.chance(closed)
    world.bulk.add(CaseFile, **school.of_child(child), kind=kind, opened_on=opened, plan=PLANS[kind] if world.chance(90) else None,
                   followed_on=followed, closed_on=(followed or days.yesterday) if over else None)


def _aid(world: World, school: School, child: Row) -> None:
    kinds = [("hardship", 84)] if child["special_group"] == "needy" else []
    if child["boarder"] and world.chance(LIGHT_BOARDERS if world.light else BOARDERS):
        kinds.append(("boarding", 96))
    for kind, percent in kinds:
        decided = world.days.between(world.rng, world.days.term.starts_on, world.days.term.starts_on + timedelta(20))
        granted = world.days.between(world.rng, decided, decided + timedelta(45)) if world.chance(percent) else None
        signed = child["name"] + "家长" if granted and world.chance(98) else None
        world.bulk.add(Aid, **school.of_child(child), kind=kind, decided_on=decided, granted_on=granted, amount=AMOUNT[kind], receiver=signed)
