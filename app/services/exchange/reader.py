"""The rows of an upload, read against the database: which row each means, what it would change, what is wrong.

Everything goes column by column (exchange/checked.py). What is wrong is noted, all of it and not just the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from app.models.base import Entity, Field, OfChild, fields_of
from app.models.rules import RuleError
from app.models.words import _
from app.services import births, masks, records, scope
from app.services.exchange.cells import ROW_ID, filled
from app.services.exchange.checked import Checked, Linked
from app.services.exchange.identity import NATURAL, Hashes, Owners, rows_of
from app.services.exchange.links import Names
from app.services.exchange.plan import KEPT, Lines, Wrong
from app.services.progress import Share
from app.services.sheet.header import Header
from app.services.table import Table
from app.services.values import parse

SHOWN = 60  # characters of a wrong value
OWN = {"Talk": "teacher", "HomeVisit": "visitor"}  # who it was where a sheet names nobody: who sends it, as on the form


class Reader:
    """What all steps of reading one upload share."""

    def __init__(self, session: Session, model: type[Entity], keys: list[str], header: Header, lines: Lines,
                 done: Share) -> None:
        self.session, self.model, self.header, self.lines, self.done = session, model, header, lines, done
        self.who = scope.asker(session)
        self.fields = {key: fields_of(model)[key] for key in keys}
        self.names = Names(session)
        self.table = Table(model, [key for key in keys if key in header.at or key == "school"])
        self.written = [key for key in filled(model, keys, self.who) if key in header.at]
        self.hashes, self.owners = Hashes(model), Owners(session, model)
        self.doubled = dict[int, tuple[Field, RuleError]]()  # lines like another one above, and what to say of it where all doubles are told
        self._raws: dict[str, list[Any]] = {}
        self._checks: dict[str, Checked] = {}

    @cached_property
    def everywhere(self) -> range:
        return range(len(self.lines))

    # Cells ------------------------------------------------------------------------------
    def raws(self, key: str) -> list[Any]:
        """What stands in the cells of a field; None where nothing does, or the sheet has no such column."""
        if key not in self._raws:
            self._raws[key] = self._cells(self.header.at.get(key))
        return self._raws[key]

    def _cells(self, at: int | None) -> list[Any]:
        if at is None:
            return [None] * len(self.lines)
        column, places = self.lines.grid.said(at), self.lines.at
        gapless = len(places) == places[-1] - places[0] + 1
        return column[places[0] : places[-1] + 1] if gapless else [column[row] for row in places]

    def outcomes(self, one: Field, places: Sequence[int]) -> Sequence[Any]:
        """The checked value of the field's cell at each place, or the RuleError that says what is wrong."""
        raws = self.raws(one.key)
        whole = len(places) == len(raws)
        cells = raws if whole else [raws[i] for i in places]
        check = self._check(one)
        if isinstance(check, Linked):
            return check.within(cells, [self.lines.school[i] for i in places] if one.same_school else [None] * len(cells))
        return check.of(cells)

    def _check(self, one: Field) -> Checked:
        if one.key not in self._checks:
            self._checks[one.key] = Linked(one, self.names) if one.target else Checked(one)
        return self._checks[one.key]

    def _outcomes_of_new(self, one: Field, places: Sequence[int]) -> Sequence[Any]:
        """The same for rows that may be new, where an empty cell may mean the teacher who sends them."""
        found = self.outcomes(one, places)
        if OWN.get(self.model.__name__) != one.key or self.who.staff_id is None or not self.who.by_class:
            return found
        raws = self.raws(one.key)
        return [self.who.staff_id if raws[i] is None else value for i, value in zip(places, found, strict=True)]

    def quiet(self, one: Field, places: Sequence[int]) -> Sequence[Any]:
        """The same, None for what is wrong: that is said when the row is read whole."""
        found = self._outcomes_of_new(one, places)
        return [None if type(value) is RuleError else value for value in found] if self._check(one).failed else found

    def take(self, one: Field, places: Sequence[int]) -> None:
        """Check the cells of a field for these rows, which are new: values to be written, or complaints."""
        found = self._outcomes_of_new(one, places)
        if self._check(one).failed:
            for i, value in zip(places, found, strict=True):
                if type(value) is RuleError:
                    self.complain(i, one, value)
            found = [KEPT if type(value) is RuleError else value for value in found]
        self.lines.set(one.key, places, found)
        self.done.step()

    def complain(self, i: int, one: Field | None, error: RuleError) -> None:
        """Note a wrong cell, or (None) a wrong row at its first cell."""
        at = self.lines.at[i]
        if one is None:
            self.lines.wrong[i].append(Wrong(at, min(self.header.at.values()), "", "", error))
        else:
            self.lines.wrong[i].append(Wrong(at, self.header.at.get(one.key), one.label, told(one, self.raws(one.key)[i]), error))

    # Which row --------------------------------------------------------------------------
    def identify(self) -> None:
        """Give each line the id of the row it means; ids out of sight are found out by exchange/compare.py."""
        self._set_places()
        self._read_numbers()
        asked = [i for i in self.everywhere if self.lines.row_id[i] is None and i not in self.lines.wrong]
        found = rows_of(self.session, self.model, self._key_columns(asked), len(asked), self.hashes, self.owners)
        for at, ids in found.items():
            if len(ids) > 1:
                self.complain(asked[at], None, RuleError(_("有 %(count)s 条记录都符合这一行，请在“系统编号”一列写明是哪一条"), count=len(ids)))
            else:
                self.lines.row_id[asked[at]] = ids.pop()

    def _set_places(self) -> None:
        """The school that each row belongs to, as far as the sheet or the asker's place says it."""
        key = "child" if issubclass(self.model, OfChild) else "school"
        if key not in self.fields or key not in self.header.at or (key == "school" and self.who.school_id):
            return
        linked, schools = self.quiet(self.fields[key], self.everywhere), self.lines.school
        place = self.names.known("Child").school if key == "child" else None
        for i, row_id in enumerate(linked):
            if row_id is not None:
                schools[i] = place[row_id] if place is not None else row_id

    def _read_numbers(self) -> None:
        if ROW_ID.key not in self.header.at:
            return
        for i, raw in enumerate(self.raws(ROW_ID.key)):
            if raw is not None:
                try:
                    self.lines.row_id[i] = parse(ROW_ID, raw)
                except RuleError as wrong:
                    self.complain(i, ROW_ID, wrong)

    def _key_columns(self, places: list[int]) -> dict[str, Sequence[Any]]:
        """The values of these rows that say which row is meant."""
        keys = sorted({key for group in NATURAL.get(self.model.__name__, ()) for key in group})
        schools = [self.lines.school[i] for i in places]
        return {key: schools if key == "school" else self.quiet(fields_of(self.model)[key], places) for key in keys}

    # New rows ---------------------------------------------------------------------------
    def read_new(self) -> list[int]:
        """Read the rows that mean none of the database's; gives their places."""
        places = [i for i in self.everywhere if self.lines.row_id[i] is None and i not in self.lines.wrong]
        for key, one in records.editable(self.model).items():
            if key != "school":
                self.take(one, places)
            elif not issubclass(self.model, OfChild):
                self._take_school(one, places)
        return places

    def _take_school(self, one: Field, places: list[int]) -> None:
        said = [i for i in places if self.lines.school[i] is not None]
        self.lines.set(one.key, said, [self.lines.school[i] for i in said])
        if len(said) < len(places):
            self.take(one, [i for i in places if self.lines.school[i] is None])

    def hold_together(self, places: Iterable[int]) -> None:
        """What new rows must be as a whole."""
        if not records.says(self.model, "problems"):
            return
        row, wrong = Row(self.lines.values), self.lines.wrong
        places = [i for i in places if i not in wrong]
        whole = births.Beside(row, births.of(self.session, self.model, [self.lines.value("child", i) for i in places]))
        for row.at in places:
            if found := self.model.problems(whole):
                self.refuse(row.at, found)

    def refuse(self, i: int, problems: dict[str, str]) -> None:
        for key, text in problems.items():
            self.complain(i, fields_of(self.model).get(key), RuleError(text))


class Row(Mapping[str, Any]):
    """The values of the row ``at``, by field key, looked up in the columns."""

    at = 0

    def __init__(self, columns: dict[str, list[Any]]) -> None:
        self._columns = columns

    def __getitem__(self, key: str) -> Any:
        return self._columns[key][self.at]

    def get(self, key: str, default: Any = None) -> Any:
        return self._columns[key][self.at] if key in self._columns else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def told(one: Field, raw: Any) -> str:
    """A typed value as it may be told back: of a secret the end, if it is long enough to stay one."""
    text = "" if raw is None else str(raw).strip()
    if one.secret:
        return masks.cover(text, "last4" if len(text) > len(masks.DOTS) else "hidden")
    return text[:SHOWN]
