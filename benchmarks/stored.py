"""What fifty inspectors left in the database: every tick once, as it was sent; and whether contenders that do the same work left the same rows."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, create_engine, text

from benchmarks import phones
from benchmarks.phones import Visit

Left = dict[tuple[int, str], Any]  # (which inspector, item's code) → what stands of the tick
RANGE = "inspection_id >= :first AND inspection_id <= :last"
ANSWERS = ("SELECT answer.id, inspection_id, code, result, remark, reason, frozen, answer.version, answer.school_id "
           f"FROM answer JOIN checklist_item ON checklist_item.id = item_id WHERE {RANGE} AND answer.deleted_at IS NULL")
LINES = "SELECT row_id, action, who, member_id, school_id, lines FROM change WHERE entity = :entity AND row_id >= :low AND row_id <= :high"
NAMES = f"SELECT inspection_id, member_id, lag IS NOT NULL AND told_at IS NOT NULL FROM visit_op WHERE {RANGE}"
OF_THE_RUN = ("inspection_id", "answered_at")  # columns whose values are other ones in each run


def once(url: str, visits: Sequence[Visit], items: int) -> str:
    """How many of the ticks stand once, as they were sent, of how many."""
    with create_engine(url).connect() as reading:
        rows = sorted((one.inspection_id, one.code, one.result, one.remark, one.reason) for one in reading.execute(text(ANSWERS), _range(visits)))
    wanted = sorted((visit["pk"], visit["codes"][number], *phones.said(visit, number).values()) for visit in visits for number in range(items))
    right = len(set(rows) & set(wanted)) if len(rows) == len(set(rows)) else 0
    return f"{right:,} of {max(len(wanted), len(rows)):,}"


def left(url: str, visits: Sequence[Visit]) -> Left:
    """All that stands of each tick, but for what tells one run from another: moments, and the ids of rows."""
    order = {visit["pk"]: number for number, visit in enumerate(visits)}
    with create_engine(url).connect() as reading:
        answers = reading.execute(text(ANSWERS), _range(visits)).all()
        lines = _lines(reading, "Answer", [one.id for one in answers])
        begun = {pk: [line for line in lines if line[0] == "edit"] for pk, lines in _lines(reading, "Inspection", [*order]).items()}
        names = Counter(tuple(one) for one in reading.execute(text(NAMES), _range(visits)))
    found: Left = {(order[one.inspection_id], one.code): (*one[3:6], _figure(one.frozen), *one[7:], lines[one.id]) for one in answers}
    counts = Counter(one.inspection_id for one in answers)
    for visit in visits:  # a name a tick, and the inspection begun once
        found[order[visit["pk"]], ""] = (counts[visit["pk"]] - names[visit["pk"], visit["who"], True], begun[visit["pk"]])
    return found


def unlike(one: Left, other: Left) -> list[str]:
    """What two contenders left of the same ticks that is not the same; a tick that only one was sent is not compared."""
    return [f"{key}: {one[key]} / {other[key]}" for key in sorted(one.keys() & other.keys()) if one[key] != other[key]]


def _range(visits: Sequence[Visit]) -> Mapping[str, int]:
    return {"first": visits[0]["pk"], "last": visits[-1]["pk"]}


def _lines(reading: Connection, entity: str, ids: Sequence[int]) -> dict[int, list[Any]]:
    """Row → its lines in the history."""
    found = defaultdict[int, list[Any]](list)
    for row_id, *told, lines in reading.execute(text(LINES), {"entity": entity, "low": min(ids), "high": max(ids)}):
        found[row_id].append((*told, [line if line[0] not in OF_THE_RUN else line[0] for line in _plain(lines)]))
    return found


def _figure(frozen: Any) -> Any:
    return {key: value for key, value in (_plain(frozen) or {}).items() if key != "at"}


def _plain(value: Any) -> Any:
    """JSON as PostgreSQL's driver gives it and SQLite's does not."""
    return json.loads(value) if isinstance(value, str) else value
