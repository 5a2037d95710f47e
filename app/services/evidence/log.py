"""Reading the school's log: what was held, how often, month by month."""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.models.ledger import LogEntry
from app.models.words import _
from app.services import clock
from app.services.evidence.core import Evidence, Figure, Rows, among
from app.services.evidence.judge import nothing, reached, share
from app.services.evidence.period import HALF_MONTH, Span, last_days
from app.services.evidence.place import KEPT_DAYS, Place
from app.services.evidence.reads import Kept

COLUMNS = (LogEntry.id, LogEntry.kind, LogEntry.held_on, LogEntry.due, LogEntry.done)


@dataclass(frozen=True)
class Log:
    """Entries of some kinds within a year before a day."""

    entries: Sequence[Any]

    def since(self, first: date, last: date | None = None) -> list[Any]:
        return [one for one in self.entries if one.held_on >= first and (last is None or one.held_on <= last)]


def read(at: Place, kinds: Collection[str]) -> Generator[Any, Any, Log]:
    """The entries of some kinds up to the day, the oldest first."""
    return Log((yield asked(at, kinds)))


def asked(at: Place, kinds: Collection[str]) -> Kept:
    """What ``read`` asks for, for figures that ask for something else at the same time."""
    return Kept(COLUMNS, at.school.id, LogEntry.kind, frozenset(kinds), LogEntry.held_on, last_days(at.on, KEPT_DAYS), at.on)


def rows_of(entries: Collection[Any]) -> Rows:
    return among(LogEntry, [one.id for one in entries])


def attended(entries: Collection[Any]) -> str:
    """Part of those due who came, in percent; a dash where nobody was counted."""
    counted = [one for one in entries if one.due and one.done is not None]
    due = sum(one.due for one in counted)
    return f"{round(100 * sum(one.done for one in counted) / due)}%" if due else "—"


def times(at: Place, kinds: Collection[str], needed: int, *, text: str, empty: str) -> Figure:
    """How often something was held this term, against what is asked for by its end."""
    log, term = (yield from read(at, kinds)), at.term
    if not at.keeps_log:
        return nothing(empty)
    held = log.since(term.first)
    return reached(len(held), needed, unit=_("次"), rows=rows_of(held), elapsed=term.elapsed(at.on), text=text, rate=attended(held),
                   threshold=_("每学期不少于 %(needed)s 次"))


def stretches(term: Span, months: int) -> list[Span]:
    """The term in pieces of so many months, the last one as long as it is; what is left of less than half a piece belongs to the one before."""
    found, first = [], term.first
    while first <= term.last:
        following = clock.add_months(first, months)
        found.append(Span(first, min(term.last, following - timedelta(1))))
        first = following
    rest = found[-1]
    if len(found) > 1 and rest.days < HALF_MONTH * months:
        found[-2:] = [Span(found[-2].first, rest.last)]
    return found


def every(at: Place, kinds: Collection[str], months: int, *, text: str, empty: str, times: int = 1) -> Figure:
    """In how many pieces of the term something was held often enough; a running piece counts once it was."""
    log, term = (yield from read(at, kinds)), at.term
    if not at.keeps_log:
        return nothing(empty)
    pieces = [(span, len(log.since(span.first, span.last)) >= times) for span in stretches(term, months) if span.first <= at.on]
    due = [good for span, good in pieces if good or span.last <= at.on]
    return share(sum(due), len(due), rows=rows_of(log.since(term.first)), text=text, empty=_("本学期刚开始，还没到应做的时候"), months=months)


def ratio(entries: Sequence[Any], *, target: float = 100, text: str, empty: str, **params: Any) -> Evidence:
    """What was done of what was due, over some entries; behind it those that fall short."""
    counted = [one for one in entries if one.due is not None and one.done is not None]
    good, total = sum(one.done for one in counted), sum(one.due for one in counted)
    return share(good, total, target=target, text=text, empty=empty, rows=rows_of([one for one in counted if one.done < one.due]), **params)
