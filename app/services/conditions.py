"""Which items a school is asked: ``applies_when``, a closed list (seeds/checklist/README.md)."""

from __future__ import annotations

from collections.abc import Callable

from app.models.inspection import ChecklistItem
from app.models.org import School

# Schools that teach pupils of compulsory age.
COMPULSORY = frozenset({"primary", "teaching_point", "junior", "nine_year", "twelve_year", "complete_middle", "special", "reform"})

CONDITIONS: dict[str, Callable[[School], bool]] = {
    "canteen": lambda school: school.has_canteen,
    "bus": lambda school: school.has_bus,
    "boarding": lambda school: school.has_boarders,
    "kindergarten": lambda school: school.type == "kindergarten",
    "not_kindergarten": lambda school: school.type != "kindergarten",
    "compulsory": lambda school: school.type in COMPULSORY,
}


def applies(item: ChecklistItem, school: School) -> bool:
    """Whether a school is asked this item; KeyError for a condition that nobody knows."""
    return asked(item.applies_when, school)


def asked(condition: str | None, school: School) -> bool:
    """The same of the condition alone; None asks every school."""
    return condition is None or CONDITIONS[condition](school)
