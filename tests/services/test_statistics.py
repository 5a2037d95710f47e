"""The statistics against a plain recount of every cell, and small counts that no sum gives back."""

from collections import Counter
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.models.care import FamilyContact, HomeVisit, Talk
from app.models.children import Child, ParentSpell
from app.models.inspection import Inspection
from app.models.org import Area, School
from app.models.safety import Hazard, ResponsibilityLetter
from app.models.term import Term
from app.services import clock, hiding, left_behind, scope, statistics, suppression
from app.services.pictures import PICTURES
from app.services.records import Forbidden
from app.services.statistics import SECTIONS, Line, Measure, Report
from app.services.statistics_book import write_statistics
from tests.support.asking import asking
from tests.support.attack import Attack, hidden_alone
from tests.support.statements import noted

MEASURES = tuple(dict.fromkeys(one for _label, measures in SECTIONS.values() for one in measures))


def rows(session, model):
    with scope.everything(session):
        return list(session.scalars(select(model)))


def ancestors(areas, area_id):
    while area_id is not None:
        yield area_id
        area_id = areas[area_id].parent_id


def recount(session, schools):
    """The sums of each school, by loops over all rows: school id → counter."""
    today = clock.today()
    month, children, spells = today.replace(day=1), rows(session, Child), rows(session, ParentSpell)
    terms = [term for term in rows(session, Term) if term.starts_on <= today]
    term = max(terms, key=lambda one: one.starts_on)
    year = today.replace(year=today.year - 1)
    talked = {one.child_id for one in rows(session, Talk) if one.talked_on >= month}
    visited = {one.child_id for one in rows(session, HomeVisit) if one.visited_on >= term.starts_on}
    contacted = {one.child_id for one in rows(session, FamilyContact) if one.contacted_on >= today - timedelta(30)}
    lettered = {one.child_id for one in rows(session, ResponsibilityLetter)
                if one.level == "school_guardian" and one.signed_on <= today <= one.expires_on}
    found = {school.id: Counter(schools=1, pupils=school.pupils) for school in schools}
    for child in children:
        sums = found.get(child.school_id)
        if sums is None or child.file_state != "open":
            continue
        sums["files"] += 1
        for key, status in left_behind.statuses(birth=child.birth_date, on=today, rural=child.rural, stage=child.stage,
                                                spells=[s for s in spells if s.child_id == child.id]).items():
            sums[key] += status.left_behind
        if child.left_behind == "0":
            continue
        key = child.special_group in ("needy", "disabled", "unguarded", "seriously_ill") or child.health == "disabled" or (
            child.guard_rating == "none" or child.alone)
        sums.update(left_behind=1, one=child.left_behind == "1", both=child.left_behind == "2",
                    boys=child.sex == "m", girls=child.sex == "f",
                    boarders=child.boarder, key=key, filed=child.filed_on is not None, talked=child.id in talked,
                    visited=child.id in visited, contacted=child.id in contacted, letters=child.id in lettered)
    for hazard in rows(session, Hazard):
        if hazard.school_id in found and hazard.fixed_on is None:
            found[hazard.school_id].update(hazards=1, overdue=hazard.due_on < today)
    for one in rows(session, Inspection):
        if one.school_id in found and one.state == "submitted" and clock.local(one.submitted_at).date() >= year:
            found[one.school_id].update(inspections=1, scores=one.score)
    return found


def assert_same(line, sums):
    for one in MEASURES:
        assert line.value(one) == pytest.approx(Line("", sums).value(one)), (line.name, one.key, one.of)


def test_county_agrees_with_a_plain_recount_to_the_last_cell(db_session):
    areas = {area.id: area for area in rows(db_session, Area)}
    with asking(db_session, "county") as who:
        report = statistics.report(db_session)
    schools = [one for one in rows(db_session, School) if who.area_id in ancestors(areas, one.area_id)]
    found = recount(db_session, schools)
    assert sum(line.sums["schools"] for line in report.lines) == len(schools) == 8
    for line in report.lines:
        mine = [one for one in schools if (line.area_id or who.area_id) in ancestors(areas, one.area_id)]
        assert_same(line, sum((found[one.id] for one in mine), Counter()))
    assert_same(report.total, sum(found.values(), Counter()))
    some = ("files", "one", "both", "filed", "talked", "visited", "contacted", "letters", "hazards", "inspections")
    assert [key for key in some if not report.total.sums[key]] == []


@pytest.mark.parametrize("username", ["township", "school"])
def test_below_a_township_each_school_has_its_line(db_session, username):
    areas = {area.id: area for area in rows(db_session, Area)}
    with asking(db_session, username) as who:
        report = statistics.report(db_session)
    schools = [one for one in rows(db_session, School) if one.id == who.school_id or (
        who.school_id is None and who.area_id in ancestors(areas, one.area_id))]
    found = recount(db_session, schools)
    assert {line.school_id for line in report.lines} == set(found)
    for line in report.lines:
        assert_same(line, found[line.school_id])


def test_nothing_outside_the_place_is_counted(db_session):
    """The other county's rows are there, and the county's figures are the city's less them."""
    with asking(db_session, "county") as county:
        mine = statistics.report(db_session).total.sums
        other = db_session.info["asker"]
    with scope.everything(db_session):
        outside = db_session.scalars(select(Area).where(Area.level == "county", Area.id != other.area_id)).one()
    with asking(db_session, "superior"):
        city, beside = statistics.report(db_session).total.sums, statistics.report(db_session, area_id=outside.id).total.sums
    assert beside["files"] and beside["hazards"]
    assert {key: city[key] - beside[key] for key in city} == pytest.approx(dict(mine))
    with asking(db_session, "county"):
        assert statistics.report(db_session, area_id=outside.id) is None
    assert county.area_id != outside.id


def test_deleted_rows_do_not_count(db_session):
    with asking(db_session, "county"):
        before = statistics.report(db_session).total.sums
    with asking(db_session, "county"):
        child = db_session.scalars(select(Child).where(Child.left_behind == "2", Child.file_state == "open",
                                                         Child.filed_on <= clock.today())).first()
        child.deleted_at = clock.now()
        db_session.flush()
    with asking(db_session, "county"):
        after = statistics.report(db_session).total.sums
    assert (before["files"] - after["files"], before["both"] - after["both"], before["filed"] - after["filed"]) == (1, 1, 1)


@pytest.mark.parametrize("username", ["teacher", "admin", "inspector"])
def test_other_roles_are_refused(db_session, username):
    with asking(db_session, username), pytest.raises(Forbidden):
        statistics.report(db_session)


def test_superior_stops_at_the_townships(db_session):
    with asking(db_session, "superior"):
        counties = statistics.report(db_session)
        townships = statistics.report(db_session, area_id=counties.lines[0].area_id)
        assert townships.lines and not townships.by_school
        assert all(statistics.report(db_session, area_id=line.area_id) is None for line in townships.lines)


def test_statements_do_not_grow_with_the_schools(db_session):
    with asking(db_session, "superior"):
        counties = {line.area_id: line.sums["schools"] for line in statistics.report(db_session).lines}
        counts = []
        for area_id in counties:
            with noted(db_session.get_bind()) as seen:
                statistics.report(db_session, area_id=area_id)
            counts.append(len(seen))
    assert len(set(counties.values())) > 1
    assert len(set(counts)) == 1 and counts[0] <= 11


def made(*counts, **more):
    """A report of lines with these left-behind counts, all boys but for ``girls``."""
    girls = more.get("girls", [0] * len(counts))
    lines = [Line(str(at), Counter(dict.fromkeys(suppression.COUNTS, 100) | {
        "left_behind": count, "education": count, "civil_affairs": count, "half_year": count, "one": count - count // 2, "both": count // 2,
        "boys": count - girl, "girls": girl}), area_id=at + 1) for at, (count, girl) in enumerate(zip(counts, girls, strict=True))]
    return Report("", date(2026, 9, 1), lines)


@pytest.mark.parametrize("report", [made(3, 40, 60), made(40, 60, 80, girls=[2, 20, 30]), made(2), made(0, 0), made(100, 7, 4, 4)])
def test_no_hidden_count_can_be_reckoned_from_the_rest(report):
    assert Attack([(report, hidden_alone(report))]).given_back(1 if len(report.lines) == 1 else hiding.LEEWAY) == {}


def test_one_small_line_takes_the_next_smallest_along_and_leaves_the_total():
    report = made(3, 40, 60, girls=[1, 20, 30])
    hidden, boys = hidden_alone(report), Measure("left_behind", "")
    assert [hidden.text(line, boys) for line in (*report.lines, report.total)] == ["<5", "*", None, None]


def test_what_the_table_above_hides_stays_hidden_in_the_total_below(db_session):
    """One tree of places is hidden, whichever of its tables is asked for."""
    with asking(db_session, "superior"):
        counties = statistics.report(db_session)
        above = suppression.hidden_in(db_session, counties)
        for line in counties.lines:
            below = statistics.report(db_session, area_id=line.area_id)
            assert below.total.node == line.node and suppression.hidden_in(db_session, below).marks == above.marks
    with asking(db_session, "county"):
        assert suppression.hidden_in(db_session, statistics.report(db_session)) is None


def test_workbook_holds_every_cell_and_reckons_its_totals(db_session):
    with asking(db_session, "county"):
        report = statistics.report(db_session)
    target = BytesIO()
    write_statistics(target, report, "第一学期", None, str, "区域")
    values, formulas = (load_workbook(BytesIO(target.getvalue()), data_only=only) for only in (True, False))
    assert len(values.sheetnames) == len(SECTIONS)
    for sheet, (_label, measures) in zip(values, SECTIONS.values(), strict=True):
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
        assert report.place in sheet["A2"].value
        for at, line in enumerate((*report.lines, report.total), 5):
            assert sheet.cell(at, 1).value == line.name
            for column, one in enumerate(measures, 2):
                value, kept = line.value(one), sheet.cell(at, column).value
                assert (kept or 0) == pytest.approx((value or 0) / (100 if one.of else 1)), (line.name, one.label)
        last = [cell.value for cell in formulas[sheet.title][5 + len(report.lines)][1:]]
        assert all(str(text).startswith("=") for text in last)


def series_of(book, sheet):
    """Of each chart of a sheet: the cells of its series, as (names, values), read from the sheets they point to."""
    def read(ref):
        if ref is None:
            return None
        name, _stroke, where = ref.replace("$", "").replace("'", "").rpartition("!")
        found = book[name][where]
        return [cell.value for row in found for cell in row] if isinstance(found, tuple) else [found.value]

    return [[(read(one.tx.strRef.f), read(one.cat and (one.cat.strRef or one.cat.numRef).f), read(one.val.numRef.f)) for one in chart.series]
            for chart in book[sheet]._charts]


def test_charts_of_the_workbook_stand_over_its_own_cells(db_session):
    with asking(db_session, "county"):
        report = statistics.report(db_session)
    target = BytesIO()
    write_statistics(target, report, "第一学期", None, str, "区域")
    book = load_workbook(BytesIO(target.getvalue()), data_only=True)
    for sheet, (key, pictures) in zip(book.sheetnames, PICTURES.items(), strict=True):
        charts = series_of(book, sheet)
        assert len(charts) == len(pictures) > 0, key
        for chart, picture in zip(charts, pictures, strict=True):
            assert [name for (name,), _places, _values in chart] == [one.label for one in picture.measures]
            for (_name, places, values), one in zip(chart, picture.measures, strict=True):
                lines = picture.lines(report)
                assert picture.of_total or places == [line.name for line in lines]
                shown = [(line.value(one) or 0) / (100 if one.of else 1) for line in lines]
                assert [value or 0 for value in values] == pytest.approx(shown), (key, one.label)


def test_a_workbook_draws_nothing_of_what_it_hides():
    report = made(3, 40, 60, girls=[1, 20, 30])
    target = BytesIO()
    write_statistics(target, report, "", hidden_alone(report), str, "区域")
    book = load_workbook(BytesIO(target.getvalue()), data_only=True)
    drawn = [value for sheet in book.sheetnames for chart in series_of(book, sheet) for _name, _places, values in chart for value in values]
    assert drawn and not [value for value in drawn if isinstance(value, str)]
    assert len(book.worksheets[0]._charts) == 1  # the total's, but not that of the places


def test_workbook_for_a_superior_keeps_small_counts_out():
    report = made(3, 40, 60, girls=[1, 20, 30])
    target = BytesIO()
    write_statistics(target, report, "", hidden_alone(report), str, "区域")
    sheet = load_workbook(BytesIO(target.getvalue())).worksheets[0]
    column = [one.key for one in SECTIONS["overview"][1]].index("left_behind") + 2
    assert [sheet.cell(row, column).value for row in range(5, 9)] == ["<5", "*", 60, 103]
