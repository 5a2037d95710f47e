"""A workbook whose reader need not look for merged cells.

python-calamine unpacks and parses each sheet a second time to its end to find ``<mergeCells>``, which nobody here asks for (a fifth of the whole reading).
It stops at the first one, so each sheet gets an empty one in front of all that it holds, where the reading of cells passes over it. A deflate stream
(RFC 1951) is a row of blocks that look back by distances alone: one more in front leaves the others as they are, and nothing is unpacked.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

_NONE = b"<mergeCells></mergeCells>"
_BLOCK = struct.pack("<BHH", 0, len(_NONE), len(_NONE) ^ 0xFFFF) + _NONE  # stored, and not the last one
_SHEET = re.compile(rb"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_DEFLATED, _SEALED, _TRAILING = 8, 1, 8  # a way of packing; flags: encrypted, sizes behind the data
_END, _ENTRY, _LOCAL = struct.Struct("<4s4H2LH"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s5H3L2H")  # APPNOTE.TXT 4.3.16, 4.3.12, 4.3.7


class _Part(NamedTuple):
    """A line of the zip directory."""

    mark: bytes
    made_by: int
    needs: int
    flags: int
    method: int
    time: int
    day: int
    crc: int
    packed: int
    size: int
    name: int  # this and the next two: lengths
    extra: int
    comment: int
    disk: int
    internal: int
    external: int
    offset: int


def unmerged(content: bytes) -> bytes:
    """The same workbook, which reads the same but for merged cells; as it is where it is none, or its directory is unusual."""
    try:
        return _unmerged(content) if content.startswith(b"PK") else content
    except (struct.error, ValueError):
        return content


def _unmerged(content: bytes) -> bytes:
    end = content.rindex(b"PK\x05\x06")
    *head, length, start, comment = _END.unpack_from(content, end)
    if start + length != end:
        return content
    directory = bytearray(content[start:end])
    lines = sorted(_lines(directory, head[4]), key=lambda line: line[1].offset)
    pieces, copied, grown = list[bytes](), 0, 0  # bytes of the content that were copied, and that were added
    for place, part in lines:
        moved = part._replace(offset=part.offset + grown)
        if _SHEET.fullmatch(directory, place + _ENTRY.size, place + _ENTRY.size + part.name) and part.method == _DEFLATED and not part.flags & _SEALED:
            moved = moved._replace(flags=part.flags & ~_TRAILING, crc=_crc_in_front(part.crc, part.size), packed=part.packed + len(_BLOCK),
                                   size=part.size + len(_NONE))
            if part.offset < copied:
                raise ValueError("parts that overlap")
            local, begin = _local(content, part, moved)
            pieces += content[copied : part.offset], local, _BLOCK
            copied, grown = begin, grown + len(_BLOCK)
        _ENTRY.pack_into(directory, place, *moved)
    return b"".join([*pieces, content[copied:start], directory, _END.pack(*head, length, start + grown, comment), content[end + _END.size :]])


def _lines(directory: bytearray, count: int) -> Iterator[tuple[int, _Part]]:
    """The lines of the directory, each with its place there."""
    place = 0
    for _line in range(count):
        part = _Part(*_ENTRY.unpack_from(directory, place))
        yield place, part
        place += _ENTRY.size + part.name + part.extra + part.comment


def _local(content: bytes, part: _Part, moved: _Part) -> tuple[bytes, int]:
    """What stands before the part's data as the directory tells it now, and where the data begin."""
    *_told, name, extra = _LOCAL.unpack_from(content, part.offset)
    begin = part.offset + _LOCAL.size + name + extra
    return _LOCAL.pack(b"PK\x03\x04", *moved[2:10], name, extra) + content[part.offset + _LOCAL.size : begin], begin


# The check sum of two texts from those of each (as zlib's crc32_combine: polynomials over GF(2), the highest power first).
def _crc_in_front(crc: int, size: int) -> int:
    """CRC-32 of ``_NONE`` followed by ``size`` bytes whose own is ``crc``."""
    power, square = 1 << 31, 1 << 23  # x**0, x**8
    while size:
        if size & 1:
            power = _times(power, square)
        square, size = _times(square, square), size >> 1
    return _times(power, zlib.crc32(_NONE)) ^ crc


def _times(one: int, other: int) -> int:
    found = 0
    for place in range(31, -1, -1):
        if one >> place & 1:
            found ^= other
        other = other >> 1 ^ (0xEDB88320 if other & 1 else 0)
    return found
