"""A version of the checklist as plain values, and what two of them have apart: the same for versions in the database and a workbook's."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.models.base import fields_of
from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.services import checklist, records

RULES = tuple(key for key, one in fields_of(ChecklistTemplate).items() if not one.read_only and key not in ("code", "number"))
ITEM = tuple(key for key in fields_of(ChecklistItem) if key not in ("section", "code", "position", "parameters"))
PLACE, SECTION, PARAMETER = "position", "section", "parameters."  # keys of a change: where it stands, of one parameter by its name


class Told(NamedTuple):
    """A version: its rules by key, sections (code → name) and items (code → values by key) in their order.

    Of an item ``section`` is the section's code, ``parameters`` what it is measured with, said or by default.
    """

    rules: Mapping[str, Any]
    sections: Mapping[str, str]
    items: Mapping[str, Mapping[str, Any]]


class Change(NamedTuple):
    """One value that differs, as it is kept; a place counts from 1."""

    key: str
    old: Any
    new: Any


class Part(NamedTuple):
    """A section or item that is there once only ("added", "removed") or differs ("changed")."""

    code: str
    text: str
    what: str
    changes: Sequence[Change]


class Apart(NamedTuple):
    """What the second version has otherwise than the first."""

    rules: Sequence[Change]
    sections: Sequence[Part]
    items: Sequence[Part]

    @property
    def nothing(self) -> bool:
        return not (self.rules or self.sections or self.items)


def of(session: Session, template: ChecklistTemplate) -> Told:
    """A version of the database."""
    names, items = rows(session, template)
    codes = {section.id: code for code, section in names.items()}
    told = {code: {**records.current(item), SECTION: codes[item.section_id], "parameters": checklist.parameters_of(item)} for code, item in items.items()}
    rules = records.current(template)
    return Told({key: rules[key] for key in RULES}, {code: section.name for code, section in names.items()}, told)


def rows(session: Session, template: ChecklistTemplate) -> tuple[dict[str, ChecklistSection], dict[str, ChecklistItem]]:
    """Its sections and items by their codes, in their order. A draft may have a code twice: the second one is called «A1 (2)»."""
    sections, items = checklist.outline(session, template.id)
    return _keyed((section.code, section) for section in sections), _keyed((item.code, item) for item in items)


def _keyed(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    times: Counter[str] = Counter()
    for code, row in pairs:
        times[code] += 1
        found[f"{code} ({times[code]})" if times[code] > 1 else code] = row
    return found


def apart(old: Told, new: Told) -> Apart:
    """From the first to the second, in the order of the second; what is gone comes last."""
    rules = [Change(key, old.rules[key], new.rules[key]) for key in RULES if old.rules[key] != new.rules[key]]
    then, now = ({code: {"name": name} for code, name in told.sections.items()} for told in (old, new))
    return Apart(rules, _parts(then, now, ("name",), "name"), _parts(old.items, new.items, (SECTION, *ITEM), "text"))


def _parts(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]], keys: Sequence[str], title: str) -> list[Part]:
    moved = _moved(old, new)
    found = [Part(code, one[title], "changed" if code in old else "added", _changes(old[code], one, keys, moved.get(code)) if code in old else ())
             for code, one in new.items()]
    gone = [Part(code, one[title], "removed", ()) for code, one in old.items() if code not in new]
    return [part for part in found if part.what == "added" or part.changes] + gone


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], keys: Sequence[str], moved: Change | None) -> list[Change]:
    found = [Change(key, old[key], new[key]) for key in keys if old[key] != new[key]]
    then, now = old.get("parameters") or {}, new.get("parameters") or {}
    found += [Change(PARAMETER + name, then.get(name), now.get(name)) for name in sorted({*then, *now}) if then.get(name) != now.get(name)]
    return [*found, *([moved] if moved is not None else [])]


def _moved(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> dict[str, Change]:
    """Code → place then and now, of the fewest that must have been moved: in each section what stands outside the longest run that
    kept its order. What came from another section is told as that."""
    then, now = _places(old), _places(new)
    found = {}
    for section in {place[0] for place in now.values()}:
        stayed = [code for code, place in now.items() if place[0] == section and code in then and then[code][0] == section]
        kept = _longest([then[code][1] for code in stayed])
        found.update({code: Change(PLACE, then[code][1], now[code][1]) for code in stayed if then[code][1] not in kept})
    return found


def _places(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, int]]:
    """Code → section and place in it, from 1; sections themselves stand in none."""
    count: Counter[str] = Counter()
    found = {}
    for code, row in rows.items():
        section = row.get(SECTION, "")
        count[section] += 1
        found[code] = (section, count[section])
    return found


def _longest(numbers: Sequence[int]) -> set[int]:
    """A longest rising run of different numbers (patience sorting: each pile keeps its smallest end)."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(ends, number)
        before[number] = ends[at - 1] if at else None
        ends[at : at + 1] = [number]
    found, last = set(), ends[-1] if ends else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found
