"""Ticks that a phone kept while it had no network, taken in order.

Each operation bears a random name, and is taken once however often it is sent: its name is written in the transaction
that writes the tick. It says what the phone had before (``base``) and has now (``values``), so that two inspectors
merge field by field; where both changed one field to different values, nothing of it is written and both are told.
Operations of different items are written together, and one by one only where another request is in their way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models.inspection import Answer, Inspection
from app.models.org import School
from app.models.rules import RuleError
from app.models.visit_op import VISIT_OP
from app.models.words import _
from app.services import clock, history, inspection, piece_digests, records, scope
from app.services.alone import alone
from app.services.inspection_rules import hold
from app.services.merging import TURNS, merge, said_of
from app.services.ticks import Asked, Ticks, asked
from app.services.uncovered import errors_of, hidden, uncovered

TAKEN, CONFLICT, REFUSED, HELD = "taken", "conflict", "refused", "held"


@dataclass(frozen=True)
class Op:
    """One tick as a phone sends it; ``base`` and ``values`` hold every field, empty texts for nothing."""

    id: str
    inspection_id: int
    code: str
    base: Mapping[str, str]
    values: Mapping[str, str]
    told_at: datetime | None = None  # the phone's own time
    own: bool = False  # only where its member alone wrote the tick, since it was last empty
    digests: Mapping[str, str] = field(default_factory=dict)  # by field, of what the dots in ``base`` stand for

    @property
    def place(self) -> tuple[int, str]:
        return self.inspection_id, self.code


@dataclass(frozen=True)
class Outcome:
    """What became of an operation.

    taken: ``answer`` is the tick as it stands, ``at`` when this operation came first. conflict: ``answer`` is the other
    inspector's, ``fields`` what both changed. refused: ``errors`` by field. held: an earlier one of the same item waits.
    """

    op: Op
    state: str
    answer: Answer | None = None
    at: datetime | None = None
    fields: Sequence[str] = ()
    errors: Mapping[str, RuleError] = field(default_factory=dict)


@dataclass(frozen=True)
class Before:
    """What was read of an inspection before anybody had to wait for the writing: what is ticked, and the figures beside it.

    ``school`` was found in scope, and is held so that the session, which keeps no row that nobody holds, need not read it again.
    """

    row: Inspection
    school: School
    asked: Asked


def read(session: Session, ops: Sequence[Op]) -> dict[int, Before]:
    """What operations need, by inspection; those out of sight are left out."""
    found = {pk: _before(session, pk, {op.code for op in ops if op.inspection_id == pk}) for pk in sorted({op.inspection_id for op in ops})}
    return {pk: before for pk, before in found.items() if before is not None}


def _before(session: Session, pk: int, codes: Collection[str]) -> Before | None:
    found = session.execute(_seen(), {"inspection": pk}).one_or_none() if 0 < pk < 2**31 else None
    if found is None:
        return None
    row, school = found
    with alone(session, school.id):
        return Before(row, school, asked(session, row, school, codes))


@cache
def _seen() -> Any:
    """An inspection and its school, both within the scope of who asks."""
    return select(Inspection, School).join(School, School.id == Inspection.school_id).where(Inspection.id == bindparam("inspection"))


def take(session: Session, ops: Sequence[Op], lag: int | None = None, before: Mapping[int, Before] | None = None) -> list[Outcome]:
    """Take operations in their order; the caller commits.

    ``lag``: seconds that the phone's clock lags behind. ``before``: what ``read`` found a moment ago, else it is read now.

    Raises records.Forbidden where the role ticks nothing.
    """
    before = read(session, ops) if before is None else before
    _hold_in_order(session, before)
    outcomes, stuck = list[Outcome](), set[tuple[int, str]]()
    for run in _runs(ops):
        free = [op for op in run if op.place not in stuck]
        taken = iter(_take(session, free, lag, before.get(run[0].inspection_id)))
        told = [Outcome(op, HELD) if op.place in stuck else next(taken) for op in run]
        stuck |= {one.op.place for one in told if one.state != TAKEN}
        outcomes += told
    return outcomes


def _hold_in_order(session: Session, before: Mapping[int, Before]) -> None:
    """Where a message is of several inspections: by their numbers, as who closes their campaign holds them, or the two would wait for each other."""
    for pk in sorted(before) if len(before) > 1 else ():
        hold(session, before[pk].row, alone=before[pk].row.state == "planned")


def _runs(ops: Sequence[Op]) -> Iterator[list[Op]]:
    """The operations in their order, as long as they are of one inspection and no item comes twice."""
    run: list[Op] = []
    for op in ops:
        if run and (op.inspection_id != run[0].inspection_id or op.code in {one.code for one in run}):
            yield run
            run = []
        run.append(op)
    if run:
        yield run


def _take(session: Session, ops: Sequence[Op], lag: int | None, before: Before | None) -> list[Outcome]:
    """What becomes of a run."""
    if before is None:
        return [Outcome(op, REFUSED, errors={"": RuleError(_("找不到这次检查，或不在您的管辖范围"))}) for op in ops]
    with alone(session, before.school.id):
        try:
            return _write(session, before, ops, lag, together=True) if ops else []
        except (records.Refused, records.Conflict, IntegrityError):
            return [_take_alone(session, before, op, lag) for op in ops]


def _take_alone(session: Session, before: Before, op: Op, lag: int | None) -> Outcome:
    for _turn in range(TURNS):
        try:
            return _write(session, before, [op], lag)[0]
        except inspection.AnswerTaken:
            continue
        except IntegrityError:  # its name was written by another request of this member, or it is not this member's
            if op.id not in _received(session, {op.id}):
                return Outcome(op, REFUSED, errors={"": RuleError(_("这一条没有收下，请重新填写"))})
    return Outcome(op, HELD)


def _write(session: Session, known: Before, ops: Sequence[Op], lag: int | None, *, together: bool = False) -> list[Outcome]:
    """Take what is new of a run, and then the names of what is taken, all or nothing.

    In the order of their items, whoever sends them: who comes second waits for the first one's end, and none for each other.
    Raises inspection.AnswerTaken, IntegrityError; ``together`` (see Ticks) records.Refused and Conflict too.
    """
    with session.begin_nested():
        before, moment = _received(session, {op.id for op in ops}), clock.now()
        ticks = Ticks(session, known.row, {op.code for op in ops}, known.asked, together=together)
        with records.together(session) if together else nullcontext():
            told = {op.id: Outcome(op, TAKEN, ticks.known.get(op.code), before[op.id]) if op.id in before else _one(ticks, op, moment)
                    for op in sorted(ops, key=lambda one: one.code)}
        _note(session, [op for op in ops if op.id not in before and told[op.id].state == TAKEN], lag, moment)
    return [told[op.id] for op in ops]


def _one(ticks: Ticks, op: Op, moment: datetime) -> Outcome:
    """The tick with what the operation changed."""
    answer = ticks.known.get(op.code)
    theirs = said_of(answer)
    seen_whole = uncovered(op.base, op.values, theirs, partial(_still, ticks.session, op, answer))
    merged, clashes = merge(seen_whole.base, seen_whole.values, theirs)
    if merged == theirs and not clashes:
        return Outcome(op, TAKEN, answer, moment)
    if op.own and not _wrote_it(ticks.session, answer):
        return Outcome(op, TAKEN, answer, moment)
    seen = answer.version if answer is not None else None
    try:
        inspection.still_open(ticks.inspection)
        if clashes:
            return Outcome(op, CONFLICT, answer, fields=clashes)
        if errors := errors_of(seen_whole, merged, theirs):
            return Outcome(op, REFUSED, answer, errors=errors)
        made = ticks.clear(op.code, seen) if not merged["result"] else ticks.save(
            op.code, result=merged["result"], remark=merged["remark"] or None, reason=merged["reason"] or None, seen_version=seen)
        return Outcome(op, TAKEN, made, moment)
    except records.Refused as refused:
        return Outcome(op, REFUSED, answer, errors=refused.errors)


def _still(session: Session, op: Op, answer: Answer | None, key: str, pieces: Sequence[str]) -> bool:
    """Whether the dots in what the phone had before stand for these pieces of the tick.

    Where it was told no digests: whether they never could have stood for others.
    """
    if not pieces or answer is None:
        return True
    if op.digests.get(key):
        return op.digests[key] == piece_digests.of_pieces(answer, key, pieces)
    earlier = (history.thaw(raw) for change in history.of_row(session, answer) for column, *raws in change.lines if column == key for raw in raws[:2])
    return all(hidden(op.base[key], text) in (None, pieces) for text in earlier if text)


def _wrote_it(session: Session, answer: Answer | None) -> bool:
    """Whether the asker alone made the tick and whatever was written on it since it was last empty."""
    for change in history.of_row(session, answer) if answer is not None else ():
        if change.member_id != scope.asker(session).member_id:
            return False
        if any(column == "result" and old is None for column, old, *_words in change.lines):
            return True
    return False


def _note(session: Session, ops: Sequence[Op], lag: int | None, moment: datetime) -> None:
    """Write that operations are taken."""
    who = scope.asker(session).member_id
    names = [{"op_id": op.id, "member_id": who, "inspection_id": op.inspection_id, "received_at": moment, "told_at": op.told_at, "lag": lag} for op in ops]
    if names:
        session.execute(insert(VISIT_OP), names)


def _received(session: Session, ids: Collection[str]) -> dict[str, datetime]:
    """Name → when it came first, of the asker's operations that were taken."""
    query = select(VISIT_OP.c.op_id, VISIT_OP.c.received_at)
    found = session.execute(query.where(VISIT_OP.c.op_id.in_(sorted(ids)), VISIT_OP.c.member_id == scope.asker(session).member_id))
    return {one.op_id: one.received_at for one in found}
