"""A child's left-behind status by every definition, from where its parents are recorded to be."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.children import Child, ParentSpell
from app.services import clock, left_behind


def of_child(session: Session, child: Child) -> dict[str, left_behind.Status]:
    """Definition → status as of today; the spells are those in scope and not in the trash."""
    spells = session.scalars(select(ParentSpell).where(ParentSpell.child_id == child.id)).all()
    return left_behind.statuses(birth=child.birth_date, on=clock.today(), rural=child.rural, stage=child.stage, spells=spells)
