"""Scores and grades at their borders."""

from datetime import date

import pytest

from app.models.inspection import ChecklistTemplate
from app.services.scoring import USUAL, Tick, counts, grade, next_visit, rules_of, score


def ticks(text: str) -> list[Tick]:
    """"p2 f1*": result by its first letter (p, half, f, na, open), weight, * a red line."""
    names = {"p": "pass", "h": "partly", "f": "fail", "n": "na", "o": None}
    return [Tick(names[word[0]], int(word[1]), word.endswith("*")) for word in text.split()]


@pytest.mark.parametrize(("text", "expected"), [
    ("", None), ("n1 o1", None), ("p1", 100.0), ("f1", 0.0), ("h1", 50.0), ("p1 p1 f1", 66.7), ("p3 f1", 75.0),
    ("p1 n5 o5", 100.0), ("h1 f1 n1", 25.0), ("p0", None),
])
def test_score(text, expected):
    assert score(ticks(text)) == expected


@pytest.mark.parametrize(("points", "expected"), [
    (100, "excellent"), (90, "excellent"), (89.9, "good"), (75, "good"), (74.9, "fair"),
    (60, "fair"), (59.9, "poor"), (0, "poor"), (None, None),
])
def test_grade(points, expected):
    assert grade(points, ticks("p1* f1")) == expected


@pytest.mark.parametrize(("points", "expected"), [(100, "fair"), (60, "fair"), (59.9, "poor")])
def test_a_failed_red_line_caps_the_grade(points, expected):
    assert grade(points, ticks("p9 f1*")) == expected


def test_counts_name_every_result():
    assert counts(ticks("p1 p1 h1 n1 o1")) == {"pass": 2, "partly": 1, "fail": 0, "na": 1, "open": 1}


OWN = ChecklistTemplate(excellent_from=95, good_from=80, fair_from=70, cap="poor", critical_days=7, general_days=20, excellent_months=12,
                        good_months=9, fair_months=3, poor_months=1)


def test_a_version_has_rules_of_its_own():
    rules = rules_of(OWN)
    assert [grade(points, [], rules) for points in (95, 94.9, 80, 79.9, 70, 69.9, 0)] == ["excellent", "good", "good", "fair", "fair", "poor", "poor"]
    assert grade(100, [Tick("fail", 0, True)], rules) == "poor"
    assert (rules.days_to_fix, rules.months["poor"]) == ({"critical": 7, "general": 20}, 1)
    assert [grade(points, []) for points in (90, 89.9, 75, 74.9, 60, 59.9)] == ["excellent", "good", "good", "fair", "fair", "poor"]
    assert (USUAL.cap, USUAL.days_to_fix, USUAL.months) == (
        "fair", {"critical": 15, "general": 30}, {"excellent": 6, "good": 4, "fair": 2, "poor": 2})


@pytest.mark.parametrize(("reached", "day", "due"), [
    ("excellent", date(2026, 8, 31), date(2027, 2, 28)), ("good", date(2026, 8, 31), date(2026, 12, 31)), ("fair", date(2026, 11, 22), date(2027, 1, 22)),
    ("poor", date(2023, 12, 31), date(2024, 2, 29)), ("fair", date(2026, 10, 5), date(2026, 12, 5)), (None, date(2026, 1, 1), None),
])
def test_the_next_visit_is_due_by_grade(reached, day, due):
    assert next_visit(reached, day) == due
