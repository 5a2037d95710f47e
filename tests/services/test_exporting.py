"""What leaves the house in a workbook: whose rows, how much of a secret, in which form."""

import io
from contextlib import closing
from datetime import date, datetime

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from app import roles
from app.models.audit import AccessLog
from app.models.canteen import MealRecord
from app.models.care import Talk
from app.models.children import Child
from app.models.org import School, Staff
from app.models.rules import clean_text
from app.panel.views_by_entity import VIEWS
from app.services import clock, exporting, masks, records, scope, withheld
from app.services.exchange import raw as raw_rows
from app.services.exchange.cells import cells, keys_of, sheet_columns
from app.services.exchange.raw import Raw
from app.services.sheet.book import Press, write_book
from app.services.sheet.read import read_book
from app.services.table import Table
from tests.services.sheet.samples import HOSTILE
from tests.support.sheets import asked_by, exported, records_of


def names_of(session, model):
    with scope.everything(session):
        return set(session.scalars(select(model.name)))


def test_a_workbook_holds_exactly_the_rows_in_scope(app):
    for account in ("county", "township", "school", "school2", "teacher"):
        with asked_by(app, account) as session:
            ids = {row["系统编号"] for row in records_of(exported(session, "Child"))}
            assert ids == set(session.scalars(select(Child.id))) and ids


def test_a_teacher_exports_the_own_children_only_and_no_school_another_schools(app):
    with asked_by(app, "school2") as session:
        others = set(session.scalars(select(Child.id)))
    with asked_by(app, "school") as session:
        school = {row["系统编号"] for row in records_of(exported(session, "Child"))}
    with asked_by(app, "teacher") as session:
        who = scope.asker(session)
        mine = records_of(exported(session, "Child"))
        in_class = set(session.scalars(select(Child.id).where(Child.school_class_id.in_(who.class_ids))))
    ids = {row["系统编号"] for row in mine}
    assert ids == in_class | set(who.paired_ids) and ids < school
    assert not others & school and not others & ids


@pytest.mark.parametrize(("account", "seen"), [("school", "whole"), ("teacher", "whole"), ("township", "last4"), ("county", "hidden")])
def test_secrets_leave_as_covered_as_the_role_sees_them(app, account, seen):
    with asked_by(app, account) as session:
        rows = {row["系统编号"]: row for row in records_of(exported(session, "Child"))}
        for child in session.scalars(select(Child).where(Child.id_number_hash.is_not(None)).limit(5)):
            whole = child.id_number
            expected = {"whole": whole, "last4": masks.DOTS + whole[-4:], "hidden": masks.DOTS}[seen]
            assert rows[child.id]["身份证号"] == expected
            assert seen == "whole" or not any(whole in str(cell) for cell in rows[child.id].values())


def test_roles_without_the_verb_are_refused(app):
    for account, role in (("inspector", "inspector"), ("superior", "superior"), ("admin", "admin")):
        assert not roles.may(role, "export", "Child")
        with asked_by(app, account) as session, pytest.raises(records.Forbidden):
            exported(session, "Child")


def test_days_are_dates_moments_local_codes_words_and_yes_or_no(app):
    with asked_by(app, "county") as session:
        child = records_of(exported(session, "Child"))[0]
        assert isinstance(child["出生日期"], date) and child["性别"] in ("男", "女") and child["寄宿"] in ("是", "否")
        meals = [row for row in records_of(exported(session, "MealRecord")) if row["留样时间"]]
        from_table = {row.id: row.sampled_at for row in session.scalars(select(MealRecord))}
        for row in meals[:20]:
            assert row["留样时间"] == clock.local(from_table[row["系统编号"]]).replace(tzinfo=None, microsecond=0)
        assert meals and isinstance(meals[0]["留样时间"], datetime)


def test_text_that_looks_like_a_formula_stays_text(app):
    with asked_by(app, "school") as session:
        talk = session.scalars(select(Talk).limit(1)).one()
        talk.content = "=1+1"
        talk.follow_up = "@SUM(A1) http://example.invalid"
        session.flush()
        row = next(row for row in records_of(exported(session, "Talk", conditions=[Talk.id == talk.id])))
        assert (row["谈心内容"], row["后续措施"]) == ("=1+1", "@SUM(A1) http://example.invalid")


def test_hostile_texts_leave_as_they_were_taken_in(app):
    """All of them, once the clean rule has had its say; no formula, no link."""
    taken = [text for text in dict.fromkeys(clean_text(text, long=True) for text in HOSTILE) if text]
    with asked_by(app, "county") as session:
        talks = session.scalars(select(Talk).where(Talk.kind == "regular").order_by(Talk.id).limit(len(taken))).all()
        for talk, text in zip(talks, taken, strict=True):
            talk.content = text
        session.flush()
        book = io.BytesIO()
        view = VIEWS["Talk"]
        exporting.export(session, scope.asker(session), Talk, view.columns, book, conditions=[Talk.id.in_([talk.id for talk in talks])])
        assert len(taken) >= 200 and [row["谈心内容"] for row in records_of(read_book(book.getvalue()).rows)] == taken
        cells = [cell for row in openpyxl.load_workbook(book).active.iter_rows(min_row=4) for cell in row]
        assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)


def plainly_read(book):
    """Every cell of our own workbook, without the process apart that strangers' files are read in."""
    return CalamineWorkbook.from_filelike(io.BytesIO(book.getvalue())).get_sheet_by_index(0).to_python(skip_empty_area=False)


@pytest.mark.parametrize("account", ["county", "township", "school", "teacher", "inspector", "superior"])
def test_what_is_written_raw_is_what_a_list_would_read(app, account):
    """Rows straight from the driver against rows read the usual way, of every entity, cell by cell."""
    with asked_by(app, account) as session:
        who, compared = scope.asker(session), 0
        for view in VIEWS.values():
            keys = keys_of(view.model, view.columns)
            table, raw = Table(view.model, keys), Raw(session, who, view.model, keys)
            read = cells(session, who, table)
            usual = [read(row) for row in session.execute(table.statement.where(*withheld.conditions(who, view.model)).order_by(view.model.id))]
            given, expected = io.BytesIO(), io.BytesIO()
            with closing(Press(raw.cells, raw.width, title="甲", sheet_name="甲")) as press:
                press.write(given, raw.chunks([], [view.model.id]), str)
            write_book(expected, sheet_columns(view.model, keys), usual, title="甲", subtitle=str(len(usual)), sheet_name="甲")
            assert plainly_read(given) == plainly_read(expected), view.model
            compared += len(usual)
        assert compared


def test_many_linked_rows_are_joined_and_say_the_same(app, monkeypatch):
    with asked_by(app, "school") as session:
        few = exported(session, "Talk")
        monkeypatch.setattr(raw_rows, "FEW", 0)
        assert exported(session, "Talk")[2:] == few[2:]


def test_rows_of_a_child_name_its_school(app):
    with asked_by(app, "township") as session:
        schools = dict(session.execute(select(School.id, School.name)).all())
        places = dict(session.execute(select(Talk.id, Talk.school_id)).all())
        for row in records_of(exported(session, "Talk"))[:50]:
            assert row["学校"].partition(" #")[0] == schools[places[row["系统编号"]]]


def test_conditions_and_order_are_those_of_the_list(app):
    with asked_by(app, "school") as session:
        rows = records_of(exported(session, "Child", conditions=[Child.sex == "f"], order="birth_date", descending=True))
        days = [row["出生日期"] for row in rows]
        assert days == sorted(days, reverse=True) and {row["性别"] for row in rows} == {"女"}
        assert len(rows) == session.scalar(select(func.count(Child.id)).where(Child.sex == "f"))


def test_names_that_two_visible_rows_bear_are_told_apart_for_who_may_import(app):
    with asked_by(app, "school") as session:
        first, second = session.scalars(select(Staff).order_by(Staff.id).limit(2))
        second.name = first.name
        talk = session.scalars(select(Talk).limit(1)).one()
        talk.teacher = first
        session.flush()
        row = records_of(exported(session, "Talk", conditions=[Talk.id == talk.id]))[0]
        assert row["谈心教师"] == f"{first.name} #{first.id}"


def test_the_head_says_what_who_when_and_the_log_keeps_it(app):
    with asked_by(app, "teacher") as session:
        who = scope.asker(session)
        rows = exported(session, "Talk", title="谈心记录", told="本月")
        assert rows[0][0] == "谈心记录"
        assert rows[1][0].startswith("本月") and who.name in rows[1][0] and f"{len(rows) - 3} 条" in rows[1][0]
        with scope.everything(session):
            line = session.scalars(select(AccessLog).order_by(AccessLog.id.desc()).limit(1)).one()
        assert (line.action, line.entity, line.member_id, line.rows) == ("export", "Talk", who.member_id, len(rows) - 3)
        assert "谈心内容" in line.columns
