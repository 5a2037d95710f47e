"""A term in months or quarters: its stub belongs to the piece before, so that nothing is asked for within two days."""

from datetime import date

import pytest

from app.services.evidence.log import stretches
from app.services.evidence.period import Span

AUTUMN = date(2026, 9, 1)


@pytest.mark.parametrize(("last", "months", "pieces", "begins"), [
    (date(2027, 2, 2), 1, 5, date(2027, 1, 1)),  # two days of February
    (date(2027, 2, 14), 1, 5, date(2027, 1, 1)),
    (date(2027, 2, 15), 1, 6, date(2027, 2, 1)),
    (date(2027, 1, 31), 1, 5, date(2027, 1, 1)),
    (date(2027, 1, 10), 3, 1, AUTUMN),
    (date(2027, 1, 20), 3, 2, date(2026, 12, 1)),
    (date(2026, 9, 3), 1, 1, AUTUMN),
])
def test_what_is_left_of_less_than_half_a_piece_belongs_to_the_one_before(last, months, pieces, begins):
    found = stretches(Span(AUTUMN, last), months)
    assert (len(found), found[-1].first, found[0].first, found[-1].last) == (pieces, begins, AUTUMN, last)
