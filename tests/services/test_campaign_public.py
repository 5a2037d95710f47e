"""What the public is told of a campaign, by hand-made ticks with known answers."""

from app.models.campaign import CampaignSchool
from app.models.org import School
from app.services import campaign_public, campaign_results
from tests.services.evidence.school import DAY, ON, desk
from tests.services.test_campaign_results import Round, now

assert desk and now


def published(desk, now):
    """The report after one closing more."""
    now.row.state = "closed"
    campaign_results.freeze(desk.session, now.row)
    return campaign_public.public(desk.session, now.row)


def test_counts_and_grades_and_no_place_in_a_ranking(desk, now):
    row = now.visit(desk.other_school, 60.0, {"A1": "pass"})
    now.visit(desk.school, 88.0, {"A1": "fail"})  # first in a ranking, second by name
    now.finding(row, due_on=ON - DAY)
    now.finding(row, state="closed", due_on=ON - DAY)
    told = published(desk, now)
    assert [one.name for one in told.schools] == sorted([desk.school.name, desk.other_school.name])
    assert (told.results.findings, told.results.left, told.results.overdue, told.results.drawn) == (2, 1, 1, 0)
    assert [(one.key, one.count, one.average) for one in told.strata] == [("primary", 2, None)], "an average of two tells each school the other's score"
    assert told.items_asked == 120 and told.results.office == desk.county.name


def test_an_item_that_counted_in_few_schools_is_not_told(desk, now):
    """Else an item about few children would point at a school, and at them."""
    third = desk.add(School, name="第三小学", code="2199000077", type="primary", area_id=desk.school.area_id)
    for school, ticks in ((desk.school, {"A1": "fail", "A2": "fail"}), (desk.other_school, {"A1": "fail", "A2": "fail"}), (third, {"A1": "pass", "A2": "na"})):
        now.visit(school, 60.0, ticks)
    told = published(desk, now)
    assert [(one.code, one.failed, one.counted) for one in told.items] == [("A1", 2, 3)]
    assert [(one.key, one.count, one.average) for one in told.strata] == [("primary", 3, 60.0)]


def test_there_is_none_before_the_closing_nor_where_nothing_was_kept(desk, now):
    now.visit(desk.school, 60.0, {"A1": "pass"})
    assert campaign_public.public(desk.session, now.row) is None
    now.row.state = "closed"
    assert campaign_public.public(desk.session, now.row) is None, "closed before results were kept"
    assert published(desk, now).first


def several(desk, now, *strata):
    """Schools with scores 60, 61, … of these strata, all by the section A, the first by B too."""
    for number, stratum in enumerate(strata):
        school = desk.add(School, name=f"第{number}学校", code=f"21990001{number:02}", type="primary", area_id=desk.school.area_id)
        row = now.visit(school, 60.0 + number, {"A1": "pass", **({"B1": "fail"} if number == 0 else {})})
        desk.session.query(CampaignSchool).filter_by(inspection_id=row.id).one().stratum = stratum
    desk.session.flush()
    return published(desk, now)


def test_no_average_is_a_schools_own(desk, now):
    last = Round(desk, "去年", ON - 200 * DAY)
    last.visit(desk.school, 50.0, {"A1": "partly"})
    told = several(desk, now, "primary", "junior")
    assert (told.average, told.before, set(told.sections.values())) == (None, None, {None})
    assert [one.average for one in told.strata] == [None, None]


def test_averages_of_enough_schools_are_told(desk, now):
    told = several(desk, now, "primary", "primary", "primary")
    assert (told.average, told.sections["A"], told.sections["B"]) == (61.0, 100.0, None)
    assert [one.average for one in told.strata] == [61.0]


def test_the_whole_less_the_strata_tells_no_schools_own(desk, now):
    told = several(desk, now, *["primary"] * 3, *["junior"] * 4, "senior")
    assert told.average == 63.5 and [(one.key, one.count, one.average) for one in told.strata] == [
        ("primary", 3, None), ("junior", 4, 64.5), ("senior", 1, None)]


def test_two_reports_tell_no_schools_own_score(desk, now):
    """Opened again, one school more, closed again: of all but its grade the second report says nothing that is not in the first."""
    first = several(desk, now, "primary", "primary", "primary")
    assert (first.average, first.sections["A"], first.counts_findings) == (61.0, 100.0, True)
    now.row.state = "running"
    now.visit(desk.school, 20.0, {"A1": "fail"})
    told = published(desk, now)
    assert (told.first, len(told.schools), told.average, told.before) == (False, 4, None, None)
    assert set(told.sections.values()) == {None} == {one.average for one in told.strata}
    assert (list(told.items), told.counts_findings) == ([], False)
