"""What a ledger holds and how its numbers stand: hazards that last over a term, a school that is inspected twice."""

import io
from datetime import timedelta

import openpyxl
from sqlalchemy import select, update

from app.models.inspection import Inspection
from app.models.org import School
from app.models.safety import Hazard
from app.services import clock, records, scope
from app.services.forms import declaration, periods, places, produce
from tests.support.sheets import asked_by


def sheet_of(session, key, first=None):
    """The rows of a form below its heading of two lines, with their cells."""
    form = declaration.find(session, scope.asker(session), key)
    target = io.BytesIO()
    written = produce.write(session, produce.Wish(form, places.find(session, ""), periods.chosen(session, form.period, first)), target)
    rows = list(openpyxl.load_workbook(target, data_only=True).worksheets[0].iter_rows(min_row=5))
    return form, rows[:written], rows[written:]


def column(form, rows, source):
    return [row[[one.source for one in form.columns].index(source)] for row in rows]


def test_a_terms_ledger_holds_what_was_open_in_it(app):
    with asked_by(app, "school") as session:
        now, earlier = periods.choices(session, "term")[:2]
        held = {"早已整改": (earlier.first - timedelta(9), earlier.first - timedelta(1)), "早前查出上期整改": (earlier.first - timedelta(9), earlier.last),
                "上期查出本期整改": (earlier.last, now.first), "早前查出至今未改": (earlier.first - timedelta(9), None), "本期查出": (now.first, now.first)}
        for what, (found, fixed) in held.items():
            records.add(session, Hazard, {"what": what, "where": "教学楼", "kind": "facility", "level": "general", "found_on": found,
                                          "due_on": found + timedelta(5), "fixed_on": fixed})
        for span, left_out in ((now, {"早已整改", "早前查出上期整改"}), (earlier, {"早已整改", "本期查出"})):
            form, rows, rest = sheet_of(session, "hazards", span.first)
            told = [cell.value for cell in column(form, rows, "what")]
            assert set(held) - set(told) == left_out, span.label
            everything = session.scalars(select(Hazard)).all()
            assert len(rows) == sum(one.found_on <= span.last and (one.fixed_on is None or one.fixed_on >= span.first) for one in everything)
            assert any("以前查出" in str(cell.value) for row in rest for cell in row)
        assert [one.day for one in declaration.forms(session, scope.asker(session)) if one.key == "hazards"] == [""]


def test_a_school_inspected_twice_is_two_inspections_and_no_more_pupils(app):
    with asked_by(app, "county") as session:
        one = session.scalars(select(Inspection).where(Inspection.planned_on <= clock.today())).first()
        school = session.get(School, one.school_id)
        records.add(session, Inspection, {"name": "复查", "school": one.school_id, "inspector": one.inspector_id, "template": one.template_id,
                                          "planned_on": clock.today()})
        with scope.everything(session):
            session.execute(update(Inspection.__table__).where(Inspection.__table__.c.id == one.id).values(planned_on=clock.today(), score=89.9))
        session.expire_all()
        form, rows, rest = sheet_of(session, "inspections")
        assert [cell.value for cell in column(form, rows, "school")].count(school.name) >= 2
        assert [cell.value for cell in column(form, rows, "school.pupils")].count(school.pupils) >= 2
        assert column(form, rest[:1], "name")[0].value == len(rows) and rest[0][0].value == "合计"
        assert [cell.value for source in ("school", "school.pupils", "score") for cell in column(form, rest[:1], source)] == [""] * 3
        told = [cell for cell in column(form, rows, "score") if cell.value is not None]
        assert 89.9 in [cell.value for cell in told] and {cell.number_format for cell in told} == {"#,##0.0"}
        assert {cell.number_format for cell in column(form, rows, "school.pupils")} == {"#,##0"}
        session.rollback()
