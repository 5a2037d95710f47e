"""Recounts of the school's log (A4, C5, C6, D8, E3, E4, F1, G4–G6, G9, H5, H12, I5, I7, I13, I16, J13, K5)."""

from collections import Counter

from tests.services.recount.verdict import NONE, paced, reached, share


def every(kind, months):
    """Months, or quarters, of the term that are over and in which it was held; a running one counts once it was."""
    def recount(book):
        step = months(book.school)
        singles = book.months()
        spans = [(singles[number][0], singles[min(number + step, len(singles)) - 1][1]) for number in range(0, len(singles), step)]
        days = [one.held_on for one in book.held(kind)]
        held = [(any(first <= day <= last for day in days), last) for first, last in spans if first <= book.on]
        due = [good for good, last in held if good or last <= book.on]
        return share(sum(due), len(due)) if book.keeps_log() else NONE

    return recount


def monthly(_school):
    return 1


def times(*kinds):
    return lambda book: reached(len(book.held(*kinds, since=book.first)), 1, book.over()) if book.keeps_log() else NONE


def of_kinds(*kinds):
    return lambda book: paced(len({one.kind for one in book.held(*kinds, since=book.first)}), len(kinds), book.over()) if book.keeps_log() else NONE


def done_of_due(entries):
    counted = [one for one in entries if one.due is not None and one.done is not None]
    return share(sum(one.done for one in counted), sum(one.due for one in counted))


def lately(kind):
    return lambda book: done_of_due(book.held(kind, since=book.ago(30)))


def enough(book, verdict, kept):
    """A pass needs four fifths of the Mondays to Fridays of the last 30 days and the term on record; ``kept`` counts those of them that are."""
    open_ = [day for day in (book.ago(number) for number in range(30)) if day.weekday() < 5 and book.first <= day <= book.last]
    return (*verdict[:-1], None) if verdict[-1] == "pass" and kept(open_) < 0.8 * len(open_) else verdict


def nights(book):
    """An entry tells of no more nights than have gone by since the one before."""
    told, before = 0, None
    entries = book.held("dormitory", since=book.ago(30))
    for day in sorted({one.held_on for one in entries}):
        shifts = sum(one.due or 1 for one in entries if one.held_on == day)
        told, before = told + min(shifts, 30 if before is None else (day - before).days), day
    return enough(book, lately("dormitory")(book), lambda _open: told)


def rounds(book):
    days = Counter()
    for one in book.held("patrol", since=book.ago(30)):
        days[one.held_on] += 1 if one.done is None else one.done
    return enough(book, share(sum(count >= 5 for count in days.values()), len(days)), lambda open_: len(set(open_) & set(days)))


def controls(book):
    served = {one.served_on for one in book.meals if book.ago(30) <= one.served_on <= book.on}
    if not served or not book.keeps_log():
        return NONE
    weeks = {day.isocalendar()[:2] for day in served}
    daily, weekly = {one.held_on for one in book.held("daily")}, {one.held_on.isocalendar()[:2] for one in book.held("weekly")}
    done = len(served & daily) + len(weeks & weekly) + bool(book.held("monthly", since=book.ago(30)))
    return share(done, len(served) + len(weeks) + 1)


PLAIN = {
    "work_meetings": every("meeting", monthly), "helper_meetings": every("helper_meeting", monthly),
    "drills": every("drill", lambda school: 3 if school.type == "kindergarten" else 1),
    "parents_meetings": times("parents_meeting"), "guardian_school": times("guardian_school"), "activities": times("activity"),
    "law_lessons": times("law", "police"), "meal_oversight": times("parent_meal", "committee", "satisfaction"),
    "safety_lessons": of_kinds("water", "traffic", "fire", "food", "disaster"), "bus_lessons": of_kinds("bus_lesson", "bus_drill", "bus_training"),
    "home_openings": lambda book: reached(len(book.held("home_open", since=book.ago(30))), 4, book.days_over(30)) if book.keeps_log() else NONE,
    "arrivals": lambda book: done_of_due(book.held("arrival", since=book.first)[-1:]),
    "holiday_letters": lambda book: done_of_due(book.held("holiday_letter")[-1:]),
    "patrols": rounds, "dormitory_duty": nights, "purchase_checks": lately("purchase"), "stock_checks": lately("stock"),
    "checkups": lambda book: done_of_due(book.held("checkup")), "food_controls": controls}
