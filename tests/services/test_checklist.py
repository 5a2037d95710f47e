"""Versions of the checklist: a published one stays as it is, another is made from a copy; the rules of its scores."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.inspection import ChecklistItem, ChecklistTemplate
from app.services import checklist, records, scope
from tests.services.evidence.school import ON, desk
from tests.support.inspecting import visit

assert desk and visit  # pytest finds them here by their names


def test_a_published_template_is_immutable(visit):
    session: Session = visit.session
    scope.bind(session, scope.SYSTEM)
    item = session.scalars(select(ChecklistItem)).first()
    section = item.section
    for row, key in ((item, "text"), (section, "name"), (visit.template, "name")):
        with pytest.raises(records.Refused):
            records.edit(session, row, {key: "改了"})
        session.refresh(row)
    with pytest.raises(records.Refused):
        records.delete(session, item)
    session.refresh(item)
    assert item.deleted_at is None


def test_a_published_template_takes_no_more_items(visit):
    scope.bind(visit.session, scope.SYSTEM)
    draft = checklist.new_version(visit.session, visit.template)
    section, other = (checklist.sections_of(visit.session, one.id)[0] for one in (visit.template, draft))
    values = {"code": "A9", "text": "新条目。", "position": 9, "methods": "查"}
    added = records.add(visit.session, ChecklistItem, {**values, "section": other.id})
    with pytest.raises(records.Refused):
        records.edit(visit.session, added, {"section": section.id})
    visit.session.refresh(added)
    with pytest.raises(records.Refused):
        records.add(visit.session, ChecklistItem, {**values, "section": section.id})


def test_a_template_is_published_by_publish_only(visit):
    scope.bind(visit.session, scope.SYSTEM)
    with pytest.raises(records.Refused):
        records.add(visit.session, type(visit.template), {"code": "x", "number": 1, "name": "x"}, own={"state": "published"})


def test_a_new_version_is_a_draft_that_can_be_published(visit):
    scope.bind(visit.session, scope.SYSTEM)
    draft = checklist.new_version(visit.session, visit.template)
    assert (draft.code, draft.number, draft.state) == (visit.template.code, visit.template.number + 1, "draft")
    old, new = (checklist.items_of(visit.session, one.id) for one in (visit.template, draft))
    same = ("code", "text", "methods", "evidence", "parameters", "applies_when", "critical", "basis", "weight")
    assert [[getattr(item, key) for key in same] for item in new] == [[getattr(item, key) for key in same] for item in old]
    records.edit(visit.session, new[0], {"text": "改过的条目。"})
    checklist.publish(visit.session, draft)
    assert (draft.state, draft.published_on) == ("published", ON)
    with pytest.raises(records.Refused):
        records.edit(visit.session, new[0], {"text": "再改。"})
    with pytest.raises(records.Refused):
        checklist.publish(visit.session, draft)


@pytest.mark.parametrize(("change", "word"), [
    ({"evidence": "no_such"}, "no_such"), ({"applies_when": "moon"}, "moon"), ({"code": "A2"}, "A2"),
])
def test_a_draft_that_cannot_work_is_not_published(visit, change, word):
    scope.bind(visit.session, scope.SYSTEM)
    draft = checklist.new_version(visit.session, visit.template)
    records.edit(visit.session, checklist.items_of(visit.session, draft.id)[0], {}, own=change)
    with pytest.raises(records.Refused) as refused:
        checklist.publish(visit.session, draft)
    assert (word in str(refused.value.errors[""]), draft.state) == (True, "draft")


@pytest.mark.parametrize(("said", "key"), [({"good_from": 90}, "good_from"), ({"fair_from": 75}, "fair_from"), ({"excellent_from": 101}, "excellent_from"),
                                           ({"general_days": 0}, "general_days"), ({"cap": "best"}, "cap")])
def test_rules_that_cannot_hold_are_refused(visit, said, key):
    scope.bind(visit.session, scope.SYSTEM)
    with pytest.raises(records.Refused) as refused:
        records.add(visit.session, ChecklistTemplate, {"code": "x", "number": 1, "name": "x", **said})
    assert list(refused.value.errors) == [key]
