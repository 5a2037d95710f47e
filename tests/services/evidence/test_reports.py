"""Reports of calendar months (B3): which a term asks for, whatever day it begins and ends on."""

from datetime import date

import pytest
from sqlalchemy import update

from app.models.term import Term
from tests.services.evidence.school import DAY, desk, said
from tests.services.evidence.test_log import paper

assert desk
LAST = date(2027, 1, 28)
MONTHS = ((2026, 9), (2026, 10), (2026, 11), (2026, 12), (2027, 1))


def term(desk, first, last=LAST):
    desk.session.connection().execute(update(Term.__table__).values(starts_on=first, ends_on=last))


@pytest.mark.parametrize("first", [date(2026, 8, day) for day in (24, 25, 26, 28, 31)] + [date(2026, 9, 1)], ids=str)
def test_september_to_january_are_due_in_a_common_autumn_term(desk, first):
    term(desk, first)
    for year, month in MONTHS:
        paper(desk, "month_report", date(year, month, 20))
    assert said(desk.ask("reports_on_time", on=LAST)) == (5, 6, "partly"), "five months, and the half year's of September"
    paper(desk, "half_report", date(2026, 9, 30))
    assert said(desk.ask("reports_on_time", on=LAST)) == (6, 6, "pass")
    assert said(desk.ask("reports_on_time", on=date(2027, 1, 24))) == (5, 5, "pass"), "January's is due tomorrow"


@pytest.mark.parametrize("first", [date(2026, 8, 31), date(2026, 9, 1)], ids=str)
def test_the_report_of_january_is_asked_for(desk, first):
    term(desk, first)
    for year, month in MONTHS[:-1]:
        paper(desk, "month_report", date(year, month, 20))
    paper(desk, "half_report", date(2026, 9, 30))
    made = desk.ask("reports_on_time", on=LAST)
    assert (said(made), made.params["missing"]) == ((5, 6, "partly"), 1)


@pytest.mark.parametrize(("first", "last", "on", "total"), [
    (date(2026, 9, 1), LAST, date(2026, 9, 24), None),
    (date(2026, 9, 1), LAST, date(2026, 9, 25), 1),
    (date(2026, 9, 1), LAST, date(2026, 9, 30), 2),
    (date(2026, 9, 16), LAST, date(2026, 9, 25), 1),  # 15 days of September
    (date(2026, 9, 17), LAST, date(2026, 9, 25), None),  # 14 days
    (date(2026, 9, 1), date(2027, 1, 14), LAST, 5),
    (date(2026, 9, 1), date(2027, 1, 15), LAST, 6),  # January's is due though the holidays have begun
    (date(2026, 9, 1), date(2026, 9, 3), date(2026, 9, 30), 1),  # the half year's alone
    (date(2026, 2, 23), date(2026, 7, 10), date(2026, 8, 20), 5),  # March to June, and the half year's of March
])
def test_a_month_with_half_a_month_of_the_term_asks_for_a_report(desk, first, last, on, total):
    term(desk, first, last)
    paper(desk, "building", on - 30 * DAY)
    assert said(desk.ask("reports_on_time", on=on))[1] == total
