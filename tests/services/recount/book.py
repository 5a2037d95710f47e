"""All rows of one school as lists, and the words that a plain recount needs: no SQL, loops over rows."""

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import select

from app.models import clock
from app.models.audit import Attachment, Change
from app.models.bus import Bus, BusDriver, BusRun
from app.models.canteen import Canteen, CanteenWorker, MealRecord
from app.models.care import FamilyContact, HomeVisit, Pairing, Talk
from app.models.cases import Aid, CaseFile
from app.models.children import Child, Guardian, ParentSpell
from app.models.inspection import ChecklistItem, Finding, FindingStep, Inspection
from app.models.ledger import Equipment, LogEntry, SchoolDocument
from app.models.org import Member, School, Staff
from app.models.safety import Hazard, ResponsibilityLetter
from app.models.term import Term

OF_SCHOOL = {
    "children": Child, "guardians": Guardian, "spells": ParentSpell, "contacts": FamilyContact, "visits": HomeVisit, "pairings": Pairing, "talks": Talk,
    "aid": Aid, "cases": CaseFile, "log": LogEntry, "papers": SchoolDocument, "equipment": Equipment, "staff": Staff, "hazards": Hazard,
    "letters": ResponsibilityLetter, "buses": Bus, "drivers": BusDriver, "runs": BusRun, "canteens": Canteen, "workers": CanteenWorker,
    "meals": MealRecord, "inspections": Inspection, "findings": Finding, "steps": FindingStep, "members": Member, "changes": Change}
KEY_GROUPS = ("needy", "disabled", "unguarded", "seriously_ill")


class County:
    """Every row of the county, by school."""

    def __init__(self, session):
        self.schools = session.scalars(select(School).order_by(School.id)).all()
        self.terms = session.scalars(select(Term)).all()
        self.codes = {item.id: item.code for item in session.scalars(select(ChecklistItem))}
        self.proved = {one.row_id for one in session.scalars(select(Attachment)) if one.entity == "Finding"}
        self.rows = {key: defaultdict(list) for key in OF_SCHOOL}
        for key, model in OF_SCHOOL.items():
            for row in session.scalars(select(model).order_by(model.id)):
                self.rows[key][row.school_id].append(row)

    def book(self, school, on):
        return Book(self, school, on)


class Book:
    """The rows of one school, looked at on a day."""

    def __init__(self, county, school, on):
        self.county, self.school, self.on = county, school, on
        begun = max((term for term in county.terms if term.starts_on <= on), key=lambda term: term.starts_on)
        self.first, self.last = begun.starts_on, begun.ends_on
        self.month = on.replace(day=1)
        self.month_end = shifted(self.month, 1) - timedelta(1)
        self.__dict__.update({key: rows[school.id] for key, rows in county.rows.items()})
        self.files = [child for child in self.children if child.file_state == "open"]
        self.left_behind = [child for child in self.files if child.left_behind != "0"]

    def ago(self, days):
        return self.on - timedelta(days)

    def age(self, birth, on=None):
        day = on or self.on
        return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))

    def of(self, rows, child):
        return [row for row in rows if row.child_id == child.id]

    def key(self):
        return [child for child in self.left_behind
                if child.special_group in KEY_GROUPS or child.health == "disabled" or child.guard_rating == "none" or child.alone]

    def holds(self, level, letter):
        return letter.level == level and letter.signed_on <= self.on <= letter.expires_on

    def has_letter(self, level, child):
        return any(self.holds(level, letter) for letter in self.of(self.letters, child))

    def signed(self, level, name):
        return any(self.holds(level, letter) and letter.signer == name for letter in self.letters)

    def in_force(self, child):
        return [one for one in self.of(self.spells, child) if one.since <= self.on and (one.until is None or one.until >= self.on)]

    def held(self, *kinds, since=None):
        """The log of a year, from a day on, the oldest first."""
        first = max(since or date.min, self.ago(365))
        return sorted((one for one in self.log if one.kind in kinds and first <= one.held_on <= self.on), key=lambda one: (one.held_on, one.id))

    def keeps_log(self):
        return any(self.ago(365) <= one.held_on <= self.on for one in self.log)

    def keeps_papers(self):
        return any(self.ago(365) <= one.dated_on <= self.on for one in self.papers)

    def paper(self, *kinds, since=date.min):
        return sorted((one for one in self.papers if one.kind in kinds and since <= one.dated_on <= self.on), key=lambda one: (one.dated_on, one.id))

    def open_cases(self, *kinds):
        return [one for one in self.cases if one.kind in kinds and one.opened_on <= self.on and (one.closed_on is None or one.closed_on > self.on)]

    def at_work(self):
        return [one for one in self.staff if one.present]

    def inspected(self):
        """The inspection that was submitted last, and the day."""
        done = [one for one in self.inspections if one.state == "submitted" and day_of(one.submitted_at) <= self.on]
        return max(done, key=lambda one: (one.submitted_at, one.id), default=None)

    def months(self):
        """The term in months from its first day on: (first, last)."""
        found, first = [], self.first
        while first <= self.last:
            following = shifted(first, 1)
            found.append((first, min(self.last, following - timedelta(1))))
            first = following
        return found

    def over(self, days=None):
        """Of the days of the term, or of some, how many are over: (over, all). None is before the fifteenth; after the last all are."""
        days = days or [self.first + timedelta(number) for number in range((self.last - self.first).days + 1)]
        gone = sum(day <= self.on for day in days)
        return (gone if gone >= 15 or gone == len(days) else 0), len(days)

    def month_over(self):
        """The same of the month's days in the term, which are fifteen or more; else nothing is over."""
        days = [self.month + timedelta(number) for number in range((self.month_end - self.month).days + 1)]
        taught = [day for day in days if self.first <= day <= self.last]
        return self.over(taught) if len(taught) >= 15 else (0, 1)

    def days_over(self, days):
        """Whether each of the last days lies in the term."""
        return int(all(self.first <= self.ago(number) <= self.last for number in range(days + 1))), 1


def shifted(day, months):
    """The same day of another month, or its last one."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    end = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(1)).day
    return date(year, month + 1, min(day.day, end))


def day_of(moment):
    return moment.astimezone(clock.SHANGHAI).date()
