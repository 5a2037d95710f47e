"""Cells of a workbook that the reader gives as empty though something stands in them: error values, and formulas whose value was not kept.

Runs in the child process, beside child.py: imports nothing of the application. Most sheets have no such cell, which a look for
a few bytes tells; only then is it asked where. In an .xls a formula always has a value, so that one never computed is 0 there.
"""

import io
import re
import struct
import zipfile
import zlib
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

UNKEPT = "#无结果"  # what is handed over for a formula without its value; services/exchange/checked.py names it
CODES = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA"}  # MS-XLS 2.5.10
OTHER = "#ERROR!"
Faults = dict[int, dict[int, str]]  # row → column → what is to stand there, both from 0
_PIECE = 1 << 20
_SIGNS: tuple[bytes, ...] = (b't="e"', b"t='e'", b"/f>", b":f>")


def faults(content: bytes, place: int) -> Faults:
    """Those of the sheet at this place in its workbook."""
    found: Faults = defaultdict(dict)
    for row, column, text in (_of_package if content.startswith(b"PK") else _of_stream)(content, place):
        found[row][column] = text
    return found


# .xlsx: ECMA-376, 18.3.1.4 ------------------------------------------------------------------
def _of_package(content: bytes, place: int) -> Iterator[tuple[int, int, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name.lower(): name for name in package.namelist()}
        part = parts.get(_part(package, place).lower())
        if part is None:
            return
        if _suspect(_pieces(content, package.getinfo(part))):
            yield from _cells(package.read(part))


def _pieces(content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part as it is inflated; zipfile would reckon its check sum too, which takes longer."""
    lengths = struct.unpack_from("<2H", content, part.header_offset + 26)
    begin = part.header_offset + 30 + sum(lengths)
    packed = content[begin : begin + part.compress_size]
    if part.compress_type != zipfile.ZIP_DEFLATED:
        yield packed
        return
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while packed and not inflate.eof:
        yield inflate.decompress(packed, _PIECE)
        packed = inflate.unconsumed_tail
    yield inflate.flush()


def _suspect(pieces: Iterator[bytes]) -> bool:
    """Whether an error or the end of a formula is among the cells; the first one tells how they are written."""
    last, signs, known = b"", _SIGNS, False
    for piece in pieces:
        cell = re.search(rb"<(\w+:)?c\s[^<>]*=\s*([\"'])[^<>]*>", piece) if not known else None
        if cell:
            known, signs = True, (b"t=%se%s" % (cell[2], cell[2]), b"/%sf>" % (cell[1] or b""))
        seam, last = last + piece[:9], piece[-9:]
        if any(sign in piece or sign in seam for sign in signs):
            return True
    return False


def _part(package: zipfile.ZipFile, place: int) -> str:
    """The name of a sheet's part."""
    sheets = re.findall(rb"<(?:\w+:)?sheet\s([^>]*)>", package.read("xl/workbook.xml"))
    links = re.findall(rb"<(?:\w+:)?Relationship\s([^>]*)>", package.read("xl/_rels/workbook.xml.rels"))
    targets = {_attribute(link, rb"Id"): _attribute(link, rb"Target").decode() for link in links}
    target = targets.get(_attribute(sheets[place], rb"\w+:id"), "") if place < len(sheets) else ""
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target.removeprefix('./')}"


def _attribute(tag: bytes, name: bytes) -> bytes:
    found = re.search(rb"(?:^|\s)%s\s*=\s*(?:\"([^\"]*)\"|'([^']*)')" % name, tag)
    return (found[1] if found[1] is not None else found[2]) if found else b""


def _cells(sheet: bytes) -> Iterator[tuple[int, int, str]]:
    """The faulty ones among the cells that hold a sign of it."""
    root = re.search(rb"<(\w+:)?worksheet\b", sheet[:_PIECE])
    prefix = (root[1] if root else None) or b""
    opening, seen = b"<%sc" % prefix, -1
    tag = re.compile(rb"<%sc(\s[^<>]*)?>" % prefix)
    rows = cache(lambda: [row.start() for row in re.finditer(rb"<%srow[\s/>]" % prefix, sheet)])  # asked for only where a cell bears no name
    for sign in (rb"t=\"e\"", rb"t='e'", rb"<%sf[\s/>]" % prefix):
        for hit in re.finditer(sign, sheet):
            start = sheet.rfind(opening, 0, hit.start() + 1)
            if start < 0 or start == seen or not (head := tag.match(sheet, start)):
                continue
            seen, end = start, sheet.find(b"</%sc>" % prefix, head.end())
            text = None if (head[1] or b"").endswith(b"/") else _text(head[1] or b"", sheet[head.end() : end], prefix)
            if text is not None and hit.start() < end:
                yield *_at(sheet, start, _attribute(head[1] or b"", rb"r"), prefix, rows), text


def _text(attributes: bytes, inside: bytes, prefix: bytes) -> str | None:
    """What stands in for a cell; None where the reader gives what it holds."""
    value = re.search(rb"<%sv[^>]*>([^<]+)<" % prefix, inside)
    kind = _attribute(attributes, rb"t")
    if kind == b"e":
        return value[1].decode().strip() if value else OTHER
    formula = b"<%sf" % prefix in inside
    return UNKEPT if formula and kind in (b"", b"n") and (value is None or not value[1].strip()) else None


def _at(sheet: bytes, start: int, name: bytes, prefix: bytes, rows: Callable[[], list[int]]) -> tuple[int, int]:
    """Row and column of a cell; one without a name stands behind the one before. ``rows``: where each begins."""
    parts = re.fullmatch(rb"([A-Z]{1,3})(\d{1,7})", name)
    if parts:
        return int(parts[2]) - 1, _number(parts[1])
    count = bisect(rows(), start)
    begin = rows()[count - 1] if count else 0
    number = _attribute(sheet[begin : sheet.find(b">", begin)], rb"r")
    return (int(number) if number.isdigit() else count) - 1, len(re.findall(rb"<%sc[\s/>]" % prefix, sheet[begin:start]))


def _number(letters: bytes) -> int:
    found = 0
    for letter in letters:
        found = 26 * found + letter - 64
    return found - 1


# .xls: MS-CFB and MS-XLS --------------------------------------------------------------------
_SUSPECT = re.compile(rb"\x05\x02\x08\x00|\x06[\x00\x02\x04].{8}\x02.[\x00\x07\x0f\x17\x1d\x24\x2a\x2b].{3}\xff\xff", re.DOTALL)
_FORMULA, _BOOL_OR_ERROR, _SHEET, _BEGIN, _END = (0x0006, 0x0206, 0x0406), 0x0205, 0x0085, (0x0009, 0x0209, 0x0409, 0x0809), 0x000A


def _of_stream(content: bytes, place: int) -> Iterator[tuple[int, int, str]]:
    stream = _workbook(content)
    if not _SUSPECT.search(stream):
        return
    sheets = [struct.unpack_from("<L", stream, at)[0] for kind, at, _size in _records(stream, 0) if kind == _SHEET]
    for kind, at, size in _records(stream, sheets[place]) if place < len(sheets) else ():
        code = None
        if kind == _BOOL_OR_ERROR and size >= 8 and stream[at + 7]:
            code = stream[at + 6]
        elif kind in _FORMULA and size >= 14 and stream[at + 6] == 2 and stream[at + 12 : at + 14] == b"\xff\xff":
            code = stream[at + 8]
        if code is not None:
            yield *struct.unpack_from("<HH", stream, at), CODES.get(code, OTHER)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size of the records from one's beginning to its end, those of a chart within it left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind in _BEGIN) - (kind == _END)
        if depth == 1:
            yield kind, at + 4, size
        if depth < 1:
            return
        at += 4 + size


def _workbook(content: bytes) -> bytes:
    """The stream of the workbook, which lies in the file in sectors; a short one in small sectors within the stream of the first entry."""
    large, small = (1 << shift for shift in struct.unpack_from("<2H", content, 30))
    tables, begin, limit, short, more, count = struct.unpack_from("<2L4x2L4x2L", content, 44)
    sector = partial(_piece, content, large, large)
    places = [*struct.unpack_from("<109L", content, 76)]
    for _table in range(min(count, len(content) // large)):
        *some, more = _numbers(sector(more))
        places += some
    following = _numbers(b"".join(map(sector, places[:tables])))
    entries = _joined(sector, following, begin)
    for at in range(0, len(entries), 128):
        if entries[at : at + struct.unpack_from("<H", entries, at + 64)[0]].decode("utf-16-le", "replace").rstrip("\0").lower() in ("workbook", "book"):
            start, size = struct.unpack_from("<2L", entries, at + 116)
            if size < limit:
                within = _joined(sector, following, struct.unpack_from("<L", entries, 116)[0])
                sector, following = partial(_piece, within, small, 0), _numbers(_joined(sector, following, short))
            return _joined(sector, following, start)[:size]
    return b""


def _piece(content: bytes, size: int, head: int, number: int) -> bytes:
    return content[head + number * size : head + (number + 1) * size]


def _numbers(table: bytes) -> tuple[int, ...]:
    return struct.unpack_from(f"<{len(table) // 4}L", table)


def _joined(sector: Callable[[int], bytes], following: Sequence[int], number: int) -> bytes:
    parts: list[bytes] = []
    while number < len(following) and len(parts) <= len(following):
        parts.append(sector(number))
        number = following[number]
    return b"".join(parts)
