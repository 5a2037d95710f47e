"""Figures of the demo county against a plain count of all its rows in Python, school by school, on both engines."""

from datetime import timedelta

from sqlalchemy import select

from app.extensions import db
from app.models.canteen import MealRecord
from app.models.cases import Aid, CaseFile
from app.models.children import Child
from app.models.ledger import Equipment, LogEntry, SchoolDocument
from app.models.org import School, Staff
from app.services import clock, evidence, scope
from app.services.evidence.lists import parts
from app.services.evidence.period import term_of


class Book:
    """All rows of one school, as lists."""

    def __init__(self, session, school, on):
        self.on, self.first, self.month = on, term_of(session, on).first, on - timedelta(30)
        for key, model in {"log": LogEntry, "papers": SchoolDocument, "equipment": Equipment, "cases": CaseFile, "aid": Aid, "staff": Staff,
                           "children": Child, "meals": MealRecord}.items():
            setattr(self, key, [row for row in session.scalars(select(model)) if row.school_id == school.id])

    def held(self, kind, since):
        return [one for one in self.log if one.kind == kind and since <= one.held_on <= self.on]

    def open_cases(self, *kinds):
        return [one for one in self.cases if one.kind in kinds and one.opened_on <= self.on and (one.closed_on is None or one.closed_on > self.on)]

    def ratio(self, kind):
        counted = self.held(kind, self.month)
        return sum(one.done for one in counted), sum(one.due for one in counted)


def resting(case, on):
    return (case.followed_on is None or (on - case.followed_on).days > 30) and (on - case.opened_on).days > 30


def needy(book):
    ids = {one.id for one in book.children if one.special_group == "needy" and one.file_state == "open" and one.left_behind != "0"}
    return len(ids & {one.child_id for one in book.aid if one.kind == "hardship" and one.granted_on and one.granted_on >= book.first}), len(ids)


def aided(book):
    due = [one for one in book.aid if one.kind in ("boarding", "nutrition") and one.decided_on >= book.first]
    return sum(one.granted_on is not None for one in due), len(due)


def planned(book):
    open_ = book.open_cases("behaviour", "study")
    return sum(bool(one.plan) for one in open_), len(open_)


def watched(book):
    open_ = book.open_cases("mental")
    return sum(resting(one, book.on) for one in open_), len(open_)


def burning(book):
    kept = [one for one in book.equipment if one.kind in ("extinguisher", "hydrant", "emergency_light", "exit_sign")]
    return sum(one.working < one.count or bool(one.expires_on and one.expires_on < book.on) for one in kept), len(kept)


def cameras(book):
    kept = [one for one in book.equipment if one.kind == "camera"]
    return sum(one.count - one.working for one in kept), sum(one.count for one in kept)


def rounds(book):
    days = {one.held_on for one in book.held("patrol", book.month)}
    return sum(sum(one.done for one in book.held("patrol", day) if one.held_on == day) >= 5 for day in days), len(days)


def dishes(book):
    recent = [one for one in book.meals if book.month <= one.served_on <= book.on]
    words = parts(evidence.REGISTRY["forbidden_dishes"].defaults["dish_words"])
    return sum(any(word in one.dish for word in words) for one in recent), len(recent)


PLAIN = {
    "needy_aided": needy, "aid_granted": aided, "cases_planned": planned, "mental_followed": watched, "fire_equipment": burning,
    "cameras_offline": cameras, "patrols": rounds, "forbidden_dishes": dishes,
    "staff_present": lambda book: (sum(one.present for one in book.staff), len(book.staff)),
    "purchase_checks": lambda book: book.ratio("purchase"), "stock_checks": lambda book: book.ratio("stock"),
    "dormitory_duty": lambda book: book.ratio("dormitory")}


def test_a_plain_count_agrees(app):
    with app.app_context():
        session, on, told = db.session(), clock.today(), set()
        with scope.everything(session):
            for school in session.scalars(select(School)).all():
                book = Book(session, school, on)
                for name, count in PLAIN.items():
                    made, (part, whole) = evidence.compute(session, school, name, on), count(book)
                    assert (made.numerator, made.denominator) == ((part, whole) if whole else (None, None)), (name, school.id)
                    told |= {name} if whole else set()
        assert told == set(PLAIN), "each has something to count somewhere"
        session.rollback()
