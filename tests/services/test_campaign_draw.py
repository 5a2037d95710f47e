"""The draw of a campaign, on both engines: what it makes, what it refuses, how it is repeated."""

import pytest
from sqlalchemy import select

from app.models.audit import Change
from app.models.campaign import Campaign, CampaignSchool
from app.models.org import Area, School
from app.services import campaign, clock, draw, records, scope
from tests.support.campaigning import refused


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
