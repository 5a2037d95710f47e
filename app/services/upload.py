"""An uploaded file before it is kept: its type is found in its bytes, never in its name.

Photos are decoded and written anew by ``photo_child.py``, so that place, camera and whatever else hung on the
file are gone; a PDF is kept as it is and only ever downloaded. Everything else is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app.models.rules import RuleError
from app.models.words import _
from app.services import apart
from app.services.sheet.package import Limits

MB = 1 << 20
MOST_BYTES = 10 * MB
LONGEST_NAME = 80  # characters
JPEG, PDF = "image/jpeg", "application/pdf"
ENDING = {JPEG: ".jpg", PDF: ".pdf"}
# Control characters, marks that turn the direction of writing, what no file system takes.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff<>:"|?*%;]')
_CHILD = Path(__file__).with_name("photo_child.py")
_TOO_MANY_PIXELS = 10  # its exit code


@dataclass(frozen=True)
class Upload:
    """A file as it is kept."""

    name: str
    media_type: str
    data: bytes


def take(name: str, data: bytes) -> Upload:
    """The file as it is kept; RuleError says why it is not."""
    if not data:
        raise RuleError(_("文件是空的，请重新选择"))
    if len(data) > MOST_BYTES:
        raise RuleError(_("文件超过 %(mb)s MB，请压缩后再传"), mb=MOST_BYTES // MB)
    if _is_pdf(data):
        return Upload(clean_name(name, PDF), PDF, data)
    return Upload(clean_name(name, JPEG), JPEG, _photo(data))


def _is_pdf(data: bytes) -> bool:
    """A PDF from its first byte to its last; one that begins as something else is none."""
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]


def _photo(data: bytes) -> bytes:
    """The photo as it is kept: it is decoded in a child process, which is held to the limits of a workbook."""
    try:
        with apart.made(_CHILD, given=data, limits=Limits()) as kept:
            return kept.read()
    except apart.Ended as why:
        raise RuleError(_("照片的像素太多，请缩小后再传") if why.code == _TOO_MANY_PIXELS else
                        _("打不开。只能传照片（JPG、PNG、WebP）或 PDF，文件不能有损坏，照片不能太大；请换一张，或缩小后再传")) from None


def clean_name(name: str, media_type: str) -> str:
    """The file's own name without folders and what could mislead, with the ending of its true type."""
    last = name.replace("\\", "/").rpartition("/")[2]
    stem = PurePosixPath(_NOT_IN_NAMES.sub("", last)).stem.strip(" .")[:LONGEST_NAME].strip(" .")
    return (stem or _("附件")) + ENDING[media_type]
