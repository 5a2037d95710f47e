"""The counters of schools equal the plain query, whatever was changed in whatever way, and show nobody more than that query."""

from contextlib import contextmanager
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import delete, event, func, select, text, update

from app.extensions import db
from app.models import codes
from app.models.base import utc_now
from app.models.care import FamilyContact, HomeVisit, Talk
from app.models.children import Child, ParentSpell
from app.models.counts import COUNT, DEFINED, PLAIN, TOUCHED
from app.models.inspection import Inspection
from app.models.org import Area, School, Staff
from app.models.safety import Hazard, ResponsibilityLetter
from app.models.term import Term
from app.services import clock, counters, counting, derived, left_behind, records, remember, retention, scope, statistics, touched, transactions
from app.services.exchange import undo
from app.services.statistics import SECTIONS
from tests.services.test_importing import commit, plan_of, roster
from tests.support.asking import asking

ALL = (*SECTIONS, "talks")
ROUNDS = 3  # of every kind of change


@contextmanager
def many(patch, few=-1):
    """Whoever asks is held to have many schools, so that the counters are added up; with a high ``few``, to have few."""
    with patch.context() as other:
        other.setattr(scope, "FEW", few)
        other.setattr(scope, "_many", remember.Memory(600))  # where it is remembered whose schools are many
        yield


def told(session, username, area_id=None, **options):
    """Lines and total of a report, without what is nought."""
    with asking(session, username):
        report = statistics.report(session, ALL, area_id, **options)
    lines = [(line.name, line.area_id, line.school_id, line.sums) for line in (*report.lines, report.total)]
    return [(*place, {key: round(value, 6) for key, value in sums.items() if value}) for *place, sums in lines]


def hold(session, patch, username="superior", keep=False, **options):
    """Hold what is added up from counters against the plain query."""
    with many(patch, few=1000):
        plain = told(session, username, **options)
    with many(patch):
        assert told(session, username, keep=keep, **options) == plain
    return plain


class Hand:
    """Changes something that is counted, past no door but the session."""

    def __init__(self, session, seed):
        self.session, self.dice = session, Random(seed)
        self.staff = session.scalar(select(Staff.id).limit(1))
        self.schools = session.scalars(select(School.id).order_by(School.id)).all()

    def day(self):
        return clock.today() - timedelta(days=self.dice.randrange(250))

    def pick(self, model, *where):
        rows = self.session.scalars(select(model).where(*where).order_by(model.id)).all()
        return self.dice.choice(rows)

    def child(self):
        return self.pick(Child, Child.left_behind != "0", Child.file_state == "open")

    def steps(self):
        return [self.add_talk, self.add_visit, self.add_contact, self.add_spell, self.add_letter, self.edit_child, self.edit_hazard,
                self.edit_inspection, self.delete, self.restore, self.move, self.move_school, self.define, self.begin_term, self.bulk]

    def add_talk(self):
        records.add(self.session, Talk, {"child": self.child().id, "talked_on": self.day(), "teacher": self.staff, "kind": "regular", "content": "聊"})

    def add_visit(self):
        records.add(self.session, HomeVisit, {"child": self.child().id, "visited_on": self.day(), "visitor": self.staff, "found": "好"})

    def add_contact(self):
        records.add(self.session, FamilyContact, {"child": self.child().id, "contacted_on": self.day(), "kind": "phone", "with_whom": "mother"})

    def add_spell(self):
        records.add(self.session, ParentSpell, {"child": self.pick(Child).id, "parent": self.dice.choice([*codes.PARENT]), "since": self.day(),
                                                "state": self.dice.choice([*codes.WHEREABOUTS]), "able": self.dice.random() < 0.5})

    def add_letter(self):
        child, signed = self.child(), self.day()
        records.add(self.session, ResponsibilityLetter, {
            "school": child.school_id, "child": child.id, "level": "school_guardian", "school_year": "2026—2027", "signer": "王丽", "signed_on": signed,
            "expires_on": signed + timedelta(self.dice.randrange(400))})

    def edit_child(self):
        maybe, of = self.dice.random() < 0.5, self.dice.choice
        values = {
            "boarder": maybe, "rural": maybe, "alone": maybe, "special_group": of([None, *codes.SPECIAL_GROUP]), "health": of([*codes.HEALTH]),
            "guard_rating": of([None, *codes.GUARD_RATING]), "filed_on": of([None, self.day()]), "file_state": of(["open", "closed"]),
            "stage": of(["primary", "junior", "not_in_school"])}
        key = self.dice.choice(list(values))
        setattr(self.child(), key, values[key])
        self.session.flush()

    def edit_hazard(self):
        hazard = self.pick(Hazard)
        hazard.fixed_on, hazard.due_on = self.dice.choice([None, clock.today()]), self.day() + timedelta(100)
        self.session.flush()

    def edit_inspection(self):
        one = self.pick(Inspection)
        one.state, one.submitted_at, one.score = "submitted", utc_now() - timedelta(self.dice.randrange(500)), self.dice.random() * 100
        self.session.flush()

    def delete(self):
        records.delete(self.session, self.pick(self.dice.choice([Child, Talk, HomeVisit, ParentSpell, ResponsibilityLetter, Hazard])))

    def restore(self):
        for model in (Child, Talk, HomeVisit, ParentSpell, ResponsibilityLetter, Hazard):
            with scope.trash(self.session):
                gone = self.session.scalars(select(model).where(model.deleted_at.is_not(None)).order_by(model.id).limit(1)).first()
            if gone is not None:
                try:
                    return records.restore(self.session, gone)
                except records.Refused:  # what it belongs to is in the trash as well
                    continue
        return None

    def move(self):
        child = self.child()
        child.school_id, child.school_class_id = self.dice.choice([one for one in self.schools if one != child.school_id]), None
        self.session.flush()
        self.session.expire_all()

    def move_school(self):
        school = self.pick(School)
        school.area_id, school.pupils = self.pick(Area, Area.level == "township").id, self.dice.randrange(2000)
        self.session.flush()

    def define(self):
        self.pick(Area, Area.level == "county").definition = self.dice.choice([*left_behind.DEFINITIONS])
        self.session.flush()

    def begin_term(self):
        term = self.pick(Term, Term.starts_on <= clock.today())
        term.starts_on -= timedelta(self.dice.randrange(20))
        self.session.flush()

    def bulk(self):
        with records.together(self.session):
            for _ in range(4):
                self.add_talk()


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


def places(session):
    """Townships of the county that the county's account keeps, those with schools."""
    with asking(session, "county") as who, scope.everything(session):
        return session.scalars(select(Area.id).join(School, School.area_id == Area.id).where(
            Area.level == "township", Area.path.startswith(who.path, autoescape=True)).distinct().order_by(Area.id)).all()


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
        county.definition = "half_year"
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
    with many(monkeypatch), asking(db_session, "superior"):
        seen = []
        note = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(db_session.get_bind(), "before_cursor_execute", note)
        statistics.report(db_session, ALL, keep=True)
        event.remove(db_session.get_bind(), "before_cursor_execute", note)
    assert len([one for one in seen if one.lstrip().startswith("SELECT")]) == 3  # the places, what is stale, the sums
    assert not [one for one in seen if one.startswith(("INSERT", "UPDATE", "DELETE"))]
