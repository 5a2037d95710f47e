"""What the pages of a checklist say of an item's parameters: value, unit, default, and the number that the text says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from app.models.inspection import ChecklistItem
from app.models.parameters import PARAMETERS
from app.services import checklist


def label(name: str) -> str:
    return gettext(PARAMETERS[name].label)


def amount(name: str, value: Any) -> str:
    unit = PARAMETERS[name].unit
    return f"{value} {gettext(unit)}" if unit else str(value)


def told(item: ChecklistItem) -> list[tuple[str, str]]:
    """Label and value of each parameter of an item."""
    usual, against = checklist.takes(item.evidence, item.parameters), checklist.contradicts(item)
    return [(label(name), amount(name, value) + _aside(item.text, name, value, usual[name], name in against))
            for name, value in checklist.parameters_of(item).items()]


def _aside(text: str, name: str, value: Any, usual: Any, against: bool) -> str:
    parts = [gettext("默认 %(value)s", value=amount(name, usual))] if value != usual else []
    if against:
        parts.append(gettext("检查内容里还写着 %(number)s，请一并改", number=usual))
    elif str(value) in checklist.numbers_in(text):
        parts.append(gettext("检查内容里也写着 %(number)s", number=value))
    return gettext("（%(text)s）", text=gettext("；").join(parts)) if parts else ""


def beside(known: Mapping[str, Any], text: str | None) -> dict[str, str]:
    """Under each input: its default, and the same number in the text, which has to be changed with it."""
    numbers = checklist.numbers_in(text)
    return {name: gettext("默认 %(value)s", value=amount(name, usual)) + (
        gettext("；检查内容里写着 %(number)s，改了请一并改", number=usual) if str(usual) in numbers else "") for name, usual in known.items()}


def contradictions(items: Sequence[ChecklistItem]) -> str:
    """A warning that names the items whose text says another number than their parameters; empty when there is none."""
    found = [item.code for item in items if checklist.contradicts(item)]
    return gettext("%(codes)s 的检查内容里还写着原来的数字，与参数不一致。", codes=gettext("、").join(found)) if found else ""
