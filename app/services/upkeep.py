"""What a database needs now and then, so that it goes on finding the short way."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

# Rows of an index that SQLite looks at, 0.2 s at 260,000 children. Of 1,000 it takes a list of one status for short, and a township's filter walks it whole.
LOOK_AT = 20_000


def refresh_statistics(session: Session) -> None:
    """Have the planner count anew: after a seed, a large import, nightly. Commits.

    Without statistics SQLite sorts every child of the county for the first page of a list.
    """
    session.commit()
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"PRAGMA analysis_limit={LOOK_AT}"))
    session.execute(text("ANALYZE"))
    session.commit()
