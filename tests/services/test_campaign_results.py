"""What a campaign came to, by hand-made ticks of two schools with known answers."""

import pytest

from app.models.campaign import Campaign, CampaignSchool, SelfAnswer
from app.models.inspection import Answer, ChecklistItem, ChecklistTemplate, Finding, Inspection, Opinion
from app.services import campaign_results, scope
from seeds.checklist.load import load_template
from tests.services.evidence.school import DAY, ON, desk, moment

assert desk


class Round:
    """A campaign of the county and what was ticked in it."""

    def __init__(self, desk, name, day):
        self.desk, self.day = desk, day
        self.template = load_template(desk.session, ON - 90 * DAY)
        self.inspector = desk.session.query(scope.Member).filter_by(role="inspector").first() or desk.member("inspector", desk.county)
        self.row = desk.add(Campaign, name=name, area_id=desk.county.id, template_id=self.template.id, starts_on=day, ends_on=day + 9 * DAY,
                            self_due_on=day, state="running", announced_on=day)

    def visit(self, school, score, ticks, own=(), state="submitted"):
        row = self.desk.add(Inspection, template_id=self.template.id, name="督导", planned_on=self.day, inspector_id=self.inspector.id, school_id=school.id,
                            state=state, score=score, grade="good" if score else None, submitted_at=moment(self.day) if state == "submitted" else None)
        self.desk.add(CampaignSchool, campaign_id=self.row.id, school_id=school.id, how="must", reason="投诉较多", inspection_id=row.id,
                      stratum="primary", announced_on=self.day)
        for model, said in ((Answer, ticks), (SelfAnswer, dict(own))):
            for code, result in said.items():
                self.desk.add(model, inspection_id=row.id, school_id=school.id, item_id=self.item(code).id, result=result)
        return row

    def item(self, code):
        return self.desk.session.query(ChecklistItem).filter_by(code=code).one()

    def finding(self, visit, **values):
        return self.desk.add(Finding, inspection_id=visit.id, school_id=visit.school_id, item_id=self.item("A1").id, what="问题", **{"due_on": ON, **values})

    def results(self):
        return campaign_results.results(self.desk.session, self.row)


@pytest.fixture
def now(desk):
    return Round(desk, "秋季", ON - 5 * DAY)


def test_schools_are_ranked_and_their_sections_scored(desk, now):
    worse = now.visit(desk.school, 60.0, {"A1": "fail", "A2": "partly", "A3": "pass", "B1": "pass", "B2": "na"})
    now.visit(desk.other_school, 88.0, {"A1": "pass", "B1": "fail"})
    told = now.results()
    assert (told.planned, [(one.rank, one.name, one.score) for one in told.schools]) == (2, [(1, "新街小学", 88.0), (2, "河口小学", 60.0)])
    assert [dict(one.sections) for one in told.schools] == [{"A": 100.0, "B": 0.0}, {"A": 50.0, "B": 100.0}]
    assert (told.average, told.section("A"), told.section("B"), told.section("C")) == (74.0, 75.0, 50.0, None)
    assert [one.failed for one in told.schools] == [1, 1]
    assert list(told.sections) == list("ABCDEFGHIJKL") and told.grades == {"excellent": 0, "good": 2, "fair": 0, "poor": 0}
    letter = desk.add(Opinion, inspection_id=worse.id, school_id=worse.school_id, objection_due_on=ON, state="issued", score=91.0, grade="excellent")
    told = now.results()
    assert [(one.rank, one.name, one.score, one.grade) for one in told.schools][0] == (1, "河口小学", 91.0, "excellent"), "the letter's score counts"
    letter.score = letter.grade = None
    desk.session.flush()
    assert [(one.name, one.score, one.grade) for one in now.results().schools][1] == ("河口小学", None, None), "a letter without a score tells none"


def test_the_same_score_has_the_same_place(desk, now):
    for school, score in ((desk.school, 80.0), (desk.other_school, 80.0)):
        now.visit(school, score, {"A1": "pass"})
    assert [one.rank for one in now.results().schools] == [1, 1]


def test_what_is_not_submitted_counts_as_planned_only(desk, now):
    now.visit(desk.school, None, {"A1": "fail"}, state="open")
    told = now.results()
    assert (told.planned, list(told.schools), list(told.items), told.average) == (1, [], [], None)


def test_items_are_counted_where_they_apply(desk, now):
    now.visit(desk.school, 60.0, {"A1": "fail", "A2": "fail", "I1": "na", "B1": "partly"})
    now.visit(desk.other_school, 60.0, {"A1": "fail", "A2": "pass", "I1": "fail"})
    assert [(one.code, one.failed, one.partly, one.counted, one.percent, one.critical) for one in now.results().items] == [
        ("A1", 2, 0, 2, 100.0, False), ("A2", 1, 0, 2, 50.0, False), ("I1", 1, 0, 1, 100.0, True)]


def test_a_self_check_is_too_good_where_it_says_more_than_the_tick(desk, now):
    now.visit(desk.school, 60.0, {"A1": "fail", "A2": "partly", "A3": "pass", "A4": "fail", "A5": "na"},
              {"A1": "pass", "A2": "pass", "A3": "fail", "A4": "fail", "A5": "pass"})
    assert [one.better for one in now.results().schools] == [2]


def test_findings_are_counted_as_they_stand(desk, now):
    row = now.visit(desk.school, 60.0, {"A1": "fail"})
    now.finding(row, due_on=ON - DAY)
    now.finding(row, state="extended")
    now.finding(row, state="closed", due_on=ON - DAY)
    now.finding(row, state="withdrawn", due_on=ON - DAY)
    assert [(one.findings, one.left, one.overdue) for one in now.results().schools] == [(3, 2, 1)]


def test_what_was_withdrawn_counts_as_passed(desk, now):
    """As in the letter's score: in the section and as an item that counted; neither as failed nor against the self-check."""
    row = now.visit(desk.school, 60.0, {"A1": "fail", "A2": "pass", "B1": "fail"}, {"A1": "pass", "B1": "pass"})
    now.visit(desk.other_school, 60.0, {"A1": "fail"})
    now.finding(row, state="withdrawn")
    told = now.results()
    mine = next(one for one in told.schools if one.name == desk.school.name)
    assert (dict(mine.sections), mine.failed, mine.better, mine.findings) == ({"A": 100.0, "B": 0.0}, 1, 1, 0)
    assert [(one.code, one.failed, one.counted) for one in told.items] == [("A1", 1, 2), ("B1", 1, 1)]


def test_the_campaign_before_is_the_last_one_of_the_same_area(desk, now):
    assert now.results().before is None
    for name, days, score in (("前年", 400, 10.0), ("去年", 200, 50.0)):
        Round(desk, name, ON - days * DAY).visit(desk.school, score, {"A1": "partly"})
    now.visit(desk.school, 70.0, {"A1": "pass"})
    before = now.results().before
    assert (before.campaign.name, before.average, before.section("A"), before.before) == ("去年", 50.0, 50.0, None)
    with scope.everything(desk.session):
        before.campaign.announced_on = None
        desk.session.flush()
    assert now.results().before.campaign.name == "前年"


def test_another_county_sees_nothing_of_it(desk, now):
    now.visit(desk.school, 60.0, {"A1": "fail"})
    stranger = desk.member("county", desk.other_county)
    scope.bind(desk.session, scope.asker_of(desk.session, stranger))
    told = now.results()
    assert (told.planned, list(told.schools), list(told.items)) == (0, [], [])


def test_each_section_of_the_bureau_is_told_of_its_own_schools(desk, now):
    """A vocational school is the vocational section's; all others are the basic one's, in scores, items and the campaign before."""
    last = Round(desk, "春季", ON - 200 * DAY)
    for one, scores in ((last, (30.0, 40.0)), (now, (60.0, 90.0))):
        one.visit(desk.school, scores[0], {"A1": "fail"})
        one.visit(desk.other_school, scores[1], {"A2": "fail"})
    desk.other_school.type = "vocational"
    desk.session.flush()
    whole = now.results()
    assert (list(whole.branches), whole.planned, whole.average) == (["basic", "vocational"], 2, 75.0)
    for branch, score, before, item in (("basic", 60.0, 30.0, "A1"), ("vocational", 90.0, 40.0, "A2")):
        told = campaign_results.results(desk.session, now.row, branch)
        assert (told.planned, told.average, told.before.average, [one.code for one in told.items]) == (1, score, before, [item]), branch
        assert [one.rank for one in told.schools] == [1]


def test_the_campaign_before_is_by_the_same_checklist_and_came_to_something(desk, now):
    """Neither a special round on school buses nor one of which nobody was inspected is what this one is held against."""
    Round(desk, "去年", ON - 200 * DAY).visit(desk.school, 50.0, {"A1": "partly"})
    Round(desk, "没有查成的", ON - 100 * DAY).visit(desk.school, None, {}, state="planned")
    buses = Round(desk, "校车专项", ON - 50 * DAY)
    buses.template = desk.add(ChecklistTemplate, code="bus", number=1, name="校车专项清单")
    buses.row.template_id = buses.template.id
    buses.visit(desk.school, 0.0, {"A1": "fail"})
    assert now.results().before.campaign.name == "去年"
