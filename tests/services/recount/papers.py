"""Recounts of the school's papers (A1, A6, B2, B3, B8, B9, F6, F8, F11, G3, H2, H11, K3, L6)."""

from collections import Counter
from datetime import date, timedelta

from tests.services.recount.book import day_of, shifted
from tests.services.recount.verdict import NONE, reached, share


def plans(book):
    since = max(book.first - timedelta(60), book.ago(365))
    return share(len({one.kind for one in book.paper("term_plan", "care_plan", since=since)}), 2) if book.keeps_papers() else NONE


def accounts(book):
    aid = [one for one in book.aid if one.granted_on and book.ago(365) <= one.granted_on <= book.on]
    summary = book.paper("term_summary", since=book.ago(220))
    return reached(bool(summary) + all(one.receiver for one in aid), 2) if summary or aid else NONE


def fresh(kind, days):
    def recount(book):
        papers = book.paper(kind)
        if not papers:
            return NONE
        age, until = (book.on - papers[-1].dated_on).days, papers[-1].valid_until
        return age, None, None, "pass" if age <= days and (until is None or until >= book.on) else "fail"

    return recount


def compared(kind, found):
    def recount(book):
        papers = book.paper(kind, since=book.ago(365))
        if not papers:
            return NONE
        figure = papers[-1].figure
        return figure, None, None, None if figure is None or found is None else found if figure else "pass"

    return recount


def reports(book):
    """A month's report by the 25th, a half year's by the end of March and September; of a month with 15 days of the term.

    What is sent by the 10th of the following month is late, where that month has another one.
    """
    good, total, used = 0, 0, set()
    days = [book.first + timedelta(number) for number in range((book.last - book.first).days + 1)]
    of_term = Counter((day.year, day.month) for day in days)
    due = [(kind, date(*month, 1)) for kind in ("month_report", "half_report") for month in sorted(of_term)
           if (of_term[month] >= 15 if kind == "month_report" else month[1] in (3, 9))]
    for kind, begun in due:
        after = shifted(begun, 1)
        day = begun.replace(day=25) if kind == "month_report" else after - timedelta(1)
        if not book.first <= day <= book.on:
            continue
        free = [one for one in book.paper(kind, since=max(begun, book.ago(365))) if one.id not in used]
        own, next_ones = [one for one in free if one.dated_on < after], [one for one in free if after <= one.dated_on < shifted(after, 1)]
        if not own and len(next_ones) > 1 and next_ones[0].dated_on < after + timedelta(10):
            used.add(next_ones[0].id)
        used |= {one.id for one in own}
        total, good = total + 1, good + (bool(own) and own[0].dated_on <= day)
    return share(good, total) if book.keeps_papers() else NONE


def mended(book):
    last = book.inspected()
    return share(min(1, len(book.paper("fix_report", since=day_of(last.submitted_at)))), 1) if last else NONE


PLAIN = {
    "care_plans": plans, "aid_accounts": accounts, "reports_on_time": reports, "fix_report": mended, "census_age": fresh("census", 183),
    "emergency_plan": fresh("emergency", 365), "building_survey": fresh("building", 365), "fire_test": fresh("fire_test", 365),
    "water_test": fresh("water_test", 365), "record_match": compared("record_match", "partly"), "village_match": compared("village_match", "partly"),
    "missing_courses": compared("curriculum", "fail"), "fee_differences": compared("fees", "fail"), "migrant_pupils": compared("migrants", None)}
