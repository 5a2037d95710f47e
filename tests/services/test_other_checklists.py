"""Beside the county's checklist a short one of something else: neither speaks for the other."""

import pytest
from sqlalchemy import delete, select

from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate, Finding, Inspection
from app.services import clock, counting, findings, inspection, records
from tests.services.evidence.school import ON, desk
from tests.support.inspecting import visit

assert desk and visit


@pytest.fixture
def short(visit):
    """Makes a submitted or planned inspection by a checklist of one item, A1."""
    template = visit.desk.add(ChecklistTemplate, code="bus", number=1, name="校车专项", state="draft")
    part = visit.desk.add(ChecklistSection, template_id=template.id, code="A", name="校车", position=1)
    visit.desk.add(ChecklistItem, section_id=part.id, code="A1", text="与原条目毫无关系", position=1, methods="查", applies_when="kindergarten")
    visit.session.execute(ChecklistTemplate.__table__.update().where(ChecklistTemplate.__table__.c.id == template.id).values(state="published"))
    return visit.desk.add(Inspection, template_id=template.id, name="专项", planned_on=ON, inspector_id=visit.inspector.id)


def test_what_asks_nothing_of_a_school_is_not_submitted(visit, short):
    with pytest.raises(records.Refused) as refused:
        inspection.submit(visit.session, short)
    assert "没有一条适用" in str(refused.value.errors[""])
    assert short.state == "planned" or short.submitted_at is None


def test_a_finding_is_repeated_by_its_own_checklist_alone(visit, short):
    item = visit.session.scalars(select(ChecklistItem).join(ChecklistItem.section).where(ChecklistSection.template_id == short.template_id)).one()
    visit.desk.add(Finding, inspection_id=short.id, item_id=item.id, what="问题", due_on=ON)
    own = next(one for one in visit.session.scalars(select(ChecklistItem).join(ChecklistItem.section).where(
        ChecklistSection.template_id == visit.template.id, ChecklistItem.code == "A1")))
    days = {"critical": 15, "general": 30}
    assert findings.open_from(visit.session, visit.row, own, days).repeated is False
    again = visit.desk.add(Inspection, template_id=visit.template.id, name="再查", planned_on=ON, inspector_id=visit.inspector.id)
    assert findings.open_from(visit.session, again, own, days).repeated is True


def test_what_has_no_score_is_not_in_the_mean(visit, short):
    visit.session.execute(delete(Finding.__table__))
    for row, score in ((visit.row, 89.9), (short, None)):
        visit.session.execute(Inspection.__table__.update().where(Inspection.__table__.c.id == row.id).values(
            state="submitted", submitted_at=clock.now(), score=score))
    told = dict(counting._inspections(visit.session, [visit.row.school_id], ON))
    assert told[visit.row.school_id] == {"inspections": 1, "scores": 89.9}
