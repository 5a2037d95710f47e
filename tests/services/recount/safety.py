"""Recounts of people, equipment, hazards and what the last inspection found (D10, F3–F5, G1, H, I14, J7, J8, K2, L1–L5)."""

from tests.services.recount.book import day_of
from tests.services.recount.verdict import NONE, faults, faulty, measure, part, reached

TEACHING = ("class_teacher", "teacher", "counsellor")
NAMED = ("building", "facility", "electric")


def post(book, name, needed):
    return reached(sum(one.post == name for one in book.at_work()), needed) if book.at_work() else NONE


def guards(book):
    pupils = book.school.pupils
    needed = 1 if pupils < 100 else 2 if pupils < 1000 else 3 + (pupils - 1000) // 500
    return post(book, "guard", needed)


def things(book, *kinds):
    return [one for one in book.equipment if one.kind in kinds]


def broken(one):
    return one.working < one.count


def unseen(book, one, days):
    return one.checked_on is None or one.checked_on < book.ago(days)


def over(book, one):
    return one.expires_on is not None and one.expires_on < book.on


def pieces(kind):
    def recount(book):
        found = things(book, kind)
        return faults(sum(one.count - one.working for one in found), sum(one.count for one in found))

    return recount


def seats(book):
    found = things(book, "toilet")
    return reached(sum(one.working for one in found), max(1, (book.school.pupils + 24) // 25)) if found else NONE


def unfixed(book, one):
    return one.fixed_on is None or one.fixed_on > book.on


def of_year(book):
    return [one for one in book.hazards if one.found_on <= book.on and (one.found_on >= book.ago(365) or unfixed(book, one))]


def hazards(book):
    found = of_year(book)
    late = [one for one in found if unfixed(book, one) and one.due_on < book.on]
    return faults(len(late), len(found), "fail" if any(one.level == "serious" for one in late) else found and measure(len(found) - len(late), len(found)))


def serious(book):
    found = [one for one in of_year(book) if one.kind in NAMED or one.level == "serious"]
    left = [one for one in found if unfixed(book, one)]
    return faults(len(left), len(found), "fail" if any(one.level == "serious" for one in left) else "partly" if left else "pass")


def standing(book):
    """Without what was withdrawn on an objection."""
    return [one for one in book.findings if one.state != "withdrawn"]


def of_last(recount):
    """Over the findings of the last inspection; none without one."""
    def made(book):
        last = book.inspected()
        return recount(book, [one for one in standing(book) if one.inspection_id == last.id]) if last else NONE

    return made


def past(book, one):
    return one.due_on < book.on and one.state != "objected"


def in_time(book, found):
    """By the day of the school's report, where one is written down."""
    done = {}
    for one in found:
        told = [step.at for step in book.steps if step.finding_id == one.id and step.kind == "fix"]
        done[one.id] = one.fixed_on and (day_of(max(told)) if told else one.fixed_on)
    due = [one for one in found if (done[one.id] and done[one.id] <= book.on) or past(book, one)]
    return part(due, lambda one: done[one.id] and done[one.id] <= min(book.on, one.due_on))


def repeated(book, found):
    before = {book.county.codes[one.item_id] for one in standing(book) if one.inspection_id != book.inspected().id}
    again = [one for one in found if book.county.codes[one.item_id] in before]
    return faults(len(again), len(found), "fail" if any(one.level == "critical" for one in again) else "partly" if again else "pass")


def put_right(book, found):
    return [one for one in found if one.fixed_on and one.fixed_on <= book.on]


PLAIN = {
    "teachers_without_certificate": lambda book: part([one for one in book.at_work() if one.post in TEACHING], lambda one: one.certificate_no),
    "staff_record_checks": lambda book: faulty(book.at_work(), lambda one: one.record_checked_on is None or one.record_checked_on < book.ago(365)),
    "post_letters": lambda book: part(book.at_work(), lambda one: book.signed("school_post", one.name)),
    "staff_present": lambda book: part(book.staff, lambda one: one.present), "counsellors": lambda book: post(book, "counsellor", 1), "guards": guards,
    "alarm_test": lambda book: faulty(things(book, "alarm"), lambda one: broken(one) or unseen(book, one, 30)),
    "bus_positions": lambda book: faulty(things(book, "bus_gps"), lambda one: broken(one) or unseen(book, one, 7)),
    "cameras_offline": pieces("camera"), "open_kitchen": pieces("open_kitchen"), "toilets": seats,
    "fire_equipment": lambda book: faulty(things(book, "extinguisher", "hydrant", "emergency_light", "exit_sign"), lambda one: broken(one) or over(book, one)),
    "bus_tools": lambda book: faulty(things(book, "bus_hammer", "bus_extinguisher", "bus_kit"), lambda one: broken(one) or over(book, one)),
    "hazards_open": hazards, "serious_hazards": serious,
    "findings_assigned": of_last(lambda book, found: part(found, lambda one: one.responsible_id or one.fixed_on and one.former)),
    "findings_on_time": of_last(in_time), "findings_repeated": of_last(repeated),
    "findings_extension": of_last(lambda book, found: faulty(found, lambda one: unfixed(book, one) and past(book, one))),
    "findings_proved": of_last(lambda book, found: part(put_right(book, found), lambda one: one.id in book.county.proved))}
