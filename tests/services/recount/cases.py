"""Recounts of cases and aid (C9, D9, D11, D12, F2, F10, F12, G7, K4)."""

from tests.services.recount.verdict import faults, faulty, paced, part

OUT = ("dropped_out", "not_in_school", "not_in_kindergarten")


def resting(book, case, days):
    return case.opened_on < book.ago(days) and (case.followed_on is None or case.followed_on < book.ago(days))


def of_age(book, child):
    return 6 <= book.age(child.birth_date) <= 15


def dropouts(book):
    bad = total = 0
    for child in book.files:
        cases = [one for one in book.open_cases("absent", "dropout") if one.child_id == child.id]
        if not cases and not (of_age(book, child) and child.stage in OUT):
            continue
        total, bad = total + 1, bad + (not cases or any(resting(book, one, 30) for one in cases))
    sent = [one.dated_on for one in book.paper("dropout_report", since=book.first)]
    months = [(any(first <= day <= last for day in sent), last) for first, last in book.months() if first <= book.on]
    due = [good for good, last in months if good or last <= book.on] if book.keeps_papers() else []
    return faults(bad, total, "fail" if bad or due and not any(due) else "pass" if all(due) else "partly")


def disabled(book):
    due = [child for child in book.files if child.health == "disabled" and of_age(book, child)]
    plans = {one.child_id for one in book.open_cases("disability") if one.plan}
    return part(due, lambda child: child.stage not in OUT and child.id in plans)


def in_care(book, *kinds):
    here = {child.id for child in book.children if child.file_state != "moved_out"}
    return [one for one in book.open_cases(*kinds) if one.child_id in here]


def unclosed(book, case):
    return case.closed_on is None or case.closed_on > book.on


def promised(book):
    said = part(book.at_work(), lambda one: book.signed("school_report", one.name))
    return (*said[:-1], "partly") if said[-1] == "pass" and book.open_cases("report") else said


def bullied(book):
    cases = [one for one in book.cases if one.kind == "bullying" and one.opened_on <= book.on and (book.ago(365) <= one.opened_on or unclosed(book, one))]
    return faulty(cases, lambda one: unclosed(book, one))


def granted(book):
    due = [one for one in book.aid if one.kind in ("boarding", "nutrition") and book.first <= one.decided_on <= book.on]
    return paced(sum(one.granted_on is not None and one.granted_on <= book.on for one in due), len(due), book.over())


def needy(book):
    given = {one.child_id for one in book.aid if one.kind == "hardship" and one.granted_on and book.first <= one.granted_on <= book.on}
    due = [child for child in book.left_behind if child.special_group == "needy"]
    return paced(sum(child.id in given for child in due), len(due), book.over())


PLAIN = {
    "dropouts_followed": dropouts, "disabled_enrolled": disabled, "bullying_open": bullied, "aid_granted": granted, "needy_aided": needy,
    "cases_planned": lambda book: part(in_care(book, "behaviour", "study"), lambda one: one.plan),
    "mental_followed": lambda book: faulty(in_care(book, "mental"), lambda one: resting(book, one, 30)),
    "sick_followed": lambda book: faulty(in_care(book, "sick"), lambda one: resting(book, one, 7)),
    "duty_to_report": promised}
