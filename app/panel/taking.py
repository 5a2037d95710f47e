"""An upload on its way from the file to the plan: the same in a request and in the worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from math import inf
from pathlib import Path
from time import monotonic

from flask import current_app

from app.extensions import db
from app.panel.declared import Declared
from app.panel.security import asker
from app.services import importing, progress, transactions
from app.services.exchange import mapping, uploads
from app.services.exchange.cells import keys_of, sheet_columns
from app.services.exchange.plan import Plan
from app.services.exchange.uploads import Upload
from app.services.sheet.column import Column
from app.services.sheet.errors import TookLong
from app.services.sheet.header import Header, find_header
from app.services.sheet.package import Limits
from app.services.sheet.read import Sheet, read_book

PATIENCE = 3.0  # seconds by the clock that a request reads and checks, so that with all else it is answered within 5
LIMITS = Limits()
_until: ContextVar[float] = ContextVar("until", default=inf)


def folder() -> Path:
    return Path(current_app.config["VAR"]) / uploads.FOLDER


def only_read() -> None:
    """End the transaction of the log-in check: while a file is read and checked nobody waits for a lock."""
    db.session.commit()
    transactions.read_only(True)


@contextmanager
def awaited() -> Iterator[None]:
    """Read and check in this block while the sender waits: TookLong once ``PATIENCE`` is over, and then the worker does it."""
    end = monotonic() + PATIENCE

    def ear(_rows: int) -> None:
        if monotonic() > end:
            raise TookLong("")

    token = _until.set(end)
    try:
        with progress.heard(db.session(), ear):
            yield
    finally:
        _until.reset(token)


def book(content: bytes, sheet: str = "") -> Sheet:
    """A sheet of a file, within the patience of ``awaited``."""
    return read_book(content, sheet, limits=replace(LIMITS, wall=min(LIMITS.wall, _until.get() - monotonic())))


def columns(view: Declared) -> list[Column]:
    return sheet_columns(view.model, keys_of(view.model, view.columns))


def read(view: Declared, content: bytes, name: str) -> tuple[Upload, bool]:
    """The likeliest sheet, and whether another may be meant as well."""
    sheet = book(content)
    likely = mapping.likely(sheet, columns(view))
    if likely[0] != sheet.name:
        sheet = book(content, likely[0])
    upload = Upload(asker().member_id or 0, view.model.__name__, name, sheet.rows, sheet=sheet.name, others=sheet.others)
    return upload, len(likely) > 1


def other_sheet(view: Declared, upload: Upload, token: str, name: str) -> Upload:
    """The same file with another of its sheets."""
    content = uploads.file_of(folder(), token)
    if name not in upload.others or content is None:
        return upload
    sheet = book(content, name)
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
