"""Quotes in text parted by commas or tabs: those that hold a field together, and those that somebody typed.

Runs in the child process, beside child.py: imports nothing of the application. Spreadsheets put a cell on the clipboard as it is, even one
that begins with a quote; only one with line breaks or tabs they quote. So a typed quote must not reach for a partner some rows below:
the rows between would become one cell.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate


class Unsure(Exception):
    """What a quote holds together cannot be told: ``code`` says why, ``row`` where it stands, from 1."""

    def __init__(self, code: str, row: int) -> None:
        super().__init__(code, row)
        self.code, self.row = code, row


def rows_of(text: str, comma: str) -> Iterator[list[str]]:
    """The rows of fields. Raises Unsure: before the first one where the text ends within quotes, after the last where a cell may be several."""
    return Text(text, comma).rows() if '"' in text else _reader(text, comma)


def _reader(text: str, comma: str) -> Iterator[list[str]]:
    return csv.reader(_lines(text), delimiter=comma)


def _lines(text: str) -> io.StringIO:
    return io.StringIO(text, newline="")


class Text:
    """A field is a quoted one if it begins with a quote and the quote that closes it stands before a comma or at the end of its line."""

    def __init__(self, text: str, comma: str) -> None:
        self._text, self._comma = text, comma
        other, inside = rf"[^{comma}\r\n]", '[^"]*+(?:""[^"]*+)*+'
        self._typed, self._unclosed = re.compile(f"{other}*+"), re.compile(rf'"{inside}\Z')
        self._field = re.compile(rf'("{inside}"(?!{other}))|{other}*+')
        self._sound = re.compile(rf'(?:(?:"{inside}"|[^"{comma}\r\n]{other}*+)?+[{comma}\r\n])*+')  # as many as a reader takes as they are meant
        self._before = cache(lambda count: re.compile(f'(?:(?:"{inside}"(?!{other})|{other}*+){comma}){{{count}}}'))  # so many fields of a row

    def rows(self) -> Iterator[list[str]]:
        """The rows; raises as ``rows_of`` says."""
        return self._held(self.mended())

    def mended(self) -> str:
        """The same text, each typed quote so written that a reader takes it for one; as many lines. Raises Unsure where it ends within quotes."""
        text, parts, done = self._text, list[str](), 0
        at = _end(self._sound, text, 0)
        while at < len(text):
            found = self._field.match(text, at)
            end = found.end() if found else at
            if text[at] == '"' and not (found and found[1]):
                if self._unclosed.match(text, at):
                    raise Unsure("quote", self._row_at(at, "".join([*parts, text[done:at]])))
                parts += text[done:at], '"' + text[at:end].replace('"', '""') + '"'
                done = end
            at = _end(self._sound, text, end)
        return "".join([*parts, text[done:]])

    def _row_at(self, at: int, above: str) -> int:
        """The row in which a field begins; ``above`` is all before it, mended."""
        return sum(1 for _row in _reader(above, self._comma)) + (at == 0 or self._text[at - 1] in "\r\n")

    # Cells and rows in a cell -------------------------------------------------------------
    def _held(self, mended: str) -> Iterator[list[str]]:
        """The rows. Raises Unsure after them where quotes that hold lines or fields together would, taken as typed, leave rows as wide as the
        others: they may be single ones, cells or rows apart."""
        widths, ends, long = list[int](), [0], list[tuple[int, list[tuple[int, bool]]]]()
        reader = csv.reader(_lines(mended), delimiter=self._comma)
        for row in reader:
            widths.append(len(row))
            if reader.line_num > ends[-1] + 1:
                long.append((len(ends), [(at, self._comma in cell) for at, cell in enumerate(row) if "\n" in cell or "\r" in cell]))
            ends.append(reader.line_num)
            yield row
        if long or len({*widths}) > 1:
            self._hold(widths, ends, long)

    def _hold(self, widths: Sequence[int], ends: Sequence[int], long: Sequence[tuple[int, list[tuple[int, bool]]]]) -> None:
        """``ends``: line below each row, from 0; ``long``: rows of more than one line, and which of their cells have several, with commas or without."""
        lines = [*_lines(self._text)]
        parts = [line.count(self._comma) + 1 for line in lines]
        plain = Counter(width for width, end, below in zip(widths, ends, ends[1:], strict=False) if below == end + 1 and width == parts[end])
        found = plain or Counter(widths)
        usual = max(found, key=lambda width: width * found[width])  # not rows alone: what a wrong quote tears apart is many and narrow
        if usual < 2:
            return
        self._hold_narrow(widths, [sum(parts[end:below]) - (below - end - 1) for end, below in zip(ends, ends[1:], strict=False)], usual)
        begins = [0, *accumulate(map(len, lines))]  # of each line
        borders, by_crlf = {begins[line] for line in ends}, _by_crlf(lines, ends)
        for number, cells in long:
            first, below = ends[number - 1 : number + 1]
            if by_crlf and not any(line.endswith("\r\n") for line in lines[first : below - 1]):
                continue  # breaks that are none of rows
            if {parts[line] for line in range(first, below) if lines[line].strip()} <= {usual} or any(
                    self._are_rows(_end(self._before(count), self._text, begins[first]), count, usual, borders)
                    for count, parted in cells if parted or count + 1 == usual):
                raise Unsure("quotes", number)

    def _hold_narrow(self, widths: Sequence[int], typed: Sequence[int], usual: int) -> None:
        """Of each row its width and the one that it has if its quotes are as typed. No cell but a pasted one holds a tab; commas many do, and titles
        above a table are narrower than it."""
        begun = widths.index(usual) if usual in widths else len(widths)
        for at, (width, other) in enumerate(zip(widths, typed, strict=True)):
            if width != usual and width < other and (self._comma == "\t" or at > begun and other == usual):
                raise Unsure("quotes", at + 1)

    def _are_rows(self, at: int, width: int, usual: int, borders: set[int]) -> bool:
        """Whether what follows, to where a row ends either way, begins and ends with a row of the usual width if this field, after so many of its
        row, is as typed. Those between may have another, if no quote is in them: a line of totals, one whose last commas are missing."""
        text, begin, first = self._text, -1, True
        end = _end(self._typed, text, at)
        while True:
            width += 1
            if text.startswith(self._comma, end):
                at = end + 1
            else:
                row = end != begin  # an empty line is none
                if row and width != usual and (first or '"' in text[begin:end]):
                    return False
                first = first and not row
                at = begin = end + (2 if text.startswith("\r\n", end) else 1)
                if at in borders or at >= len(text):
                    return width == usual or not row
                width = 0
            if self._unclosed.match(text, at):
                return False
            end = _end(self._field, text, at)


def _by_crlf(lines: Sequence[str], ends: Sequence[int]) -> bool:
    """Whether each row but the last ends with CR LF: spreadsheets that do so break a line in a cell with LF."""
    return len(ends) > 2 and all(lines[end - 1].endswith("\r\n") for end in ends[1:-1])


def _end(sign: re.Pattern[str], text: str, at: int) -> int:
    """Where it ends; each of these may match nothing."""
    found = sign.match(text, at)
    return found.end() if found else at
