"""An upload on its way from the file to the plan: the same in a request and in the worker."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from app.extensions import db
from app.panel.declared import Declared
from app.panel.security import asker
from app.services import importing, transactions
from app.services.exchange import mapping, uploads
from app.services.exchange.cells import keys_of, sheet_columns
from app.services.exchange.plan import Plan
from app.services.exchange.uploads import Upload
from app.services.sheet.column import Column
from app.services.sheet.header import Header, find_header
from app.services.sheet.read import read_book


def folder() -> Path:
    return Path(current_app.config["VAR"]) / uploads.FOLDER


def only_read() -> None:
    """End the transaction of the log-in check: while a file is read and checked nobody waits for a lock."""
    db.session.commit()
    transactions.read_only(True)


def columns(view: Declared) -> list[Column]:
    return sheet_columns(view.model, keys_of(view.model, view.columns))


def read(view: Declared, content: bytes, name: str) -> tuple[Upload, bool]:
    """The likeliest sheet, and whether another may be meant as well."""
    sheet = read_book(content)
    likely = mapping.likely(sheet, columns(view))
    if likely[0] != sheet.name:
        sheet = read_book(content, likely[0])
    upload = Upload(asker().member_id or 0, view.model.__name__, name, sheet.rows, sheet=sheet.name, others=sheet.others)
    return upload, len(likely) > 1


def other_sheet(view: Declared, upload: Upload, token: str, name: str) -> Upload:
    """The same file with another of its sheets."""
    content = uploads.file_of(folder(), token)
    if name not in upload.others or content is None:
        return upload
    sheet = read_book(content, name)
    upload.rows, upload.sheet, upload.others, upload.known, upload.shown = sheet.rows, sheet.name, sheet.others, None, ""
    uploads.keep(folder(), upload, token)
    return upload


def keep(upload: Upload, content: bytes) -> str:
    token = uploads.keep(folder(), upload)
    if upload.sheet:
        uploads.keep_file(folder(), token, content)
    return token


def waiting(view: Declared, token: str) -> Upload | None:
    return uploads.take(folder(), token, asker().member_id, view.model.__name__)


def header(view: Declared, upload: Upload) -> Header:
    return find_header(upload.rows, columns(view), upload.known)


def plan(view: Declared, upload: Upload) -> Plan:
    return importing.read_plan(db.session(), view.model, view.columns, upload.rows, upload.known)


def remembered(view: Declared, upload: Upload, found: Header) -> bool:
    """Put down what was said before of such columns; whether something is still to be said."""
    upload.known = mapping.remembered(db.session(), view.model, found)
    return upload.known is None and mapping.is_open(found, mapping.offered(db.session(), view.model, found, columns(view)))


def remember(view: Declared, upload: Upload, found: Header) -> None:
    """For the next sheet with these columns; ends the session's transaction."""
    if upload.known is not None:
        with transactions.writing(db.session()):
            mapping.remember(db.session(), view.model, found, upload.known)
