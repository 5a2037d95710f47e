"""Numbers of the fictional county pass the panel's own rules and belong to nobody."""

from datetime import date
from random import Random

import pytest

from app.models import rules
from app.models.rules import birth_of, sex_of
from seeds import numbers

BIRTH = date(2016, 2, 29)


@pytest.fixture
def rng():
    return Random(7)


@pytest.mark.parametrize("sex", ["m", "f"])
def test_id_number_is_valid_and_tells_birth_and_sex(rng, sex):
    for _ in range(200):
        number = numbers.id_number(rng, BIRTH, sex)
        assert rules.id_number(number) == number
        assert (birth_of(number), sex_of(number)) == (BIRTH, sex)
        assert number.startswith("990101")


def test_id_number_takes_another_division(rng):
    assert numbers.id_number(rng, BIRTH, "f", "990302").startswith("990302")


@pytest.mark.parametrize("order", [-1, 500])
def test_an_order_out_of_range_is_refused(rng, order):
    with pytest.raises(ValueError):
        numbers.id_number(rng, BIRTH, "m", order=order)


def test_id_numbers_never_repeat_and_end(rng):
    issuer = numbers.IdNumbers(rng)
    given = {issuer.next(BIRTH, sex) for sex in "mf" for _ in range(500)}
    assert len(given) == 1000
    with pytest.raises(ValueError):
        issuer.next(BIRTH, "m")
    assert issuer.next(BIRTH, "m", "990102") not in given


def test_student_number(rng):
    own = numbers.id_number(rng, BIRTH, "m")
    assert numbers.student_number(rng, own) == f"G{own}"
    others = [numbers.student_number(rng) for _ in range(200)]
    assert {number[0] for number in others} == {"J", "L"}
    assert [rules.student_number(number) for number in others] == others


def test_phones_belong_to_no_operator(rng):
    phones = [numbers.phone(rng) for _ in range(200)]
    assert [rules.phone(number) for number in phones] == phones
    assert {number[:3] for number in phones} == {"102"}
    assert len(set(phones)) > 190


def test_plates_are_of_no_province(rng):
    plates = [numbers.plate(rng) for _ in range(200)]
    assert [rules.plate(number) for number in plates] == plates
    assert {number[0] for number in plates} == {"示"}
    assert {len(number) for number in plates} == {7, 8}


def test_same_seed_same_numbers():
    first, second = Random(3), Random(3)
    for function in (numbers.phone, numbers.plate, numbers.student_number):
        assert function(first) == function(second)
