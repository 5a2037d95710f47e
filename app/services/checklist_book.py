"""A version of the checklist as the rows of a workbook: a row an item, its section in front; out, and read back with every wrong cell named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from app.models.base import fields_of
from app.models.inspection import ChecklistItem, ChecklistSection
from app.models.parameters import PARAMETERS as LABELS
from app.models.parameters import amount
from app.models.parameters import told as parameters_told
from app.models.rules import RuleError
from app.models.words import _
from app.services import checklist, checklist_parameters, checklist_rules_sheet
from app.services.checklist_told import ITEM, SECTION, Told
from app.services.exchange.checked import Checked
from app.services.exchange.plan import Wrong
from app.services.sheet.column import Column
from app.services.sheet.errors import SheetError
from app.services.sheet.grid import Grid
from app.services.sheet.header import Header, find_header
from app.services.values import column_of

_CODE, _NAME = "section_code", "section_name"
FIELDS = {_CODE: replace(fields_of(ChecklistSection)["code"], key=_CODE, label=_("分类编号")),
          _NAME: replace(fields_of(ChecklistSection)["name"], key=_NAME, label=_("分类名称")),
          **{key: fields_of(ChecklistItem)[key] for key in ("code", *ITEM)}}
PARAMETERS = replace(column_of(fields_of(ChecklistItem)["parameters"]), long=True, hint=_("写成“名称 数值”，多个用分号隔开；不写就用默认值"))
COLUMNS: tuple[Column, ...] = (*(column_of(one) for one in FIELDS.values()), PARAMETERS)


class Read(NamedTuple):
    """What a workbook says, and every wrong cell, of the items and of the rules; with one the first is of no use.

    ``usual``: cells that leave out a parameter of which the version has another value than the usual one, which it gets now.
    """

    told: Told
    wrong: Sequence[Wrong]
    header: Header
    usual: Sequence[Wrong]
    rules: checklist_rules_sheet.Read | None = None  # where the workbook has a sheet of them

    @property
    def bad(self) -> bool:
        return bool(self.wrong or (self.rules is not None and self.rules.wrong))


def rows_of(told: Told) -> Iterator[tuple[Any, ...]]:
    """A row an item, in their order; a section without items has a row of its own."""
    for code, name in told.sections.items():
        own = [(key, item) for key, item in told.items.items() if item[SECTION] == code]
        for key, item in own:
            yield (code, name, key, *(item[field] for field in ITEM), parameters_told(item["parameters"]))
        if not own:
            yield (code, name, *[None] * (len(COLUMNS) - 2))


def read(rows: Sequence[list[Any]], old: Told, rules: Sequence[list[Any]] | None = None) -> Read:
    """The version that the rows tell, read against the one they are to change. SheetError where the whole sheet is none of ours.

    ``rules``: the sheet of the rules; without one they stay. What a column says that the sheet lacks stays too, for items that are there already.
    """
    header = find_header(grid := Grid.of(rows), COLUMNS)
    lacking = [FIELDS[key].label for key in (_CODE, _NAME, "code", "text") if key not in header.at]
    if lacking or header.doubled:
        raise SheetError(_("表头里“%(label)s”出现了两次，请删去一列。") if not lacking else _("缺少“%(label)s”这一列。"), label=(lacking or header.doubled)[0])
    reader = _Reader(header, grid, old)
    for row in range(header.row + 1, len(grid)):
        reader.take(row)
    if not reader.sections:
        raise SheetError(_("表头下面没有数据。"))
    ruled = checklist_rules_sheet.read(rules, old) if rules is not None else None
    return Read(Told(ruled.rules if ruled is not None else old.rules, reader.sections, reader.items), reader.wrong, header, reader.usual, ruled)


class _Reader:
    """The rows on their way, one after the other."""

    def __init__(self, header: Header, grid: Grid, old: Told) -> None:
        self.header, self.grid, self.old = header, grid, old
        self.sections: dict[str, str] = {}
        self.items: dict[str, Mapping[str, Any]] = {}
        self.wrong: list[Wrong] = []
        self.usual: list[Wrong] = []
        self._checks = {key: Checked(one) for key, one in FIELDS.items()}

    def take(self, row: int) -> None:
        cells = {key: self.grid.said(at)[row] for key, at in self.header.at.items()}
        if all(cell is None for cell in cells.values()):
            return
        before, alone = len(self.wrong), all(cell is None for key, cell in cells.items() if key not in (_CODE, _NAME))
        code, name = (self._value(row, key, cells) for key in (_CODE, _NAME))
        if self.sections.setdefault(code, name) != name:
            self._complain(row, _NAME, cells, RuleError(_("分类 %(code)s 前面写的是“%(name)s”"), code=code, name=self.sections[code]))
        if not alone:
            item = self._item(row, cells, code)
            if len(self.wrong) == before:
                self.items[item.pop("code")] = item

    def _item(self, row: int, cells: Mapping[str, Any], section: Any) -> dict[str, Any]:
        key = self._value(row, "code", cells)
        if key in self.items:
            self._complain(row, "code", cells, RuleError(_("编号 %(code)s 用了两次"), code=key))
        known: Mapping[str, Any] = self.old.items.get(key, {})
        found = {field: self._value(row, field, cells) if field in cells else known[field] if known else FIELDS[field].default for field in ITEM}
        found |= {"code": key, SECTION: section, "parameters": self._parameters(row, cells, found["evidence"], known)}
        if not known and "methods" not in cells:
            self._complain(row, "methods", cells, RuleError(_("请填写%(label)s"), label=FIELDS["methods"].label))
        return found

    def _parameters(self, row: int, cells: Mapping[str, Any], evidence: str | None, known: Mapping[str, Any]) -> Mapping[str, Any]:
        usual = checklist.takes(evidence, known.get("parameters") if evidence == known.get("evidence") else None)
        if PARAMETERS.key not in cells:
            return {name: (known.get("parameters") or {}).get(name, value) for name, value in usual.items()}
        try:
            said = checklist_parameters.read(str(cells[PARAMETERS.key] or ""), usual)
        except RuleError as wrong:
            self._complain(row, PARAMETERS.key, cells, wrong)
            return {}
        before = {**usual, **(known.get("parameters") or {})}
        for name, value in usual.items():
            if name not in said and before[name] != value:
                self.usual.append(self._cell(row, PARAMETERS.key, cells, RuleError(
                    _("没有写“%(name)s”，改用默认值 %(value)s"), name=LABELS[name].label, value=amount(name, value))))
        return {**usual, **said}

    def _value(self, row: int, key: str, cells: Mapping[str, Any]) -> Any:
        found = self._checks[key].of([cells[key]])[0]
        if type(found) is RuleError:
            self._complain(row, key, cells, found)
            return None
        return found

    def _complain(self, row: int, key: str, cells: Mapping[str, Any], error: RuleError) -> None:
        self.wrong.append(self._cell(row, key, cells, error))

    def _cell(self, row: int, key: str, cells: Mapping[str, Any], error: RuleError) -> Wrong:
        label = FIELDS[key].label if key in FIELDS else PARAMETERS.label
        cell = cells.get(key)
        typed = "" if cell is None else str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
        return Wrong(row, self.header.at.get(key), label, typed[:60], error)
