"""What is sent once: a form's token, what came with it, and the row that it made."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.audit import Submission
from app.models.base import Entity
from app.models.crypto import digest


class Token(str):
    """A token that knows what was sent with it, as a keyed digest: the same token with other words is another form."""

    content: str

    def __new__(cls, token: str, said: str) -> Token:
        made = super().__new__(cls, token)
        made.content = digest(said, "submission.content")
        return made


def made(session: Session, model: type[Entity], token: str) -> Submission | None:
    """What a form with this token made; None for a new token.

    Who sends the same token at the same time waits here until the first transaction ends, and finds what it made.
    """
    if session.get_bind().dialect.name == "postgresql":  # on SQLite one writes at a time anyway
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(token), 0))))
    return session.scalars(select(Submission).where(Submission.token == str(token), Submission.entity == model.__name__)).one_or_none()


def keep(session: Session, token: str, row: Entity) -> None:
    """Remember the row that a form made; the caller flushes."""
    session.add(Submission(token=str(token), content=_content(token), entity=type(row).__name__, row_id=row.id))


def said_otherwise(known: Submission, token: str) -> bool:
    """Whether something else came with the token before. What came without a digest, or before there were any, is not compared."""
    content = _content(token)
    return content is not None and known.content is not None and content != known.content


def _content(token: str) -> str | None:
    return token.content if isinstance(token, Token) else None
