"""Statements that the rule of visible rows cannot narrow.

The rule goes along with what SQLAlchemy takes for a statement on entities. Of bare tables a service asks on purpose; but a statement that names
entities where SQLAlchemy does not look for them, as in ``select(table.c.id).where(or_(one.exists(), other.exists()))``, would be answered with
rows of every place, and without a word.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql import visitors

from app.models.base import Entity


class NoScope(RuntimeError):
    """A statement ran in a session to which nobody said who asks, or one that no rule can narrow."""


def check(statement: Any) -> None:
    """Raises NoScope where a statement that is none on entities holds some; one on bare tables passes."""
    named = {held.class_ for element in visitors.iterate(statement) if (held := getattr(element, "_annotations", {}).get("parententity")) is not None}
    if told := sorted(one.__name__ for one in named if issubclass(one, Entity)):
        raise NoScope(f"no rule narrows a statement that is none on entities and holds {', '.join(told)}: let it select of them, or ask of bare tables")
