"""The notice of a campaign and what follows to its end, on both engines."""

from datetime import timedelta

from sqlalchemy import select

from app.models.audit import Change
from app.models.campaign import DrawnChild, Recusal
from app.models.children import Child
from app.models.inspection import Inspection
from app.models.org import School
from app.services import campaign, campaign_notice, clock, draw, inspection, moving, records, scope
from tests.support.asking import asking
from tests.support.campaigning import WHY, Office, refused, told
from tests.support.statements import noted


def test_the_notice_makes_the_inspections_and_draws_the_files(office):
    office.announced()
    places = office.places()
    assert len(places) == 4 and {one.announced_on for one in places} == {clock.today()}
    for place in places:
        row = office.session.get_one(Inspection, place.inspection_id)
        assert (row.school_id, row.template_id, row.inspector_id) == (place.school_id, office.row.template_id, office.member("inspector").id)
        assert (row.planned_on, place.self_due_on, place.team) == (office.row.starts_on, office.row.self_due_on, 1)
        query = select(Child.uid).where(Child.school_id == place.school_id, Child.left_behind != "0", Child.file_state == "open")
        wanted = draw.files("2026-42", office.session.scalars(query), 3)
        drawn = office.session.execute(select(Child.uid).join(DrawnChild, DrawnChild.child_id == Child.id).where(
            DrawnChild.inspection_id == row.id).order_by(DrawnChild.place)).scalars().all()
        assert drawn == list(wanted)


def test_a_must_visit_has_the_stratum_of_its_type(office):
    office.place("school", "must")
    office.announced()
    must, = office.places("must")
    assert (office.school("school").type, must.stratum) == ("nine_year", "junior")
    assert all(one.stratum for one in office.places("drawn"))


def test_each_school_of_a_notice_has_its_lines_in_the_history(office):
    office.announced()
    leader = office.member("inspector")
    for place in office.places():
        made = office.session.scalars(select(Change).where(Change.entity == "Inspection", Change.row_id == place.inspection_id)).one()
        assert made.action == "add" and ["inspector_id", None, leader.id, "", leader.name] in made.lines and made.school_id == place.school_id
        told = office.session.scalars(select(Change).where(
            Change.entity == "CampaignSchool", Change.row_id == place.id).order_by(Change.id.desc())).first()
        assert ["inspection_id", None, place.inspection_id, "", office.row.name] in told.lines and told.request_id == made.request_id


def test_a_notice_to_more_schools_sends_one_statement_more_for_each(office):
    for row in office.session.scalars(select(Recusal)).all():
        records.delete(office.session, row)
    sent = []
    for most in (1, 4):
        made = Office(office.session)
        records.edit(office.session, made.row, dict.fromkeys(("kindergarten", "primary", "junior", "senior"), most))
        made.team("inspector", "inspector2", "inspector3")
        campaign.make_draw(office.session, made.row)
        with noted(office.session.get_bind()) as seen:
            campaign_notice.announce(office.session, made.row)
        sent.append((len(made.places()), len(seen)))
    (few, little), (many, much) = sent
    assert many > few and much - little <= many - few


def test_an_announced_campaign_is_not_redrawn(office):
    office.announced()
    assert refused(campaign.make_draw, office.session, office.row) and refused(campaign.take_back, office.session, office.row, "想换几所学校")
    assert refused(campaign_notice.announce, office.session, office.row)
    assert list(refused(records.edit, office.session, office.row, {"template": office.row.template_id, "files": 9})) == ["files"]


def test_a_given_inspector_and_day_win(office):
    office.place("school", "must", inspector=office.member("inspector3").id, planned_on=clock.today() + timedelta(9))
    office.announced()
    row = office.session.get_one(Inspection, office.places("must")[0].inspection_id)
    assert (row.inspector_id, row.planned_on) == (office.member("inspector3").id, clock.today() + timedelta(9))


def test_the_first_tick_sets_it_running_and_closing_locks_it(office):
    office.announced()
    session, row = office.session, office.session.get_one(Inspection, office.places()[0].inspection_id)
    with asking(session, "inspector"):
        inspection.save_answer(session, row, "A2", result="pass", reason="现场核实")
    assert office.row.state == "running"
    campaign.close(session, office.row, WHY)
    place = office.places()[0]
    for attempt in (lambda: records.edit(session, office.row, {"ends_on": clock.today() + timedelta(30)}),
                    lambda: records.edit(session, place, {"self_due_on": clock.today()}),
                    lambda: records.edit(session, row, {"planned_on": clock.today()})):
        assert refused(attempt)
    assert "reason" in refused(campaign.reopen, session, office.row, "")
    campaign.reopen(session, office.row, "两所学校漏填")
    assert office.row.state == "running"
    line = session.scalars(select(Change).where(Change.entity == "Campaign", Change.row_id == office.row.id).order_by(Change.id.desc())).first()
    assert ["note.reopened", None, None, "", "两所学校漏填"] in line.lines


def test_a_drawn_file_goes_with_its_child(office):
    office.announced()
    session, drawn = office.session, office.session.scalars(select(DrawnChild).order_by(DrawnChild.id.desc())).first()
    there = session.scalars(select(School).where(School.id != drawn.school_id)).first()
    moving.move(session, session.get_one(Child, drawn.child_id), {"school": there.id, "school_class": None, "moved_on": clock.today(), "reason": "随父母居住"})
    session.refresh(drawn)
    assert drawn.school_id == there.id and session.get_one(Inspection, drawn.inspection_id).school_id != there.id


def test_a_draft_goes_to_the_trash_and_comes_back_whole(office):
    office.team("inspector", "inspector2", "inspector3")
    campaign.make_draw(office.session, office.row)
    records.delete(office.session, office.row)
    assert office.places() == []
    with scope.trash(office.session):
        records.restore(office.session, office.row)
    assert len(office.places("drawn")) == 4


def test_an_announced_one_is_not_thrown_away(office):
    office.announced()
    assert "不能删除" in told(refused(records.delete, office.session, office.row))


def test_no_notice_tells_of_a_day_that_is_past(office):
    place = office.place("school", "must", planned_on=office.row.starts_on)
    office.team("inspector", "inspector2", "inspector3")
    campaign.make_draw(office.session, office.row)
    with clock.freeze(office.row.self_due_on + timedelta(1)):
        assert office.row.self_due_on.isoformat() in told(refused(campaign_notice.announce, office.session, office.row))
    place.self_due_on = clock.today() - timedelta(1)
    office.session.flush()
    assert office.school("school").name in told(refused(campaign_notice.announce, office.session, office.row))
    place.self_due_on = clock.today()
    assert campaign_notice.announce(office.session, office.row) == len(office.places())
