"""No small count is given back: attacked as a reader could, on the pages of the county and on made-up tables."""

from collections import Counter
from datetime import date
from random import Random

import pytest

from app.services import clock, hiding, nested, scope, statistics, suppression
from app.services.counters import Place
from app.services.forms import declaration, figures, periods, places
from app.services.hiding import Counts
from app.services.statistics import Line, Report
from app.services.suppression import Hidden
from tests.support.attack import Attack
from tests.support.sheets import asked_by

TODAY = periods.Period(clock.today(), clock.today(), "")
SUMMARY = figures.counts_of(figures.BOOKS["census"], TODAY)
CARE = figures.counts_of(figures.BOOKS["care"], TODAY)
NOW = "statistics"
CIVIL = [(NOW, "left_behind"), (NOW, "civil_affairs")]  # equal where a county counts by civil affairs, as the summary does
KINDS = [["civil_affairs"], ["education"], ["civil_affairs", "education"]]
WITHIN = [
    *(([(NOW, whole)], [(NOW, part)]) for whole, part in (
        *(("files", twin) for twin in suppression.TWINS), ("left_behind", "boarders"), ("left_behind", "key"), ("left_behind", "filed"),
        ("left_behind", "talked"), ("left_behind", "visited"), ("left_behind", "contacted"), ("left_behind", "letters"))),
    ([(NOW, "civil_affairs")], [("census", "c1")]),
    *(([(NOW, whole)], [("census", part) for part in parts], CIVIL) for whole, parts in (
        ("left_behind", ["c1"]), ("boarders", ["c19"]), ("boys", ["c3", "c6", "c9"]), ("girls", ["c4", "c7", "c10"]))),
    ([(NOW, "left_behind")], [(NOW, "boarders"), ("census", "c20")], CIVIL),
    *(([(NOW, key)], [("care", key)]) for key in ("left_behind", "talked"))]


def child(rng, official="civil_affairs"):
    """What one child counts as in the books: mostly left behind by each definition, at school, well cared for."""
    found, sex, boards = Counter({f"{NOW}/files": 1}), rng.choice("mf"), rng.random() < 0.4
    named = {key for key in suppression.TWINS[1:] if rng.random() < 0.8}
    found.update(f"{NOW}/{key}" for key in named)
    if "civil_affairs" in named:
        found.update(f"census/{key}" for key in summed(rng, sex, boards))
    if official in named:
        found.update(cared(rng, sex, boards))
    return found


def cared(rng, sex, boards):
    """The child's figures of the statistics and of the care, of one whom the county counts."""
    talked = rng.random() < 0.8
    found = Counter(f"{NOW}/{key}" for key in ("left_behind", rng.choice(("one", "both")), "boys" if sex == "m" else "girls"))
    found.update(f"{NOW}/{key}" for key in ("key", "filed", "visited", "contacted", "letters") if rng.random() < 0.8)
    found.update([f"{NOW}/boarders"] * boards + [f"{NOW}/talked", "care/talked"] * talked)
    found.update({"care/left_behind": 1, "care/talks": talked * rng.randint(1, 2), "care/visited": rng.random() < 0.2})
    return found


def summed(rng, sex, boards):
    """The child's columns of the summary."""
    age, stage = rng.choices((2, 5, 8), (1, 12, 4))[0], rng.choices(range(11, 19), (4, 2, 90, 60, 2, 2, 1, 1))[0]
    aid = {11: "c21", 12: "c21", 15: "c22", 16: "c22", 17: "c23", 18: "c23"}.get(stage) or rng.choice(("c24", "c25", "c25", "c25"))
    rating, guard = rng.choices((("c30", ""), ("c31", ""), ("c32", ""), ("c32", "c28"), ("c32", "c29")), (60, 25, 10, 3, 1))[0]
    return ["c1", sex, f"c{age}", f"c{age + (1 if sex == 'm' else 2)}", f"c{stage}", "c19" if boards else "c20", aid, rating,
            guard or rng.choice(("c26", "c27"))]


def boarding(rng, whole, part):
    """So many children in the summary, of whom a part board."""
    found, left = Counter(), {True: part, False: whole - part}
    while any(left.values()):
        one = child(rng)
        boards = bool(one[f"{NOW}/boarders"])
        if one["census/c1"] and left[boards]:
            left[boards] -= 1
            found += one
    return found


def made(rng, depth, officials, node="/"):
    """Places below a place, in as many steps: the children of each lowest one, of a county each that counts by one of these definitions."""
    if not depth:
        return [Place(node, sum((child(rng, rng.choice(officials)) for _child in range(rng.choice((3, 8, 12, 40, 80)))), Counter()))]
    return [place for at in range(rng.randint(1, 7)) for place in made(rng, depth - 1, [rng.choice(officials)], f"{node}{at}/")]


def book(places, name):
    """The sums of one book, under its own keys."""
    return [Place(one.path, Counter({key.partition("/")[2]: count for key, count in one.sums.items() if key.startswith(f"{name}/")})) for one in places]


def tables_of(places, hidden, name):
    """All tables of a tree of places, with what is hidden."""
    tree = nested.grow("/", places, {place.path for place in places})
    return [(Report("", date(2026, 9, 1), [Line(part, tree.sums[part], node=part) for part in parts], node=node), hidden, name)
            for node, parts in tree.parts.items()]


def tables(places):
    """The tables of all books."""
    leaves, first = {place.path for place in places}, book(places, NOW)
    found = tables_of(first, Hidden(nested.grow("/", first, leaves)), NOW)
    for name, counts in (("census", SUMMARY), ("care", CARE)):
        own = book(places, name)
        found += tables_of(own, suppression.beside("/", leaves, first, own, counts), name)
    return found


@pytest.mark.parametrize("officials", KINDS, ids="-".join)
@pytest.mark.parametrize(("depth", "seed"), [*((1, seed) for seed in range(12)), *((2, seed) for seed in range(6))])
def test_no_chain_of_sums_through_all_books_gives_a_small_count_back(seed, depth, officials):
    assert Attack(tables(made(Random(seed), depth, officials)), WITHIN).given_back(hiding.LEEWAY) == {}


def test_the_attack_finds_what_is_hidden_too_sparingly():
    found = tables(made(Random(1), 1, KINDS[0]))
    for _report, hidden, _name in found:
        hidden.marks = {cell: mark for cell, mark in hidden.marks.items() if mark == hiding.SMALL}
    assert Attack(found).given_back()


def test_the_attack_finds_what_two_books_tell_that_were_hidden_each_for_itself():
    """10 left behind, 6 of them boarders: 4 do not board, whatever the summary hides."""
    places = [Place(f"/{at}/", boarding(Random(at), whole, part)) for at, (whole, part) in enumerate(((10, 6), (50, 20), (40, 30)))]
    first = book(places, NOW)
    without = Counts(suppression.COUNTS, suppression.SUMS)
    alone = tables_of(first, Hidden(nested.grow("/", first, {"/0/", "/1/", "/2/"}), without), NOW)
    assert ("census", "/0/", "c20") in Attack(alone + tables(places)[1:2], WITHIN).given_back()
    assert Attack(tables(places), WITHIN).given_back(hiding.LEEWAY) == {}


def test_statistics_and_forms_of_a_superior_give_nothing_back(app):
    """Of the demo county, read as a city's: its own tables and those of its places."""
    with asked_by(app, "superior") as session:
        top = statistics.report(session)
        found = [(each, suppression.hidden_in(session, each), NOW) for each in (top, *(statistics.report(session, area_id=line.area_id) for line in top.lines))]
        for name, key in (("census", "summary"), ("care", "care")):
            form = declaration.find(session, scope.asker(session), key)
            span = periods.choices(session, form.period)[0]
            codes = ["", *(f"a{line.area_id}" for line in top.lines)]
            found += [(*figures.table(session, form, places.find(session, code), span), name) for code in codes]
        assert found[0][1].marks and Attack(found, WITHIN).given_back(hiding.LEEWAY) == {}


def test_a_table_is_always_hidden_the_same_way():
    one, other = (tables(made(Random(3), 2, KINDS[2])) for _again in range(2))
    assert [hidden.marks for _report, hidden, _name in one] == [hidden.marks for _report, hidden, _name in other]


def marks(*numbers):
    places = [Place(f"/{at}/", Counter(c1=sum(parts), c2=parts[0], c5=parts[1], c8=parts[2])) for at, parts in enumerate(numbers)]
    counts = Counts(("c1", "c2", "c5", "c8"), ((("c1",), ("c2", "c5", "c8")),))
    return Hidden(nested.grow("/", places, {place.path for place in places}), counts).marks


def test_parts_that_leave_nothing_are_hidden_together():
    """47 = 45 + 1 + 1: with 45 shown the two small ones would be known though both are hidden."""
    assert {key for node, key in marks((45, 1, 1), (100, 50, 60)) if node == "/0/"} >= {"c2", "c5", "c8"}


def test_zero_counts_nobody_and_is_shown():
    assert marks((40, 0, 0), (0, 7, 9)) == {}


def test_a_small_whole_of_four_small_parts_says_not_even_that_it_is_small():
    """1 to 4 of four parts that are not zero would be 4 of 1 each."""
    places = [Place(f"/{at}/", Counter(files=1)) for at in range(4)]
    found = Hidden(nested.grow("/", places, {place.path for place in places})).marks
    assert found["/", "files"] == hiding.ANY and found["/0/", "files"] == hiding.SMALL


def test_one_small_county_takes_little_along():
    """Of five counties one is small: the others keep their whole, but for the next smallest."""
    found = marks((300, 200, 100), (40, 30, 20), (60, 50, 40), (2, 1, 7), (55, 45, 35))
    assert len(found) <= 10 and ("/", "c1") not in found and ("/0/", "c1") not in found


def test_what_was_found_of_the_whole_holds_for_its_unchanged_parts_alone():
    """A school that left the part meanwhile: 23 were hidden well, the 3 that stay would not be."""
    sums = {("/a/t/", 1): Counter(files=20), ("/a/t/", 2): Counter(files=3), ("/a/u/", 3): Counter(files=9)}
    whole = suppression._Whole(sums, Hidden(nested.grow("/a/", [], set())))

    def part(*places):
        return Report("", date(2026, 9, 1), [], node="/a/t/", places=places)

    one, two = Place("/a/t/", Counter(files=20), 1), Place("/a/t/", Counter(files=3), 2)
    assert whole.holds(part(one, two))
    assert not whole.holds(part(two)) and not whole.holds(part(one, Place("/a/t/", Counter(files=4), 2)))
    assert not whole.holds(part(one, two, Place("/a/t/", Counter(files=1), 4)))
