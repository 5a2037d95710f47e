"""What two versions have apart: hand-made ones with known answers, and that the differences lead from one to the other."""

from itertools import permutations
from random import Random

from app.services import checklist, checklist_told, records, scope
from app.services.checklist_told import ITEM, PLACE, RULES, SECTION, Change, Told
from tests.services.evidence.school import desk
from tests.support.inspecting import visit

assert desk and visit  # pytest finds them here by their names


def told(*items, rules=None, **sections):
    """A version of items «A1» or «A1 in B», each with its code as its text."""
    rows = [(one.partition(" in ")[0], one.partition(" in ")[2] or one[0]) for one in items]
    plain = dict.fromkeys(ITEM)
    return Told({**dict.fromkeys(RULES, 1), **(rules or {})}, sections or {code[0]: code[0] for code in items},
                {code: {**plain, "text": code, SECTION: section, "parameters": {}} for code, section in rows})


def moved(old, new):
    found = checklist_told.apart(told(*old), told(*new))
    return {part.code: [(change.key, change.old, change.new) for change in part.changes] for part in found.items}


def test_equal_versions_have_nothing_apart():
    assert checklist_told.apart(told("A1", "B1"), told("A1", "B1")).nothing


def test_what_came_and_what_went():
    found = checklist_told.apart(told("A1", "A2", A="一", B="二"), told("A2", "A3", A="一", C="三"))
    assert [(part.code, part.what) for part in found.items] == [("A3", "added"), ("A1", "removed")]
    assert [(part.code, part.what, part.text) for part in found.sections] == [("C", "added", "三"), ("B", "removed", "二")]


def test_what_was_moved_is_the_fewest():
    assert moved(["A1", "A2", "A3", "A4"], ["A4", "A1", "A2", "A3"]) == {"A4": [(PLACE, 4, 1)]}
    assert moved(["A1", "A2", "A3"], ["A0", "A1", "A2", "A3"]) == {"A0": []}, "what a new one pushes down was not moved"
    assert moved(["A1", "B1", "B2"], ["A1", "B1 in A", "B2"]) == {"B1": [(SECTION, "B", "A")]}
    assert moved(["A1", "A2", "B1", "B2"], ["B1", "B2", "A1", "A2"]) == {}, "a section was moved, none of its items"


def test_the_fewest_for_every_order_of_five():
    codes = ["A1", "A2", "A3", "A4", "A5"]
    for order in permutations(codes):
        rising = max(sum(1 for _ in run) for run in _rising(order))
        assert len(moved(codes, list(order))) == 5 - rising


def _rising(order):
    """Every rising run that can be picked out of an order."""
    for chosen in range(1, 2 ** len(order)):
        run = [code for at, code in enumerate(order) if chosen >> at & 1]
        if run == sorted(run):
            yield run


def test_fields_rules_and_parameters_one_by_one():
    old, new = told("A1"), told("A1", rules={"good_from": 2})
    old.items["A1"].update(text="旧", parameters={"min_grams": 125, "min_hours": 48})
    new.items["A1"].update(text="新", parameters={"min_grams": 130, "min_managers": 1})
    found = checklist_told.apart(old, new)
    assert found.rules == [Change("good_from", 1, 2)]
    assert found.items[0].changes == [Change("text", "旧", "新"), Change("parameters.min_grams", 125, 130), Change("parameters.min_hours", 48, None),
                                      Change("parameters.min_managers", None, 1)]


def test_a_copy_is_the_same_and_what_is_done_to_it_is_told(visit):
    session, rng = visit.session, Random(8)
    scope.bind(session, scope.SYSTEM)
    draft = checklist.new_version(session, visit.template)
    first = checklist_told.of(session, visit.template)
    assert checklist_told.apart(first, checklist_told.of(session, draft)).nothing
    items = rng.sample(checklist.items_of(session, draft.id), 6)
    for item in items[:3]:
        records.edit(session, item, {"text": "改过的条目。", "critical": not item.critical})
    records.delete(session, *items[3:])
    found = checklist_told.apart(first, checklist_told.of(session, draft))
    assert {part.code: [change.key for change in part.changes] for part in found.items if part.what == "changed"} == {
        item.code: ["text", "critical"] for item in items[:3]}
    assert {part.code for part in found.items if part.what == "removed"} == {item.code for item in items[3:]}


def test_a_code_that_stands_twice_is_told_twice(visit):
    scope.bind(visit.session, scope.SYSTEM)
    draft = checklist.new_version(visit.session, visit.template)
    records.edit(visit.session, checklist.items_of(visit.session, draft.id)[0], {}, own={"code": "A2"})
    assert {"A2", "A2 (2)"} <= set(checklist_told.of(visit.session, draft).items)
