"""What the columns of a sender's sheet mean: offered by likeness, said once, remembered for the sender's next sheet of that kind."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import Entity
from app.models.sheets import SheetMapping
from app.services import scope
from app.services.exchange.cells import ROW_ID
from app.services.sheet.column import Column
from app.services.sheet.header import Header, plain_label, strength
from app.services.sheet.likeness import pairs
from app.services.sheet.read import Sheet
from app.services.sheet.usual import COUNTERS

SEVERAL = 2  # columns of ours that a sheet must have to be worth asking about
HABITS = 20  # sheets of a sender that are looked at for what a heading meant before


def likely(sheet: Sheet, columns: Sequence[Column]) -> list[str]:
    """Names of the sheets that may be meant, the likeliest first; the book's order among equals."""
    strengths = {sheet.name: strength(sheet.rows, columns)} | {name: strength(rows, columns) for name, rows in sheet.heads.items()}
    best = max(strengths.values())
    return [name for name in sorted(strengths, key=lambda name: -strengths[name])
            if strengths[name] == best or strengths[name] >= max(SEVERAL, best / 2)]


def remembered(session: Session, model: type[Entity], header: Header) -> dict[str, str] | None:
    """Heading → field key, as this sender said it of a sheet with just these headings."""
    found = session.scalars(_own(session, model).where(SheetMapping.headings == _digest(header)).limit(1)).first()
    return found.columns if found else None


def offered(session: Session, model: type[Entity], header: Header, columns: Sequence[Column]) -> dict[str, str]:
    """Heading → field key for headings that are not ours: what the sender said of it before, else what is likest."""
    habits: dict[str, str] = {}
    for one in reversed(session.scalars(_own(session, model).limit(HABITS)).all()):
        habits |= one.columns
    open_names = [name for name in header.names.values() if name in header.unknown]
    free = {column.key: column for column in columns if column.key not in header.at and column.key != ROW_ID.key}
    known = {name: habits[name] for name in open_names if habits.get(name) in free}
    rest = [column for key, column in free.items() if key not in known.values()]
    return known | pairs((name for name in open_names if name not in known and plain_label(name) not in COUNTERS), rest)


def is_open(header: Header, offers: Mapping[str, str]) -> bool:
    """Whether the sender has to be asked: something is offered, stands twice, or must be there and is not though headings are left."""
    left = [name for name in header.unknown if plain_label(name) not in COUNTERS]
    return bool(offers or header.doubled or not header.at or (header.missing and left))


def remember(session: Session, model: type[Entity], header: Header, known: Mapping[str, str]) -> None:
    """Keep what the sender said; the caller commits."""
    digest = _digest(header)
    found = session.scalars(_own(session, model).where(SheetMapping.headings == digest).limit(1)).first()
    if found is None:
        session.add(SheetMapping(sender=_sender(session), entity=model.__name__, headings=digest, columns=dict(known)))
    elif found.columns != dict(known):
        found.columns = dict(known)


def _own(session: Session, model: type[Entity]) -> Any:
    return select(SheetMapping).where(SheetMapping.sender == _sender(session), SheetMapping.entity == model.__name__).order_by(SheetMapping.id.desc())


def _sender(session: Session) -> str:
    """A school's people send the same sheets; beyond schools each member has the own."""
    who = scope.asker(session)
    return f"school:{who.school_id}" if who.school_id is not None else f"member:{who.member_id}"


def _digest(header: Header) -> str:
    """The same for the same headings in any order."""
    return hashlib.sha256("\n".join(sorted(header.names.values())).encode()).hexdigest()
