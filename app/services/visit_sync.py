"""Ticks that a phone kept while it had no network, taken in order.

Each operation bears a random name, and is taken once however often it is sent: its name is written in the transaction
that writes the tick. It says what the phone had before (``base``) and has now (``values``), so that two inspectors
merge field by field; where both changed one field to different values, nothing of it is written and both are told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models.inspection import Answer, Inspection
from app.models.rules import RuleError, clean_text
from app.models.visit_op import VISIT_OP
from app.models.words import _
from app.services import clock, inspection, records, scope

FIELDS = ("result", "remark", "reason")
TURNS = 4  # so often an operation is merged anew when others write the same tick in this very moment
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


class _Clash(Exception):
    """Both changed the same."""

    def __init__(self, answer: Answer | None, fields: Sequence[str]) -> None:
        super().__init__(fields)
        self.answer, self.fields = answer, fields


def said(values: Mapping[str, Any]) -> dict[str, str]:
    """All fields of a tick as the database would have them, so that spaces make no difference."""
    return {key: clean_text(str(values.get(key) or ""), long=True) for key in FIELDS}


def said_of(answer: Answer | None) -> dict[str, str]:
    """A tick as a phone has it; none is a tick of empty fields."""
    return {key: getattr(answer, key, None) or "" for key in FIELDS}


def merge(base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Field by field what either changed, and the fields that both changed to different values.

    A text without a result is no tick: who took a tick back beside somebody who wrote on it is asked too.
    """
    merged = {key: theirs[key] if mine[key] == base[key] else mine[key] for key in FIELDS}
    clashes = [key for key in FIELDS if merged[key] != theirs[key] and theirs[key] != base[key]]
    if not clashes and not merged["result"] and any(merged.values()):
        clashes = [key for key in FIELDS if mine[key] != theirs[key]]
    return merged, clashes


def take(session: Session, ops: Sequence[Op], lag: int | None = None) -> list[Outcome]:
    """Take operations in their order; the caller commits. ``lag``: seconds that the phone's clock lags behind.

    Raises records.Forbidden where the role ticks nothing.
    """
    before, stuck = _received(session, {op.id for op in ops}), set[tuple[int, str]]()
    outcomes = []
    for op in ops:
        if op.id in before:
            outcome = Outcome(op, TAKEN, _now(session, op), before[op.id])
        else:
            outcome = Outcome(op, HELD) if op.place in stuck else _take(session, op, lag)
        if outcome.state != TAKEN:
            stuck.add(op.place)
        outcomes.append(outcome)
    return outcomes


def _take(session: Session, op: Op, lag: int | None) -> Outcome:
    row = records.find(session, Inspection, op.inspection_id)
    if row is None:
        return Outcome(op, REFUSED, errors={"": RuleError(_("找不到这次检查，或不在您的管辖范围"))})
    for _turn in range(TURNS):
        try:
            with session.begin_nested():
                at = _note(session, op, lag)
                return Outcome(op, TAKEN, _write(session, row, op), at)
        except _Clash as clash:
            return Outcome(op, CONFLICT, clash.answer, fields=clash.fields)
        except inspection.AnswerTaken:
            continue
        except records.Refused as refused:
            return Outcome(op, REFUSED, _now(session, op), errors=refused.errors)
        except IntegrityError:
            return _taken_beside(session, op)
    return Outcome(op, HELD)


def _write(session: Session, row: Inspection, op: Op) -> Answer | None:
    """The tick with what the operation changed. Raises _Clash, AnswerTaken, records.Refused."""
    answer = inspection.answer_to(session, row, op.code)
    theirs = said_of(answer)
    merged, clashes = merge(op.base, op.values, theirs)
    if merged == theirs and not clashes:
        return answer
    inspection.still_open(row)
    if clashes:
        raise _Clash(answer, clashes)
    seen = answer.version if answer is not None else None
    if not merged["result"]:
        return inspection.clear_answer(session, row, op.code, seen)
    return inspection.save_answer(session, row, op.code, result=merged["result"], remark=merged["remark"] or None,
                                  reason=merged["reason"] or None, seen_version=seen)


def _note(session: Session, op: Op, lag: int | None) -> datetime:
    """Write that the operation is taken, first of all: the same one in another request waits here, and then is refused."""
    moment = clock.now()
    session.execute(insert(VISIT_OP).values(op_id=op.id, member_id=scope.asker(session).member_id, inspection_id=op.inspection_id,
                                            received_at=moment, told_at=op.told_at, lag=lag))
    return moment


def _taken_beside(session: Session, op: Op) -> Outcome:
    """An operation whose name was written already: by another request of this member, or it is not this member's."""
    if at := _received(session, {op.id}).get(op.id):
        return Outcome(op, TAKEN, _now(session, op), at)
    return Outcome(op, REFUSED, errors={"": RuleError(_("这一条没有收下，请重新填写"))})


def _received(session: Session, ids: Collection[str]) -> dict[str, datetime]:
    """Name → when it came first, of the asker's operations that were taken."""
    query = select(VISIT_OP.c.op_id, VISIT_OP.c.received_at)
    found = session.execute(query.where(VISIT_OP.c.op_id.in_(ids), VISIT_OP.c.member_id == scope.asker(session).member_id))
    return {one.op_id: one.received_at for one in found}


def _now(session: Session, op: Op) -> Answer | None:
    """The tick as it stands, whoever made it."""
    row = records.find(session, Inspection, op.inspection_id)
    return inspection.answer_to(session, row, op.code) if row is not None else None
