"""Remarks that come back from a phone with dots where it was not given a number or an address."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.models.rules import RuleError
from app.models.words import _
from app.services import free_text
from app.services.masks import DOTS
from app.services.merging import FIELDS

Texts = dict[str, str]
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


def uncovered(base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> Uncovered:
    """Put into each field what its dots stand for.

    Only where the text before is what the server has, with dots, and where it is clear which of them stand for what.
    """
    found = {key: _field(base[key], mine[key], theirs[key]) for key in FIELDS}
    return Uncovered({key: before for key, (before, _now) in found.items()},
                     {key: mine[key] if now is None else now for key, (_before, now) in found.items()},
                     {key for key, (_before, now) in found.items() if now is None})


def errors_of(found: Uncovered, merged: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, RuleError]:
    """Fields in which dots would be written over what they stand for, with what to do."""
    told = _("“••••••••”代替了这部手机上不显示的号码或住址，这样改后分不清各是哪一处。请全部保留或全部删去；只改一处，请联网后看着全文改")
    return {key: RuleError(told) for key in FIELDS if key in found.unclear and merged[key] != theirs[key]}


def _field(base: str, mine: str, theirs: str) -> tuple[str, str | None]:
    """The text before and the text now without their dots; None where it is not clear what they stand for."""
    stood = _stood(base, theirs)
    if not any(DOTS in dots for dots, _whole in stood):
        return base, None if _new_dots(mine, theirs) else mine
    if mine == base:
        return theirs, theirs
    own, runs = [dots for dots, whole in stood if dots == whole], _RUN.findall(mine)
    if runs == own and DOTS not in own:
        return theirs, mine  # all that was covered is deleted
    covered = [dots != whole for dots, whole in stood]
    if runs != [dots for dots, _whole in stood] or not _clear(_words(base, covered), _words(mine, covered)):
        return theirs, None
    wholes = iter(whole for _dots, whole in stood)
    return theirs, _RUN.sub(lambda _run: next(wholes), mine)


def _new_dots(mine: str, theirs: str) -> bool:
    """Whether there are more dots than the one of a list, and more than the server has: no phone was given them in this text."""
    return any(len(run) > 1 for run in _RUN.findall(mine)) and _RUN.findall(mine) != _RUN.findall(theirs)


def _stood(base: str, theirs: str) -> list[tuple[str, str]]:
    """Each run of dots in a text and what the server has in its place, dots where they are its own; empty where it is not the server's text."""
    pieces = _hidden(base, theirs) if DOTS in base else None
    if pieces is None:
        return []
    covered = [(found.start(), piece) for found, piece in zip(re.finditer(DOTS, base), pieces, strict=True)]

    def there(place: int) -> int:
        return place + sum(len(piece) - len(DOTS) for start, piece in covered if start < place)
    return [(run[0], theirs[there(run.start()):there(run.end())]) for run in _RUN.finditer(base)]


def _hidden(base: str, theirs: str) -> list[str] | None:
    """What of that text this one has dots for, in their order; None where this is another text.

    Dots stand for a piece, or for the part of one round which something was written: 家 before an address becomes part of it.
    """
    first, *parts = base.split(DOTS)
    spans, found, at = [*free_text.spans(theirs, DOTS), *(dots.span() for dots in re.finditer(DOTS, theirs))], list[str](), len(first)
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
