"""A row goes to another school: what is part of it goes along (the database takes it), what only leans on it stays and lets go.

A class stays without its teacher, a canteen without its manager, each told in its own history; what staff of the old school began
for a child there ends with the day, and their accounts of that school are switched off, until somebody gives them a new place. A row that
others cannot be without does not go. Held on the session (``before_flush``), so that every way obeys; an import, which writes past the
flush, asks for the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import event, func, or_, select, update
from sqlalchemy.orm import Session

from app.models import entities
from app.models.audit import Change
from app.models.base import Entity, Field, OfSchool, fields_of
from app.models.care import Pairing
from app.models.org import Member, Staff
from app.models.rules import RuleError
from app.models.words import _
from app.services import clock, history, members, pieces, records, scope
from app.services.changed import differs

KEY = "left"


class Loosened(NamedTuple):
    """A link that is emptied, as the row that it leads to leaves."""

    row_id: int  # of the row that leaves
    leaner: Any
    field: Field


@dataclass
class Left:
    """What a session's moves have loosened, of living rows."""

    links: list[Loosened] = dataclass_field(default_factory=list)
    pairings: int = 0  # ended
    accounts: int = 0  # switched off


def holding(session: Session, model: type[Entity], ids: Collection[int]) -> dict[int, RuleError]:
    """Why rows cannot go: id → what cannot be without that row. Rows in the trash count, they hang on the school too."""
    found: dict[int, RuleError] = {}
    for other, one in _leaning_on(model):
        column = other.__table__.c[one.column]
        for some in pieces.some(sorted(ids)) if _holds(one) else ():
            for row_id, count in session.execute(select(column, func.count()).where(column.in_(some)).group_by(column)):
                message = _("还有 %(count)s 条%(label)s（含回收站里的）与它相连，不能换学校；请在新学校另建")
                found.setdefault(row_id, RuleError(message, count=count, label=other.__label__))
    return found


def leaners(session: Session, model: type[Entity], ids: Collection[int]) -> list[Loosened]:
    """The links that would be emptied, those of rows in the trash among them."""
    found = []
    with scope.everything(session), scope.trash(session), session.no_autoflush:
        for other, one in _leaning_on(model):
            for some in pieces.some(sorted(ids)) if not _holds(one) else ():
                rows = session.scalars(select(other).where(getattr(other, one.column).in_(some)))
                found += [Loosened(row_id, row, one) for row in rows if (row_id := getattr(row, one.column)) in ids]
    return found


def loosen(session: Session, model: type[Entity], ids: Collection[int]) -> None:
    """Empty the links to rows that are about to leave, in the database at once: changed later, their rows would be carried along.

    The history follows at the next flush. A row that somebody links to meanwhile waits for the end of this transaction.
    """
    own: Any = model.__table__
    for some in pieces.some(sorted(ids)):
        session.execute(select(own.c.id).where(own.c.id.in_(some)).with_for_update()).all()
    left: Left = session.info.setdefault(KEY, Left())
    found = leaners(session, model, ids)
    called = _called(session, model, {one.row_id for one in found if one.field.keeps})
    for other, one in _leaning_on(model):
        table: Any = other.__table__
        for some in pieces.some(sorted(ids)) if not _holds(one) else ():
            session.execute(update(table).where(table.c[one.column].in_(some)).values({one.column: None}))
    for row_id, leaner, one in found:
        setattr(leaner, one.column, None)
        if one.keeps and getattr(leaner, one.keeps[1]) is not None:
            setattr(leaner, one.keeps[0], called[row_id])
        session.expire(leaner, [one.key])
    left.links += [one for one in found if one.leaner.deleted_at is None]
    left.pairings += end(ending(session, model, ids), clock.today())
    for member in (gone := accounts(session, model, ids)):
        members.switch_off(session, member)
    left.accounts += sum(member.deleted_at is None for member in gone)


def _called(session: Session, model: type[Entity], ids: Collection[int]) -> dict[int, str]:
    """What rows that leave are called, whoever sees them."""
    with scope.everything(session), session.no_autoflush:
        return {row.id: str(row) for some in pieces.some(sorted(ids)) for row in session.scalars(select(model).where(model.id.in_(some)))}


def accounts(session: Session, model: type[Entity], ids: Collection[int]) -> list[Member]:
    """The accounts that staff who leave could still log in with, once taken from the trash too: they see the school that was left."""
    staff = sorted(ids) if model is Staff else ()
    with scope.everything(session), scope.trash(session), session.no_autoflush:
        return [one for some in pieces.some(staff) for one in session.scalars(select(Member).where(Member.staff_id.in_(some), Member.active))]


def ending(session: Session, model: type[Entity], ids: Collection[int]) -> list[Pairing]:
    """The pairings that end as staff leave."""
    staff = sorted(ids) if model is Staff else ()
    with scope.everything(session), session.no_autoflush:
        return [pairing for some in pieces.some(staff) for pairing in running(session, Pairing.staff_id.in_(some))]


def running(session: Session, whose: Any) -> Sequence[Pairing]:
    """Pairings that have not ended yet."""
    return session.scalars(select(Pairing).where(whose, or_(Pairing.ended_on.is_(None), Pairing.ended_on > clock.today()))).all()


def end(pairings: Sequence[Pairing], day: date) -> int:
    """End them with that day; returns how many."""
    for pairing in pairings:
        pairing.ended_on = max(day, pairing.started_on)
    return len(pairings)


def told(session: Session) -> Left:
    """What was loosened since it was last asked for."""
    left: Left = session.info.pop(KEY, Left())
    return left


def recall(session: Session, row: Entity) -> None:
    """Have ``told`` say again what the last change of a row loosened, if the asker made it and it took the row away: to who sends it again.

    What is so still: links that nobody has filled since, pairings that nobody goes on with, accounts that nobody has switched on.
    """
    model, who = type(row), scope.asker(session)
    last = next(iter(history.of_row(session, row, limit=1)), None)
    if last is None or last.member_id != who.member_id or "school_id" not in {line[0] for line in last.lines}:
        return
    left: Left = session.info.setdefault(KEY, Left())
    with scope.everything(session):
        for other, one in _leaning_on(model):
            was = _was(session, last, other, getattr(other, one.column).is_(None))
            ids = [row_id for row_id, lines in was.items() if lines.get(one.column) == [row.id, None]]
            left.links += [Loosened(row.id, leaner, one) for some in pieces.some(ids)
                           for leaner in session.scalars(select(other).where(other.id.in_(some)).order_by(other.id))]
        if model is Staff:
            over = or_(Pairing.ended_on <= clock.today(), Pairing.ended_on <= Pairing.started_on)
            left.pairings += sum("ended_on" in lines for lines in _was(session, last, Pairing, Pairing.staff_id == row.id, over).values())
            off = _was(session, last, Member, Member.staff_id == row.id, Member.active.is_(False))
            left.accounts += sum(lines.get("active") == [True, False] for lines in off.values())


def _was(session: Session, last: Change, model: Any, *still: Any) -> dict[int, dict[str, list[Any]]]:
    """id → column → value before and after, of the living rows of an entity that the request of a change changed and that are ``still`` so."""
    query = select(Change.row_id, Change.lines).join(model, model.id == Change.row_id).where(
        Change.request_id == last.request_id, Change.entity == model.__name__, *still)
    return {row_id: {line[0]: line[1:3] for line in lines} for row_id, lines in session.execute(query.order_by(Change.id))}


@event.listens_for(Session, "before_flush")
def _leave(session: Session, *_args: Any) -> None:
    """Refused, beside the school, where a row cannot go."""
    going: dict[type[Entity], list[Any]] = {}
    for row in session.dirty:
        if isinstance(row, OfSchool) and isinstance(row, Entity) and differs(row, "school_id"):
            going.setdefault(type(row), []).append(row)
        if isinstance(row, Entity):
            _reopen(row)
    with session.no_autoflush:
        for model, rows in going.items():
            if ids := _elsewhere(session, model, rows):
                if held := holding(session, model, ids):
                    raise records.Refused({"school": next(iter(held.values()))})
                loosen(session, model, ids)


def _reopen(row: Any) -> None:
    for text in reopened(row.__class__, partial(getattr, row)):
        setattr(row, text, None)


def reopened(model: type[Entity], read: Callable[[str], Any]) -> list[str]:
    """Texts that a row keeps no more, by its values (``read``): what is not settled any more, nobody answers for who is gone."""
    return [text for text, settled in kept(model.__name__) if read(settled) is None and read(text) is not None]


@cache
def kept(entity: str) -> list[tuple[str, str]]:
    """What the links of an entity keep (``Field.keeps``): asked at every flush, so made once."""
    return [one.keeps for one in fields_of(entities()[entity]).values() if one.keeps]


def _elsewhere(session: Session, model: type[Entity], rows: Collection[Any]) -> set[int]:
    """Ids of the rows that stand at another school in the database: an attribute that was not loaded has forgotten its old value."""
    table: Any = model.__table__
    there = {row_id: school_id for some in pieces.some(sorted(row.id for row in rows))
             for row_id, school_id in session.execute(select(table.c.id, table.c.school_id).where(table.c.id.in_(some)))}
    return {row.id for row in rows if there.get(row.id, row.school_id) != row.school_id}


def _holds(one: Field) -> bool:
    """Whether a row cannot let go of its link: it must have one, or nobody can fill it again, as in a campaign the inspection of a school."""
    return one.required or one.read_only


def _leaning_on(model: type[Entity]) -> Iterator[tuple[Any, Field]]:
    """The links to rows of an entity by which the database would carry the row that leans along with them."""
    for other in entities().values():
        for one in fields_of(other).values():
            if one.target == model.__name__ and one.same_school and not one.owned:
                yield other, one
