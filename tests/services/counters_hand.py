"""What changes counted rows in every way there is, and holds the counters against the plain query."""

from contextlib import contextmanager
from datetime import timedelta
from random import Random

from sqlalchemy import select

from app.models import codes
from app.models.base import utc_now
from app.models.care import FamilyContact, HomeVisit, Talk
from app.models.children import Child, ParentSpell
from app.models.inspection import Inspection
from app.models.org import Area, School, Staff
from app.models.safety import Hazard, ResponsibilityLetter
from app.models.term import Term
from app.services import clock, left_behind, records, remember, scope, statistics
from app.services.statistics import SECTIONS
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


def places(session):
    """Townships of the county that the county's account keeps, those with schools."""
    with asking(session, "county") as who, scope.everything(session):
        return session.scalars(select(Area.id).join(School, School.area_id == Area.id).where(
            Area.level == "township", Area.path.startswith(who.path, autoescape=True)).distinct().order_by(Area.id)).all()
