"""An uploaded file before it is kept: its type is found in its bytes, never in its name.

Photos are decoded and written anew, so that place, camera and whatever else hung on the file are
gone; a PDF is kept as it is and only ever downloaded. Everything else is refused.
"""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass
from pathlib import PurePosixPath

from PIL import Image, ImageOps

from app.models.rules import RuleError
from app.models.words import _

MB = 1 << 20
MOST_BYTES = 10 * MB
MOST_PIXELS = 50_000_000  # of the photo as sent: a phone's camera has 12–50 million
LONGEST_EDGE = 1600  # pixels of the photo as kept: A4 at 140 dpi
QUALITY = 82
LONGEST_NAME = 80  # characters
PHOTOS = ("JPEG", "PNG", "WEBP")  # the only decoders that see an upload
JPEG, PDF = "image/jpeg", "application/pdf"
ENDING = {JPEG: ".jpg", PDF: ".pdf"}
# Control characters, marks that turn the direction of writing, what no file system takes.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff<>:"|?*%;]')
_DAMAGED = (OSError, SyntaxError, ValueError, ArithmeticError, EOFError, KeyError, IndexError, TypeError, AttributeError, struct.error, MemoryError)

Image.MAX_IMAGE_PIXELS = MOST_PIXELS  # the decoder's own alarm, twice as far away: before that it only warns


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
    try:
        with Image.open(io.BytesIO(data), formats=PHOTOS) as photo:
            if photo.width * photo.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            return _anew(photo)
    except Image.DecompressionBombError:
        raise RuleError(_("照片的像素太多，请缩小后再传")) from None
    except _DAMAGED:
        raise RuleError(_("只能传照片（JPG、PNG、WebP）或 PDF；这个文件不是，或已损坏")) from None


def _anew(photo: Image.Image) -> bytes:
    """The pixels alone: upright, on white, at most ``LONGEST_EDGE``, as JPEG."""
    photo.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # a JPEG is decoded no larger than needed
    upright = ImageOps.exif_transpose(photo)
    upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    kept = Image.new("RGB", upright.size, "white")
    kept.paste(upright, mask=upright.convert("RGBA").getchannel("A"))
    written = io.BytesIO()
    kept.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def clean_name(name: str, media_type: str) -> str:
    """The file's own name without folders and what could mislead, with the ending of its true type."""
    last = name.replace("\\", "/").rpartition("/")[2]
    stem = PurePosixPath(_NOT_IN_NAMES.sub("", last)).stem.strip(" .")[:LONGEST_NAME].strip(" .")
    return (stem or _("附件")) + ENDING[media_type]
