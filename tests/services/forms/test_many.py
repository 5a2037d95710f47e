"""A form for every school or area at once: the same workbooks as one by one, none missing without a word, one line in the log."""

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from sqlalchemy import func, select

from app.models.audit import AccessLog
from app.models.children import Child
from app.models.org import Area, School
from app.services import bulk, progress, scope, suppression
from app.services.forms import declaration, figures, many, periods, places, produce
from app.services.records import Forbidden
from app.services.sheet.errors import SheetError
from tests.support.sheets import asked_by


def order(session, key, by):
    form = declaration.find(session, scope.asker(session), key)
    return many.Order(form, periods.chosen(session, form.period, None), by)


def zipped(session, wanted):
    """Name → bytes, and the number of rows that was told."""
    target = io.BytesIO()
    told = many.write_zip(session, wanted, target)
    with zipfile.ZipFile(target) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}, told


def cells(data):
    return [[cell.value for cell in row] for sheet in openpyxl.load_workbook(io.BytesIO(data)) for row in sheet]


@pytest.fixture
def unfooted(app):
    """A child that makes its school's summary, and those above it, not foot; gives the school's name."""
    with asked_by(app, "county") as session, scope.everything(session):
        of = (Child.left_behind_civil != "0", Child.stage == "primary", Child.file_state == "open")
        child = session.scalars(select(Child).where(*of).order_by(Child.id)).first()
        child_id, before, name, child.aid = child.id, child.aid, session.scalar(select(School.name).where(School.id == child.school_id)), None
        session.commit()
    yield name
    with asked_by(app, "county") as session, scope.everything(session):
        session.get(Child, child_id).aid = before
        session.commit()


@pytest.mark.parametrize(("account", "key", "by"), [
    ("county", "roster", "school"), ("county", "care", "township"), ("county", "summary", "township"), ("township", "hazards", "school"),
    ("superior", "care", "county")])
def test_each_place_gets_the_very_form_that_it_gets_alone(app, account, key, by):
    with asked_by(app, account) as session:
        wanted = order(session, key, by)
        found = places.each(session, by)
        books, told = zipped(session, wanted)
        assert len(found) > (1 if by != "county" else 0) and list(books) == [f"{wanted.form.title}-{place.name}.xlsx" for place in found]
        rows = 0
        for place, data in zip(found, books.values(), strict=True):
            alone = io.BytesIO()
            rows += produce.write(session, wanted.wish(place), alone)
            assert cells(data) == cells(alone.getvalue()), place.name
        assert told == rows


def test_no_school_is_in_two_townships_and_none_in_no_place(app):
    with asked_by(app, "county") as session:
        path = dict(session.execute(select(School.id, Area.path).join(Area, Area.id == School.area_id)).all())
        for place in (found := places.each(session, "township")):
            assert place.area_id or not any(path[place.school_id].startswith(other.path) for other in found if other.area_id)
        covered = [school for school, where in path.items() for place in found
                   if place.school_id == school or (place.area_id and where.startswith(place.path))]
        assert sorted(covered) == sorted(path)


def test_who_gets_counts_only_gets_neither_schools_nor_townships(app):
    with asked_by(app, "superior") as session:
        assert places.each(session, "school") == [] == places.each(session, "township") and places.each(session, "county")


def test_a_form_that_does_not_foot_is_named_with_its_rule_and_its_place(app, unfooted):
    with asked_by(app, "county") as session:
        books, _told = zipped(session, order(session, "summary", "school"))
        pages = {name: data.decode("utf-8-sig") for name, data in books.items() if name.endswith(".txt")}
        assert list(pages) == [f"农村留守儿童情况汇总表-{unfooted}（没有核对平）.txt"]
        page = next(iter(pages.values()))
        assert "1＝21＋22＋23＋24＋25" in page and f"{unfooted}：" in page and "差 1" in page and len(books) == len(places.each(session, "school"))

        target = io.BytesIO()
        many.write_sheets(session, order(session, "summary", "school"), target)
        book = openpyxl.load_workbook(target)
        line = next(row for row in book["目录"].iter_rows(min_row=4, values_only=True) if row[1] == unfooted)
        assert line[2] == "没有核对平" and "1＝21＋22＋23＋24＋25" in " ".join(str(row[0].value) for row in book[unfooted])


def test_who_gets_counts_only_is_not_told_which_numbers(app, unfooted):
    with asked_by(app, "superior") as session:
        books, _told = zipped(session, order(session, "summary", "county"))
        page = next(data.decode("utf-8-sig") for name, data in books.items() if name.endswith(".txt"))
        assert "没有核对平" in page and "＝" not in page and unfooted not in page


def test_what_is_hidden_of_the_whole_is_found_once_and_anew_after_a_change(app, monkeypatch):
    book, counted = figures.BOOKS["care"], []

    def count(session, ids, span):
        counted.append(len(ids))
        return book.count(session, ids, span)

    monkeypatch.setitem(figures.BOOKS, "care", replace(book, count=count))
    with asked_by(app, "superior") as session:
        wanted = order(session, "care", "county")
        found = places.each(session, "county")
        zipped(session, wanted)
        assert len(found) > 1 and len(counted) == len(found) + 1
        whole = max(counted)
        with suppression.one_export(session):
            (_report, first), (_report, again) = (figures.table(session, wanted.form, place, wanted.period) for place in found[:2])
            assert first is again
            with scope.everything(session):
                child = session.scalars(select(Child).join(School, School.id == Child.school_id).join(Area, Area.id == School.area_id).where(
                    Child.left_behind != "0", Child.file_state == "open", Area.path.startswith(found[1].path))).first()
                child.file_state = "closed"
                session.flush()
            counted.clear()
            assert figures.table(session, wanted.form, found[1], wanted.period)[1] is not first and whole in counted
        session.rollback()
        assert "wholes" not in session.info


def test_one_book_has_a_sheet_each_behind_its_contents(app):
    with asked_by(app, "county") as session:
        wanted, target = order(session, "roster", "school"), io.BytesIO()
        told = many.write_sheets(session, wanted, target)
        book = openpyxl.load_workbook(target)
        lines = list(book["目录"].iter_rows(min_row=4, values_only=True))
        assert book.sheetnames == ["目录", *(place.name for place in places.each(session, "school"))]
        assert [line[1] for line in lines] == book.sheetnames[1:] and sum(line[2] for line in lines) == told > 0
        for name, data in zip(book.sheetnames[1:], zipped(session, wanted)[0].values(), strict=True):
            assert [[cell.value for cell in row] for row in book[name]] == cells(data)


def test_too_many_places_for_one_book_are_told_to_take_the_zip(app, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_SHEETS", 1)
    with asked_by(app, "county") as session, pytest.raises(SheetError, match="打包下载"):
        many.write_sheets(session, order(session, "roster", "school"), io.BytesIO())


@pytest.mark.parametrize("key", ["roster", "care"])
def test_who_waits_hears_of_all_steps(app, key):
    with asked_by(app, "county") as session:
        heard, wanted = [], order(session, key, "school")
        total = many.steps(session, wanted)
        with progress.heard(session, heard.append):
            told = zipped(session, wanted)[1]
        assert sum(heard) == total and total == (told if key == "roster" else len(places.each(session, "school")))


def test_one_line_in_the_log_and_nothing_without_the_verb(app):
    with asked_by(app, "county") as session:
        wanted, count = order(session, "roster", "school"), select(func.count(AccessLog.id))
        with scope.everything(session):
            before = session.scalar(count)
        _books, told = zipped(session, wanted)
        with scope.everything(session):
            last = session.scalars(select(AccessLog).order_by(AccessLog.id.desc()).limit(1)).one()
            assert session.scalar(count) == before + 1 and (last.action, last.entity, last.rows) == ("export", "Child", told)
    for account in ("superior", "inspector"):
        with asked_by(app, account) as session, pytest.raises(Forbidden):
            many.write_zip(session, many.Order(wanted.form, wanted.period, "county" if account == "superior" else "school"), io.BytesIO())
