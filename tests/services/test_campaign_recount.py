"""What a campaign came to, held against a plain recount of every tick: two campaigns made at random, on both engines."""

from collections import defaultdict
from datetime import timedelta
from random import Random
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from app.models.campaign import Campaign, CampaignSchool, SelfAnswer
from app.models.inspection import Answer, ChecklistItem, ChecklistSection, Finding, Inspection, Opinion
from app.models.org import Area, Member, School
from app.services import campaign_figures, campaign_results, clock
from app.services.scoring import VALUE
from seeds.bulk import Bulk
from tests.support.asking import asking

RESULTS = ("pass", "pass", "partly", "fail", "na", None)
STATES = ("open", "objected", "asked", "extended", "done", "closed", "withdrawn")


class Made:
    """Rows of two campaigns over all schools, those of another county among them, with holes, trash and withdrawn findings."""

    def __init__(self, session) -> None:
        self.rng, self.session = Random(4), session
        self.bulk = Bulk(session, self.rng, clock.now())
        self.county = session.scalars(select(Area).join(Member, Member.area_id == Area.id).where(Member.username == "county")).one()
        self.inspector = session.scalars(select(Member.id).where(Member.username == "inspector")).one()
        self.schools = session.scalars(select(School).order_by(School.id)).all()
        self.template = session.scalars(select(Campaign.template_id).where(Campaign.state == "closed")).first()
        item, section = ChecklistItem.__table__, ChecklistSection.__table__
        self.items = session.execute(select(item.c.id, item.c.code, section.c.code.label("section")).join(
            section, section.c.id == item.c.section_id).where(section.c.template_id == self.template)).all()
        self.weights = {one.id: self.rng.choice((0, 1, 2, 3)) if one.section != "L" else 0 for one in self.items}
        for item_id, weight in self.weights.items():
            session.execute(update(item).where(item.c.id == item_id).values(weight=weight))
        self.last, self.now = (self.campaign(days) for days in (30, 3))
        self.bulk.finish()
        session.commit()

    def campaign(self, days):
        day = clock.today() - timedelta(days)
        made = SimpleNamespace(visits=[], row=self.bulk.add(
            Campaign, name=f"{days} 天前", area_id=self.county.id, template_id=self.template, starts_on=day, ends_on=day, self_due_on=day,
            announced_on=day, state="running"))
        for school in self.schools:
            made.visits.append(self.visit(made.row, school, day))
        return made

    def visit(self, campaign, school, day):
        state, score = self.rng.choice(("submitted", "submitted", "submitted", "open")), self.rng.choice((None, 71.5, 80.0, 80.0, 93.5))
        row = self.bulk.add(Inspection, school_id=school.id, template_id=self.template, inspector_id=self.inspector, name="督导", planned_on=day, state=state,
                            score=score, grade="good" if score else None)
        place = {"school_id": school.id, "inspection_id": row["id"]}
        self.bulk.add(CampaignSchool, **place, campaign_id=campaign["id"], how="must", reason="投诉较多", announced_on=day)
        opinion = self.bulk.add(Opinion, **place, objection_due_on=day, state="issued", score=99.0, grade="excellent") if self.rng.random() < 0.5 else None
        return SimpleNamespace(school=school, row=row, opinion=opinion, answers=self.ticks(Answer, place), own=self.ticks(SelfAnswer, place),
                               findings=[self.finding(place, one.id) for one in self.items if self.rng.random() < 0.3])

    def ticks(self, model, place):
        """Item → result, of rows that are not in the trash; some items have none."""
        rows = [self.bulk.add(model, **place, item_id=one.id, result=self.rng.choice(RESULTS), deleted_at=clock.now() if self.rng.random() < 0.1 else None)
                for one in self.items if self.rng.random() < 0.9]
        return {row["item_id"]: row["result"] for row in rows if row["deleted_at"] is None}

    def finding(self, place, item_id):
        return self.bulk.add(Finding, **place, item_id=item_id, what="问题", state=self.rng.choice(STATES),
                             due_on=clock.today() + timedelta(self.rng.choice((-1, 0, 1))), deleted_at=clock.now() if self.rng.random() < 0.1 else None)

    def seen(self, campaign, branch):
        """The visits that the county sees in a section of the bureau, and of these the submitted ones."""
        kept = [one for one in campaign.visits if one.school.area.path.startswith(self.county.path)
                and branch in ("", "vocational" if one.school.type == "vocational" else "basic")]
        return kept, [one for one in kept if one.row["state"] == "submitted"]


@pytest.fixture
def made(db_session):
    return Made(db_session)


def standing(visit):
    """Its findings that are not in the trash, and the ticks that count: (item, result)."""
    findings = [one for one in visit.findings if one["deleted_at"] is None]
    gone = {one["item_id"] for one in findings if one["state"] == "withdrawn"}
    ticks = {item: "pass" if item in gone else result for item, result in visit.answers.items() if result in VALUE}
    return [one for one in findings if one["state"] != "withdrawn"], ticks


def sections(made, ticks):
    sums = defaultdict(lambda: [0.0, 0])
    for one in made.items:
        if one.id in ticks:
            sums[one.section][0] += VALUE[ticks[one.id]] * made.weights[one.id]
            sums[one.section][1] += made.weights[one.id]
    return {code: round(100 * got / whole, 1) if whole else None for code, (got, whole) in sums.items()}


def school(made, visit):
    """Score, sections, failed, better, findings, left and overdue of one school."""
    findings, ticks = standing(visit)
    left = [one for one in findings if one["state"] in ("open", "objected", "asked", "extended")]
    overdue = [one for one in left if one["state"] != "objected" and one["due_on"] < clock.today()]
    better = [item for item, result in ticks.items() if visit.own.get(item) in VALUE and VALUE[visit.own[item]] > VALUE[result]]
    score = visit.opinion["score"] if visit.opinion else visit.row["score"]
    return score, sections(made, ticks), list(ticks.values()).count("fail"), len(better), len(findings), len(left), len(overdue)


def items(made, visits):
    """(code, failed, partly, counted) of the items failed most."""
    told = [standing(one)[1] for one in visits]
    rows = []
    for one in made.items:
        results = [ticks[one.id] for ticks in told if one.id in ticks]
        rows.append((one.code, results.count("fail"), results.count("partly"), len(results)))
    return sorted((row for row in rows if row[1]), key=lambda row: (-row[1], row[0]))[: campaign_figures.MOST_ITEMS]


@pytest.mark.parametrize("branch", ["", "basic", "vocational"])
def test_results_are_those_of_a_plain_recount(made, branch):
    with asking(made.session, "county"):
        row = made.session.get_one(Campaign, made.now.row["id"])
        told = campaign_results.results(made.session, row, branch)
    planned, done = made.seen(made.now, branch)
    assert (told.planned, len(told.schools)) == (len(planned), len(done))
    found = {one.inspection_id: (one.score, dict(one.sections), one.failed, one.better, one.findings, one.left, one.overdue) for one in told.schools}
    assert found == {one.row["id"]: school(made, one) for one in done}
    assert [(one.code, one.failed, one.partly, one.counted) for one in told.items] == items(made, done)
    before = {one.inspection_id: (one.score, dict(one.sections), one.failed) for one in told.before.schools}
    assert told.before.campaign.id == made.last.row["id"]
    assert before == {one.row["id"]: school(made, one)[:3] for one in made.seen(made.last, branch)[1]}
