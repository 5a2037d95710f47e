"""A look at an uploaded file before any reader opens it."""

import io
import zipfile
from dataclasses import dataclass

from app.models.words import _
from app.services.sheet.errors import SheetError

MB = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROLOG = 4_096  # bytes of a part in which a document type would stand
_AS_XLSX = _("请用表格软件打开，另存为 .xlsx 后再上传。")


@dataclass(frozen=True)
class Limits:
    """What one upload may cost. Bytes, seconds, counts."""

    size: int = 20 * MB
    unpacked: int = 200 * MB  # sum of all parts, as the zip directory tells
    ratio: int = 400  # unpacked : packed of a part of over 1 MB; XML of a full sheet has 5–60
    parts: int = 5_000
    memory: int = 300 * MB
    cpu: int = 4  # so that even a file that means harm is answered within 5 s
    wall: float = 30  # longer than that: on a busy machine a good file waits, which is not its fault
    rows: int = 100_000
    columns: int = 500


def inspect(content: bytes, limits: Limits) -> str:
    """`book` or `text`; SheetError for what must not be opened."""
    if not content:
        raise SheetError(_("文件是空的，请重新选择。"))
    if len(content) > limits.size:
        raise SheetError(_("文件超过 %(mb)s MB，请分成几个文件上传。"), mb=limits.size // MB)
    if content.startswith(b"PK"):
        _inspect_zip(content, limits)
        return "book"
    if content.startswith(_OLE):
        _inspect_ole(content)
        return "book"
    return "text"


def _inspect_zip(content: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _inspect_parts(package, limits)
    except SheetError:
        raise
    except Exception:  # zipfile raises half a dozen kinds on what is damaged
        raise SheetError(_("文件已损坏，打不开。请重新下载或另存后再上传。")) from None


def _inspect_parts(package: zipfile.ZipFile, limits: Limits) -> None:
    parts = package.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise SheetError(_("这不是 .xlsx 工作簿。") + _AS_XLSX)
    if any("vbaproject" in name.lower() or "/macrosheets/" in name.lower() for name in names):
        raise SheetError(_("文件里有宏。") + _AS_XLSX)
    if any(part.flag_bits & 1 for part in parts):
        raise SheetError(_("文件有密码。请去掉密码后再上传。"))
    if len(parts) > limits.parts or any(_is_bomb(part, limits) for part in parts) \
            or sum(part.file_size for part in parts) > limits.unpacked:
        raise SheetError(_("文件展开后太大。请只留要导入的内容，另存后再上传。"))
    if any(_has_doctype(package, part) for part in parts if part.filename.endswith((".xml", ".rels", ".vml"))):
        raise SheetError(_("文件里有不该有的内容。") + _AS_XLSX)


def _is_bomb(part: zipfile.ZipInfo, limits: Limits) -> bool:
    return part.file_size > MB and part.file_size > limits.ratio * max(part.compress_size, 1)


def _has_doctype(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part declares a document type; no spreadsheet program writes one."""
    with package.open(part) as file:
        head = file.read(_PROLOG).replace(b"\x00", b"").upper()  # without NUL: UTF-16 reads alike
    return b"<!DOCTYPE" in head or b"<!ENTITY" in head


def _inspect_ole(content: bytes) -> None:
    """The old .xls, or what a password has made of an .xlsx; names stand in it in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise SheetError(_("文件有密码。请去掉密码后再上传。"))
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise SheetError(_("文件里有宏。") + _AS_XLSX)
