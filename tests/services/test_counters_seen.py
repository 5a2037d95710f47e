"""The counters show nobody more than the plain query does, and two at a time do not spoil them."""

import pytest
from sqlalchemy import delete, func, select, text, update

from app.extensions import db
from app.models.base import utc_now
from app.models.counts import COUNT, TOUCHED
from app.models.org import Area, School
from app.services import clock, counters, counting, records, scope, statistics, transactions
from tests.services.counters_hand import ALL, Hand, hold, many, places
from tests.support.asking import asking
from tests.support.statements import noted


# Who sees what ------------------------------------------------------------------------------
def test_counters_are_read_and_only_those_in_scope(db_session, monkeypatch):
    """Every school's counter is made to say its own number; each account reads the sum of its own schools."""
    hold(db_session, monkeypatch, keep=True)
    with scope.everything(db_session):
        rows = db_session.execute(select(School.id, Area.path).join(Area, Area.id == School.area_id)).all()
    db_session.execute(update(COUNT).values(files=COUNT.c.school_id * 1000))
    for account in ("superior", "county", "township"):
        with asking(db_session, account) as who, many(monkeypatch), asking(db_session, account):
            report = statistics.report(db_session, ALL)
        assert report.total.sums["files"] == sum(row.id * 1000 for row in rows if row.path.startswith(who.path)), account
    db_session.rollback()


def test_counters_open_no_place_that_the_plain_query_keeps_shut(db_session, monkeypatch):
    with asking(db_session, "county") as who, scope.everything(db_session):
        other = db_session.scalars(select(Area.id).where(Area.level == "county", Area.id != who.area_id)).first()
    with many(monkeypatch):
        with asking(db_session, "county"):
            assert statistics.report(db_session, ALL, other) is None
        with asking(db_session, "superior"):
            assert statistics.report(db_session, ALL, places(db_session)[0]) is None
        for account in ("teacher", "admin", "inspector"):
            with asking(db_session, account), pytest.raises(records.Forbidden):
                statistics.report(db_session, ALL)


def test_trash_is_not_added_up(db_session, monkeypatch):
    hold(db_session, monkeypatch, keep=True)
    school = db_session.scalars(select(School).order_by(School.id)).first()
    school.deleted_at = utc_now()
    db_session.flush()
    hold(db_session, monkeypatch)
    db_session.rollback()


# Two at a time ------------------------------------------------------------------------------
def reader(session):
    """A reader who has counted every school, and not yet kept what was counted: a way to do so later."""
    on, everywhere = clock.today(), School.id > 0
    db.session.execute(update(COUNT).values(counted_on=None))
    session.commit()
    with scope.everything(session):
        some = counters._stale(session, on, True, everywhere)
        marks = session.scalars(select(TOUCHED.c.id)).all()
        sums = counting.count(session, [one.id for one in some], on, tuple(counting.SOURCES))
    session.commit()

    def keep():
        counters._keep(session, on, some, sums, marks, True)
        session.commit()

    return keep


def test_a_slow_reader_writes_over_no_later_count(db_session, monkeypatch):
    hand, late = Hand(db_session, 3), reader(db_session)
    hand.bulk()
    db_session.commit()
    hold(db_session, monkeypatch, keep=True)
    late()
    hold(db_session, monkeypatch)


def test_what_changes_while_a_reader_counts_is_counted_by_the_next(db_session, monkeypatch):
    hand, late = Hand(db_session, 4), reader(db_session)
    hand.bulk()
    db_session.commit()
    late()
    assert db_session.scalar(select(func.count()).select_from(TOUCHED)) > 0
    hold(db_session, monkeypatch)


def test_where_nothing_can_be_written_the_figures_are_right(db_session, monkeypatch):
    hold(db_session, monkeypatch, keep=True)
    db_session.execute(delete(COUNT))
    db_session.commit()
    with db.engine.connect() as other:
        other.execute(text("LOCK TABLE school_count IN SHARE MODE") if other.dialect.name == "postgresql" else update(COUNT).values(files=0))
        transactions.read_only(True)
        try:
            hold(db_session, monkeypatch, keep=True)
        finally:
            db_session.rollback()
            transactions.read_only(False)
            other.rollback()
    assert db_session.scalar(select(func.count()).select_from(COUNT)) == 0


def test_what_is_kept_is_read_in_three_statements_and_written_no_more(db_session, monkeypatch):
    hold(db_session, monkeypatch, keep=True)
    with many(monkeypatch), asking(db_session, "superior"), noted(db_session.get_bind()) as seen:
        statistics.report(db_session, ALL, keep=True)
    assert len([one for one in seen if one.lstrip().startswith("SELECT")]) == 3  # the places, what is stale, the sums
    assert not [one for one in seen if one.startswith(("INSERT", "UPDATE", "DELETE"))]
