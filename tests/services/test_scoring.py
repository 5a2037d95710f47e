"""Scores and grades at their borders."""

import pytest

from app.services.scoring import Tick, counts, grade, score


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
