"""Which term a day counts to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from app.models.term import Term


def began_last(on: Any, *columns: Any) -> Select[Any]:
    """Columns of the term that began last up to a day: the running one, in holidays the one before. No row where none began yet.

    Terms do not overlap (term_rules.py), so there is one. Without an order, so that it can be part of a union.
    """
    other = aliased(Term)
    began = select(func.max(other.starts_on)).where(other.starts_on <= on).scalar_subquery()
    return select(*columns).where(Term.starts_on == began)
