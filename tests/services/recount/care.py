"""Recounts of guardians, visits, calls, pairings and talks (C1, C2, C4, C7, C8, D1–D7)."""

from collections import defaultdict
from datetime import timedelta

from tests.services.recount.book import day_of
from tests.services.recount.verdict import faults, measure, paced, part

SIX = ("homework", "tutoring", "family_dinner", "helper_meeting")


def entrusted(book):
    both = [child for child in book.left_behind if child.left_behind == "2"]
    return part(both, lambda child: book.has_letter("entrustment", child)
                and all(one.notified for one in book.in_force(child) if one.state == "away"))


def weak(book):
    ids = {child.id for child in book.left_behind}
    entrusted_ = [one for one in book.guardians if one.rank == "second" and one.child_id in ids]
    bad = [one for one in entrusted_ if one.birth_date and book.age(one.birth_date) >= 70 or one.ill or one.ability in ("weak", "none")]
    return faults(len(bad), len(entrusted_), "fail" if any(one.ability == "none" for one in bad) else "partly" if bad else "pass")


def called(book):
    month = {one.child_id for one in book.contacts if book.ago(30) <= one.contacted_on <= book.on}
    week = {one.child_id for one in book.contacts if book.ago(7) <= one.contacted_on <= book.on and one.with_whom in ("father", "mother")}
    made = part(book.left_behind, lambda child: child.id in month)
    return (*made[:3], "partly") if made[3] == "pass" and not all(child.id in week for child in book.left_behind) else made


def visited(book):
    found = {one.child_id for one in book.visits if book.first <= one.visited_on <= book.on}
    return paced(sum(child.id in found for child in book.left_behind), len(book.left_behind), book.over())


def running(book):
    return [one for one in book.pairings if one.started_on <= book.on and (one.ended_on is None or one.ended_on >= book.on)]


def helped(book):
    grown = {one.child_id for one in running(book) if one.kind != "peer"}
    return part(book.key(), lambda child: child.id in grown)


def burdened(book):
    children = defaultdict(set)
    for one in running(book):
        if one.staff_id is not None:
            children[one.staff_id].add(one.child_id)
    over = sum(len(some) > 2 for some in children.values())
    return faults(over, len(children), measure(len(children) - over, len(children)) if children else None)


def written(book):
    """Running proxy parents of the school who wrote down a talk or a visit with their child this month."""
    inside = [one for one in running(book) if one.kind == "proxy_parent" and one.staff_id is not None]
    done = {(one.teacher_id, one.child_id) for one in book.talks if book.month <= one.talked_on <= book.on}
    done |= {(one.visitor_id, one.child_id) for one in book.visits if book.month <= one.visited_on <= book.on}
    return paced(sum((one.staff_id, one.child_id) in done for one in inside), len(inside), book.month_over())


def talked(book):
    small = book.school.type == "kindergarten"
    since = book.ago(14) if small else book.month
    found = {one.child_id for one in book.talks if since <= one.talked_on <= book.on}
    return paced(sum(child.id in found for child in book.left_behind), len(book.left_behind), book.days_over(14) if small else book.month_over())


def six(book):
    since, count = book.month, len(book.left_behind)
    talks = {one.child_id for one in book.talks if since <= one.talked_on <= book.on}
    visits = {one.child_id for one in book.visits if since <= one.visited_on <= book.on}
    held = {one.kind for one in book.held(*SIX, since=since)}
    done = sum((child.id in talks) + (child.id in visits) + len(held) for child in book.left_behind)
    return paced(done, 6 * count, book.month_over())


def bulk(book):
    """Every record against every other: five of one person within ten minutes, or the words of another child's."""
    suspect = total = 0
    for entity, rows, day, words in (("Talk", book.talks, "talked_on", "content"), ("HomeVisit", book.visits, "visited_on", "found"),
                                     ("LogEntry", book.log, "held_on", None)):
        own = {row.id: row for row in rows if book.first <= getattr(row, day) <= book.on}
        lines = [one for one in book.changes if one.entity == entity and one.action in ("add", "import") and one.row_id in own
                 and book.first <= day_of(one.at) <= book.on]
        bad = {row.id for row in own.values() if words and any(
            getattr(row, words) == getattr(other, words) and row.child_id != other.child_id for other in own.values())}
        for line in lines:
            burst = [one for one in lines if one.member_id == line.member_id and line.at <= one.at <= line.at + timedelta(minutes=10)
                     and (words or own[one.row_id].kind == own[line.row_id].kind)]
            bad |= {one.row_id for one in burst} if len(burst) >= 5 else set()
        suspect, total = suspect + len(bad), total + len(own)
    return faults(suspect, total, "partly" if suspect else "pass")


PLAIN = {
    "entrustment_letters": entrusted, "weak_guardians": weak, "family_contact_30d": called, "home_visits_term": visited, "key_children_paired": helped,
    "helpers_over_limit": burdened, "helpers_records": written, "talks_month": talked, "six_ones": six, "talks_in_bulk": bulk,
    "guardian_letters": lambda book: part(book.left_behind, lambda child: book.has_letter("school_guardian", child)),
    "pairings_with_plan": lambda book: part(running(book), lambda one: one.plan)}
