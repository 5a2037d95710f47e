"""A zip file of parts that are deflated already, written from front to end.

The standard library offers no way to put in what is packed. APPNOTE.TXT 6.3.10: 4.3.7 (local header),
4.3.12 (directory), 4.3.16 (its end). Parts and file stay below 4 GB: a longer sheet goes on another one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple, Protocol

_LOCAL = struct.Struct("<4s5H3L2H")
_DIRECTORY = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_NEEDED, _DEFLATED = 20, 8
_TIME, _DATE = 0, 0x21  # 1 January 1980, as Excel writes it


class Writes(Protocol):
    """What a target must be able to do."""

    def write(self, data: bytes, /) -> object: ...


class Part(NamedTuple):
    """One file of the archive: name (ASCII), CRC-32 and length of the text, length and pieces of the packed stream."""

    name: str
    crc: int
    size: int
    packed: int
    pieces: Iterable[bytes]


class Archive:
    """Takes parts one by one; ``close`` writes the directory."""

    def __init__(self, target: Writes) -> None:
        self._target, self._at = target, 0
        self._directory: list[bytes] = []

    def add(self, part: Part) -> None:
        name, common = part.name.encode("ascii"), (_NEEDED, 0, _DEFLATED, _TIME, _DATE, part.crc, part.packed, part.size, len(part.name))
        self._directory.append(_DIRECTORY.pack(b"PK\x01\x02", _NEEDED, *common, 0, 0, 0, 0, 0, self._at) + name)
        self._write(_LOCAL.pack(b"PK\x03\x04", *common, 0) + name)
        for piece in part.pieces:
            self._write(piece)

    def close(self) -> None:
        directory, count, at = b"".join(self._directory), len(self._directory), self._at
        self._write(directory + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0))

    def _write(self, data: bytes) -> None:
        self._target.write(data)
        self._at += len(data)
