"""Versions of one checklist belong together by its code: what another checklist asks says nothing of this one's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from app.models.inspection import ChecklistTemplate, Inspection


def code_of(inspection: Any) -> Any:
    """Code of the checklist of an inspection (the entity, or an alias of it), as a part of a statement on it."""
    return select(ChecklistTemplate.code).where(ChecklistTemplate.id == inspection.template_id).correlate(inspection).scalar_subquery()


def code_behind(finding: Any) -> Any:
    """Code of the checklist of the inspection that opened a finding (the entity, or an alias of it)."""
    its = aliased(Inspection)
    return (select(ChecklistTemplate.code).join(its, its.template_id == ChecklistTemplate.id)
            .where(its.id == finding.inspection_id).correlate(finding).scalar_subquery())


def after(later: Any, earlier: Any) -> ColumnElement[bool]:
    """Whether one submitted inspection came after another by the same checklist; of two at one moment the one written later."""
    moment = or_(later.submitted_at > earlier.submitted_at, and_(later.submitted_at == earlier.submitted_at, later.id > earlier.id))
    return and_(moment, code_of(later) == code_of(earlier))
