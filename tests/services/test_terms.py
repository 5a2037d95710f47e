"""Home page, figures beside a tick and statistics mean the same term."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.models.term import Term
from app.services import clock, scope, statistics, work
from app.services.evidence.period import Span, term_of
from app.services.terms import began_last

FIRST, SECOND = Span(date(2026, 9, 1), date(2027, 1, 28)), Span(date(2027, 2, 22), date(2027, 7, 9))


@pytest.fixture
def session(db_session):
    with scope.everything(db_session):
        for term in db_session.scalars(select(Term)):
            db_session.delete(term)
        db_session.flush()
        for number, span in enumerate((FIRST, SECOND), 1):
            db_session.add(Term(name=f"第{number}学期", school_year="2026—2027学年", number=number, starts_on=span.first, ends_on=span.last))
        db_session.flush()
        yield db_session
    db_session.rollback()
    work._starts.clear()


@pytest.mark.parametrize(("on", "name", "span"), [
    (FIRST.first - timedelta(1), "", Span(date(2026, 2, 1), date(2026, 8, 31))), (FIRST.first, "第1学期", FIRST), (FIRST.last, "第1学期", FIRST),
    (SECOND.first - timedelta(1), "第1学期", FIRST), (SECOND.first, "第2学期", SECOND), (SECOND.last + timedelta(30), "第2学期", SECOND),
])
def test_all_mean_the_term_that_began_last(session, on, name, span):
    assert session.execute(began_last(on, Term.name)).all() == ([(name,)] if name else [])
    assert (statistics.term_name(session, on), term_of(session, on)) == (name, span)
    with clock.freeze(on):
        assert work.term_start(session) == span.first
