"""The dry run of an import as its page and its workbook show it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any, Protocol

from flask_babel import gettext as _

from app.models.rules import RuleError
from app.panel.forms import say
from app.services import masks
from app.services.exchange.plan import Plan, Wrong
from app.services.exchange.uploads import Upload
from app.services.sheet.header import Header

MOST_SHOWN = 200  # wrong or changed cells on the page; the workbook has them all
SAMPLES, SAMPLE = 2, 24  # cells that are shown of a column, and characters of one
_NUMBER = re.compile(r"\d{6,}[\dXx]?")


def facts(plan: Plan, upload: Upload) -> dict[str, Any]:
    """What the page shows, as JSON holds it: messages and labels in no language yet."""
    counts, wrong, altered = plan.counts(), plan.wrong, plan.altered
    left = [name for name, key in upload.known.items() if not key] if upload.known is not None else plan.header.unknown
    return {
        "file_name": upload.file_name, **{name: counts[name] for name in ("new", "changed", "unchanged", "wrong")},
        "sheet": upload.sheet if upload.others else "", "left": left[:20], "skipped": [row + 1 for row in plan.skipped[:20]],
        "more": max(len(wrong), len(altered)) - MOST_SHOWN,
        "errors": [[one.row + 1, one.label, one.value, one.error.message, one.error.params] for one in wrong[:MOST_SHOWN]],
        "changes": [[one.row + 1, one.label, one.old, one.new] for one in altered[:MOST_SHOWN]]}


def of(known: dict[str, Any], message: str) -> dict[str, Any]:
    """Counts, every wrong cell, what would change, and what was not read."""
    return {
        "file_name": known["file_name"], "remarks": [*([message] if message else []), *_remarks(known)],
        **{name: known[name] for name in ("new", "changed", "unchanged", "wrong")},
        "errors": [{"row": row, "label": _(label) if label else _("整行"), "value": value, "reason": say(RuleError(error, **params))}
                   for row, label, value, error, params in known["errors"]],
        "changes": [{"row": row, "label": _(label), "old": old, "new": new} for row, label, old, new in known["changes"]]}


def _remarks(known: dict[str, Any]) -> list[str]:
    found = []
    if known["sheet"]:
        found.append(_("读的是工作表“%(sheet)s”，其他工作表没有读。", sheet=known["sheet"]))
    if known["left"]:
        found.append(_("这些列没有读：%(labels)s", labels=_("、").join(known["left"])))
    if known["skipped"]:
        found.append(_("第 %(rows)s 行是合计、签字或重复的表头，没有读。", rows=_("、").join(map(str, known["skipped"]))))
    if known["more"] > 0:
        found.append(_("下面只列出前 %(most)s 格，另有 %(more)s 格。", most=MOST_SHOWN, more=known["more"]))
    return found


class Marked(Protocol):
    """What was read of a sheet: where its columns stand, and every wrong cell."""

    @property
    def header(self) -> Header: ...
    @property
    def wrong(self) -> Sequence[Wrong]: ...


def marks(plan: Marked) -> dict[tuple[int, int], str]:
    """(row, column) → what is wrong there; a missing column's errors stand at the row's first cell."""
    first, found = min(plan.header.at.values()), dict[tuple[int, int], str]()
    for one in plan.wrong:
        place = (one.row, one.column if one.column is not None else first)
        text = _(one.label) + _("：") + say(one.error) if one.label else say(one.error)
        found[place] = f"{found[place]}\n{text}" if place in found else text
    return found


def samples(rows: Sequence[list[Any]], header: Header, at: int) -> str:
    """What stands first below a heading; long numbers by their last digits alone."""
    cells = (rows[place][at] for place in range(header.row + 1, len(rows)) if at < len(rows[place]))
    texts = islice((_typed(cell) for cell in cells if cell is not None and str(cell).strip()), SAMPLES)
    return _("、").join(covered(text)[:SAMPLE] for text in texts)


def _typed(cell: Any) -> str:
    """1.0 as 1, and a long number with all its digits, so that it is seen to be one."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def covered(text: str) -> str:
    """Long numbers by their last digits alone."""
    return _NUMBER.sub(lambda number: masks.cover(number[0], "last4"), text)
