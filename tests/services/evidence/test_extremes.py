"""Every figure with every number that its parameters may be, on the days where months and terms begin and end."""

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import update

from app.models.inspection import ChecklistItem
from app.models.ledger import LogEntry, SchoolDocument
from app.models.parameters import PARAMETERS
from app.models.term import Term
from app.services import checklist, clock, evidence, inspection
from tests.services.evidence.school import DAY, ON, desk, said
from tests.support.inspecting import Visit

assert desk


@dataclass
class Item:
    code: str
    evidence: str
    parameters: dict[str, int]


NUMBERS = [(name, key) for name, source in evidence.REGISTRY.items() for key in source.defaults if PARAMETERS[key].unit]
DAYS = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 31), date(2027, 1, 28), date(2027, 1, 31), date(2027, 2, 21),
        date(2027, 2, 22), date(2027, 2, 28), date(2027, 3, 31), date(2027, 7, 10), date(2027, 7, 31), date(2028, 2, 29)]


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_every_number_that_may_be_typed_gives_a_figure(desk, on):
    desk.add(Term, name="第二学期", school_year="2026—2027学年", number=2, starts_on=date(2027, 2, 22), ends_on=date(2027, 7, 10))
    desk.child()
    desk.staff()
    desk.run(desk.bus(), desk.driver())
    desk.meal(desk.canteen(), sample_grams=1)
    with clock.freeze(on):
        desk.add(SchoolDocument, kind="month_report", title="一份", dated_on=on - DAY)
        desk.add(LogEntry, kind="meeting", title="一次", held_on=on - DAY)
        for end in ("least", "most"):
            items = [Item(f"{name} {key}", name, {key: getattr(PARAMETERS[key], end)}) for name, key in NUMBERS]
            found = evidence.assess(desk.session, desk.school, items, on)
            assert len(found) == len(NUMBERS) and not any("%(" in made.sentence + made.rule for made in found.values())


@pytest.mark.parametrize("day", [28, 29, 30, 31])
def test_a_report_is_due_on_the_last_day_of_a_shorter_month(desk, day):
    desk.add(Term, name="第二学期", school_year="2026—2027学年", number=2, starts_on=date(2027, 2, 1), ends_on=date(2027, 7, 10))
    desk.add(SchoolDocument, kind="month_report", title="一份", dated_on=date(2027, 2, 28))
    assert said(desk.ask("reports_on_time", on=date(2027, 2, 28), monthly_due_day=day)) == (1, 1, "pass")


def test_a_sheet_stands_with_reports_due_on_the_31st(desk):
    visit = Visit(desk)
    desk.add(SchoolDocument, kind="census", title="一份", dated_on=ON - DAY)
    item = next(item for item in checklist.items_of(visit.session, visit.template.id) if item.evidence == "reports_on_time")
    visit.session.connection().execute(update(ChecklistItem.__table__).values(parameters={"monthly_due_day": 31}).where(ChecklistItem.id == item.id))
    visit.session.expire_all()
    visit.as_(visit.inspector)
    assert inspection.open_sheet(visit.session, visit.row).total
    assert inspection.save_answer(visit.session, visit.row, item.code, result="fail").frozen["suggestion"] == "fail"
