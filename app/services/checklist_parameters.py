"""The parameters of an item as one text, «每份留样至少 125 克；留样至少 48 小时», read back into names and values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.models.parameters import BETWEEN, PARAMETERS
from app.models.parameters import read as read_one
from app.models.rules import RuleError
from app.models.words import _


def read(text: str, known: Iterable[str]) -> Mapping[str, Any]:
    """Name → value of those that the text says; RuleError for what is none of the known names, stands twice, or is no such value."""
    labels = {PARAMETERS[name].label: name for name in known}
    found: dict[str, Any] = {}
    for piece in _pieces(text, labels):
        label = _label(piece, labels)
        if label is None:
            raise RuleError(_("“%(text)s”不是这个系统算法的参数"), text=piece[:30])
        name = labels[label]
        if name in found:
            raise RuleError(_("“%(name)s”写了两次"), name=label)
        try:
            found[name] = read_one(name, piece.removeprefix(label).strip())
        except RuleError as wrong:
            raise RuleError(_("“%(name)s”：%(why)s"), name=label, why=wrong.message % wrong.params) from wrong
    return found


def _pieces(text: str, labels: Iterable[str]) -> list[str]:
    """One a parameter; a semicolon among the words of one does not part it."""
    found: list[str] = []
    for piece in (one.strip() for one in text.replace(";", BETWEEN).split(BETWEEN)):
        if not piece:
            continue
        if found and _label(piece, labels) is None and _takes_words(found[-1], labels):
            found[-1] += BETWEEN + piece
        else:
            found.append(piece)
    return found


def _takes_words(piece: str, labels: Iterable[str]) -> bool:
    label = _label(piece, labels)
    return any(one.unit is None and one.label == label for one in PARAMETERS.values())


def _label(piece: str, labels: Iterable[str]) -> str | None:
    """The longest label that it begins with."""
    return max((label for label in labels if piece.startswith(label)), key=len, default=None)
