"""The signature of the school's head: a picture on the inspection, known by its name."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.models.audit import Attachment
from app.models.inspection import Inspection
from app.models.words import _
from app.services import attachments

STEM = _("学校负责人签字")
NAME = f"{STEM}.png"  # as the phone sends it; it is kept as any picture is


def of(session: Session, inspection: Inspection) -> Attachment | None:
    """The last signature of an inspection that was found in scope, for who may read files."""
    found = [one for one in attachments.of_row(session, inspection) if one.name.rpartition(".")[0] == STEM]
    return found[-1] if found else None
