"""Remarks that come back from a phone with dots where it was not given a number or an address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.models.rules import RuleError
from app.models.words import _
from app.services import free_text
from app.services.masks import DOTS
from app.services.merging import FIELDS

Texts = dict[str, str]


def uncovered(base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[Texts, Texts]:
    """What the phone had before and has now, as if it had been given the whole of what the server has.

    Only where the text before is what the server has, with dots: then they stand for its pieces, one after the other.
    """
    found = {key: _field(base[key], mine[key], theirs[key]) for key in FIELDS}
    return {key: before for key, (before, _now) in found.items()}, {key: now for key, (_before, now) in found.items()}


def _field(base: str, mine: str, theirs: str) -> tuple[str, str]:
    if DOTS not in base or not _is(base, theirs):
        return base, mine
    pieces = free_text.pieces(theirs, DOTS)
    if mine == base:
        return theirs, theirs
    if mine.count(DOTS) == base.count(DOTS) == len(pieces):
        return theirs, _filled(mine, iter(pieces))
    return theirs, mine


def _is(base: str, theirs: str) -> bool:
    """Whether this text, some or all of its pieces covered, is that one."""
    alike = free_text.covered(base, DOTS) == free_text.covered(theirs, DOTS)
    return alike and set(free_text.pieces(base, DOTS)) <= set(free_text.pieces(theirs, DOTS))


def _filled(text: str, pieces: Iterator[str]) -> str:
    first, *others = text.split(DOTS)
    return first + "".join(next(pieces) + part for part in others)


def dotted(merged: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, RuleError]:
    """Fields in which dots would be written over what they stand for, with what to do."""
    told = _("“••••••••”代替了这部手机上不显示的号码或住址，这样改后分不清各是哪一处。请全部保留或全部删去；只改一处，请联网后看着全文改")
    return {key: RuleError(told) for key in FIELDS if DOTS in merged[key] and merged[key] != theirs[key]}
