"""The dry run of an import as its page and its workbook show it."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from flask_babel import gettext as _

from app.panel.forms import say
from app.services import masks
from app.services.exchange.plan import Plan
from app.services.exchange.uploads import Upload
from app.services.sheet.header import Header

MOST_SHOWN = 200  # wrong or changed cells on the page; the workbook has them all
SAMPLES, SAMPLE = 2, 24  # cells that are shown of a column, and characters of one
_NUMBER = re.compile(r"\d{6,}[\dXx]?")


def of(plan: Plan, upload: Upload, message: str) -> dict[str, Any]:
    """Counts, every wrong cell, what would change, and what was not read."""
    counts, wrong, altered = plan.counts(), plan.wrong, plan.altered
    more = max(len(wrong), len(altered)) - MOST_SHOWN
    return {
        "file_name": upload.file_name, "remarks": [*([message] if message else []), *_remarks(plan, upload, more)],
        "new": counts["new"], "changed": counts["changed"], "unchanged": counts["unchanged"], "wrong": counts["wrong"],
        "errors": [{"row": one.row + 1, "label": _(one.label) if one.label else _("整行"), "value": one.value, "reason": say(one.error)}
                   for one in wrong[:MOST_SHOWN]],
        "changes": [{"row": one.row + 1, "label": _(one.label), "old": one.old, "new": one.new} for one in altered[:MOST_SHOWN]]}


def _remarks(plan: Plan, upload: Upload, more: int) -> list[str]:
    found = []
    if upload.others:
        found.append(_("读的是工作表“%(sheet)s”，其他工作表没有读。", sheet=upload.sheet))
    left = [name for name, key in upload.known.items() if not key] if upload.known is not None else plan.header.unknown
    if left:
        found.append(_("这些列没有读：%(labels)s", labels=_("、").join(left[:20])))
    if plan.skipped:
        rows = _("、").join(str(row + 1) for row in plan.skipped[:20])
        found.append(_("第 %(rows)s 行是合计、签字或重复的表头，没有读。", rows=rows))
    if more > 0:
        found.append(_("下面只列出前 %(most)s 格，另有 %(more)s 格。", most=MOST_SHOWN, more=more))
    return found


def marks(plan: Plan) -> dict[tuple[int, int], str]:
    """(row, column) → what is wrong there; a missing column's errors stand at the row's first cell."""
    first, found = min(plan.header.at.values()), dict[tuple[int, int], str]()
    for one in plan.wrong:
        place = (one.row, one.column if one.column is not None else first)
        text = _(one.label) + _("：") + say(one.error) if one.label else say(one.error)
        found[place] = f"{found[place]}\n{text}" if place in found else text
    return found


def samples(rows: list[list[Any]], header: Header, at: int) -> str:
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
