"""Recounts of the canteen, the samples, the buses and their runs (I1, I3, I4, I6, I8–I12, J1–J6, J9, J11, J12)."""

import re
from datetime import timedelta

from tests.services.recount.book import shifted
from tests.services.recount.verdict import faulty, part

RISKY = ("冷荤", "凉菜", "生食", "生鱼", "裱花", "四季豆", "鲜黄花菜", "野蘑菇", "野生菌", "发芽土豆")


def recent(book):
    return [one for one in book.meals if book.ago(30) <= one.served_on <= book.on]


def done(column, *key):
    """Days or meals of which any record says so."""
    def recount(book):
        said = {}
        for one in recent(book):
            place = tuple(getattr(one, name) for name in key)
            said[place] = said.get(place, False) or bool(getattr(one, column))
        return part(list(said.values()), bool)

    return recount


def hours(book):
    kept = [one for one in recent(book) if one.sampled_at and one.discarded_at]
    return faulty(kept, lambda one: one.discarded_at - one.sampled_at < timedelta(hours=48))


def lapsed(book, number, until):
    return not number or until is None or until < book.on


def certificates(book):
    latest = book.on + timedelta(365)
    return faulty([one for one in book.workers if one.present],
                  lambda one: lapsed(book, one.certificate_no, one.certificate_until) or one.certificate_until > latest)


def rode(book):
    return [one for one in book.runs if book.ago(30) <= one.ran_on <= book.on]


def driven(book):
    return [one for one in book.drivers if one.present]


def unfit(book, one):
    birthday = shifted(one.birth_date, 12 * 60)
    return (not one.permit_no or one.reviewed_on is None or one.reviewed_on < book.ago(365)
            or book.age(one.birth_date) < 25 or book.on > birthday)


def seats(book):
    return {one.id: one.seats for one in book.buses}


PLAIN = {
    "food_licence": lambda book: faulty(book.canteens, lambda one: lapsed(book, one.licence_no, one.licence_until)), "health_certificates": certificates,
    "morning_checks": done("morning_check", "served_on"), "disinfection": done("disinfected", "served_on", "meal"),
    "accompanied_meals": done("accompanied_by", "served_on", "meal"),
    "forbidden_dishes": lambda book: faulty(recent(book), lambda one: any(word in one.dish for word in RISKY)),
    "sample_weight": lambda book: faulty(recent(book), lambda one: one.sample_grams is None or one.sample_grams < 125), "sample_hours": hours,
    "sample_completeness": lambda book: part(recent(book), lambda one: one.sample_grams is not None and one.sampled_at and one.sampler),
    "bus_permit": lambda book: faulty(book.buses, lambda one: lapsed(book, True, one.permit_until)),
    "bus_insurance": lambda book: faulty(book.buses, lambda one: lapsed(book, True, one.insured_until)),
    "bus_test": lambda book: faulty(book.buses, lambda one: one.tested_on is None or not book.ago(183) <= one.tested_on <= book.on),
    "bus_drivers": lambda book: faulty(driven(book), lambda one: unfit(book, one)),
    "driver_letters": lambda book: part(driven(book), lambda one: book.signed("school_driver", one.name)),
    "bus_attendant": lambda book: faulty(rode(book), lambda one: not re.sub(r"[、，,;；/\s]+", "", one.attendant or "")),
    "bus_overload": lambda book: faulty(rode(book), lambda one: one.boarded > seats(book)[one.bus_id]),
    "bus_headcount": lambda book: faulty(rode(book), lambda one: one.boarded != one.alighted),
    "bus_prechecks": lambda book: part(rode(book), lambda one: one.checked)}
