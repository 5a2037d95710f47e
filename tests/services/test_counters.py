"""The counters of schools equal the plain query, whatever was changed in whatever way."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from app.models.base import utc_now
from app.models.children import Child
from app.models.counts import COUNT, DEFINED, PLAIN, TOUCHED
from app.models.org import Area, School, Staff
from app.models.term import Term
from app.services import clock, counters, counting, derived, left_behind, records, retention, touched
from app.services.exchange import undo
from app.services.statistics import SECTIONS
from tests.services.counters_hand import ROUNDS, Hand, hold, many, places, told
from tests.support.asking import asking
from tests.support.intake import commit, plan_of, roster


@pytest.mark.parametrize("seed", [1, 2])
def test_counters_equal_the_plain_query_after_random_changes(db_session, monkeypatch, seed):
    hand = Hand(db_session, seed)
    steps = hand.steps() * ROUNDS
    hand.dice.shuffle(steps)
    before, day = hold(db_session, monkeypatch, keep=True), clock.today()
    for at, step in enumerate(steps):
        with clock.freeze(day):
            step()
            hold(db_session, monkeypatch, keep=hand.dice.random() < 0.7)  # else marks add up
        if at % 12 == 11:  # a day passes, or a month
            day += timedelta(hand.dice.choice([1, 31]))
            with clock.freeze(day):
                hold(db_session, monkeypatch, keep=True)
    with clock.freeze(day):
        assert hold(db_session, monkeypatch, keep=True) != before
        for account, options in (("county", {}), ("county", {"area_id": places(db_session)[0]}), ("township", {})):
            hold(db_session, monkeypatch, account, **options)
        assert db_session.scalar(select(func.count()).select_from(TOUCHED)) == 0


def marked(session):
    """The schools marked since, which are then unmarked."""
    found = set(session.scalars(select(TOUCHED.c.school_id)))
    session.execute(delete(TOUCHED))
    return found


@pytest.mark.parametrize("model", touched.READ, ids=lambda model: model.__name__)
def test_a_change_of_what_is_counted_marks_its_school_and_no_other(db_session, model):
    marked(db_session)
    row = db_session.scalars(select(model).order_by(model.id)).first()
    row.deleted_at = utc_now()
    db_session.flush()
    assert marked(db_session) == {row.school_id}
    staff = db_session.scalars(select(Staff)).first()
    staff.name = "王丽丽"
    db_session.flush()
    assert marked(db_session) == set()
    db_session.rollback()


def test_a_term_marks_all_schools_and_a_definition_those_of_its_county(db_session):
    marked(db_session)
    where = dict(db_session.execute(select(School.id, Area.path).join(Area, Area.id == School.area_id)).all())
    db_session.scalars(select(Term)).first().starts_on -= timedelta(1)
    db_session.flush()
    assert marked(db_session) == set(where)
    for county in db_session.scalars(select(Area).where(Area.level == "county")).all():
        county.definition = next(one for one in left_behind.DEFINITIONS if one != county.definition)  # whatever the random changes left
        db_session.flush()
        assert marked(db_session) == {school_id for school_id, path in where.items() if path.startswith(county.path)} != set(where)
    db_session.rollback()


def test_an_import_and_its_undoing_are_counted(db_session, monkeypatch):
    before = hold(db_session, monkeypatch, keep=True)
    with asking(db_session, "school"):
        plan = plan_of(db_session, "Child", roster(db_session, "甲小雨", "乙小雨", "丙小雨"))
        batch = commit(db_session, "Child", plan)
        db_session.commit()
    after = hold(db_session, monkeypatch, keep=True)
    assert after[-1][-1]["files"] == before[-1][-1]["files"] + 3
    with asking(db_session, "school"):
        undo.undo(db_session, batch)
    assert hold(db_session, monkeypatch, keep=True) == before


def test_a_purge_and_a_recount_of_the_children_are_counted(db_session, monkeypatch):
    hold(db_session, monkeypatch, keep=True)
    child = Hand(db_session, 5).child()
    records.delete(db_session, child)
    db_session.commit()
    with clock.freeze(clock.today() + timedelta(40)):
        hold(db_session, monkeypatch, keep=True)
        retention.purge(db_session, trash_days=30, log_days=400)
        db_session.connection().execute(update(Child.__table__).values(left_behind="0"))  # as if nobody had counted at night
        list(derived.recount_all(db_session))
        hold(db_session, monkeypatch)


def test_the_nightly_recount_makes_all_new_and_forgets_schools_that_are_gone(db_session, monkeypatch):
    plain = hold(db_session, monkeypatch)
    db_session.execute(update(COUNT).values(files=COUNT.c.files + 1))
    db_session.execute(COUNT.insert().values(school_id=999_999, stamp="x"))
    assert sum(counters.recount_all(db_session)) == db_session.scalar(select(func.count(School.id)))
    with many(monkeypatch):
        assert told(db_session, "superior") == plain
    assert db_session.scalar(select(func.count()).select_from(COUNT).where(COUNT.c.school_id == 999_999)) == 0


def test_every_counted_measure_has_its_column():
    counted = {one.key for _label, measures in SECTIONS.values() for one in measures if one.counted or one.mean} - {"schools", "pupils"}
    assert counted | {f"talks_{back}" for back in range(len(counting.months(date(2026, 5, 20))))} == {*PLAIN, *DEFINED}
