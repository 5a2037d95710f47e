"""The draw: repeatable, stratified, blind to the order of the list, fair."""

import hashlib
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.models.codes import SCHOOL_TYPE, STRATUM
from app.services import draw
from app.services.draw import STRATA, STRATUM_OF, Candidate

codes = st.integers(1, 999_999).map(lambda number: f"2199{number:06d}")
areas = st.sampled_from(["990101001", "990101002", "990101003"])
schools = st.lists(st.builds(Candidate, codes, st.sampled_from(STRATA), areas), max_size=60, unique_by=lambda one: one.code)
seeds = st.text(min_size=1, max_size=40)
sizes = st.fixed_dictionaries({stratum: st.integers(0, 5) for stratum in STRATA})


@given(seeds, schools, sizes, st.randoms())
def test_a_redraw_equals_the_draw_whatever_the_order_of_the_list(seed, listed, wanted, dice):
    drawn = draw.draw(seed, listed, wanted)
    shuffled = dice.sample(listed, len(listed))
    assert draw.draw(seed, shuffled, wanted) == drawn
    assert draw.list_hash(shuffled) == draw.list_hash(listed)


@given(seeds, schools, sizes)
def test_the_strata_hold(seed, listed, wanted):
    drawn = draw.draw(seed, listed, wanted)
    there = Counter((one.area, one.stratum) for one in listed)
    taken = Counter((one.school.area, one.school.stratum) for one in drawn)
    assert taken == {group: size for group, count in there.items() if (size := min(count, wanted[group[1]]))}
    assert {one.school for one in drawn} <= set(listed)
    for group, count in taken.items():
        places = [one.place for one in drawn if (one.school.area, one.school.stratum) == group]
        assert sorted(places) == list(range(1, count + 1))


@given(seeds, schools, sizes, st.data())
def test_who_is_not_on_the_list_changes_nothing_for_other_strata(seed, listed, wanted, data):
    """A school that is left out, or visited in any case, is off the list: the other areas and strata draw as before."""
    if not listed:
        return
    gone = data.draw(st.sampled_from(listed))
    drawn = {one.school for one in draw.draw(seed, [one for one in listed if one != gone], wanted)}
    before = {one.school for one in draw.draw(seed, listed, wanted)}
    assert gone not in drawn
    elsewhere = {one for one in before if (one.area, one.stratum) != (gone.area, gone.stratum)}
    assert elsewhere == {one for one in drawn if (one.area, one.stratum) != (gone.area, gone.stratum)}
    assert before - drawn <= {gone}


def test_the_same_comes_out_by_the_words_of_the_docstring():
    """Step by step as anybody would do it, without our code."""
    listed = [Candidate(f"21990000{number:02d}", "primary", "990101") for number in range(1, 31)]
    lots = sorted((hashlib.sha256(f"2026-42|{one.code}".encode()).hexdigest(), one.code) for one in listed)
    drawn = draw.draw("2026-42", listed, {"primary": 4})
    assert [(one.key, one.school.code, one.place) for one in drawn] == [(*lot, place) for place, lot in enumerate(lots[:4], start=1)]
    text = "\n".join(f"{one.code} primary 990101" for one in listed)
    assert draw.list_hash(listed[::-1]) == hashlib.sha256(text.encode()).hexdigest()


def test_known_lots_stay_as_they_are():
    """What was drawn years ago must come out again: the generator may never change."""
    assert draw.key("种子", "2199000001") == "8da8a3a40a20a553edb673de192a6df2f234b6a78be4ce7c9e5250f94c490f89"
    listed = [Candidate(f"219900000{number}", "primary", "990101") for number in range(1, 7)]
    assert [one.school.code for one in draw.draw("2026", listed, {"primary": 3})] == ["2199000006", "2199000002", "2199000004"]


def test_no_school_is_favoured():
    """10 schools, 3 drawn, 2,000 seeds: each about 600 times (standard deviation 20.5; five of them allowed)."""
    listed = [Candidate(f"2199{number:06d}", "junior", "990101") for number in range(10)]
    times = Counter(one.school.code for seed in range(2000) for one in draw.draw(str(seed), listed, {"junior": 3}))
    assert len(times) == 10 and all(abs(count - 600) < 103 for count in times.values()), times


@given(seeds, st.lists(st.uuids().map(lambda one: one.hex), max_size=40, unique=True), st.integers(0, 50), st.randoms())
def test_files_are_drawn_the_same_way(seed, uids, size, dice):
    drawn = draw.files(seed, uids, size)
    assert drawn == draw.files(seed, dice.sample(uids, len(uids)), size)
    assert len(drawn) == min(size, len(uids)) and set(drawn) <= set(uids)
    assert drawn == sorted(uids, key=lambda uid: hashlib.sha256(f"{seed}|{uid}".encode()).hexdigest())[:size]


def test_every_type_of_school_has_its_stratum_or_none():
    assert set(STRATUM_OF.values()) == set(STRATA) == set(STRATUM)
    assert set(SCHOOL_TYPE) - set(STRATUM_OF) == {"special", "reform"}
