"""No small count is given back: attacked as a reader could, on the pages of the county and on made-up tables."""

from collections import Counter
from datetime import date
from random import Random

import pytest

from app.services import nested, scope, statistics, suppression
from app.services.counters import Place
from app.services.forms import census, crossfoot, declaration, figures, periods, places
from app.services.statistics import Line, Report
from app.services.suppression import Counts, Hidden
from tests.support.asking import asking
from tests.support.attack import Attack
from tests.support.sheets import asked_by

SUMMARY = Counts((*census.LABELS, *census.SEXES), (*crossfoot.RULES, *census.RULES), told=frozenset(census.SEXES))


def pupil(rng):
    """One child's marks in the summary: mostly at school and well cared for."""
    sex, age, stage = rng.choice("mf"), rng.choices((2, 5, 8), (1, 12, 4))[0], rng.choices(range(11, 19), (4, 2, 90, 60, 2, 2, 1, 1))[0]
    aid = {11: "c21", 12: "c21", 15: "c22", 16: "c22", 17: "c23", 18: "c23"}.get(stage) or rng.choice(("c24", "c25", "c25", "c25"))
    rating, guard = rng.choices((("c30", ""), ("c31", ""), ("c32", ""), ("c32", "c28"), ("c32", "c29")), (60, 25, 10, 3, 1))[0]
    return Counter(["c1", sex, f"c{age}", f"c{age + (1 if sex == 'm' else 2)}", f"c{stage}", rng.choice(("c19", "c20")), aid, rating,
                    guard or rng.choice(("c26", "c27"))])


def left_behind(rng):
    """One child's marks in the statistics."""
    found = Counter(files=1)
    if rng.random() < 0.6:
        found.update(["left_behind", rng.choice(("one", "both")), rng.choice(("boys", "girls"))])
        found.update(key for key in (*suppression.TWINS[1:], "boarders", "key", "filed", "talked", "visited") if rng.random() < 0.8)
    return found


def made(rng, one, depth, node="/"):
    """Places below a place, in as many steps: the children of each lowest one."""
    if not depth:
        return [Place(node, sum((one(rng) for _child in range(rng.choice((3, 12, 40, 80)))), Counter()))]
    return [place for at in range(rng.randint(1, 7)) for place in made(rng, one, depth - 1, f"{node}{at}/")]


def tables_of(places, counts):
    """All tables of a tree of places, with what is hidden."""
    tree = nested.grow("/", places, {place.path for place in places})
    hidden = Hidden(tree, counts)
    return [(Report("", date(2026, 9, 1), [Line(part, tree.sums[part], node=part) for part in parts], node=node), hidden)
            for node, parts in tree.parts.items()]


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize(("one", "counts"), [(pupil, SUMMARY), (left_behind, suppression.STATISTICS)])
@pytest.mark.parametrize("seed", range(6))
def test_no_chain_of_sums_gives_a_small_count_back(one, counts, seed, depth):
    places = made(Random(seed), one, depth)
    tables = tables_of(places, counts)
    assert Attack(tables).given_back(suppression.LEEWAY) == {}


def test_the_attack_finds_what_is_hidden_too_sparingly():
    tables = tables_of(made(Random(1), pupil, 1), SUMMARY)
    hidden = tables[0][1]
    hidden.marks = {cell: mark for cell, mark in hidden.marks.items() if mark == suppression.SMALL}
    assert Attack(tables).given_back()


def test_statistics_of_a_superior_give_nothing_back(db_session):
    with asking(db_session, "superior"):
        top = statistics.report(db_session)
        reports = [top, *(statistics.report(db_session, area_id=line.area_id) for line in top.lines)]
        tables = [(each, suppression.hidden_in(db_session, each)) for each in reports]
        assert tables[0][1].marks and Attack(tables).given_back(suppression.LEEWAY) == {}


@pytest.mark.parametrize("key", ["summary", "care"])
def test_forms_of_a_superior_give_nothing_back(app, key):
    with asked_by(app, "superior") as session:
        form = declaration.find(session, scope.asker(session), key)
        span = periods.choices(session, form.period)[0]
        tables = [figures.table(session, form, places.find(session, ""), span)]
        tables += [figures.table(session, form, places.find(session, f"a{line.area_id}"), span) for line in tables[0][0].lines]
        assert tables[0][1].marks and Attack(tables).given_back(suppression.LEEWAY) == {}


def test_a_table_is_always_hidden_the_same_way():
    one, other = (tables_of(made(Random(3), pupil, 2), SUMMARY)[0][1] for _again in range(2))
    assert one.marks == other.marks != {}


def table(*counts):
    places = [Place(f"/{at}/", Counter(c1=sum(parts), c2=parts[0], c5=parts[1], c8=parts[2])) for at, parts in enumerate(counts)]
    return tables_of(places, Counts(("c1", "c2", "c5", "c8"), ((("c1",), ("c2", "c5", "c8")),)))[0][1].marks


def test_parts_that_leave_nothing_are_hidden_together():
    """47 = 45 + 1 + 1: with 45 shown the two small ones would be known though both are hidden."""
    assert {key for node, key in table((45, 1, 1), (100, 50, 60)) if node == "/0/"} >= {"c2", "c5", "c8"}


def test_zero_counts_nobody_and_is_shown():
    assert table((40, 0, 0), (0, 7, 9)) == {}


def test_a_small_whole_of_four_small_parts_says_not_even_that_it_is_small():
    """1 to 4 of four parts that are not zero would be 4 of 1 each."""
    places = [Place(f"/{at}/", Counter(files=1)) for at in range(4)]
    marks = tables_of(places, suppression.STATISTICS)[0][1].marks
    assert marks["/", "files"] == suppression.ANY and marks["/0/", "files"] == suppression.SMALL


def test_one_small_county_takes_little_along():
    """Of five counties one is small: the others keep their whole, but for the next smallest."""
    marks = table((300, 200, 100), (40, 30, 20), (60, 50, 40), (2, 1, 7), (55, 45, 35))
    assert len(marks) <= 10 and ("/", "c1") not in marks and ("/0/", "c1") not in marks
