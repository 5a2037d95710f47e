"""Remarks that come back from a phone with dots where it was not given a number or an address."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from app.models.rules import RuleError
from app.models.words import _
from app.services import free_text
from app.services.masks import DOTS
from app.services.merging import FIELDS

Texts = dict[str, str]
Still = Callable[[str, Sequence[str]], bool]  # of a field: whether the dots in the text before stand for these pieces
_Piece = tuple[int, int, int]  # where its dots begin in the text that has them; where it begins and ends in the server's
_RUN = re.compile("•+")
_STOP = re.compile(r"[\uff0c\u3002\uff1b\u3001\uff01\uff1f,;!?\n]")  # a comma or a sentence's end, Chinese or not: there a piece's own words end


@dataclass(frozen=True)
class Uncovered:
    """What the phone had before and has now, as if it had been given the whole, and the fields where that cannot be told."""

    base: Texts
    values: Texts
    unclear: Collection[str]


@dataclass(frozen=True)
class _Words:
    """The text around the runs of dots: what stands before each one, and what is said directly behind it."""

    before: list[str]
    behind: list[str]


@dataclass(frozen=True)
class _Run:
    """A run of dots, what the server has in its place, and those of the dots that are the text's own."""

    dots: str
    whole: str
    own: str


def uncovered(base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str], still: Still) -> Uncovered:
    """Put into each field what its dots stand for.

    Only where the text before is what the server has, with dots that stand for what it has there ``still``, and where it is clear which of them stand
    for what.
    """
    found = {key: _field(base[key], mine[key], theirs[key], partial(still, key)) for key in FIELDS}
    return Uncovered({key: before for key, (before, _now) in found.items()},
                     {key: mine[key] if now is None else now for key, (_before, now) in found.items()},
                     {key for key, (_before, now) in found.items() if now is None})


def errors_of(found: Uncovered, merged: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, RuleError]:
    """Fields in which dots would be written over what they stand for, with what to do."""
    told = _("“••••••••”代替了这部手机上不显示的号码或住址，这样改后分不清各是哪一处。请全部保留或全部删去；只改一处，请联网后看着全文改")
    return {key: RuleError(told) for key in FIELDS if key in found.unclear and merged[key] != theirs[key]}


def hidden(base: str, theirs: str) -> list[str] | None:
    """The pieces of that text that this one has dots for, in their order; None where this is another text."""
    found = _hidden(base, theirs)
    return None if found is None else [theirs[start:stop] for _at, start, stop in found]


def _field(base: str, mine: str, theirs: str, still: Callable[[Sequence[str]], bool]) -> tuple[str, str | None]:
    """The text before and the text now without their dots; None where it is not clear what they stand for."""
    stood = _stood(base, theirs)
    if mine == base and stood:
        return theirs, theirs
    if not any(DOTS in run.dots for run in stood) or not still(hidden(base, theirs) or ()):
        return base, None if _new_dots(mine, theirs) else mine
    own, runs = [run.own for run in stood if run.own], _RUN.findall(mine)
    if runs == own and not any(DOTS in dots for dots in own):
        return theirs, mine  # all that was covered is deleted
    covered = [run.dots != run.whole for run in stood]
    if runs != [run.dots for run in stood] or not _clear(_words(base, covered), _words(mine, covered)):
        return theirs, None
    wholes = iter(run.whole for run in stood)
    return theirs, _RUN.sub(lambda _run: next(wholes), mine)


def _new_dots(mine: str, theirs: str) -> bool:
    """Whether there are more dots than the one of a list, and more than the server has: no phone was given them in this text."""
    return any(len(run) > 1 for run in _RUN.findall(mine)) and _RUN.findall(mine) != _RUN.findall(theirs)


def _stood(base: str, theirs: str) -> list[_Run]:
    """Each run of dots in a text; none where it is not the server's text."""
    found = _hidden(base, theirs) if DOTS in base else None
    if found is None:
        return []

    def there(place: int) -> int:
        return place + sum(stop - start - len(DOTS) for at, start, stop in found if at < place)

    def own(run: re.Match[str]) -> str:
        return run[0][len(DOTS) * sum(run.start() <= at < run.end() for at, _start, _stop in found):]
    return [_Run(run[0], theirs[there(run.start()):there(run.end())], own(run)) for run in _RUN.finditer(base)]


def _hidden(base: str, theirs: str) -> list[_Piece] | None:
    """What of that text this one has dots for, in their order; None where this is another text.

    Dots stand for a piece, or for the part of one round which something was written: 家 before an address becomes part of it.
    A dot that no piece begins at is the text's own: that of a list, which may stand directly before a number.
    """
    spans, found, at, there = free_text.spans(theirs, DOTS), list[_Piece](), 0, 0
    while at < len(base):
        end = next((end for start, end in spans if start <= there < end), 0) if base.startswith(DOTS, at) else 0
        if not end:
            if theirs[there:there + 1] != base[at]:
                return None
            at, there = at + 1, there + 1
            continue
        stop = _stop(theirs, there, end, base[at + len(DOTS):])
        if stop is None:
            return None
        found.append((at, there, stop))
        at, there = at + len(DOTS), stop
    return found if there == len(theirs) else None


def _stop(theirs: str, start: int, end: int, rest: str) -> int | None:
    """Where a piece that dots stand for ends: at the end of what is covered there, or before it where the words that follow the dots were written to it."""
    said = _RUN.split(rest, 1)[0]
    stops = (len(theirs) - len(said),) if said == rest else range(end, start, -1)
    return next((stop for stop in stops if start < stop <= end and theirs.startswith(said, stop)), None)


def _words(text: str, covered: list[bool]) -> _Words:
    """The words around those runs of dots that cover something."""
    first, *others = _RUN.split(text)
    gaps = [first]
    for run, gap, covers in zip(_RUN.findall(text), others, covered, strict=True):
        gaps[-1:] = [gaps[-1], gap] if covers else [gaps[-1] + run + gap]
    between = [("", *_STOP.split(gap, 1))[-2:] for gap in gaps[1:-1]]
    before = [_STOP.split(gaps[0])[-1], *(told for _said, told in between)]
    behind = [*(said for said, _told in between), _STOP.split(gaps[-1])[0]]
    return _Words([told.strip() for told in before], [said.strip() for said in behind])


def _clear(base: _Words, mine: _Words) -> bool:
    """Whether the words still tell which is which: those before each one stand, and those behind them too or are not needed for it.

    With a single one nothing can be mistaken. Words may come in front of those and behind these.
    """
    if len(base.before) == 1:
        return True
    if not all(now.endswith(was) for was, now in zip(base.before, mine.before, strict=True)):
        return False
    wandered = any(now and now in base.behind and now != was for was, now in zip(base.behind, mine.behind, strict=True))
    added = all(now.startswith(was) for was, now in zip(base.behind, mine.behind, strict=True))
    return not wandered and (added or (all(base.before) and len({*base.before}) == len(base.before)))
