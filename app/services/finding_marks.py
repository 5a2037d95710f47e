"""Which findings wait for whom, as conditions that lists, counts and home pages share. All are reckoned from day and state."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from app.models.inspection import Finding, Opinion
from app.services import clock

OPEN = ("open", "objected", "asked", "extended")  # states in which something is still to be put right
PRESSING = ("open", "asked", "extended")  # what may be overdue: not what waits for the county's word on an objection
SETTLED = ("closed", "withdrawn")  # nothing is to be done any more


def to_fix() -> ColumnElement[bool]:
    return Finding.state.in_(OPEN)


def overdue() -> ColumnElement[bool]:
    """Past their day and not put right; due today is not past, and no day passes while an objection waits."""
    return Finding.state.in_(PRESSING) & (Finding.due_on < clock.today())


def escalated() -> ColumnElement[bool]:
    """Overdue for so long that the county follows them itself, or put up by hand."""
    return Finding.state.in_(PRESSING) & (Finding.escalates_on <= clock.today())


def is_overdue(row: Any) -> bool:
    """``overdue`` of a row in hand: its state and day."""
    return row.state in PRESSING and row.due_on < clock.today()


def is_escalated(row: Any) -> bool:
    """``escalated`` of a row in hand."""
    return row.state in PRESSING and row.escalates_on is not None and row.escalates_on <= clock.today()


def to_recheck() -> ColumnElement[bool]:
    return Finding.state == "done"


def recheck_late() -> ColumnElement[bool]:
    """Reported as put right, and nobody looked within the days for it."""
    return to_recheck() & (Finding.recheck_by < clock.today())


def to_decide() -> ColumnElement[bool]:
    """Objections and asked extensions: the county's word is waited for."""
    return Finding.state.in_(("objected", "asked"))


def to_answer() -> ColumnElement[bool]:
    """Drafts to which the school may still object."""
    return (Opinion.state == "draft") & (Opinion.objection_due_on >= clock.today())


def to_issue() -> ColumnElement[bool]:
    """Drafts whose letter may go out: the school agreed, or its days are over."""
    return (Opinion.state == "agreed") | ((Opinion.state == "draft") & (Opinion.objection_due_on < clock.today()))


def to_sign() -> ColumnElement[bool]:
    return Opinion.state == "issued"
