"""A campaign from its draw to its end, on both engines: what it makes, what it refuses, what the history tells."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.audit import Change
from app.models.campaign import Campaign, CampaignMember, CampaignSchool, DrawnChild, Recusal
from app.models.children import Child
from app.models.inspection import ChecklistTemplate, Inspection
from app.models.org import Area, Member, School
from app.services import campaign, campaign_notice, clock, draw, inspection, moving, records, scope
from tests.support.asking import asking


class Office:
    """The county office at work on a campaign."""

    def __init__(self, session) -> None:
        self.session = session
        self.area = session.scalars(select(Area).where(Area.id == scope.asker(session).area_id)).one()
        self.row = self.add(Campaign, name="秋季督导", area=self.area.id, starts_on=clock.today() + timedelta(5), ends_on=clock.today() + timedelta(20),
                            self_due_on=clock.today() + timedelta(3), template=session.scalars(select(ChecklistTemplate.id)).first(), unit="county",
                            kindergarten=1, primary=1, junior=1, senior=1, files=3, seed="2026-42")

    def add(self, model, **values):
        return records.add(self.session, model, values)

    def member(self, username):
        return self.session.scalars(select(Member).where(Member.username == username)).one()

    def school(self, username):
        return self.session.get_one(School, self.member(username).school_id)

    def team(self, *usernames, number=1, leader=True):
        return [self.add(CampaignMember, area=self.area.id, campaign=self.row.id, member=self.member(username).id, team=number, leader=leader and order == 0)
                for order, username in enumerate(usernames)]

    def place(self, username, how, **values):
        return self.add(CampaignSchool, campaign=self.row.id, school=self.school(username).id, how=how, **{"reason": "投诉较多", **values})

    def places(self, *how):
        query = select(CampaignSchool).where(CampaignSchool.campaign_id == self.row.id)
        return [one for one in self.session.scalars(query.order_by(CampaignSchool.id)) if not how or one.how in how]

    def announced(self):
        self.team("inspector", "inspector2", "inspector3")
        campaign.make_draw(self.session, self.row)
        campaign_notice.announce(self.session, self.row)
        return self


@pytest.fixture
def office(app):
    with app.app_context():
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        for row in session.scalars(select(Campaign)):
            row.state = "closed"  # those of the demo are out of the way
        session.flush()
        with asking(session, "county"):
            yield Office(session)
            session.rollback()


def refused(work, *args, **values):
    """What was said against it; nothing of it stays."""
    inner = db.session.begin_nested()
    with pytest.raises(records.Refused) as told:
        work(*args, **values)
    inner.rollback()
    return told.value.errors


# The draw ----------------------------------------------------------------------------------
def test_a_draw_makes_the_schools_and_keeps_what_it_was_made_of(office):
    drawn = campaign.make_draw(office.session, office.row)
    listed = [one.lot for one in campaign.eligible(office.session, office.row)]
    assert len(listed) == 8 and {(one.stratum, one.place) for one in drawn} == {(stratum, 1) for stratum in draw.STRATA}
    assert office.row.list_hash == draw.list_hash(listed) and office.row.drawn_at is not None
    assert [tuple(one) for one in office.row.drawn_from] == sorted(listed)
    codes = {office.session.get_one(School, one.school_id).code for one in drawn}
    assert codes == {one.school.code for one in draw.draw("2026-42", listed, campaign.sizes(office.row))}


def test_must_visits_are_in_and_left_out_schools_are_out_whatever_is_drawn(office):
    office.place("school", "must")
    office.place("school2", "left")
    codes = {office.school(one).code for one in ("school", "school2")}
    assert not codes & {one.lot.code for one in campaign.eligible(office.session, office.row)}
    campaign.make_draw(office.session, office.row)
    assert {one.school_id for one in office.places("drawn")}.isdisjoint({office.school(one).id for one in ("school", "school2")})
    assert {one.how for one in office.places()} == {"drawn", "must", "left"}


def test_each_township_is_drawn_by_itself(office):
    records.edit(office.session, office.row, {"unit": "township"})
    areas = {one.lot.area for one in campaign.eligible(office.session, office.row)}
    assert len(areas) > 1 and all(len(code) > 6 for code in areas)
    drawn = campaign.make_draw(office.session, office.row)
    assert len(drawn) > 4 and {one.place for one in drawn} == {1}


def test_without_a_seed_one_is_made_and_recorded(office):
    records.edit(office.session, office.row, {"seed": None})
    campaign.make_draw(office.session, office.row)
    assert len(office.row.seed) == 16


def test_a_redraw_says_the_same_and_names_who_came_and_went(office):
    campaign.make_draw(office.session, office.row)
    told = campaign.redraw(office.session, office.row)
    assert (told.same, told.sound, told.joined, told.left, told.changed) == (True, True, [], [], [])
    with scope.everything(office.session):
        first, second = (office.session.scalars(select(School).where(School.type == kind)).first() for kind in ("primary", "junior"))
        first.code, second.type = "2199777777", "senior"
        office.session.flush()
    told = campaign.redraw(office.session, office.row)
    assert told.sound and told.joined == [first.name] and len(told.left) == 1 and told.changed == [second.name]


def test_a_list_that_was_tampered_with_is_told(office):
    campaign.make_draw(office.session, office.row)
    with scope.everything(office.session):
        office.row.drawn_from = office.row.drawn_from[1:]
        office.session.flush()
    assert not campaign.redraw(office.session, office.row).sound


def test_a_draw_is_not_made_twice_and_taken_back_for_a_reason_only(office):
    campaign.make_draw(office.session, office.row)
    assert "" in refused(campaign.make_draw, office.session, office.row)
    assert "reason" in refused(campaign.take_back, office.session, office.row, " 。。 ")
    campaign.take_back(office.session, office.row, "乡镇名单漏了两所学校")
    assert office.row.drawn_at is None and office.places("drawn") == []
    line = office.session.scalars(select(Change).where(Change.entity == "Campaign", Change.row_id == office.row.id).order_by(Change.id.desc())).first()
    assert ["note.undrawn", None, None, "", "乡镇名单漏了两所学校"] in line.lines


@pytest.mark.parametrize(("key", "value"), [("seed", "1"), ("primary", 5), ("unit", "township")])
def test_what_was_drawn_with_stays(office, key, value):
    campaign.make_draw(office.session, office.row)
    assert list(refused(records.edit, office.session, office.row, {key: value})) == [key]


# Schools that are put in or left out ---------------------------------------------------------
@pytest.mark.parametrize("how", ["must", "left"])
def test_a_reason_is_asked(office, how):
    assert list(refused(office.place, "school", how, reason="")) == ["reason"]


def test_nobody_makes_a_drawn_school_by_hand(office):
    assert list(refused(office.place, "school", "drawn")) == ["how"]
    row = office.place("school", "must")
    assert list(refused(records.edit, office.session, row, {"how": "drawn"})) == ["how"]


def test_after_the_draw_no_school_comes_or_goes(office):
    row = office.place("school", "must")
    campaign.make_draw(office.session, office.row)
    assert list(refused(office.place, "school2", "must")) == ["how"]
    assert list(refused(records.delete, office.session, row)) == [""]


def test_a_school_of_another_area_is_none_of_the_campaign(office):
    records.edit(office.session, office.row, {"seed": "7"})
    town = office.session.scalars(select(Area).where(Area.level == "township", Area.id != office.school("school").area_id)).first()
    row = office.add(Campaign, name="乡镇督导", area=town.id, starts_on=clock.today(), ends_on=clock.today(), self_due_on=clock.today(),
                     template=office.row.template_id, unit="county", kindergarten=0, primary=0, junior=0, senior=0, files=0, seed="")
    errors = refused(office.add, CampaignSchool, campaign=row.id, school=office.school("school").id, how="must", reason="投诉较多")
    assert list(errors) == ["school"]


# Teams ---------------------------------------------------------------------------------------
def announce(office):
    campaign.make_draw(office.session, office.row)
    return refused(campaign_notice.announce, office.session, office.row)


def told(errors):
    return " ".join(str(one.message) % one.params for one in errors.values())


def test_a_team_has_three_and_one_leader(office):
    office.team("inspector", "inspector2", leader=False)
    assert "至少三人" in told(announce(office)) and "要有一名组长" in told(refused(campaign_notice.announce, office.session, office.row))


def test_a_leader_inspects_and_so_needs_an_inspectors_account(office):
    office.team("county", "inspector2", "inspector3")
    assert "督导员账号" in told(announce(office))


def test_without_a_team_or_a_draw_no_notice_goes_out(office):
    assert "还没有抽签" in told(refused(campaign_notice.announce, office.session, office.row))
    assert "还没有督导组" in told(announce(office))


def recuse(office, username, school):
    return office.add(Recusal, member=office.member(username).id, school=school.id, why="近亲属在该校工作")


def test_who_is_related_to_a_school_is_in_no_team_for_it(office):
    office.team("inspector", "inspector2", "inspector3")
    office.place("school", "must")
    recuse(office, "inspector3", office.school("school"))
    assert "要回避" in told(announce(office))


def test_who_belongs_to_a_school_is_related_to_it(office):
    office.team("inspector", "inspector2", "school")
    office.place("school", "must")
    assert office.school("school").name in told(announce(office))


def test_schools_are_dealt_to_teams_past_those_that_are_related(office):
    office.team("inspector", "county", "township")
    office.team("inspector2", "inspector3", "school", number=2)
    office.place("school", "must")
    campaign.make_draw(office.session, office.row)
    campaign_notice.announce(office.session, office.row)
    assert next(one.team for one in office.places("must")) == 1
    assert {one.team for one in office.places()} == {1, 2}


def test_after_the_notice_no_change_breaks_a_team(office):
    office.announced()
    members = office.session.scalars(select(CampaignMember).where(CampaignMember.campaign_id == office.row.id)).all()
    ids, place = [one.id for one in members], office.places()[0]
    tried = [lambda: records.delete(office.session, office.session.get_one(CampaignMember, ids[2])),
             lambda: records.edit(office.session, office.session.get_one(CampaignMember, ids[0]), {"leader": False}),
             lambda: records.edit(office.session, office.session.get_one(CampaignMember, ids[1]), {"team": 2}),
             lambda: records.edit(office.session, office.session.get_one(CampaignMember, ids[1]), {"leader": True}),
             lambda: records.edit(office.session, office.session.get_one(CampaignSchool, place.id), {"team": 4}),
             lambda: recuse(office, "inspector3", office.session.get_one(School, place.school_id))]
    for attempt in tried:
        assert refused(attempt)
    records.edit(office.session, office.session.get_one(CampaignMember, ids[1]), {"member": office.member("township").id})
    assert office.row.state == "announced"


def test_nobody_inspects_a_school_that_they_are_related_to(office):
    school = office.school("school")
    recuse(office, "inspector2", school)
    values = {"name": "抽查", "school": school.id, "template": office.row.template_id, "planned_on": clock.today()}
    errors = refused(office.add, Inspection, inspector=office.member("inspector2").id, **values)
    assert list(errors) == ["inspector"]
    assert office.add(Inspection, inspector=office.member("inspector").id, **values).id


# The notice ----------------------------------------------------------------------------------
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
    campaign.close(session, office.row)
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


# Who sees what ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("account", "before", "after"), [
    ("county", True, True), ("inspector", True, True), ("township", False, True), ("school", False, True), ("superior", False, True),
    ("school2", False, False)])
def test_before_the_notice_only_those_see_it_who_prepare_it(office, account, before, after):
    office.team("inspector", "inspector2", "inspector3")
    place = office.place("school", "must").id
    campaign.make_draw(office.session, office.row)
    for told_out in (before, after):
        with asking(office.session, account):
            assert (records.find(office.session, CampaignSchool, place) is not None) is told_out
        if office.row.state == "draft":
            campaign_notice.announce(office.session, office.row)


@pytest.mark.parametrize(("account", "sees"), [
    ("county", True), ("inspector", True), ("superior", True), ("school", False), ("township", False), ("teacher", False)])
def test_the_campaign_itself_is_the_offices(office, account, sees):
    office.announced()
    with asking(office.session, account):
        assert (records.find(office.session, Campaign, office.row.id) is not None) is sees
        assert scope.asker(office.session).may("read", "DrawnChild") is (account in ("county", "inspector"))
