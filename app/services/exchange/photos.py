"""Photos and scans of many children in one zip, each matched to its child by a number in its name.

Nothing is unpacked to the disk: names are looked at, and what an entry holds goes through upload.take.
"""

from __future__ import annotations

import hashlib
import io
import re
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.audit import Attachment
from app.models.children import Child
from app.models.crypto import digest
from app.models.rules import RuleError
from app.models.words import _
from app.services import attachments, history, progress, records, scope, upload
from app.services.exchange.by_form import open_batch
from app.services.exchange.writing import ranges
from app.services.sheet.errors import SheetError
from app.services.sheet.text import half_width

MB = 1 << 20
MOST_FILES = 200  # in one zip
MOST_BYTES = 200 * MB  # unpacked, all together
MOST_RATIO = 100  # unpacked : packed of an entry over 1 MB; photos hardly pack at all
_LEFT_OUT = re.compile(r"(?:^|/)(?:__MACOSX/|\.(?!\.)|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_HOSTILE = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]|^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)")
_STUDENT = re.compile(r"[GJL]\d{17}[\dX]")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dX](?!\d)")
_MARK = _("系统编号")
_ROW = re.compile(rf"(?:^\s*|#\s*|{_MARK}\s*)([1-9]\d{{0,8}})(?!\d)")  # IMG_0012 is a camera's number
_LONG = re.compile(r"[GJL]?\d{6,}[\dX]?", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff]")
NOBODY = _("文件名里没有认得出的身份证号、学籍号，或连着姓名的系统编号，或不是您学校的孩子")


@dataclass
class Photo:
    """One file of the zip: whose it is, and what is kept of it; or why it is not taken."""

    name: str
    child_id: int | None = None
    child: str = ""
    kept: upload.Upload | None = None
    wrong: RuleError | None = None
    there: bool = False  # the child has this very file already


def count(content: bytes) -> int:
    """How many files a zip has, as far as that can be told without reading it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return len(package.infolist())
    except Exception:  # look() says what is wrong with it
        return 0


def may_import(session: Session) -> bool:
    who = scope.asker(session)
    return who.may("import", Child) and who.may("write", Attachment)


def look(session: Session, content: bytes) -> list[Photo]:
    """Every file of the zip with its child; SheetError where the zip as a whole is refused. Writes nothing."""
    if not may_import(session):
        raise records.Forbidden("import photos")
    found = _files(content)
    children = _Children(session, [photo.name for photo, _data in found])
    for photo, data in found:
        if photo.wrong is None:
            _judge(photo, data, children)
        progress.tell(session, 1)
    _mark_known(session, [photo for photo, _data in found if photo.kept])
    return [photo for photo, _data in found]


def commit(session: Session, photos: list[Photo], folder: Path, *, file_name: str, token: str) -> list[Attachment]:
    """Hang the photos on their children as one batch, all or none; the caller commits.

    Raises records.Refused, records.Forbidden; then no file is left on the disk.
    """
    if not may_import(session):
        raise records.Forbidden("import photos")
    made: list[Attachment] = []
    try:
        with history.told_as(session, "import", uuid.uuid4().hex) as request_id:
            for photo in photos:
                child = records.find(session, Child, photo.child_id or 0)
                if child is None or photo.kept is None:
                    raise records.Forbidden("a photo of nobody's")
                made.append(attachments.keep(session, child, photo.kept, folder))
                progress.tell(session, 1)
            batch = open_batch(session, Attachment.__name__, file_name, request_id, token, len(made))
            batch.added_ids = ranges(sorted(one.id for one in made))
    except Exception:
        discard(made, folder)
        raise
    return made


def discard(made: list[Attachment], folder: Path) -> None:
    """Take files from the disk whose rows were not written."""
    for one in made:
        (folder / one.stored_as).unlink(missing_ok=True)


# The zip ----------------------------------------------------------------------------------
def _files(content: bytes) -> list[tuple[Photo, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return list(_entries(package))
    except SheetError:
        raise
    except Exception:  # zipfile raises half a dozen kinds on what is damaged
        raise SheetError(_("这不是 zip 压缩包，或已损坏。请把照片放进一个文件夹，压缩成 .zip 再上传。")) from None


def _entries(package: zipfile.ZipFile) -> Iterator[tuple[Photo, bytes]]:
    infos = [(info, _name(info)) for info in package.infolist() if not info.is_dir()]
    infos = [(info, name) for info, name in infos if not _LEFT_OUT.search(name)]
    if not infos:
        raise SheetError(_("压缩包里没有文件。请放进照片，压缩成 .zip 再上传。"))
    if len(infos) > MOST_FILES:
        raise SheetError(_("一个压缩包最多 %(most)s 个文件，请分成几个压缩包。"), most=MOST_FILES)
    if any(info.flag_bits & 1 for info, _name in infos):
        raise SheetError(_("压缩包有密码。请去掉密码后再上传。"))
    if sum(info.file_size for info, _name in infos) > MOST_BYTES or any(_is_bomb(info) for info, _name in infos):
        raise SheetError(_("压缩包展开后太大。请分成几个压缩包。"))
    for info, name in infos:
        yield _entry(package, info, name)


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > MB and info.file_size > MOST_RATIO * max(info.compress_size, 1)


def _entry(package: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> tuple[Photo, bytes]:
    if _HOSTILE.search(name):
        return Photo(upload.clean_name(name, upload.JPEG), wrong=RuleError(_("文件名不合规，请改名后再压缩"))), b""
    with package.open(info) as file:
        return Photo(name), file.read(upload.MOST_BYTES + 1)


def _name(info: zipfile.ZipInfo) -> str:
    """The entry's name; Windows in China packs names in GBK without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


# Whose ------------------------------------------------------------------------------------
class _Children:
    """The children within the asker's scope that the names speak of."""

    def __init__(self, session: Session, names: list[str]) -> None:
        numbers = [number for name in names for number in _numbers(name)]
        self.names: dict[int, str] = {}
        self.by: dict[tuple[str, Any], int] = {}
        for key, column in (("id_number", Child.id_number_hash), ("student_number", Child.student_number_hash), ("id", Child.id)):  # type: ignore[attr-defined]
            wanted = {_stored(key, value): value for kind, value in numbers if kind == key}
            if wanted:
                query = select(Child.id, Child.name, column).where(column.in_(list(wanted)))
                for row_id, name, value in session.execute(query.order_by(Child.file_state != "moved_out")):  # whose number it is now comes last, and counts
                    self.by[key, wanted[value]], self.names[row_id] = row_id, name

    def of(self, name: str) -> int | None:
        """The child that a file's name speaks of; a bare number, as clerks number their pupils, is no 系统编号."""
        for key, value in _numbers(name):
            row_id = self.by.get((key, value))
            if row_id is not None and (key != "id" or _is_row(name, self.names[row_id])):
                return row_id
        return None


def _is_row(name: str, child: str) -> bool:
    """Whether a number in a file's name is a 系统编号: the child's name stands beside it, or that word and no other name."""
    said, mark, rest = _stem(name).partition(_MARK)
    return child in name or bool(mark) and not _HAN.search(said + rest)


def _stored(key: str, value: Any) -> Any:
    return value if key == "id" else digest(value, f"child.{key}")


def _numbers(name: str) -> list[tuple[str, Any]]:
    """The numbers in a path, those of the file before those of its folders."""
    found: list[tuple[str, Any]] = []
    for part in reversed(name.replace("\\", "/").split("/")):
        text = half_width(part).upper()
        found += [("student_number", number) for number in _STUDENT.findall(text)]
        found += [("id_number", number) for number in _IDENTITY.findall(text)]
    row = _ROW.search(half_width(_stem(name)))
    return found + ([("id", int(row[1]))] if row else [])


def _stem(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]


# What is kept -----------------------------------------------------------------------------
def _judge(photo: Photo, data: bytes, children: _Children) -> None:
    photo.child_id = children.of(photo.name)
    if photo.child_id is None:
        photo.wrong = RuleError(NOBODY)
        return
    photo.child = children.names[photo.child_id]
    try:
        photo.kept = upload.take(_without_numbers(photo.name), data)
    except RuleError as wrong:
        photo.wrong = wrong


def _without_numbers(name: str) -> str:
    """What the file is called from now on: its number would tell what the child's page covers."""
    left = _LONG.sub("", half_width(_stem(name))).strip(" _-+.()")
    return f"{left}.jpg" if left else ""


def _mark_known(session: Session, photos: list[Photo]) -> None:
    """A file that hangs on the child already is not taken again, nor one that is in the zip twice."""
    ids = {photo.child_id for photo in photos}
    rows = session.execute(select(Attachment.row_id, Attachment.sha256).where(Attachment.entity == Child.__name__, Attachment.row_id.in_(ids)))
    seen: set[tuple[int | None, str]] = {(row_id, said) for row_id, said in rows}
    for photo in photos:
        mark = photo.child_id, hashlib.sha256(photo.kept.data if photo.kept else b"").hexdigest()
        photo.there = mark in seen
        seen.add(mark)
