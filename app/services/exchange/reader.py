"""The rows of an upload, read against the database: which row each means, what it would change, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from app.models.base import Entity, Field, OfChild, OfSchool, fields_of
from app.models.children import Child
from app.models.rules import RuleError
from app.models.words import _
from app.services import masks, records, scope
from app.services.exchange.cells import ROW_ID, as_read, cells, filled, same
from app.services.exchange.identity import NATURAL, identities, rows_of
from app.services.exchange.links import UNKNOWN, Names
from app.services.exchange.plan import Altered, Line, Wrong
from app.services.sheet.header import Header
from app.services.table import Table
from app.services.values import parse, text_of

CHUNK = 500  # ids in one IN list
NOT_YOURS = _("找不到这一项，或不在您的管辖范围")
SHOWN = 60  # characters of a wrong value


class Reader:
    """Reads the lines of one upload. What is wrong is noted on the line, all of it and not just the first."""

    def __init__(self, session: Session, model: type[Entity], keys: list[str], header: Header) -> None:
        self.session, self.model, self.header = session, model, header
        self.who = scope.asker(session)
        self.fields = {key: fields_of(model)[key] for key in keys}
        self.names = Names(session)
        self.table = Table(model, keys)
        self.written = [key for key in filled(model, keys, self.who) if key in header.at]

    # Cells ------------------------------------------------------------------------------
    def raw(self, line: Line, key: str) -> Any:
        """What stands in the cell; None where the sheet has no such column."""
        at = self.header.at.get(key)
        value = line.cells[at] if at is not None and at < len(line.cells) else None
        return None if isinstance(value, str) and not value.strip() else value

    def complain(self, line: Line, one: Field | None, error: RuleError) -> None:
        """Note a wrong cell, or (None) a wrong row at its first cell."""
        if one is None:
            line.wrong.append(Wrong(line.at, min(self.header.at.values()), "", "", error))
            return
        line.wrong.append(Wrong(line.at, self.header.at.get(one.key), one.label, _covered(one, self.raw(line, one.key)), error))

    def value(self, line: Line, one: Field) -> Any:
        """The cell as the field's own checked value; RuleError says what is wrong."""
        raw = self.raw(line, one.key)
        if one.target:
            return records.check_value(one, self.names.resolve(one, raw, line.school_id))
        return records.check_value(one, parse(one, raw))

    # Which row --------------------------------------------------------------------------
    def identify(self, lines: list[Line]) -> None:
        """Give each line the id of the row it means; ids out of sight are found out by ``compare``."""
        wanted = {}
        for line in lines:
            self._set_place(line)
            number = self._row_number(line)
            if number is None and not line.wrong:
                wanted[line.at] = identities(self.model, self._key_values(line))
        found = rows_of(self.session, self.model, (one for group in wanted.values() for one in group))
        for line in lines:
            ids = {row_id for one in wanted.get(line.at, ()) for row_id in found.get(one, ())}
            if len(ids) > 1:
                self.complain(line, None, RuleError(_("有 %(count)s 条记录都符合这一行，请在“系统编号”一列写明是哪一条"), count=len(ids)))
            elif ids:
                line.row_id = ids.pop()

    def _set_place(self, line: Line) -> None:
        """The school that the row belongs to, as far as the sheet or the asker's place says it."""
        line.school_id = self.who.school_id
        key = "child" if issubclass(self.model, OfChild) else "school"
        if key not in self.fields or self.raw(line, key) is None or (key == "school" and line.school_id):
            return
        linked = self._quietly(line, self.fields[key])
        if linked is not None:
            line.school_id = self.names.known("Child").school[linked] if key == "child" else linked

    def _row_number(self, line: Line) -> int | None:
        raw = self.raw(line, ROW_ID.key)
        if raw is None:
            return None
        try:
            line.row_id = parse(ROW_ID, raw)
        except RuleError as wrong:
            self.complain(line, ROW_ID, wrong)
        return line.row_id

    def _key_values(self, line: Line) -> dict[str, Any]:
        keys = {key for group in NATURAL.get(self.model.__name__, ()) for key in group}
        values = {key: self._quietly(line, fields_of(self.model)[key]) for key in keys}
        return {**values, "school": line.school_id} if "school" in keys else values

    def _quietly(self, line: Line, one: Field) -> Any:
        try:
            return self.value(line, one)
        except RuleError:
            return None  # said when the row is read whole

    # What it would do -------------------------------------------------------------------
    def compare(self, lines: list[Line]) -> None:
        """Hold each line against the row it means, and read the new ones."""
        rows, show = self._rows(line.row_id for line in lines if line.row_id), cells(self.session, self.who, self.table)
        for line in lines:
            if line.row_id is None:
                if not line.wrong:
                    self._read_new(line)
            elif (row := rows.get(line.row_id)) is None:
                self.complain(line, ROW_ID, RuleError(_("找不到这条记录，或不在您的管辖范围")))
            else:
                line.version, line.school_id = row[-2], row[-1] or line.school_id
                self._read_changes(line, row, dict(zip(self.fields, show(row)[1:], strict=True)))

    def _rows(self, ids: Iterable[int]) -> dict[int, Any]:
        """id → tuple of the table, with version and school at its end."""
        wanted, found = sorted({row_id for row_id in ids if 0 < row_id < 2**31}), {}
        place = self.model.school_id if issubclass(self.model, OfSchool) else null()
        statement = self.table.statement.add_columns(self.model.version, place)
        for start in range(0, len(wanted), CHUNK):
            found.update({row[0]: row for row in self.session.execute(statement.where(self.model.id.in_(wanted[start : start + CHUNK])))})
        return found

    def _read_new(self, line: Line) -> None:
        for key, one in records.editable(self.model).items():
            if key == "school" and (line.school_id is not None or issubclass(self.model, OfChild)):
                if line.school_id is not None and not issubclass(self.model, OfChild):
                    line.values[key] = line.school_id
                continue
            if _is_covered(self.raw(line, key)):
                self.complain(line, one, RuleError(_("这是遮盖后的内容，新增时请填写完整内容")))
                continue
            self._take(line, one)
        self._check_place(line, None)
        self._check_whole(line, line.values)

    def _take(self, line: Line, one: Field) -> None:
        try:
            line.values[one.key] = self.value(line, one)
        except RuleError as wrong:
            self.complain(line, one, wrong)

    def _read_changes(self, line: Line, row: Any, shown: dict[str, Any]) -> None:
        links = self.table.link_ids()
        for key in self.written:
            one, raw = self.fields[key], self.raw(line, key)
            before = as_read(one, shown[key])
            if same(raw, before) or _is_covered(raw):
                continue
            self._take(line, one)
            if key not in line.values:
                continue
            old = row[links[key]] if one.target else _parsed(one, before)
            if line.values[key] == old:
                del line.values[key]
            else:
                line.altered.append(Altered(line.at, one.label, _told(one, before, shown[key]), _told(one, raw, line.values[key])))
        self._check_place(line, shown.get("school"))

    def _check_place(self, line: Line, shown: Any) -> None:
        """A school that is named beside a row must be the row's; a teacher's child stands in an own class."""
        one, raw = self.fields.get("school"), self.raw(line, "school")
        if one and raw is not None and "school" not in self.written and not (shown and same(raw, shown)):
            self._check_school(line, one, raw)
        if self.who.by_class and self.model is Child and (line.row_id is None or "school_class" in line.values):
            mine = line.values.get("school_class") in self.who.class_ids or line.row_id in self.who.paired_ids
            if not mine and not any(wrong.label == fields_of(Child)["school_class"].label for wrong in line.wrong):
                self.complain(line, fields_of(Child)["school_class"], RuleError(NOT_YOURS))

    def _check_school(self, line: Line, one: Field, raw: Any) -> None:
        try:
            named = self.names.resolve(one, raw, None)
        except RuleError as wrong:
            self.complain(line, one, wrong)
            return
        if line.school_id is not None and named != line.school_id:
            self.complain(line, one, RuleError(UNKNOWN, name=str(raw)[:30]))

    def check_changed(self, lines: list[Line]) -> None:
        """What a changed row must be as a whole."""
        changed = [line for line in lines if line.outcome == "changed"]
        rows = load(self.session, self.model, [line.row_id for line in changed if line.row_id])
        for line in changed:
            self._check_whole(line, {**records.current(rows[line.row_id or 0]), **line.values})

    def _check_whole(self, line: Line, whole: dict[str, Any]) -> None:
        if line.wrong:
            return
        for key, text in self.model.problems(whole).items():
            self.complain(line, fields_of(self.model).get(key), RuleError(text))


def load(session: Session, model: type[Entity], ids: list[int]) -> dict[int, Any]:
    """id → row, of those in scope."""
    found = {}
    for start in range(0, len(ids), CHUNK):
        found.update({row.id: row for row in session.scalars(select(model).where(model.id.in_(ids[start : start + CHUNK])))})
    return found


def _is_covered(raw: Any) -> bool:
    return isinstance(raw, str) and raw.strip().startswith(masks.DOTS)


def _parsed(one: Field, before: Any) -> Any:
    try:
        return parse(one, before)
    except RuleError:
        return before


def _covered(one: Field, raw: Any) -> str:
    """A typed value as it may be told back: of a secret the end, if it is long enough to stay one."""
    text = "" if raw is None else str(raw).strip()
    if one.secret:
        return masks.cover(text, "last4" if len(text) > len(masks.DOTS) else "hidden")
    return text[:SHOWN]


def _told(one: Field, raw: Any, value: Any) -> str:
    """A value in words; links by the name that stands in the cell."""
    return _covered(one, raw) if one.secret or one.target else text_of(one, value)[:SHOWN]
