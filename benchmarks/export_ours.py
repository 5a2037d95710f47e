"""One export in a process of its own, so that its peak memory can be told.

``python -m benchmarks.export_ours <way> <children> <url> <rows> <target>``; ``way`` is

ours        the program's own export, from database to file
read        the same rows as cells, thrown away: what the database, the scope and the ciphers cost
xlsxwriter  the same rows through xlsxwriter's own cell loop, constant_memory
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from app import create_app
from app.extensions import db
from app.models.children import Child
from app.models.org import Member
from app.services import exporting, scope
from app.services.exchange.cells import cells
from app.services.exchange.raw import CHUNK
from app.services.table import Table
from app.views.children import ChildView
from benchmarks import data
from benchmarks.cost import told


def main(way: str, children: int, url: str, rows: int, target: str) -> None:
    data.settings(children, url)
    app = create_app()
    with app.app_context():
        session = db.session()
        with scope.everything(session):
            member = session.scalars(select(Member).where(Member.username == "county")).one()
        asker = scope.asker_of(session, member)
        scope.bind(session, asker)
        told(lambda: WAYS[way](session, asker, rows, target))


def ours(session: Session, asker: scope.Asker, rows: int, target: str) -> int:
    return exporting.export(session, asker, Child, ChildView.columns, target, conditions=[Child.id <= rows])


def read(session: Session, asker: scope.Asker, rows: int, target: str) -> int:
    return sum(1 for _ in _rows(session, asker, rows))


def by_cells(session: Session, asker: scope.Asker, rows: int, target: str) -> int:
    with Workbook(target, {"constant_memory": True}) as book:
        sheet, day, number = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"}), 0
        for number, row in enumerate(_rows(session, asker, rows), 1):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, place, value, day)
                elif value is not None:
                    sheet.write(number, place, value)
    return number


WAYS = {"ours": ours, "read": read, "xlsxwriter": by_cells}


def _rows(session: Session, asker: scope.Asker, rows: int) -> Iterator[tuple[Any, ...]]:
    table = Table(Child, ChildView.columns)
    cell, statement = cells(session, asker, table), table.statement.where(Child.id <= rows).order_by(Child.id)
    return (cell(row) for row in session.execute(statement, execution_options={"yield_per": CHUNK, "in_order": True}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5])
