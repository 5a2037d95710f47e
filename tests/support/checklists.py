"""Drafts of the checklist for tests: made by the system, and given to an office as its own."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.inspection import ChecklistTemplate
from app.models.org import Member
from app.services import checklist


def drafted(session: Session, of: int | None = None, account: str = "county") -> int:
    """Id of a new draft of the account's office: of the published checklist, or of the version with this id."""
    first = select(ChecklistTemplate).where(ChecklistTemplate.state == "published").order_by(ChecklistTemplate.id)
    draft = checklist.new_version(session, session.get(ChecklistTemplate, of) if of else session.scalars(first).first())
    draft.area_id = session.scalar(select(Member.area_id).where(Member.username == account))
    session.flush()
    return draft.id
