"""Ask in a test's session as one of the seven accounts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from app.models.org import Member
from app.services import scope


@contextmanager
def asking(session: Any, username: str) -> Iterator[scope.Asker]:
    """Ask as this account until the end of the block; yields the asker."""
    with scope.everything(session):
        member = session.scalars(select(Member).where(Member.username == username)).one()
    before = session.info["asker"]
    scope.bind(session, scope.asker_of(session, member))
    try:
        yield scope.asker(session)
    finally:
        scope.bind(session, before)
