"""What a process remembers is forgotten in time, and never grows without bound."""

from datetime import date, timedelta

from app.models.term import Term
from app.services import clock, remember, work


def test_an_answer_is_kept_for_its_time(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(remember, "monotonic", lambda: now[0])
    memory = remember.Memory(seconds=60)
    memory.put("a", 1)
    now[0] += 59
    assert memory.get("a") == 1
    now[0] += 2
    assert memory.get("a") is None and memory.get("b") is None


def test_too_many_answers_are_forgotten():
    memory = remember.Memory(seconds=60, most=2)
    for key in "abc":
        memory.put(key, key)
    assert memory.get("c") == "c" and memory.get("a") is None


def test_who_changes_a_term_sees_it_at_once(db_session):
    session = db_session()
    before = work.term_start(session)
    begins = clock.today() - timedelta(days=1)
    assert before != begins
    session.add(Term(name="临时学期", school_year="2099-2100", number=1, starts_on=begins, ends_on=begins + timedelta(days=30)))
    session.flush()
    assert work.term_start(session) == begins
    assert isinstance(before, date)
    session.rollback()
    work._forget_starts()
