"""The rows of sheets, deflated as they come and kept on disk until their book is put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any

from app.services.sheet.deflate import Packed
from app.services.sheet.rows import RowFormat

Chunk = Sequence[tuple[Any, ...]]
_IN_MEMORY = 1 << 18  # bytes of packed rows; more goes to a nameless file
_AT_ONCE = 250  # rows formatted in one go: half a megabyte of text, a few if texts are long
_MOST_BYTES = 3 << 30  # of one sheet's XML: a zip entry of the plain kind ends at 4 GB
_PIECE = 1 << 18


class Spool:
    """Where packed rows wait; ``reset`` for the next book."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  closed by close()

    def put(self, data: bytes) -> int:
        return self._file.write(data)

    def at(self) -> int:
        return self._file.tell()

    def pieces(self, start: int, length: int) -> Iterator[bytes]:
        self._file.seek(start)
        while length > 0 and (piece := self._file.read(min(_PIECE, length))):
            length -= len(piece)
            yield piece

    def reset(self) -> None:
        self._file.seek(0)
        self._file.truncate()

    def close(self) -> None:
        self._file.close()


class Body:
    """The rows of one sheet, from row ``above`` + 1 on."""

    def __init__(self, spool: Spool, format_rows: RowFormat, above: int) -> None:
        self._spool, self._format, self._above = spool, format_rows, above
        self.rows, self.length, self.start = 0, 0, spool.at()
        self.packed = Packed()

    def add(self, chunk: Chunk) -> None:
        for first in range(0, len(chunk), _AT_ONCE):
            some = chunk[first : first + _AT_ONCE]
            self.length += self._spool.put(self.packed.take(self._format(some, self._above + self.rows)))
            self.rows += len(some)

    def close(self) -> None:
        self.length += self._spool.put(self.packed.pause())

    def pieces(self) -> Iterator[bytes]:
        return self._spool.pieces(self.start, self.length)

    @property
    def last(self) -> int:
        """Number of the last row."""
        return self._above + self.rows


def bodies(spool: Spool, format_rows: RowFormat, chunks: Iterable[Chunk], above: int, most: int) -> list[Body]:
    """The rows on as many sheets as they need, ``most`` on each; one empty sheet where there is no row."""
    found = [Body(spool, format_rows, above)]
    for chunk in chunks:
        while chunk:
            body = found[-1]
            room = most - body.rows if body.packed.size < _MOST_BYTES else 0
            if room <= 0:
                body.close()
                found.append(Body(spool, format_rows, above))
                continue
            body.add(chunk[:room])
            chunk = chunk[room:]
    found[-1].close()
    return found
