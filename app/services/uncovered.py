"""Remarks that come back from a phone with dots where it was not given a number or an address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app.models.rules import RuleError
from app.models.words import _
from app.services import free_text
from app.services.masks import DOTS
from app.services.merging import FIELDS

UNCLEAR = "••••?••••"  # dots of which the phone itself cannot say any more what they stand for (static/js/offline/cover.js)

Texts = dict[str, str]


def uncovered(base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[Texts, Texts]:
    """What the phone had before and has now, as if it had been given the whole of what the server has.

    Only where the text before is what the server has, with dots: then they stand for its pieces, one after the other.
    """
    found = {key: _field(base[key], mine[key], theirs[key]) for key in FIELDS}
    return {key: before for key, (before, _now) in found.items()}, {key: now for key, (_before, now) in found.items()}


def _field(base: str, mine: str, theirs: str) -> tuple[str, str]:
    pieces = _hidden(base, theirs) if DOTS in base else None
    if pieces is None:
        return base, mine
    if mine == base:
        return theirs, theirs
    if UNCLEAR not in mine and mine.count(DOTS) == base.count(DOTS) == len(pieces):
        return theirs, _filled(mine, iter(pieces))
    return theirs, mine


def _hidden(base: str, theirs: str) -> list[str] | None:
    """What of that text this one has dots for, in their order; None where this is another text.

    Dots stand for a piece, or for the part of one round which something was written: 家 before an address becomes part of it.
    """
    first, *parts = base.split(DOTS)
    spans, found, at = _spans(theirs), list[str](), len(first)
    if not theirs.startswith(first):
        return None
    for number, part in enumerate(parts, 1):
        end = next((end for start, end in spans if start <= at < end), at)
        stops = (len(theirs) - len(part),) if number == len(parts) else range(end, at, -1)
        stop = next((stop for stop in stops if at < stop <= end and theirs.startswith(part, stop)), None)
        if stop is None:
            return None
        found.append(theirs[at:stop])
        at = stop + len(part)
    return found


def _spans(text: str) -> list[tuple[int, int]]:
    """Where the pieces of a text begin and end, and dots that somebody typed."""
    found, at = list[tuple[int, int]](), 0
    for piece in free_text.pieces(text, DOTS):
        at = text.index(piece, at) + len(piece)
        found.append((at - len(piece), at))
    return [*found, *(dots.span() for dots in re.finditer(DOTS, text))]


def _filled(text: str, pieces: Iterator[str]) -> str:
    first, *others = text.split(DOTS)
    return first + "".join(next(pieces) + part for part in others)


def dotted(merged: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, RuleError]:
    """Fields in which dots would be written over what they stand for, with what to do."""
    told = _("“••••••••”代替了这部手机上不显示的号码或住址，这样改后分不清各是哪一处。请全部保留或全部删去；只改一处，请联网后看着全文改")
    return {key: RuleError(told) for key in FIELDS if (DOTS in merged[key] or UNCLEAR in merged[key]) and merged[key] != theirs[key]}
