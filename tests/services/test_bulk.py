"""One list for every school or township at once: whose rows, how covered, under which names."""

import io
import zipfile

import openpyxl
import pytest
from sqlalchemy import func, select

from app.models.audit import AccessLog
from app.models.care import Talk
from app.models.children import Child
from app.models.org import Area, School
from app.panel.views_by_entity import VIEWS
from app.services import bulk, masks, records, scope
from app.services.sheet.errors import SheetError
from app.services.sheet.read import read_book
from tests.support.sheets import asked_by, records_of

HOSTILE_NAMES = ["../../etc/x", "../../etc/x", 'a\\b:*?"<>|', "=1+1", "CON"]


class Pipe(io.RawIOBase):
    """A target that cannot seek, as a download is."""

    def __init__(self):
        super().__init__()
        self.parts = []

    def writable(self):
        return True

    def write(self, data):
        self.parts.append(bytes(data))
        return len(data)


def order(entity, **options):
    view = VIEWS[entity]
    return bulk.Order(view.model, view.columns, **options)


def zipped(session, wanted):
    """Name → the workbook's rows below its header, and the number that was told."""
    target = Pipe()
    told = bulk.write_zip(session, scope.asker(session), wanted, target)
    with zipfile.ZipFile(io.BytesIO(b"".join(target.parts))) as package:
        assert package.testzip() is None
        return {name: read_book(package.read(name)).rows for name in package.namelist()}, told


@pytest.mark.parametrize("account", ["county", "township", "school", "teacher"])
def test_each_school_in_scope_gets_its_own_rows_and_no_other(app, account):
    with asked_by(app, account) as session:
        books, told = zipped(session, order("Child"))
        schools = dict(session.execute(select(School.id, School.name)).all())
        home = dict(session.execute(select(Child.id, Child.school_id)).all())
        found = {}
        for (school_id, name), (file, rows) in zip(sorted(schools.items()), books.items(), strict=True):
            assert file == f"儿童档案-{name}.xlsx" and rows[1][0].startswith(f"{name}　全部") and f"{len(rows) - 3} 条" in rows[1][0]
            found |= {row["系统编号"]: school_id for row in records_of(rows)}
        assert found == home and told == len(home) > 0


@pytest.mark.parametrize(("account", "seen"), [("school", "whole"), ("township", "last4"), ("county", "hidden")])
def test_secrets_are_covered_as_the_role_sees_them(app, account, seen):
    with asked_by(app, account) as session:
        rows = {row["系统编号"]: row for book in zipped(session, order("Child"))[0].values() for row in records_of(book)}
        child = session.scalars(select(Child).where(Child.id_number_hash.is_not(None)).limit(1)).one()
        whole = child.id_number
        assert rows[child.id]["身份证号"] == {"whole": whole, "last4": masks.DOTS + whole[-4:], "hidden": masks.DOTS}[seen]


def test_a_workbook_holds_no_word_of_another_school(app):
    with asked_by(app, "county") as session:
        target = io.BytesIO()
        bulk.write_zip(session, scope.asker(session), order("Child"), target)
        names = session.scalars(select(School.name).order_by(School.id)).all()
        with zipfile.ZipFile(target) as package:
            for own, file in zip(names, package.namelist(), strict=True):
                with zipfile.ZipFile(io.BytesIO(package.read(file))) as book:
                    text = "".join(book.read(part).decode() for part in book.namelist())
                assert [name for name in names if name in text] == [own]


def test_a_township_gets_the_rows_of_its_schools(app):
    with asked_by(app, "county") as session:
        books, told = zipped(session, order("Talk", by="township", told="本学期"))
        path = dict(session.execute(select(School.id, Area.path).join(Area, Area.id == School.area_id)).all())
        home = dict(session.execute(select(Talk.id, Talk.school_id).where(Talk.kind != "psychological")).all())
        assert told == len(home) == sum(len(rows) - 3 for rows in books.values())
        for code, name in session.execute(select(Area.code, Area.name).where(Area.level == "township")):
            expected = {row_id for row_id, school in home.items() if f"/{code}/" in path[school]}
            rows = books.get(f"谈心记录-{name}.xlsx", [[]] * 3)
            assert {row["系统编号"] for row in records_of(rows)} == expected


def test_conditions_narrow_and_a_school_without_rows_gets_an_empty_book(app):
    with asked_by(app, "county") as session:
        first = session.scalar(select(func.min(School.id)))
        books, told = zipped(session, order("Child", conditions=[Child.school_id == first], title="甲"))
        full, *empty = books.values()
        assert told == len(full) - 3 > 0 and empty and all(len(rows) == 3 for rows in empty)
        assert full[0][0] == "甲" and all(name.startswith("甲-") for name in books)


def test_chosen_schools_alone_go_out_and_only_those_in_scope(app):
    with asked_by(app, "county") as session:
        schools = session.scalars(select(School.id).order_by(School.id)).all()
        names = dict(session.execute(select(School.id, School.name)).all())
        books, told = zipped(session, order("Child", school_ids=schools[1:3]))
        assert list(books) == [f"儿童档案-{names[one]}.xlsx" for one in schools[1:3]]
        assert told == session.scalar(select(func.count(Child.id)).where(Child.school_id.in_(schools[1:3])))
    with asked_by(app, "school") as session:
        own = session.scalars(select(School.id)).one()
        assert list(zipped(session, order("Child", school_ids=schools))[0]) == [f"儿童档案-{names[own]}.xlsx"]


def test_hostile_and_equal_names_of_schools_make_harmless_files(app):
    with asked_by(app, "county") as session:
        with scope.everything(session):
            schools = session.scalars(select(School).order_by(School.id)).all()
            before = [school.name for school in schools]
            for school, name in zip(schools, HOSTILE_NAMES, strict=False):
                school.name = name
            session.flush()
        try:
            files = list(zipped(session, order("Child"))[0])
        finally:  # the line in the access log has committed them
            with scope.everything(session):
                for school, name in zip(schools, before, strict=True):
                    school.name = name
                session.commit()
        assert len(set(files)) == len(files) and not any(set(file) & set('/\\:*?"<>|') for file in files)
        assert files[:2] == ["儿童档案-.. .. etc x.xlsx", "儿童档案-.. .. etc x（2）.xlsx"]


def test_a_sheet_each_in_one_book_behind_its_contents(app):
    with asked_by(app, "county") as session:
        target = io.BytesIO()
        told = bulk.write_sheets(session, scope.asker(session), order("Child"), target)
        counts = dict(session.execute(select(Child.school_id, func.count()).group_by(Child.school_id)).all())
        schools = session.execute(select(School.id, School.name).order_by(School.id)).all()
        book = openpyxl.load_workbook(target)
        contents = book.worksheets[0]
        assert book.sheetnames[: 1 + len(schools)] == ["目录", *(name for _id, name in schools)] and told == sum(counts.values())
        for at, (school_id, name) in enumerate(schools):
            cell, rows = contents.cell(4 + at, 2), counts.get(school_id, 0)
            assert cell.value == name and cell.hyperlink.location == f"'{name}'!A1" and contents.cell(4 + at, 3).value == rows
            sheet = book[name]
            assert sheet.max_row == 3 + rows and sheet["A2"].value.startswith(name) and sheet["A1"].value == f"儿童档案　{name}"
            assert {row[0] for row in sheet.iter_rows(min_row=4, values_only=True)} == set(
                session.scalars(select(Child.id).where(Child.school_id == school_id)))


def test_too_many_places_for_one_book_are_told_to_take_the_zip(app, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_SHEETS", 1)
    target = io.BytesIO()
    with asked_by(app, "county") as session, pytest.raises(SheetError, match="打包下载"):
        bulk.write_sheets(session, scope.asker(session), order("Child"), target)
    assert target.getvalue() == b""


def test_who_may_not_export_gets_nothing_and_who_does_is_logged_once(app):
    for account in ("inspector", "superior", "admin"):
        with asked_by(app, account) as session, pytest.raises(records.Forbidden):
            bulk.write_zip(session, scope.asker(session), order("Child"), io.BytesIO())
    with asked_by(app, "county") as session:
        who, line = scope.asker(session), select(AccessLog).order_by(AccessLog.id.desc())
        with scope.everything(session):
            before = session.scalar(select(func.count(AccessLog.id)))
        _books, told = zipped(session, order("Child"))
        with scope.everything(session):
            last = session.scalars(line.limit(1)).one()
            assert session.scalar(select(func.count(AccessLog.id))) == before + 1
        assert (last.action, last.entity, last.member_id, last.rows) == ("export", "Child", who.member_id, told)


def test_what_belongs_to_no_school_is_refused(app):
    with asked_by(app, "county") as session, pytest.raises(ValueError, match="no school"):
        bulk.write_zip(session, scope.asker(session), bulk.Order(School, ["name"]), io.BytesIO())
