"""Whether talks, visits and the log look true: typed many at a time, or with the same words (D5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal, select

from app.models.audit import Change
from app.models.care import HomeVisit, Talk
from app.models.ledger import LogEntry
from app.models.words import _
from app.services.evidence.core import Evidence, Figure, Params, among, evidence
from app.services.evidence.judge import faults
from app.services.evidence.period import end_of, last_days, start_of
from app.services.evidence.place import Place
from app.services.evidence.reads import Read, look, tally


@dataclass(frozen=True)
class Book:
    """Records that are looked at. ``alike``: the words that no two children should share. ``apart``: what is typed in one go by itself."""

    model: Any
    day: Any
    alike: Any = None
    apart: Any = literal("")

    def of_term(self, at: Place) -> tuple[Any, ...]:
        return self.model.school_id == at.school.id, self.day >= at.term.first, self.day <= at.on

    def reads(self, at: Place) -> tuple[Read, ...]:
        """How many, who typed which when, and which share their words with another child's."""
        model, of = self.model, self.of_term(at)
        entered = select(Change.member_id, Change.at, Change.row_id, self.apart.label("apart")).join(model, model.id == Change.row_id).where(
            Change.entity == model.__name__, Change.action.in_(("add", "import")), Change.school_id == at.school.id,
            Change.at >= start_of(at.term.first), Change.at < end_of(at.on), *of)
        return tally(model, *of), look(entered), *([look(self._shared(of))] if self.alike is not None else [])

    def _shared(self, of: Sequence[Any]) -> Any:
        texts = select(self.alike).where(*of).group_by(self.alike).having(func.count(func.distinct(self.model.child_id)) > 1).correlate(None)
        return select(self.model.id).where(*of, self.alike.in_(texts))


# A log has the same short words day after day, and a day's rounds, checks and openings are typed together: only many of one kind are odd.
BOOKS = (Book(Talk, Talk.talked_on, Talk.content), Book(HomeVisit, HomeVisit.visited_on, HomeVisit.found),
         Book(LogEntry, LogEntry.held_on, apart=LogEntry.kind))


@dataclass(frozen=True)
class Suspects:
    """Of one book: how many records there are, which were typed in bulk and when, which share their words."""

    model: Any
    total: int
    typed: Mapping[int, datetime]
    alike: Collection[int]

    @property
    def ids(self) -> list[int]:
        return sorted({*self.typed, *self.alike})


@evidence("talks_in_bulk", label=_("谈心记录真实"), version=3, sample_children=5, bulk_window_minutes=10, bulk_min_records=5, before_visit_days=14)
def talks_in_bulk(at: Place, params: Params) -> Figure:
    """Records of the term that one person entered many of within minutes, or whose words stand under another child too.

    Who entered what is read from the history; what came without one is held against its words only. Told apart: what was
    typed within ``before_visit_days`` before the planned visit. A suspicion suggests "partly": the inspector asks the
    children; behind the figure stand the records of the book with the most suspicious ones.
    """
    reads = [book.reads(at) for book in BOOKS]
    answered = iter((yield tuple(read for some in reads for read in some)))
    found = [_suspects(book, [next(answered) for _read in some], params) for book, some in zip(BOOKS, reads, strict=True)]
    return _told(at, found, params)


def _suspects(book: Book, answers: Sequence[Any], params: Params) -> Suspects:
    counted, entered, *alike = answers
    return Suspects(book.model, counted.total, typed_in_bulk(entered, params), {row.id for rows in alike for row in rows})


def _told(at: Place, found: Sequence[Suspects], params: Params) -> Evidence:
    talks, visits, log = found
    worst = max(found, key=lambda one: len(one.ids))
    before = start_of(last_days(at.visit or at.on, params["before_visit_days"]))
    typed = [moment for one in found for moment in one.typed.values()]
    bad = sum(len(one.ids) for one in found)
    return faults(bad, sum(one.total for one in found), unit=_("条"), rows=among(worst.model, worst.ids), suggestion="partly" if bad else "pass",
                  text=_("本学期谈心、家访、工作记录 %(total)s 条，%(bad)s 条可疑（谈心 %(talks)s、家访 %(visits)s、工作记录 %(log)s）："
                         "%(bulk)s 条在 %(minutes)s 分钟内成批录入（其中检查前 %(days)s 天内录入 %(lately)s 条），%(alike)s 条与别的孩子内容相同"),
                  empty=_("本学期没有谈心、家访和工作记录"), threshold=_("抽 %(sample)s 名孩子核对"), bulk=len(typed),
                  alike=sum(len(one.alike) for one in found), talks=len(talks.ids), visits=len(visits.ids), log=len(log.ids),
                  lately=sum(moment >= before for moment in typed), days=params["before_visit_days"], minutes=params["bulk_window_minutes"],
                  sample=params["sample_children"])


def typed_in_bulk(entered: Sequence[Any], params: Params) -> dict[int, datetime]:
    """Records entered in a burst by one person, and when."""
    people: dict[Any, list[tuple[datetime, int]]] = defaultdict(list)
    for line in sorted(entered, key=lambda one: one.at):
        people[line.member_id, line.apart].append((line.at, line.row_id))
    window = timedelta(minutes=params["bulk_window_minutes"])
    found = {row for lines in people.values() for row in bursts(lines, window, params["bulk_min_records"])}
    return {row: at for lines in people.values() for at, row in lines if row in found}


def bursts(lines: Sequence[tuple[datetime, int]], window: timedelta, least: int) -> set[int]:
    """Rows of every stretch of ``window`` (its end included) that holds ``least`` or more; ``lines`` in order of time."""
    found: set[int] = set()
    begin = marked = 0
    for end, (at, _row) in enumerate(lines):
        while at - lines[begin][0] > window:
            begin += 1
        if end - begin + 1 >= least:
            found.update(row for _at, row in lines[max(begin, marked) : end + 1])
            marked = end + 1
    return found
