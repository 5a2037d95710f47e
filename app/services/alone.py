"""One school of the own scope, looked at alone: the same rule in its shortest words.

An office's rule says "schools below this area" of every table in a statement, and PostgreSQL plans that anew each time: for what is asked
of one school it planned up to ten times as long as it read. Who works in one school says so once it was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache

from sqlalchemy.orm import Session

from app.services import scope
from app.services.asking import Asker


@contextmanager
def alone(session: Session, school_id: int) -> Iterator[None]:
    """See of all schools this one alone. Only of a school that a statement found within the scope of who asks; roles and names stay."""
    who = scope.asker(session)
    session.info["asker"] = who if who.unbound or who.school_id is not None else _narrowed(who, school_id)
    try:
        yield
    finally:
        session.info["asker"] = who


@lru_cache(maxsize=512)
def _narrowed(who: Asker, school_id: int) -> Asker:
    """One object for equal ones, as its rule is built once."""
    return replace(who, school_ids=(school_id,))
