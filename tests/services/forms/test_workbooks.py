"""Each form as it leaves the house: read back with openpyxl, cell by cell where it matters."""

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from app.models import codes
from app.models.audit import AccessLog
from app.models.bus import BusRun
from app.models.care import Pairing
from app.models.children import Child, Guardian, ParentSpell
from app.models.forms import Form
from app.models.org import Area, School
from app.services import clock, masks, records, scope
from app.services.evidence.period import month_of, term_of
from app.services.forms import declaration, figures_sheet, grid, list_sheet, page_sheet, periods, places, produce
from app.services.forms.declaration import Column
from tests.support.sheets import asked_by

KEYS = ["registration", "roster", "summary", "pairing", "care", "hazards", "canteen", "bus", "inspections"]
SIGNED = ("单位负责人：", "审核人：", "填表人：", "填表日期：")


def made(session, key, code="", first=None, child=None):
    """The workbook's bytes and the number of rows it was said to have."""
    form = declaration.find(session, scope.asker(session), key)
    wish = produce.Wish(form, places.find(session, code), periods.chosen(session, form.period, first), child)
    target = io.BytesIO()
    return produce.write(session, wish, target), target


def sheet_of(session, key, **wish):
    written, target = made(session, key, **wish)
    return written, openpyxl.load_workbook(target, data_only=False).worksheets[0], openpyxl.load_workbook(target, data_only=True).worksheets[0]


def texts(sheet):
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


def test_nine_forms_are_there_and_each_of_a_kind(app):
    with asked_by(app, "county") as session:
        found = declaration.forms(session, scope.asker(session))
        assert [form.key for form in found] == KEYS
        assert {form.kind for form in found} == set(codes.FORM_KIND)
        assert {form.period for form in found} == set(codes.FORM_PERIOD)


@pytest.mark.parametrize("key", KEYS)
def test_a_form_is_headed_signed_and_set_up_for_a4(app, key):
    with asked_by(app, "county") as session:
        form = declaration.find(session, scope.asker(session), key)
        child = session.scalar(select(Child.id).limit(1)) if key == "registration" else None  # openpyxl is slow on many joined cells
        written, sheet, _values = sheet_of(session, key, child=child)
        place, merged = scope.asker(session).place, {str(one) for one in sheet.merged_cells.ranges}
        width = page_sheet.SQUARES + 1 if key == "registration" else len(form.columns)
    said = texts(sheet)
    assert said[0] == form.title and f"填报单位：{place}（盖章）" in said
    assert f"A1:{openpyxl.utils.get_column_letter(width)}1" in merged
    assert any(all(name in text for name in SIGNED) for text in said)
    assert not form.note or form.note in said
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == ("portrait" if key == "registration" else "landscape")
    assert "&P" in sheet.oddFooter.center.text and "&N" in sheet.oddFooter.center.text
    if key != "registration":
        numbered = key == "summary"
        assert sheet.print_title_rows == f"$3:${2 + form.depth + numbered}" and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert written > 0


def test_the_heading_of_several_rows_is_joined(app):
    with asked_by(app, "county") as session:
        _written, sheet, _values = sheet_of(session, "summary")
    merged = {str(one) for one in sheet.merged_cells.ranges}
    assert {"A3:A5", "B3:B5", "C3:K3", "C4:E4", "F4:H4", "I4:K4", "L3:S3", "L4:L5", "X4:X5", "Y4:Z4"} <= merged
    assert [cell.value for cell in sheet[6]] == ["列", *map(str, range(1, 33))]
    assert [sheet["C3"].value, sheet["C4"].value, sheet["C5"].value] == ["年龄和性别", "0—5岁", "小计"]


@pytest.mark.parametrize(("paths", "depth", "expected"), [
    ([("甲",), ("乙", "丙"), ("乙", "丁")], 2, {(0, 0, 1, 0), (0, 1, 0, 2), (1, 1, 1, 1), (1, 2, 1, 2)}),
    ([("甲",), ("甲",)], 1, {(0, 0, 0, 0), (0, 1, 0, 1)}),  # two columns of one name stay two
    ([("甲", "乙"), ("甲",), ("甲", "乙")], 2, {(0, 0, 0, 0), (1, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 2), (1, 2, 1, 2)}),
    ([("甲", "乙", "丙"), ("甲", "丁", "丙")], 3, {(0, 0, 0, 1), (1, 0, 1, 0), (1, 1, 1, 1), (2, 0, 2, 0), (2, 1, 2, 1)})])
def test_cells_of_a_heading_join_only_under_one_roof(paths, depth, expected):
    assert set(grid.joined([Column(path, "x", 8) for path in paths], depth)) == expected


def test_the_roster_holds_the_left_behind_children_of_the_place_and_counts_them(app):
    with asked_by(app, "county") as session:
        of = (Child.left_behind_civil != "0", Child.file_state == "open")
        township = session.scalars(select(Area).where(Area.level == "township").order_by(Area.id)).first()
        names = session.scalars(select(Child.name).join(School, School.id == Child.school_id).where(School.area_id == township.id, *of)
                                .order_by(School.name, Child.pinyin, Child.id)).all()
        written, formulas, values = sheet_of(session, "roster", code=f"a{township.id}")
    rows = list(values.iter_rows(min_row=5, values_only=True))
    assert [row[1] for row in rows[:written]] == names and written == len(names) > 0
    assert [row[0] for row in rows[:written]] == list(range(1, written + 1))
    total = 5 + written
    assert values.cell(total, 1).value == "合计" and values.cell(total, 2).value == written
    assert formulas.cell(total, 2).value == f"=COUNTA(B5:B{total - 1})"


def test_numbers_are_masked_as_on_the_pages(app):
    for account, depth in (("school", "whole"), ("township", "last4"), ("county", "hidden")):
        with asked_by(app, account) as session:
            written, _formulas, values = sheet_of(session, "roster")
            children = session.scalars(select(Child).join(School, School.id == Child.school_id).where(
                Child.left_behind_civil != "0", Child.file_state == "open").order_by(School.name, Child.pinyin, Child.id)).all()
            shown = [row[5] for row in values.iter_rows(min_row=5, max_row=4 + written, values_only=True)]
            assert shown == [masks.cover(child.id_number, depth) or None for child in children] and any(shown)


def test_a_dead_parent_is_a_dash_and_who_is_away_tells_where(app):
    with asked_by(app, "school") as session:
        _written, _formulas, values = sheet_of(session, "roster")
        fathers = {row[1]: (row[11], row[12]) for row in values.iter_rows(min_row=5, values_only=True) if isinstance(row[0], int)}
        spells = session.execute(select(Child.name, ParentSpell).join(ParentSpell, ParentSpell.child_id == Child.id).where(
            ParentSpell.parent == "father", ParentSpell.until.is_(None), Child.name.in_(fathers))).all()
        away = [(fathers[name][1], spell.where_to) for name, spell in spells if spell.state == "away"]
        assert away and all(told == where for told, where in away)
        assert all(fathers[name] == ("—", "—") for name, spell in spells if spell.state == "dead")


def test_totals_of_amounts_are_sums_with_their_value_beside(app):
    with asked_by(app, "county") as session:
        span = month_of(clock.today())
        runs = session.execute(select(func.count(BusRun.id), func.sum(BusRun.boarded), func.sum(BusRun.alighted)).where(
            BusRun.ran_on >= span.first, BusRun.ran_on <= span.last)).one()
        written, formulas, values = sheet_of(session, "bus")
    total = 5 + written
    assert (written, values.cell(total, 9).value, values.cell(total, 10).value) == tuple(runs)
    assert formulas.cell(total, 9).value == f"=SUM(I5:I{total - 1})"


def test_a_period_takes_its_rows_and_no_others(app):
    with asked_by(app, "county") as session:
        span = term_of(session, clock.today())
        running = session.scalar(select(func.count(Pairing.id)).where(Pairing.started_on <= span.last))
        assert made(session, "pairing")[0] == running
        assert periods.chosen(session, "month", span.first + timedelta(1)) is None
        span = month_of(clock.today())
        expected = session.scalar(select(func.count(BusRun.id)).where(BusRun.ran_on >= span.first, BusRun.ran_on <= span.last))
        assert made(session, "bus")[0] == expected < session.scalar(select(func.count(BusRun.id)))
        earlier = periods.choices(session, "month")[1]
        assert made(session, "bus", first=earlier.first)[0] == session.scalar(
            select(func.count(BusRun.id)).where(BusRun.ran_on >= earlier.first, BusRun.ran_on <= earlier.last))


def test_the_summary_adds_up_in_formulas_whose_values_agree(app):
    with asked_by(app, "county") as session:
        written, formulas, values = sheet_of(session, "summary")
        counted = session.scalar(select(func.count(Child.id)).where(
            Child.left_behind_civil != "0", Child.file_state == "open", Child.birth_date > clock.add_months(clock.today(), -16 * 12)))
    first, total = 7, 7 + written
    assert formulas["B7"].value == "=C7+F7+I7" and formulas["C7"].value == "=D7+E7" and formulas["L7"].data_type == "n"
    for at in range(2, 34):
        below = sum(values.cell(row, at).value for row in range(first, total))
        assert formulas.cell(total, at).value == f"=SUM({grid.span(at - 1, first - 1, total - 2)})"
        assert values.cell(total, at).value == below
    assert values.cell(total, 2).value == counted
    assert values["B7"].value == values["C7"].value + values["F7"].value + values["I7"].value
    assert len(formulas._charts) == 1


def test_shares_are_formulas_of_their_line(app):
    with asked_by(app, "township") as session:
        written, formulas, values = sheet_of(session, "care")
    assert formulas["E5"].value == '=IF(B5=0,"",D5/B5)' and formulas["E5"].number_format == "0.0%"
    for row in range(5, 5 + written + 1):
        whole, part, share = (values.cell(row, at).value for at in (2, 4, 5))
        assert share == pytest.approx(part / whole) if whole else share in (None, "")


def test_a_past_month_says_of_which_day_its_children_are(app):
    today = clock.today()
    with asked_by(app, "township") as session:
        running, past = (texts(sheet_of(session, "care", first=first)[1]) for first in (today.replace(day=1), clock.add_months(today.replace(day=1), -1)))
    said = f"（儿童按{today.year}年{today.month}月{today.day}日在册计）"
    assert any(text.endswith(said) for text in past) and not any("在册计" in text for text in running)


def test_one_child_a_page_with_ticks(app):
    with asked_by(app, "school") as session:
        children = session.scalars(select(Child).where(Child.left_behind_civil != "0", Child.file_state == "open").order_by(Child.pinyin, Child.id)).all()
        written, target = made(session, "registration")
        said = texts(openpyxl.load_workbook(target, read_only=True).worksheets[0])
        assert written == len(children) == said.count("农村留守儿童基本情况登记表")
        with zipfile.ZipFile(target) as book:
            assert book.read("xl/worksheets/sheet1.xml").count(b"<brk ") == written - 1
        one = children[0]
        at = said.index(one.name)
        page = said[at:at + 120]
        assert "　".join(f"{label}（{'√' if code == one.health else '　'}）" for code, label in codes.HEALTH.items()) in page
        assert page_sheet.ticked(codes.AID, one.aid) in page and one.id_number in page
        alone, _sheet, _more = sheet_of(session, "registration", child=one.id)
        assert alone == 1
        people = session.scalars(select(Guardian).where(Guardian.child_id == one.id, Guardian.relation == "grandfather")).all()
        assert not people or people[0].name in page


def test_rows_are_as_high_as_their_text(app):
    """Not every program makes room itself: what takes two lines got it."""
    with asked_by(app, "school") as session:
        child = session.scalar(select(Child.id).where(Child.left_behind_civil != "0", Child.file_state == "open").limit(1))
        _written, page, _values = sheet_of(session, "registration", child=child)
        form = declaration.find(session, scope.asker(session), "pairing")
    high = {row[0].row for row in page.iter_rows(min_row=3) if any(isinstance(cell.value, str) and cell.value.count("（") > 6 for cell in row)}
    assert high and all(page.row_dimensions[row].height > page_sheet.LINE + 5 for row in high)
    assert min(page.row_dimensions[row].height for row in range(3, page.max_row - 1)) < page_sheet.LINE + 5
    target = io.BytesIO()
    with produce.open_book(target, "x") as book:
        list_sheet.write(book, form, [[at, *[text] * (len(form.columns) - 1)] for at, text in ((1, "一"), (2, "很长" * 40))], "某校", "今天")
    sheet = openpyxl.load_workbook(target).worksheets[0]
    first = grid.HEADING + form.depth + 1
    assert sheet.row_dimensions[first].height is None and sheet.row_dimensions[first + 1].height > 100


def test_pages_go_on_further_sheets(app):
    with asked_by(app, "school") as session:
        form = declaration.find(session, scope.asker(session), "registration")
    rows = [[None] * len(form.columns) for _ in range(5)]
    target = io.BytesIO()
    with produce.open_book(target, form.title) as book:
        assert page_sheet.write(book, form, rows, "某校", "今天", most=2) == 5
    assert len(openpyxl.load_workbook(target).worksheets) == 3


def test_rows_go_on_further_sheets_each_with_its_total(app):
    with asked_by(app, "county") as session:
        form = declaration.find(session, scope.asker(session), "bus")
    rows = [[n, "某校", date(2026, 5, 4), "示A12345", 19, "某人", None, "上学", 10, 9, "是"] for n in range(1, 8)]
    target = io.BytesIO()
    with produce.open_book(target, form.title) as book:
        assert list_sheet.write(book, form, rows, "某县", "今天", most=10) == 7
    sheets = openpyxl.load_workbook(target, data_only=True).worksheets
    assert [sheet["I8"].value for sheet in sheets] == [30, 30, None] and sheets[2]["I6"].value == 10


@pytest.mark.parametrize("text", ["=1+1", "+86", "@x", "-5", "＝cmd", "\t=1", "a\x00b", "<b>&", "_x000D_"])
def test_what_people_wrote_never_becomes_a_formula(app, text):
    with asked_by(app, "county") as session:
        form = declaration.find(session, scope.asker(session), "roster")
    target = io.BytesIO()
    with produce.open_book(target, form.title) as book:
        list_sheet.write(book, form, [[text] * len(form.columns)], text, text)
        page_sheet.write(book, replace(form, title="一人一页", note=text, signers=(text,)), [[text] * len(form.columns)], text, text)
    for sheet in openpyxl.load_workbook(target).worksheets:
        found = [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        assert {cell.value.split("(")[0] for cell in found} <= {"=COUNTA"}
        assert not sheet._hyperlinks


def test_each_workbook_leaves_a_line_in_the_access_log(app):
    with asked_by(app, "township") as session:
        for key, entity in (("roster", "Child"), ("summary", "Form")):
            written, _target = made(session, key)
            line = session.scalars(select(AccessLog).order_by(AccessLog.id.desc())).first()
            assert (line.action, line.entity, line.rows, line.who) == ("export", entity, written, scope.asker(session).name)
            assert line.columns.startswith(declaration.find(session, scope.asker(session), key).title)


def test_who_may_take_which_form_out(app):
    offered = {}
    for account in ("admin", "county", "inspector", "township", "school", "teacher", "superior"):
        with asked_by(app, account) as session:
            offered[account] = [form.key for form in declaration.forms(session, scope.asker(session))]
            for form in session.scalars(select(Form)):
                if form.key not in offered[account]:
                    span = periods.chosen(session, form.period, None)
                    full = declaration._declared(form, [])
                    with pytest.raises(records.Forbidden):
                        produce.write(session, produce.Wish(full, places.Place("a1", "", "/"), span), io.BytesIO())
    assert offered["superior"] == ["summary", "care"] and offered["admin"] == [] and offered["inspector"] == ["inspections"]
    assert offered["teacher"] == ["registration", "roster", "pairing"] and offered["county"] == KEYS


def test_a_foreign_place_is_not_there(app):
    with asked_by(app, "school2") as session:
        other = places.own(scope.asker(session))
    with asked_by(app, "school") as session:
        assert places.find(session, other) is None and places.find(session, "a1") is None and places.find(session, "x") is None
        own = {row[1] for row in sheet_of(session, "roster")[2].iter_rows(min_row=5, values_only=True)}
    with asked_by(app, "school2") as session:
        assert not own & set(session.scalars(select(Child.name).where(Child.name.not_in(own))))
    with asked_by(app, "teacher") as session:
        mine = set(session.scalars(select(Child.name)))
        names = {row[1] for row in sheet_of(session, "roster")[2].iter_rows(min_row=5, values_only=True) if isinstance(row[0], int)}
        assert names and names <= mine
    assert figures_sheet.PARTS["c1"] == ("c2", "c5", "c8")
