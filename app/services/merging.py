"""What two people said of one item of a checklist, merged field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.models.rules import clean_text

FIELDS = ("result", "remark", "reason")  # a school's own tick has no reason: it is empty on all sides
TURNS = 4  # so often a tick is merged anew when others write the same one in this very moment


def said(values: Mapping[str, Any]) -> dict[str, str]:
    """All fields of a tick as the database would have them, so that spaces make no difference."""
    return {key: clean_text(str(values.get(key) or ""), long=True) for key in FIELDS}


def said_of(tick: Any) -> dict[str, str]:
    """A tick as a page has it; none is a tick of empty fields."""
    return {key: getattr(tick, key, None) or "" for key in FIELDS}


def merge(base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Field by field what either changed, and the fields that both changed to different values.

    A text without a result is no tick: who took a tick back beside somebody who wrote on it is asked too.
    """
    merged = {key: theirs[key] if mine[key] == base[key] else mine[key] for key in FIELDS}
    clashes = [key for key in FIELDS if merged[key] != theirs[key] and theirs[key] != base[key]]
    if not clashes and not merged["result"] and any(merged.values()):
        clashes = [key for key in FIELDS if mine[key] != theirs[key]]
    return merged, clashes
