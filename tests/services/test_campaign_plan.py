"""Day and inspector after the notice stand on the school's row and on its inspection alike, on both engines."""

from datetime import timedelta

from sqlalchemy import select

from app.models.inspection import ChecklistTemplate, Inspection
from app.services import campaign_notice, checklist, clock, inspection, records
from tests.support.asking import asking
from tests.support.campaigning import refused
from tests.support.filling import fill


def place_and_inspection(office, at=0):
    place = office.places()[at]
    return place, office.session.get_one(Inspection, place.inspection_id)


def test_a_new_day_and_inspector_reach_the_inspection_and_the_notice(office):
    office.announced()
    place, row = place_and_inspection(office)
    day = office.row.starts_on + timedelta(7)
    records.edit(office.session, place, {"planned_on": day, "inspector": office.member("inspector2").id})
    assert (row.planned_on, row.inspector_id) == (day, office.member("inspector2").id)
    records.edit(office.session, place, {"planned_on": None, "inspector": None})
    assert (row.planned_on, row.inspector_id) == (office.row.starts_on, office.member("inspector").id)


def test_what_is_changed_on_the_inspection_stands_on_the_schools_row(office):
    office.announced()
    place, row = place_and_inspection(office)
    with asking(office.session, "inspector"):
        records.edit(office.session, row, {"planned_on": office.row.ends_on})
    assert (place.planned_on, place.inspector_id) == (office.row.ends_on, None)
    assert campaign_notice.notice(office.session, office.row.id, place).place.planned_on == office.row.ends_on
    records.edit(office.session, row, {"inspector": office.member("inspector3").id})
    assert place.inspector_id == office.member("inspector3").id


def test_a_begun_inspection_follows_and_a_submitted_one_stands_fast(office):
    office.announced()
    place, row = place_and_inspection(office)
    with asking(office.session, "inspector"):
        inspection.save_answer(office.session, row, "A2", result="pass", reason="现场核实")
    records.edit(office.session, place, {"inspector": office.member("inspector2").id})
    assert (row.state, row.inspector_id) == ("open", office.member("inspector2").id)
    with asking(office.session, "inspector2"):
        fill(office.session, row, {})
        inspection.submit(office.session, row)
    assert list(refused(records.edit, office.session, place, {"planned_on": office.row.ends_on})) == ["planned_on"]
    assert list(refused(records.edit, office.session, place, {"inspector": None})) == ["inspector"]


def test_a_visit_lies_within_its_campaign(office):
    place = office.place("school", "must", planned_on=office.row.ends_on)
    late, early = office.row.ends_on + timedelta(1), office.row.starts_on - timedelta(1)
    for day in (late, early):
        assert list(refused(records.edit, office.session, place, {"planned_on": day})) == ["planned_on"]
    assert list(refused(records.edit, office.session, office.row, {"ends_on": office.row.ends_on - timedelta(1)})) == ["ends_on"]
    office.announced()
    row = office.session.get_one(Inspection, place.inspection_id)
    assert list(refused(records.edit, office.session, row, {"planned_on": late})) == ["planned_on"]
    records.edit(office.session, office.row, {"ends_on": late})
    assert records.edit(office.session, place, {"planned_on": late}).inspection.planned_on == late


def test_a_prolonged_self_check_reaches_the_schools_that_keep_the_old_day(office):
    office.place("school", "must", self_due_on=clock.today() + timedelta(1))
    office.announced()
    due = office.row.self_due_on + timedelta(1)
    sent = next(one for one in office.places("drawn"))
    sent.self_submitted_at = clock.now()
    office.session.flush()
    records.edit(office.session, office.row, {"self_due_on": due})
    assert {one.self_due_on for one in office.places("drawn") if one is not sent} == {due}
    assert (office.places("must")[0].self_due_on, sent.self_due_on) == (clock.today() + timedelta(1), due - timedelta(1))


def test_an_inspection_of_a_campaign_keeps_its_checklist_and_school(office):
    office.announced()
    _place, row = place_and_inspection(office)
    draft = checklist.new_version(office.session, office.session.get_one(ChecklistTemplate, office.row.template_id))
    checklist.publish(office.session, draft)
    assert list(refused(records.edit, office.session, row, {"template": draft.id})) == ["template"]
    elsewhere = office.session.scalars(select(Inspection.school_id).where(Inspection.school_id != row.school_id)).first()
    assert "school" in refused(records.edit, office.session, row, {"school": elsewhere})
