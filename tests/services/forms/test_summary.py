"""The summary foots on any county whose files say everything, and tells what it lacks where they do not."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import func, select, update

from app.models.children import Child, Guardian, ParentSpell
from app.models.org import Area
from app.services import clock, derived, scope
from app.services.forms import census, crossfoot, declaration, figures, periods, places, produce, rows
from app.services.statistics import Line
from tests.support.asking import asking
from tests.support.demo import TODAY, county
from tests.support.memory import database
from tests.support.sheets import asked_by


def lines_of(session, account="county", code=""):
    with asking(session, account) as who:
        form = declaration.find(session, who, "summary")
        report, hidden = figures.table(session, form, places.find(session, code), periods.chosen(session, "day", None))
        return form, report, hidden


def whereabouts(spells, parent, today):
    """The spell of a parent that holds on a day: of several the one begun last."""
    holding = [one for one in spells if one.parent == parent and one.since <= today and (one.until is None or one.until >= today)]
    return max(holding, key=lambda one: (one.since, one.until or date.max), default=None)


def civil(child, spells, today):
    """0, 1 or 2 by 民发〔2016〕42号: a rural child under 16, both parents away, or one away and the other unable to look after it."""
    father, mother = (whereabouts(spells, parent, today) for parent in ("father", "mother"))
    there = [one for one in (father, mother) if one is None or one.state != "away"]
    if not child.rural or clock.age_on(child.birth_date, today) >= 16 or len(there) == 2:
        return 0
    if not there or there[0] is not None and there[0].state in ("dead", "missing"):
        return 2
    return int(there[0] is not None and not there[0].able)


def by_hand(session, today):
    """Place of each child in each block, by loops over all rows; children of whom something is unknown left out there."""
    found, spells = Counter(), {}
    for one in session.scalars(select(ParentSpell)):
        spells.setdefault(one.child_id, []).append(one)
    guards = {}
    for one in session.scalars(select(Guardian).where(Guardian.rank == "second")):
        guards.setdefault(one.child_id, set()).add("grand" in one.relation)
    for child in session.scalars(select(Child)):
        age = clock.age_on(child.birth_date, today)
        status = civil(child, spells.get(child.id, []), today)
        if not status or child.file_state != "open":
            continue
        group = 2 if age < 6 else 5 if age < 14 else 8
        compulsory = child.stage in ("primary", "junior")
        found.update(["c1", f"c{group}", f"c{group + (1 if child.sex == 'm' else 2)}", f"c{11 + census.STAGES.index(child.stage)}",
                      "c19" if child.boarder else "c20"])
        if not compulsory:
            found["c21" if "kindergarten" in child.stage else "c22" if child.stage in ("senior", "vocational") else "c23"] += 1
        elif child.aid:
            found["c25" if child.aid == "无" else "c24"] += 1
        rating, who = child.guard_rating, guards.get(child.id)
        if rating in ("none", "unable"):
            found["c29" if rating == "none" else "c28"] += 1
        elif rating and (who or status == 1):
            found["c26" if who and True in who else "c27"] += 1
        if rating:
            found[{"good": "c30", "fair": "c31"}.get(rating, "c32")] += 1
    return found


@pytest.mark.parametrize("seed", range(6))
def test_a_random_county_foots_and_agrees_with_a_plain_recount(seed):
    rng, session = Random(seed), database()
    definition = ("education", "civil_affairs", "half_year")[seed % 3]
    county(session, seed=seed, children=rng.randint(60, 260), schools=rng.randint(4, 9), records="light")
    with clock.freeze(TODAY):
        for area in session.scalars(select(Area).where(Area.level == "county")):
            area.definition = definition
        for child in session.scalars(select(Child).order_by(Child.id)):
            if rng.random() < 0.3:
                child.stage = rng.choice(census.STAGES)
        session.flush()
        derived.recount(session, session.scalars(select(Child.id)).all())
        session.expire_all()
        form, report, hidden = lines_of(session)
        assert hidden is None and figures.broken(form, report) == [] and report.total.sums["c1"] > 0
        with asking(session, "county"):
            told = by_hand(session, TODAY)
        assert {key: report.total.sums[key] for key in census.LABELS} == {key: told[key] for key in census.LABELS}
        assert all(report.total.sums[key] == 0 for key in census.BLOCKS)


def test_whoever_the_official_definition_names_is_counted_whatever_the_county_counts_by(app):
    """One from kindergarten and one who drops out count, one of a town household does not; the county of the demo counts by education."""
    with asked_by(app, "county") as session:
        before = lines_of(session)[1].total.sums
        of = select(Child).where(Child.left_behind_civil == "2", Child.file_state == "open", Child.stage.in_(("primary", "junior"))).order_by(Child.id)
        leaves, moves, grows = session.scalars(of.limit(3))
        plain = select(Child).where(Child.left_behind_civil == "0", Child.file_state == "open", Child.rural, ~select(ParentSpell.id).where(
            ParentSpell.child_id == Child.id, ParentSpell.state != "home").exists())
        small = session.scalars(plain.where(Child.stage == "kindergarten").order_by(Child.id)).first()
        with scope.everything(session):
            leaves.stage, moves.rural, grows.birth_date = "dropped_out", False, clock.add_months(clock.today(), -16 * 12)
            small.guard_rating = "good"
            for spell in session.scalars(select(ParentSpell).where(ParentSpell.child_id == small.id)):
                spell.state = "away"
            session.flush()
        assert [one.left_behind_civil for one in (leaves, moves, grows, small)] == ["2", "0", "0", "2"]
        assert (leaves.left_behind, small.left_behind) == ("0", "0") and moves.left_behind == "2"
        after = lines_of(session)[1].total.sums
        assert after["c1"] - before["c1"] == -1 and after["c17"] - before["c17"] == 1 and after["c11"] - before["c11"] == 1
        for key, holds in (("c17", leaves), ("c11", small)):
            assert holds.id in session.scalars(select(Child.id).where(census.behind(key))).all()
        assert not {moves.id, grows.id} & set(session.scalars(select(Child.id).where(census.behind("c1"))))
        session.rollback()


def test_every_state_of_schooling_has_its_column_and_its_children(app):
    with asked_by(app, "county") as session:
        of = select(Child).where(Child.left_behind_civil == "2", Child.file_state == "open", Child.stage == "primary").order_by(Child.id)
        children, before = session.scalars(of.limit(8)).all(), lines_of(session)[1].total.sums
        with scope.everything(session):
            for child, stage in zip(children, census.STAGES, strict=True):
                child.stage = stage
            children[1].birth_date = clock.add_months(clock.today(), -4 * 12)
            session.flush()
        assert {one.left_behind_civil for one in children} == {"2"}
        after = lines_of(session)[1].total.sums
        assert after["c1"] == before["c1"] and after["c2"] == before["c2"] + 1
        for n, child in enumerate(children, 11):
            assert after[f"c{n}"] - before[f"c{n}"] == (1 if n != 13 else -7), n
            assert child.id in session.scalars(select(Child.id).where(census.behind(f"c{n}"))).all()
        session.rollback()


def test_the_day_of_the_form_tells_who_is_sixteen_not_that_of_the_last_recount(app):
    """The status kept is of the last recount: it names one who had a birthday since."""
    with asked_by(app, "county") as session:
        of = select(Child).where(Child.left_behind_civil == "2", Child.file_state == "open", Child.stage == "junior").order_by(Child.id)
        child, before = session.scalars(of).first(), lines_of(session)[1].total.sums
        roster, registration = (declaration.find(session, scope.asker(session), key) for key in ("roster", "registration"))
        today, table, child_id = periods.chosen(session, "day", None), Child.__table__, child.id
        whole = [session.scalar(select(func.count(Child.id)).where(*rows.conditions(form, places.find(session, ""), today))) for form in (roster, registration)]
        for days, gone in ((1, 0), (0, 1)):
            born = clock.add_months(clock.today(), -16 * 12) + timedelta(days)
            session.execute(update(table).where(table.c.id == child_id).values(birth_date=born))  # no recount
            assert session.scalar(select(table.c.left_behind_civil).where(table.c.id == child_id)) == "2"
            assert before["c1"] - lines_of(session)[1].total.sums["c1"] == gone
            assert (child_id in session.scalars(select(Child.id).where(census.behind("c1"))).all()) is not bool(gone)
            assert [session.scalar(select(func.count(Child.id)).where(*rows.conditions(form, places.find(session, ""), today)))
                    for form in (roster, registration)] == [number - gone for number in whole] == [before["c1"] - gone] * 2
        session.rollback()


GAPS = {"aid": ("u4", "1＝21＋22＋23＋24＋25"), "guard_rating": ("u6", "1＝30＋31＋32")}


@pytest.mark.parametrize("key", GAPS)
def test_a_file_that_does_not_say_is_not_collected_and_named(app, key):
    with asked_by(app, "county") as session:
        child = session.scalars(select(Child).where(Child.left_behind_civil != "0", Child.stage == "primary", Child.file_state == "open")).first()
        with scope.everything(session):
            setattr(child, key, None)
            session.flush()
        who = scope.asker(session)
        form = declaration.find(session, who, "summary")
        wish = produce.Wish(form, places.find(session, ""), periods.chosen(session, "day", None))
        report, _hidden = figures.table(session, form, wish.place, wish.period)
        with pytest.raises(produce.NotFooted) as refused:
            produce.write(session, wish, None)
        block, rule = GAPS[key]
        broken = [one for one in refused.value.broken if one.rule == rule]
        assert {one.line for one in broken} == {"合计", next(line.name for line in report.lines if line.sums[block])}
        assert all(one.gap == 1 and sum(one.left.values()) - sum(one.right.values()) == 1 for one in broken)
        assert report.total.sums[block] == 1
        assert session.scalars(select(Child.id).where(census.behind(block))).all() == [child.id]


def test_every_cell_opens_as_many_children_as_it_says(app):
    with asked_by(app, "county") as session:
        form = declaration.find(session, scope.asker(session), "summary")
        report, _hidden = figures.table(session, form, places.find(session, ""), periods.chosen(session, "day", None))
        for line, code in zip(report.lines, figures.codes_of(report.lines), strict=True):
            holds = places.find(session, code).holds(Child.school_id)
            for key in census.BEHIND:
                assert len(session.scalars(select(Child.id).where(census.behind(key), holds)).all()) == line.sums[key], (line.name, key)


def footing(rng):
    """A line whose columns foot, in random numbers."""
    sums = Counter({f"c{n}": rng.randint(0, 60) for n in (3, 4, 6, 7, 9, 10)})
    for whole in (2, 5, 8):
        sums[f"c{whole}"] = sums[f"c{whole + 1}"] + sums[f"c{whole + 2}"]
    sums["c1"] = sums["c2"] + sums["c5"] + sums["c8"]
    for keys in (range(11, 19), range(19, 21), range(26, 30), range(30, 33)):
        _spread(rng, sums, sums["c1"], keys)
    compulsory = sums["c13"] + sums["c14"]
    _spread(rng, sums, compulsory, range(24, 26))
    _spread(rng, sums, sums["c1"] - compulsory, range(21, 24))
    return sums


def _spread(rng, sums, whole, keys):
    for n in list(keys)[:-1]:
        sums[f"c{n}"] = rng.randint(0, whole)
        whole -= sums[f"c{n}"]
    sums[f"c{keys[-1]}"] = whole


@pytest.mark.parametrize("seed", range(20))
def test_one_wrong_cell_is_named_by_every_rule_it_stands_in_and_no_other(seed):
    rng = Random(seed)
    sums = footing(rng)
    assert crossfoot.check([Line("甲", sums)]) == []
    for n in range(1, 33):
        key, by = f"c{n}", rng.choice((-3, 1, 7))
        wrong = Counter(sums)
        wrong[key] += by
        told = crossfoot.check([Line("甲", sums), Line("乙", wrong)])
        standing = [rule for rule in crossfoot.RULES if key in (*rule[0], *rule[1])]
        assert [(tuple(one.left), tuple(one.right)) for one in told] == standing
        for one in told:
            assert one.line == "乙" and {**one.left, **one.right}[key] == wrong[key] and abs(one.gap) == abs(by)
            assert str(wrong[key]) in one.numbers and key.removeprefix("c") in one.rule.replace("＝", "＋").split("＋")


def test_the_ten_rules_are_those_of_the_forms_note(app):
    with asked_by(app, "county") as session:
        note = declaration.find(session, scope.asker(session), "summary").note
    chains = note.split("表间勾稽关系：")[1].split("。")[0].split("；")
    said = {tuple(map(frozenset, ((side.split("＋")), (part.split("＋")))))
            for chain in chains for side, *parts in [chain.split("＝")] for part in parts}
    assert said == {(frozenset(key[1:] for key in left), frozenset(key[1:] for key in right)) for left, right in crossfoot.RULES}
