"""Sessions bound to an account, and workbooks as lists of rows."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from app.extensions import db
from app.models.org import Member
from app.panel.views_by_entity import VIEWS
from app.services import exporting, scope
from app.services.sheet.read import read_book


@contextmanager
def asked_by(app: Flask, username: str) -> Iterator[Session]:
    """A session that sees what the account sees; what was not committed is rolled back."""
    with app.app_context():
        session = db.session()
        with scope.everything(session):
            member = session.scalars(select(Member).where(Member.username == username)).one()
        scope.bind(session, scope.asker_of(session, member))
        try:
            yield session
        finally:
            session.rollback()
            db.session.remove()


def exported(session: Session, entity: str, **options: Any) -> list[list[Any]]:
    """The rows of an entity's export, banner and header included."""
    view, book = VIEWS[entity], io.BytesIO()
    exporting.export(session, scope.asker(session), view.model, view.columns, book, **options)
    return [*read_book(book.getvalue()).rows]


def records_of(rows: list[list[Any]], head: int = 2) -> list[dict[str, Any]]:
    """Rows below the header as label → cell."""
    return [dict(zip(rows[head], row + [None] * len(rows[head]), strict=False)) for row in rows[head + 1 :]]


def workbook(rows: list[list[Any]]) -> bytes:
    """The rows as somebody would type them: text as text, numbers as numbers."""
    target = io.BytesIO()
    with Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("花名册")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return target.getvalue()
