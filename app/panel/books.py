"""What the pages round workbooks share: whose table it is, and how a workbook is handed out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from flask import abort, current_app, send_file
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.base import Entity
from app.panel import checked, taking
from app.panel.declared import Declared
from app.panel.views_by_entity import VIEWS, view_of
from app.services import history, importing, records, transactions
from app.services.exchange.plan import Plan
from app.services.exchange.uploads import Upload
from app.services.sheet.book import Tab, write_tabs
from app.services.sheet.returned import return_marked

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def view_for(table: str, verb: str) -> Declared:
    """The view of a table that the asker may export or import; 404 where there is none, Forbidden without the verb."""
    name = next((name for name, view in VIEWS.items() if view.model.__tablename__ == table), None) or abort(404)
    view = view_of(name)
    if not view.may(verb):
        raise records.Forbidden(f"{verb} {name}")
    return view


def book_name(view: Declared, ending: str) -> str:
    return f"{view.title}-{ending}.xlsx"


def send_book(name: str, write: Callable[[BinaryIO], Any]) -> Response:
    """What was written to a nameless file on disk, which is gone once it was sent."""
    folder = Path(current_app.config["VAR"]) / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed with the response
    try:
        with force_locale("zh"):  # whatever the reader's language: a sheet is read back by its labels
            write(file)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    response = send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)
    response.content_length = size
    return response


def send_tabs(name: str, tabs: Sequence[Tab], row: Entity | None, rows: int, entity: str = "") -> Response:
    """A workbook of a few tabs about one row, or (None) of many of an entity, in the reader's language; the access log keeps that ``rows`` lines went out."""
    written, session = BytesIO(), db.session()
    write_tabs(written, tabs, title=name)
    written.seek(0)
    with transactions.writing(session):
        history.log_access(session, "export", entity or type(row).__name__, row=row, rows=rows)
    return send_file(written, XLSX, as_attachment=True, download_name=name, max_age=0)


def write_marked(target: BinaryIO, view: Declared, upload: Upload, plan: Plan, content: bytes | None) -> None:
    """The sender's own file with every wrong cell marked and commented."""
    return_marked(target, content, upload.sheet, upload.rows, taking.columns(view), plan.header, checked.marks(plan))


def notes() -> list[str]:
    return [_("带 * 的必填；有下拉列表的请从中选择；日期写成 2026-09-01。"),
            _("一次最多 %(most)s 行。", most=importing.MOST_ROWS),
            _("要修改已有的记录，请先导出，在导出的表格里改，保留“系统编号”一列。"),
            _("同名的人写成“姓名 #系统编号”。整份文件要么全部写入，要么一条不写。")]
