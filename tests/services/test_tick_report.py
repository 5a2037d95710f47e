"""Ticks against the records, counted by who ticked and by school: hand-made ticks with known answers, on both engines."""

from datetime import date, datetime

import pytest

from app.models.clock import SHANGHAI
from app.models.inspection import Answer, Inspection
from app.models.org import School
from app.services import clock, tick_report
from app.services.checklist import items_of
from app.services.evidence.period import Span
from app.services.tick_report import Asked
from tests.services.conftest import office
from tests.support.asking import asking

assert office
# (what the records suggested, what was ticked) at the first school by one inspector, at the second by another.
FIRST = [("pass", "fail"), ("partly", "pass"), ("fail", "partly"), ("pass", "partly"), (None, "fail"), ("fail", None)]
SECOND = [("fail", "na"), ("pass", "pass")]


def tick(office, inspection, username, said):
    """Ticks as they are kept, in the name of a member; their rows."""
    items, rows = items_of(office.session, inspection.template_id), []
    with asking(office.session, username):
        for item, (suggestion, result) in zip(items, said, strict=False):
            kept = None if suggestion is None else {"suggestion": suggestion, "text": "记录如此"}
            rows.append(Answer(school_id=inspection.school_id, inspection_id=inspection.id, item_id=item.id, result=result, frozen=kept,
                               reason="现场核实", answered_at=clock.now()))
        office.session.add_all(rows)
        office.session.flush()
    return rows


@pytest.fixture
def ticked(office):
    office.announced()
    first, second = (office.session.get_one(Inspection, one.inspection_id) for one in office.places()[:2])
    return office, first, tick(office, first, "inspector", FIRST), second, tick(office, second, "inspector2", SECOND)


def told(counts):
    return [(one.name, one.ticks, one.suggested, one.kinder, one.stricter, one.percent) for one in counts]


def test_ticks_are_counted_by_inspector_and_by_school(ticked):
    office, first, _rows, second, _others = ticked
    found = tick_report.report(office.session, Asked(campaign_id=office.row.id))
    names = [office.member(one).name for one in ("inspector", "inspector2")]
    schools = [office.session.get_one(School, one.school_id).name for one in (first, second)]
    assert told([found.total]) == [("", 7, 6, 3, 1, 66.7)]
    assert told(found.inspectors) == [(names[0], 5, 4, 2, 1, 75.0), (names[1], 2, 2, 1, 0, 50.0)]
    assert told(found.schools) == [(schools[0], 5, 4, 2, 1, 75.0), (schools[1], 2, 2, 1, 0, 50.0)]


def test_each_of_them_is_listed_with_what_the_records_said(ticked):
    office, *_others = ticked
    asked = Asked(campaign_id=office.row.id)
    found = tick_report.against(office.session, asked)
    assert sorted((one.frozen["suggestion"], one.result, one.reason) for one in found) == [
        ("fail", "na", "现场核实"), ("fail", "partly", "现场核实"), ("partly", "pass", "现场核实"), ("pass", "fail", "现场核实")]
    assert len(tick_report.against(office.session, asked, 3)) == 3


def test_an_inspector_is_told_of_the_own_ticks_alone(ticked):
    office, *_others = ticked
    asked = Asked(campaign_id=office.row.id)
    for username, counts, listed in (("inspector", (5, 4, 2, 1), 3), ("inspector2", (2, 2, 1, 0), 1), ("inspector3", (0, 0, 0, 0), 0)):
        with asking(office.session, username):
            total = tick_report.report(office.session, asked).total
            assert ((total.ticks, total.suggested, total.kinder, total.stricter), len(tick_report.against(office.session, asked))) == (counts, listed)


def test_who_wrote_last_on_a_tick_answers_for_it(ticked):
    office, _first, rows, _second, _others = ticked
    with asking(office.session, "inspector3"):
        rows[0].remark = "又看了一遍"
        office.session.flush()
    found = {one.name: (one.ticks, one.stricter) for one in tick_report.report(office.session, Asked(campaign_id=office.row.id)).inspectors}
    assert found == {office.member("inspector").name: (4, 0), office.member("inspector2").name: (2, 0), office.member("inspector3").name: (1, 1)}


def test_a_span_takes_the_ticks_of_its_days_in_china(ticked):
    office, _first, rows, _second, _others = ticked
    rows[0].answered_at = datetime(2021, 3, 10, 23, 59, tzinfo=SHANGHAI)
    rows[1].answered_at = datetime(2021, 3, 11, 0, 1, tzinfo=SHANGHAI)
    office.session.flush()
    for first, last, count in ((10, 10, 1), (11, 11, 1), (10, 11, 2), (9, 9, 0), (12, 12, 0)):
        asked = Asked(span=Span(date(2021, 3, first), date(2021, 3, last)))
        assert tick_report.report(office.session, asked).total.ticks == count
