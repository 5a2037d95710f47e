"""One export in a process of its own, so that its peak memory can be told.

``python -m benchmarks.export_ours <way> <children> <url> <rows> <target>``; ``way`` is

ours             the program's own export, from database to file; numbers and addresses are hidden from this account
ours, 4 times    every row read and written four times: a table of four times the length, without making one
ours, opened     the same by an account that sees four digits: a million ciphers are opened and masked at 260,000 rows
ours, schools    a workbook a school, at most 300 schools, in one zip
read             the same rows as cells, thrown away, as pages read them
xlsxwriter       the same rows through xlsxwriter's own cell loop, constant_memory
openpyxl         the same rows through openpyxl's write-only book
xlsxwriter, 4 times, openpyxl, 4 times, xlsxwriter, opened, xlsxwriter, schools   the same as above through that loop, that book
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
from sqlalchemy import select
from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from app import create_app
from app.extensions import db
from app.models.children import Child
from app.models.org import Member, School
from app.services import bulk, exporting, scope
from app.services.exchange.cells import cells, keys_of
from app.services.exchange.raw import CHUNK, Raw
from app.services.sheet.book import Press
from app.services.table import Table
from app.views.children import ChildView
from benchmarks import data, postgres
from benchmarks.cost import told

SCHOOLS, TIMES = 300, 4
COLUMNS = [*ChildView.columns, "birth_date", "boarder", "journey"]  # with the row's number 30; the child has no more fields


def main(way: str, children: int, url: str, rows: int, target: str) -> None:
    data.settings(children, url)
    app = create_app()
    with app.app_context():
        session = db.session()
        with scope.everything(session):
            member = session.scalars(select(Member).where(Member.username == "county")).one()
        asker = scope.asker_of(session, member)
        if way.endswith("opened"):
            asker = replace(asker, role="township")  # of the whole county, whose numbers it sees in part
        scope.bind(session, asker)
        elsewhere = postgres.behind(session)
        told(lambda: WAYS[way](session, asker, rows, target), elsewhere)


def ours(session: Session, asker: scope.Asker, rows: int, target: str) -> int:
    return exporting.export(session, asker, Child, COLUMNS, target, conditions=[Child.id <= rows])


def ours_repeated(session: Session, asker: scope.Asker, rows: int, target: str) -> int:
    raw = Raw(session, asker, Child, keys_of(Child, COLUMNS))
    again = chain.from_iterable(raw.chunks([Child.id <= rows], [Child.id]) for _ in range(TIMES))
    with closing(Press(raw.cells, raw.width, title=Child.__label__, sheet_name=Child.__label__)) as press:
        return press.write(target, again, lambda count: exporting.subtitle(asker, count, ""))


def ours_schools(session: Session, asker: scope.Asker, rows: int, target: str) -> int:
    with Path(target).open("wb") as file:
        return bulk.write_zip(session, asker, bulk.Order(Child, COLUMNS, school_ids=_schools(session)), file)


def read(session: Session, asker: scope.Asker, rows: int, target: str) -> int:
    return sum(1 for _ in _rows(session, asker, Child.id <= rows))


def by_cells(session: Session, asker: scope.Asker, rows: int, target: str) -> int:
    return _write(target, _rows(session, asker, Child.id <= rows))


def by_cells_repeated(session: Session, asker: scope.Asker, rows: int, target: str) -> int:
    return _write(target, _again(session, asker, rows))


def by_rows_repeated(session: Session, asker: scope.Asker, rows: int, target: str) -> int:
    return _append(target, _again(session, asker, rows))


def by_rows(session: Session, asker: scope.Asker, rows: int, target: str) -> int:
    return _append(target, _rows(session, asker, Child.id <= rows))


def _append(target: str, left: Iterator[tuple[Any, ...]]) -> int:
    book = openpyxl.Workbook(write_only=True)
    sheet, number = book.create_sheet(), 0
    while row := next(left, None):
        sheet.append(row)
        number += 1
    book.save(target)
    return number


def schools_by_cells(session: Session, asker: scope.Asker, rows: int, target: str) -> int:
    """Each school's rows are asked for by themselves, as one would without a word about the order."""
    number = 0
    with ZipFile(target, "w") as package:
        for school in _schools(session):
            book = BytesIO()
            number += _write(book, _rows(session, asker, Child.school_id == school))
            package.writestr(f"{school}.xlsx", book.getvalue())
    return number


WAYS = {"ours": ours, "ours, 4 times": ours_repeated, "ours, opened": ours, "ours, schools": ours_schools, "read": read,
        "openpyxl": by_rows, "openpyxl, 4 times": by_rows_repeated,
        "xlsxwriter": by_cells, "xlsxwriter, 4 times": by_cells_repeated, "xlsxwriter, opened": by_cells, "xlsxwriter, schools": schools_by_cells}


def _schools(session: Session) -> Sequence[int]:
    return session.scalars(select(School.id).order_by(School.id).limit(SCHOOLS)).all()


def _write(target: Any, rows: Iterator[tuple[Any, ...]]) -> int:
    with Workbook(target, {"constant_memory": True}) as book:
        sheet, day, number = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"}), 0
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, place, value, day)
                elif value is not None:
                    sheet.write(number, place, value)
    return number


def _rows(session: Session, asker: scope.Asker, which: Any) -> Iterator[tuple[Any, ...]]:
    table = Table(Child, COLUMNS)
    cell, statement = cells(session, asker, table), table.statement.where(which).order_by(Child.id)
    return (cell(row) for row in session.execute(statement, execution_options={"yield_per": CHUNK, "in_order": True}))


def _again(session: Session, asker: scope.Asker, rows: int) -> Iterator[tuple[Any, ...]]:
    return chain.from_iterable(_rows(session, asker, Child.id <= rows) for _ in range(TIMES))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5])
