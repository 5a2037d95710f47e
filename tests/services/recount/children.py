"""Recounts of the children's files and the register (A3, B1, B4–B7, B10–B12, C3, J14)."""

import re
from dataclasses import replace
from datetime import timedelta

from app.models import crypto
from app.services import left_behind
from tests.services.recount.book import KEY_GROUPS
from tests.services.recount.verdict import NONE, faults, faulty, part, share

WEIGHTS, CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
VEHICLES = ("班车", "包车", "面包车", "出租车", "网约车", "摩托车", "三轮车")


def phone(book, child):
    return any(one.rank in ("first", "second") and one.phone_enc is not None for one in book.of(book.guardians, child))


def card(book, child):
    return [child.id_number_enc is not None, child.school_class_id is not None, child.residence_enc is not None, phone(book, child), bool(book.in_force(child))]


def cards(book):
    filled = [card(book, child) for child in book.left_behind]
    return share(sum(map(sum, filled)), 5 * len(filled))


def clear(book, child):
    basics = child.id_number_enc is not None and child.school_class_id is not None
    return basics and bool(child.character) and (child.health == "healthy" or bool(child.illness)) and phone(book, child)


def definitions(book):
    """By the rule of the definitions, over every open file."""
    rule = replace(left_behind.DEFINITIONS["education"], months=3)
    codes = [left_behind.statuses(birth=child.birth_date, on=book.on, rural=child.rural, stage=child.stage, spells=book.of(book.spells, child),
                                  definitions={"asked": rule})["asked"] for child in book.files]
    return (sum(code.left_behind for code in codes), None, len(codes), None) if codes else NONE


def sound_id(child, number):
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True))
    if CHECKS[total % 11] != number[17]:
        return False
    return number[6:14] == child.birth_date.strftime("%Y%m%d") and (int(number[16]) % 2 == 1) == (child.sex == "m")


def opened(child):
    number = child.id_number_enc and crypto.unseal(child.id_number_enc, "child.id_number", child.uid)
    student = child.student_number_enc and crypto.unseal(child.student_number_enc, "child.student_number", child.uid)
    return number, student


def numbers(book):
    pairs = [(child, *opened(child)) for child in book.left_behind]
    known = [pair for pair in pairs if pair[1] or pair[2]]
    wrong = [child for child, number, student in known
             if number and not sound_id(child, number) or student and not re.fullmatch(r"G\d{17}[\dX]|[JL]\d{18}", student)]
    return faults(len(wrong), len(known), None if not wrong and len(known) < len(pairs) else "")


def unchanged(book, child):
    """Grown past 16 over 30 days ago, or with no parent away for so long."""
    since = book.ago(30)
    if child.left_behind != "0":
        return book.age(child.birth_date, since - timedelta(1)) >= 16
    away = [one for one in book.of(book.spells, child) if one.state == "away"]
    return bool(away) and all(one.until is not None and one.until < since for one in away)


def alone(book):
    open_ = [(child, child.guard_rating == "none" or child.special_group == "unguarded") for child in book.files]
    bad = sum(child.alone and book.age(child.birth_date) < 16 or without and book.age(child.birth_date) < 8 for child, without in open_)
    return faults(bad, len(open_), "fail" if bad else "partly" if any(without for _child, without in open_) else "pass")


def accounts(book):
    used = sum(one.role == "school" and one.active for one in book.members)
    return used, used, None, None if used else "fail"


def roster(book):
    updated, limit = book.school.roster_updated_on, book.first + timedelta(30)
    if updated is None or updated < book.first:
        return None, None, None, "fail" if book.on > limit else None
    return (updated - book.first).days, None, None, "pass" if updated <= limit else "partly"


def rides(book):
    riders = [child for child in book.files if any(word in (child.journey or "") for word in VEHICLES)]
    return part(riders, lambda child: re.search("[\u4e00-\u9fff][A-Z]·?[A-Z0-9]{5,6}", child.journey))


PLAIN = {
    "active_accounts": accounts, "roster_updated_in_time": roster, "number_checks": numbers, "card_completeness": cards,
    "definition_counts": definitions, "unguarded_children": alone, "rides_registered": rides,
    "filing_rate": lambda book: part(book.left_behind, lambda child: child.filed_on and child.filed_on <= book.on),
    "five_clarities": lambda book: part(book.left_behind, lambda child: clear(book, child)),
    "key_children": lambda book: part(book.key(), lambda child: child.special_group in KEY_GROUPS),
    "changes_overdue": lambda book: faulty(book.files, lambda child: unchanged(book, child))}
