"""The rules of a version (borders of the grades, caps, days, months) as a second sheet of its workbook: a row a rule, out and read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.models.base import fields_of
from app.models.inspection import ChecklistTemplate
from app.models.rules import RuleError
from app.models.words import _
from app.services.checklist_told import RULES, Told
from app.services.exchange.checked import Checked
from app.services.exchange.plan import Wrong
from app.services.sheet.column import Column
from app.services.sheet.errors import SheetError
from app.services.sheet.grid import Grid
from app.services.sheet.header import Header, find_header
from app.services.values import text_of

SHEET = _("评分与期限")
FIELDS = {key: fields_of(ChecklistTemplate)[key] for key in RULES}
COLUMNS = (Column("rule", _("项目"), "text", width=26), Column("value", _("值"), "text", width=26, hint=_("分数、天数、月数写数字")))

EMPTY = _("请填写；要保持不变，请删去这一行")  # not taken for the usual value: nobody would have said so


class Read(NamedTuple):
    """What the sheet says of every rule, every wrong cell, and where its columns stand."""

    rules: Mapping[str, Any]
    wrong: Sequence[Wrong]
    header: Header


def rows_of(told: Told) -> Iterator[tuple[str, str]]:
    """A row a rule, in the order of the form."""
    return ((one.label, text_of(one, told.rules[key])) for key, one in FIELDS.items())


def read(rows: Sequence[list[Any]], old: Told) -> Read:
    """The rules that a sheet tells; one that it leaves out stays. SheetError where the whole sheet is none of ours."""
    header = find_header(grid := Grid.of(rows), COLUMNS)
    if lacking := [column.label for column in COLUMNS if column.key not in header.at]:
        raise SheetError(_("缺少“%(label)s”这一列。"), label=lacking[0])
    names, values = (grid.said(header.at[column.key]) for column in COLUMNS)
    keys, found, wrong, at = {one.label: key for key, one in FIELDS.items()}, dict[str, Any](), list[Wrong](), dict[str, int]()
    for row in range(header.row + 1, len(grid)):
        if names[row] is None and values[row] is None:
            continue
        key = keys.get(str(names[row] or "").strip())
        if error := _misnamed(key, found):
            wrong.append(Wrong(row, header.at["rule"], COLUMNS[0].label, str(names[row] or "")[:60], error))
        elif key is not None:
            found[key], at[key] = Checked(FIELDS[key]).of([values[row]])[0] if values[row] is not None else RuleError(EMPTY), row
    typed = {key: str(values[row] if values[row] is not None else "")[:60] for key, row in at.items()}
    bad = {key: error for key, error in found.items() if type(error) is RuleError}
    rules = {**old.rules, **{key: value for key, value in found.items() if key not in bad}}
    if not bad:  # only then can they be wrong between each other
        bad = {key: RuleError(text) for key, text in ChecklistTemplate.problems(rules).items()}
    wrong += [Wrong(at.get(key, header.row), header.at["value"], FIELDS[key].label, typed.get(key, ""), error) for key, error in bad.items()]
    return Read(rules, sorted(wrong, key=lambda one: one.row), header)


def _misnamed(key: str | None, found: Mapping[str, Any]) -> RuleError | None:
    if key is None:
        return RuleError(_("没有这个项目"))
    return RuleError(_("这一项写了两次")) if key in found else None
