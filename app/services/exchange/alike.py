"""Which row of the database a line most likely means that bears no number, and no key that is one row's alone.

A roster without ID numbers comes every term: name and birth date tell its children. Two of one name and birthday there may be, too; so
nothing is guessed where that fits more than one: the line is named, and asked for what tells them apart. A talk or visit of another
teacher on the same day is another one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import select

from app.models.base import Field, fields_of
from app.models.rules import RuleError
from app.models.words import _
from app.services.exchange.identity import asked, column_of
from app.services.exchange.reader import Reader

TRIED = 20  # lines alike that each further one is held against; more are told apart by a number in each, or not at all
TWICE = _("与第 %(row)s 行重复（%(same)s相同），请删去一行；不是同一条的，两行都请填写%(ask)s")
SEVERAL = _("已有 %(count)s 条记录的%(same)s与这一行相同。请填写%(ask)s，或在“系统编号”一列写明是哪一条")
SHARED = _("这一行和第 %(row)s 行的%(same)s都与同一条已有的记录相同。请在“系统编号”一列写明哪一行是它")


class Alike(NamedTuple):
    """A line and a row, or two lines, are of the same if ``same`` are equal, all of them filled, and none of ``apart`` differs where both say one."""

    same: tuple[str, ...]
    apart: tuple[str, ...]
    said: str
    ask: str  # what tells them apart


# Entity → what makes rows alike; of several the first that any row fits.
ALIKE: dict[str, Sequence[Alike]] = {
    "Child": [Alike(("school", "name", "birth_date"), ("sex", "id_number", "student_number"), _("姓名和出生日期"), _("身份证号或学籍号"))],
    "Staff": [Alike(("school", "name", "phone"), ("sex", "id_number"), _("姓名和联系电话"), _("身份证号")),
              Alike(("school", "name", "post"), ("sex", "id_number", "phone"), _("姓名和岗位"), _("身份证号或联系电话"))],
    "BusDriver": [Alike(("school", "name", "birth_date"), ("id_number",), _("姓名和出生日期"), _("身份证号"))],
    "Pairing": [Alike(("child", "kind", "started_on"), ("staff", "helper_name"), _("儿童、帮扶人类别和结对日期"), _("帮扶人"))],
    "Talk": [Alike(("child", "talked_on", "kind"), ("teacher",), _("儿童、谈心日期和谈心类别"), _("谈心教师"))],
    "HomeVisit": [Alike(("child", "visited_on"), ("visitor",), _("儿童和家访日期"), _("家访教师"))],
}
Row = tuple[int, tuple[Any, ...]]  # its id, and what tells it apart


def settle(reader: Reader) -> None:
    """Give the lines their row that mean none by number or key; complain where more than one fits."""
    if reader.model.__name__ not in ALIKE:
        return
    left = [i for i in reader.everywhere if reader.lines.row_id[i] is None and i not in reader.lines.wrong]
    taken = {row_id: i for i, row_id in enumerate(reader.lines.row_id) if row_id is not None}
    for alike in ALIKE[reader.model.__name__]:
        left = left and _Step(reader, alike, left, taken).settle()


class _Step:
    """One way of being alike, of the lines at these places; ``taken``: row → the line that means it already."""

    def __init__(self, reader: Reader, alike: Alike, places: Sequence[int], taken: dict[int, int]) -> None:
        self._reader, self._alike, self._places, self._taken = reader, alike, places, taken
        self._fields = fields_of(reader.model)
        self._number = next((key for key in alike.apart if self._fields[key].unique and None not in self._column(key, places)), None)

    def settle(self) -> list[int]:
        """Returns the places that no row fits."""
        twice = {} if self._number else self._twice()  # lines with a number each are of as many
        there = self._there()
        left = self._match(there, twice) if there or twice else [*self._places]
        for i, other in twice.items():
            if self._reader.lines.row_id[other] is None:  # both are new, it seems: what else is wrong with them is told too
                self._reader.doubled[i] = self._field, RuleError(TWICE, row=self._row(other), same=self._alike.said, ask=self._alike.ask)
            else:
                self._complain(i, TWICE, row=self._row(other), ask=self._alike.ask)
        return left

    def _match(self, there: Mapping[Any, Sequence[Row]], twice: Container[int]) -> list[int]:
        left, first = [], dict[int, int]()
        for at, (i, same) in enumerate(zip(self._places, self._same, strict=True)):
            if i in twice:
                continue
            fits = [row_id for row_id, other in there[same] if self._may_be(at, row_id, other)] if same in there else ()
            if not fits:
                left.append(i)
            elif len(fits) > 1:
                self._complain(i, SEVERAL, count=len(fits), ask=self._alike.ask)
            elif fits[0] in self._taken:
                self._complain(i, TWICE, row=self._row(self._taken[fits[0]]), ask=self._alike.ask)
            elif fits[0] in first:
                self._complain(i, SHARED, row=self._row(first[fits[0]]))
            else:
                first[fits[0]] = i
                self._reader.lines.row_id[i] = fits[0]
        self._taken |= first
        return left

    def _twice(self) -> dict[int, int]:
        """Lines that say the same as one above → that one."""
        found = dict[int, int]()
        if len({*self._same}) == len(self._same):
            return found  # most often so, and quick
        above = defaultdict[Any, list[int]](list)
        for at, same in enumerate(self._same):
            if same is None:
                continue
            other = next((one for one in above[same][:TRIED] if not _differ(self._apart[one], self._apart[at])), None)
            if other is None:
                above[same].append(at)
            else:
                found[self._places[at]] = self._places[other]
        return found

    def _there(self) -> dict[Any, list[Row]]:
        """What is the same → the visible rows of which it is. Where each line has a number, rows with another one are none of theirs."""
        model, split = self._reader.model, len(self._alike.same) + 1
        columns = {key: column_of(model, self._fields[key]) for key in (*self._alike.same, *self._alike.apart)}
        query = select(model.id, *columns.values())
        if self._number:
            query = query.where(columns[self._number].is_(None))
        wanted = None if self._number else {*self._same}
        found = defaultdict[Any, list[Row]](list)
        for some in asked(self._reader.session, query, columns[self._alike.same[0]], {*self._column(self._alike.same[0], self._places)} - {None}):
            for row in self._reader.session.execute(some):
                if wanted is None or tuple(row[1:split]) in wanted:
                    found[tuple(row[1:split])].append((row[0], tuple(row[split:])))
        return found

    # What the lines say, as columns hold it -------------------------------------------------
    @cached_property
    def _same(self) -> list[Any]:
        return [None if None in one else one for one in self._said(self._alike.same, self._places)]

    @cached_property
    def _apart(self) -> list[tuple[Any, ...]]:
        return self._said(self._alike.apart, self._places)

    def _said(self, keys: Sequence[str], places: Sequence[int]) -> list[tuple[Any, ...]]:
        return [*zip(*(self._column(key, places) for key in keys), strict=True)]

    def _column(self, key: str, places: Sequence[int]) -> Sequence[Any]:
        reader, one = self._reader, self._fields[key]
        return [reader.lines.school[i] for i in places] if key == "school" else reader.hashes.stored(one, reader.quiet(one, places))

    def _may_be(self, at: int, row_id: int, other: tuple[Any, ...]) -> bool:
        """Whether a row is the one that a line means: neither do they differ, nor does another line mean it and differ from this one."""
        if _differ(self._apart[at], other):
            return False
        if row_id not in self._taken:
            return True
        place = [self._taken[row_id]]
        return not (_differ(self._apart[at], self._said(self._alike.apart, place)[0]) or _differ(self._same[at], self._said(self._alike.same, place)[0]))

    def _row(self, place: int) -> int:
        return self._reader.lines.at[place] + 1

    @property
    def _field(self) -> Field:
        return self._fields[next(key for key in self._alike.same if key != "school")]

    def _complain(self, place: int, message: str, **values: Any) -> None:
        self._reader.complain(place, self._field, RuleError(message, same=self._alike.said, **values))


def _differ(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether both say something, and not the same."""
    return any(mine is not None and theirs is not None and mine != theirs for mine, theirs in zip(one, other, strict=True))
