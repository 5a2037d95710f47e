"""Pictures that mean harm: small files that would cost a decoder hundreds of megabytes, or minutes."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator

from PIL import Image

EDGE = 7_000  # 49 million pixels, just under what a photo may have
SIGNATURE = b"\x89PNG\r\n\x1a\n"


# PNG --------------------------------------------------------------------------------------
def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, bits: int = 8, colour: int = 2, laced: int = 0, data: bytes = b"", before: bytes = b"") -> bytes:
    """A PNG of these measures, with whatever data; ``colour``: 2 RGB, 3 palette, 6 RGBA."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, laced))
    return SIGNATURE + head + before + chunk(b"IDAT", data or zlib.compress(b"\0" * 1_000)) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """So many bytes of nothing, packed a thousand times."""
    packer, block = zlib.compressobj(1), bytes(1 << 20)
    packed = [packer.compress(block) for _block in range(count >> 20)]
    return b"".join([*packed, packer.compress(bytes(count & (1 << 20) - 1)), packer.flush()])


def black(width: int, height: int, bits: int = 8, colour: int = 2, laced: int = 0, before: bytes = b"") -> bytes:
    """A whole PNG of one colour."""
    row = 1 + width * bits // 8 * {2: 3, 3: 1, 6: 4}[colour]
    return png(width, height, bits=bits, colour=colour, laced=laced, data=zeros(row * height + (row if laced else 0)), before=before)


def texts() -> bytes:
    """Texts beside the picture that unpack to a megabyte each."""
    return chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 1_000_000, 9)) * 3_000


def frames() -> bytes:
    """An animation that tells of a million frames and has some thousands."""
    control = struct.pack(">IIIIIHHBB", 0, 60, 40, 0, 0, 1, 10, 0, 0)
    return chunk(b"acTL", struct.pack(">II", 1_000_000, 0)) + chunk(b"fcTL", control) * 20_000


# JPEG -------------------------------------------------------------------------------------
def jpeg(**said: object) -> bytes:
    written = io.BytesIO()
    Image.effect_noise((64, 64), 40).convert("RGB").save(written, "JPEG", **said)
    return written.getvalue()


def parts(content: bytes) -> Iterator[bytes]:
    """The segments of a JPEG, each scan with its data."""
    at = 2
    while content[at : at + 2] != b"\xff\xd9":
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        while content[at + 1] == 0xDA and (content[end] != 0xFF or content[end + 1] in (0, *range(0xD0, 0xD8))):
            end += 1
        yield content[at:end]
        at = end


def stretched(content: bytes, width: int = EDGE, height: int = EDGE, scans: int = 1, more: bytes = b"") -> bytes:
    """A JPEG that says it is larger than its data, its last scan repeated; ``more``: a segment for its head."""
    found = list(parts(content))
    for number, part in enumerate(found):
        if part[1] in (0xC0, 0xC2):
            found[number] = part[:5] + struct.pack(">HH", height, width) + part[9:]
    return b"\xff\xd8" + more + b"".join(found) + found[-1] * (scans - 1) + b"\xff\xd9"


def circle() -> bytes:
    """What a camera tells, in tables that name themselves as the next one."""
    tables = b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x8769, 4, 1, 8) + struct.pack("<I", 8)
    said = b"Exif\0\0" + tables
    return b"\xff\xe1" + struct.pack(">H", len(said) + 2) + said


# WebP -------------------------------------------------------------------------------------
def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def lossless(edge: int = EDGE) -> bytes:
    """A picture of one colour needs no bit a pixel: these few bytes are all of it."""
    written = io.BytesIO()
    Image.new("RGBA", (16, 16), (1, 2, 3, 4)).save(written, "WEBP", lossless=True)
    data = bytearray(written.getvalue()[20:])
    data[1:5] = struct.pack("<I", (edge - 1) | (edge - 1) << 14 | 1 << 28)
    return bytes(data)


def animated(count: int) -> bytes:
    size = struct.pack("<I", EDGE - 1)[:3] * 2
    frame = (b"ANMF", b"\0" * 6 + size + b"\x0a\0\0\0" + b"VP8L" + struct.pack("<I", len(lossless())) + lossless() + b"\0" * (len(lossless()) & 1))
    return riff((b"VP8X", b"\x12\0\0\0" + size), (b"ANIM", b"\0" * 6), *[frame] * count)


# All --------------------------------------------------------------------------------------
HARMFUL: dict[str, Callable[[], bytes]] = {
    "a PNG that says 3,600 million pixels": lambda: png(60_000, 60_000),
    "a PNG of 49 million pixels with alpha": lambda: black(EDGE, EDGE, colour=6),
    "a PNG of 49 million pixels, 16 bits each": lambda: black(EDGE, EDGE, bits=16, colour=6),
    "a laced PNG of 49 million pixels": lambda: black(EDGE, EDGE, colour=6, laced=1),
    "a PNG of 49 million pixels, cut off": lambda: black(EDGE, EDGE, colour=6)[:50_000],
    "a PNG one pixel high": lambda: black(49_000_000, 1),
    "a PNG one pixel wide": lambda: black(1, 49_000_000),
    "a PNG with texts of 3,000 MB": lambda: png(60, 40, before=texts()),
    "a PNG of a million frames": lambda: png(60, 40, data=zeros(181 * 40), before=frames()),
    "a JPEG of 49 million pixels in many passes": lambda: stretched(jpeg(progressive=True, subsampling=0)),
    "a JPEG of 49 million pixels in 2,000 passes": lambda: stretched(jpeg(progressive=True, subsampling=2), scans=2_000),
    "a JPEG of 49 million pixels, cut off": lambda: stretched(jpeg())[:2_000],
    "a JPEG whose tables go in a circle": lambda: stretched(jpeg(), 64, 64, more=circle()),
    "a WebP of 49 million pixels in 40 bytes": lambda: riff((b"VP8L", lossless())),
    "a WebP of 1,000 frames of 49 million pixels": lambda: animated(1_000),
    "a WebP that says 268 million pixels": lambda: riff((b"VP8L", lossless(16_383))),
}
