"""All figures together: they match the template, stand an empty school, and keep to the scope."""

import json
from pathlib import Path

import pytest

from app.models.inspection import ChecklistItem
from app.services import evidence, scope
from app.services.evidence.judge import percent_of, share
from seeds.checklist.load import load_template
from tests.services.evidence.school import ON, desk, said

assert desk
TEMPLATE = json.loads((Path(__file__).parents[3] / "seeds/checklist/template.json").read_text("utf-8"))
ITEMS = [item for section in TEMPLATE["sections"] for item in section["items"] if item["evidence"]]


def test_every_figure_of_the_template_is_there_with_its_parameters():
    assert {item["evidence"]: item["parameters"] for item in ITEMS} == {
        name: dict(source.defaults) for name, source in evidence.REGISTRY.items()}
    assert len({source.label for source in evidence.REGISTRY.values()}) == len(evidence.REGISTRY)


@pytest.mark.parametrize("name", [name for name in evidence.REGISTRY if name not in ("active_accounts", "roster_updated_in_time")])
def test_an_empty_school_has_no_figure(desk, name):
    made = desk.ask(name)
    assert (made.level, made.value, made.percent, said(made)) == ("none", None, None, (None, None, None))
    assert evidence.rows_of(desk.session, made) == []


def filled(desk):
    """A school with something wrong in every corner."""
    child = desk.child(special_group="needy", alone=True)
    desk.guardian(child, ability="none")
    desk.staff()
    desk.hazard(level="serious", due_on=ON.replace(day=1))
    canteen = desk.canteen()
    desk.meal(canteen)
    desk.run(desk.bus(), desk.driver(), boarded=40, attendant=None)
    desk.member("school", desk.town, school_id=desk.school.id)
    desk.school.roster_updated_on = ON
    load_template(desk.session, ON)
    return desk.session.query(ChecklistItem).where(ChecklistItem.evidence.is_not(None)).all()


def test_assess_gives_a_figure_an_item(desk):
    items = filled(desk)
    made = evidence.assess(desk.session, desk.school, items, ON)
    assert set(made) == {item["code"] for item in ITEMS}
    assert {"C3", "F5", "H1", "I1", "I9", "J1", "J5"} <= {code for code, one in made.items() if one.suggestion == "fail"}
    assert made["C3"].name == "unguarded_children" and made["C3"].label == "无人监护"
    assert evidence.rows_of(desk.session, made["C3"])[0].alone


def test_an_inspector_of_another_county_gets_nothing(desk):
    items = filled(desk)
    seen = evidence.compute(desk.session, desk.school, "filing_rate", ON)
    foreign = desk.member("inspector", desk.other_county)
    scope.bind(desk.session, scope.asker_of(desk.session, foreign))
    assert evidence.assess(desk.session, desk.school, items, ON) == {}
    assert evidence.ids_of(desk.session, seen) == []
    for name in evidence.REGISTRY:
        made = desk.ask(name)
        assert not (made.numerator or made.denominator or made.rows and made.rows.total)
        assert desk.behind(made) == set()


def test_rows_are_for_roles_that_may_read_them(desk):
    filled(desk)
    made = desk.ask("filing_rate")
    for role, rows in (("inspector", 1), ("superior", 0)):
        scope.bind(desk.session, scope.asker_of(desk.session, desk.member(role, desk.county)))
        assert len(evidence.rows_of(desk.session, made)) == rows
        scope.bind(desk.session, scope.SYSTEM)


def test_rows_come_in_pages(desk):
    children = [desk.child() for _number in range(5)]
    made = desk.ask("filing_rate")
    first = evidence.rows_of(desk.session, made, limit=2)
    assert [row.id for row in first] == [child.id for child in children[:2]]
    assert [row.id for row in evidence.rows_of(desk.session, made, after=first[-1].id)] == [child.id for child in children[2:]]
    assert evidence.ids_of(desk.session, made, limit=3) == [child.id for child in children[:3]]


@pytest.mark.parametrize(("part", "whole", "expected"), [
    (0, 9, 0), (1, 3, 33.3), (2, 3, 66.7), (9999, 10000, 99.9), (1, 9999, 0.1), (7, 7, 100),
])
def test_percent_never_rounds_a_gap_away(part, whole, expected):
    assert percent_of(part, whole) == expected


@pytest.mark.parametrize(("good", "target", "suggestion"), [(100, 100, "pass"), (99, 100, "partly"), (80, 100, "partly"), (79, 100, "fail"),
                                                            (50, 50, "pass"), (40, 50, "partly"), (39, 50, "fail")])
def test_a_share_is_measured_against_its_target(good, target, suggestion):
    assert share(good, 100, text="x", empty="y", target=target).suggestion == suggestion
