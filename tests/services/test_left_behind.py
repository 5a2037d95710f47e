"""The three definitions at the borders of age and time.

A spell is written as a line: parent state since[..until][ unable].
"""

from dataclasses import replace
from datetime import date

import pytest

from app.models import codes
from app.services.left_behind import DEFINITIONS, Spell, statuses

ON = date(2026, 9, 1)
YOUNG = date(2016, 1, 1)
PARENTS = {"f": "father", "m": "mother"}


def spells(text: str) -> list[Spell]:
    return [_spell(line.split()) for line in text.split(";") if line.strip()]


def _spell(words: list[str]) -> Spell:
    since, _, until = words[2].partition("..")
    return Spell(
        PARENTS[words[0]],
        words[1],
        date.fromisoformat(since),
        date.fromisoformat(until) if until else None,
        able="unable" not in words,
    )


def code(key: str, text: str, *, birth=YOUNG, on=ON, rural=True, stage="primary") -> int:
    return statuses(birth=birth, on=on, rural=rural, stage=stage, spells=spells(text))[key].code


LONG = "2020-01-01"
BOTH = f"f away {LONG}; m away {LONG}"
F_AWAY = f"f away {LONG}"
M_HOME = f"m home {LONG}"

PARENT_CASES = [
    # whereabouts of the parents, all for years                 civil education half_year
    (BOTH, 2, 2, 2),
    (f"f away {LONG}; m home {LONG}", 0, 1, 0),
    (f"f home {LONG}; m away {LONG}", 0, 1, 0),
    (f"f away {LONG}; m home {LONG} unable", 1, 1, 0),
    (f"f home {LONG} unable; m away {LONG}", 1, 1, 0),
    (f"f away {LONG} unable; m home {LONG}", 0, 1, 0),
    (f"f away {LONG} unable; m away {LONG} unable", 2, 2, 2),
    (f"f home {LONG}; m home {LONG}", 0, 0, 0),
    (f"f home {LONG} unable; m home {LONG} unable", 0, 0, 0),
    (f"f away {LONG}; m dead {LONG}", 2, 2, 2),
    (f"f missing {LONG}; m away {LONG}", 2, 2, 2),
    (f"f dead {LONG}; m missing {LONG}", 0, 0, 0),
    (f"f dead {LONG}; m home {LONG}", 0, 0, 0),
    (f"f missing {LONG}; m home {LONG} unable", 0, 0, 0),
    (f"f away {LONG}", 0, 1, 0),
    (f"m home {LONG}", 0, 0, 0),
    ("", 0, 0, 0),
    # The parent died yesterday: nobody is left at home from that day.
    (f"f away {LONG}; m home {LONG}..2026-08-30; m dead 2026-08-31", 2, 2, 2),
    # Begins tomorrow, ended yesterday, ends today.
    (f"f away 2026-09-02; m away {LONG}", 0, 1, 0),
    (f"f away {LONG}..2026-08-31; m home {LONG}", 0, 0, 0),
    (f"f away {LONG}..2026-09-01; m home {LONG}", 0, 1, 0),
]


@pytest.mark.parametrize("text, civil, education, half_year", PARENT_CASES)
def test_parents(text, civil, education, half_year):
    assert code("civil_affairs", text) == civil
    assert code("education", text) == education
    assert code("half_year", text) == half_year


LENGTH_CASES = [
    # definition, away since, on, whether that is long enough for both parents
    ("education", "2026-06-01", "2026-08-31", False),
    ("education", "2026-06-01", "2026-09-01", True),
    ("education", "2026-06-02", "2026-09-01", False),
    ("education", "2025-11-30", "2026-02-27", False),
    ("education", "2025-11-30", "2026-02-28", True),
    ("education", "2023-11-30", "2024-02-28", False),
    ("education", "2023-11-30", "2024-02-29", True),
    ("education", "2024-02-29", "2024-05-28", False),
    ("education", "2024-02-29", "2024-05-29", True),
    ("half_year", "2026-03-01", "2026-08-31", False),
    ("half_year", "2026-03-01", "2026-09-01", False),
    ("half_year", "2026-03-01", "2026-09-02", True),
    ("half_year", "2025-08-31", "2026-02-28", False),
    ("half_year", "2025-08-31", "2026-03-01", True),
    ("half_year", "2025-08-29", "2026-03-01", True),
    ("civil_affairs", "2026-09-01", "2026-08-31", False),
    ("civil_affairs", "2026-09-01", "2026-09-01", True),
]


@pytest.mark.parametrize("key, since, on, enough", LENGTH_CASES)
def test_length_of_absence(key, since, on, enough):
    text = f"f away {since}; m away {since}"
    assert code(key, text, on=date.fromisoformat(on)) == (2 if enough else 0)


AGE_CASES = [
    # definition, born, on, covered
    ("civil_affairs", "2010-09-02", "2026-09-01", True),
    ("civil_affairs", "2010-09-01", "2026-09-01", False),
    ("civil_affairs", "2008-02-29", "2024-02-28", True),
    ("civil_affairs", "2008-02-29", "2024-02-29", False),
    ("half_year", "2008-09-02", "2026-09-01", True),
    ("half_year", "2008-09-01", "2026-09-01", True),
    ("half_year", "2008-02-29", "2026-02-27", True),
    ("half_year", "2008-02-29", "2026-02-28", True),
    ("half_year", "2001-02-28", "2026-02-28", True),
    ("education", "2008-09-01", "2026-09-01", True),
    ("civil_affairs", "2026-09-01", "2026-09-01", True),
    ("civil_affairs", "2026-09-02", "2026-09-01", False),
    ("half_year", "2026-09-02", "2026-09-01", False),
]


@pytest.mark.parametrize("key, birth, on, covered", AGE_CASES)
def test_age(key, birth, on, covered):
    got = code(key, BOTH, birth=date.fromisoformat(birth), on=date.fromisoformat(on), stage="junior")
    assert got == (2 if covered else 0)


@pytest.mark.parametrize("stage", codes.STAGE)
def test_only_compulsory_education_counts_for_education(stage):
    assert code("education", BOTH, stage=stage) == (2 if stage in ("primary", "junior") else 0)
    assert code("civil_affairs", BOTH, stage=stage) == 2
    assert code("half_year", BOTH, stage=stage) == 2


def test_only_civil_affairs_asks_for_a_rural_household():
    assert [code(key, BOTH, rural=False) for key in DEFINITIONS] == [0, 2, 2]


def test_both_away_but_one_of_them_not_long_enough():
    text = f"f away {LONG}; m away 2026-06-02"
    assert [code(key, text) for key in ("civil_affairs", "education", "half_year")] == [2, 1, 0]
    assert code("half_year", f"f away {LONG}; m away 2026-03-01") == 0


UNBROKEN_CASES = [
    # spells of the father; the mother is at home; whether education counts him as away on 1 September 2026
    ("f away 2026-01-01..2026-07-31; f away 2026-08-01", True),  # changed the place of work
    ("f away 2026-08-01; f away 2026-01-01..2026-07-31", True),  # in any order
    ("f away 2026-01-01..2026-08-15; f away 2026-08-01", True),  # overlapping
    ("f away 2026-01-01..2026-07-30; f away 2026-08-01", False),  # a day of which nothing is known
    ("f away 2026-01-01..2026-06-30; f home 2026-07-01..2026-07-31; f away 2026-08-01", False),
    ("f away 2026-01-01; f home 2026-07-01..2026-07-31", False),  # away again from 1 August
    ("f away 2026-01-01; f home 2026-05-01..2026-05-31", True),  # away again from 1 June
    ("f away 2026-01-01; f home 2026-05-01..2026-06-01", False),  # away again from 2 June
    ("f away 2026-01-01; f home 2026-08-01", False),  # the old spell was never closed
    ("f away 2026-01-01..2026-09-01; f home 2026-09-01", False),  # came home today
    ("f home 2026-01-01..2026-06-01; f away 2026-06-01", True),  # left on the day, counted from it
    ("f away 2026-01-01..9999-12-31", True),  # "until now", as some write it
    ("f missing 2026-01-01..2026-07-31; f away 2026-08-01", False),
]


@pytest.mark.parametrize("father, away", UNBROKEN_CASES)
def test_an_absence_counts_while_unbroken(father, away):
    assert code("education", f"{father}; {M_HOME}") == (1 if away else 0)


def test_what_is_not_recorded_is_said_to_be_unknown():
    whole = {"birth": YOUNG, "on": ON, "rural": True, "stage": "primary"}
    ended = f"{F_AWAY}; m home 2020-01-01..2026-08-31"
    for text, known in [(BOTH, True), (F_AWAY, False), ("", False), (ended, False)]:
        assert {s.known for s in statuses(**whole, spells=spells(text)).values()} == {known}


def test_side_by_side_and_left_behind_or_not():
    found = statuses(birth=YOUNG, on=ON, rural=True, stage="primary", spells=spells(f"{F_AWAY}; {M_HOME}"))
    assert {key: s.left_behind for key, s in found.items()} == {
        "civil_affairs": False, "education": True, "half_year": False,
    }
    assert {str(s.code) for s in found.values()} <= codes.LEFT_BEHIND.keys()


def test_a_county_can_change_the_figures():
    stricter = replace(DEFINITIONS["education"], months=6, more_than=True, stages=None)
    facts = {"birth": YOUNG, "rural": True, "stage": "kindergarten", "spells": spells(f"f away 2026-03-01; {M_HOME}")}
    for day, code in ((1, 0), (2, 1)):
        assert statuses(on=date(2026, 9, day), **facts, definitions={"ours": stricter})["ours"].code == code
