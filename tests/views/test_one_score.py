"""What an inspection comes to is told alike wherever it is told: made at random, decided at random, held against a plain recount, on both engines."""

import io
import re
from datetime import timedelta
from random import Random
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.extensions import db
from app.models import codes
from app.models.campaign import Campaign, CampaignSchool
from app.models.inspection import Answer, ChecklistItem, ChecklistSection, Finding, Inspection, Opinion
from app.models.org import Area, Member, School
from app.services import campaign as closing
from app.services import campaign_public, clock, counting, opinion, scope, statistics
from app.services.scoring import rules_of
from tests.support.asking import asking

WORTH = {"pass": 1.0, "partly": 0.5, "fail": 0.0}
GRADES = ("excellent", "good", "fair", "poor")


class Made:
    """A campaign with a school for each way of an opinion. ``told``: inspection → what a plain recount of it comes to."""

    def __init__(self, session, seed):
        self.rng, self.session = Random(seed), session
        self.county = session.scalars(select(Area).join(Member, Member.area_id == Area.id).where(Member.username == "county")).one()
        self.inspector = session.scalars(select(Member.id).where(Member.username == "inspector")).one()
        day = clock.today() - timedelta(1)
        template = session.scalars(select(Campaign.template_id).where(Campaign.state == "closed")).first()
        self.items = session.execute(select(ChecklistItem, ChecklistSection.code).join(ChecklistSection).where(
            ChecklistSection.template_id == template).order_by(ChecklistItem.id)).all()
        self.row = Campaign(name=f"第 {seed} 轮", area_id=self.county.id, template_id=template, starts_on=day, ends_on=day, self_due_on=day,
                            announced_on=day, state="running")
        session.add(self.row)
        session.flush()
        query = select(School).join(Area, Area.id == School.area_id).where(Area.path.startswith(self.county.path)).order_by(School.id)
        states = ["draft", "agreed", "issued", "issued", None]
        self.told = {}
        for school, state in zip(session.scalars(query.limit(len(states))).all(), states, strict=True):
            self.visit(school, state, day)

    def visit(self, school, state, day):
        rng, add = self.rng, self.session.add
        row = Inspection(school_id=school.id, template_id=self.row.template_id, inspector_id=self.inspector, name="督导", planned_on=day, state="submitted",
                         submitted_at=clock.now())
        add(row)
        self.session.flush()
        place = {"school_id": school.id, "inspection_id": row.id}
        add(CampaignSchool(**place, campaign_id=self.row.id, how="must", reason="投诉较多", announced_on=day, stratum="primary"))
        weights, first, settled = rng.choice([(8, 1, 1, 1), (1, 1, 8, 1), (0, 0, 1, 0)]), [], []
        for item, section in rng.sample(self.items, 40):
            result = rng.choices(("pass", "partly", "fail", "na"), weights)[0]
            add(Answer(**place, item_id=item.id, result=result))
            counts, red = result, item.critical
            first.append((section, item.weight, result, red))
            if result == "fail":
                came = rng.choice(("open", "closed", "withdrawn", "lowered", "raised")) if state else "open"
                level = {"lowered": "general", "raised": "critical"}.get(came, "critical" if red else "general")
                add(Finding(**place, item_id=item.id, what="问题", level=level, due_on=day, state=came if came in codes.FINDING_STATE else "open"))
                counts, red = "pass" if came == "withdrawn" else "fail", level == "critical"
            settled.append((section, item.weight, counts, red))
        row.score, row.grade, _sections = self.recount(first)
        if state:
            letter = Opinion(**place, objection_due_on=day, state="agreed" if state == "issued" else state)
            add(letter)
            self.session.flush()
            if state == "issued":
                with asking(self.session, "county"):
                    opinion.issue(self.session, letter)
        self.session.flush()
        self.told[row.id] = SimpleNamespace(school=school.name, row=row, letter=letter.id if state else None, came=self.recount(settled), first=row.score)

    def recount(self, ticks):
        """Score, grade, points by section."""
        rules = rules_of(self.row.template)

        def points(some):
            whole = sum(weight for _section, weight, result, _red in some if result in WORTH)
            return round(100 * sum(WORTH[result] * weight for _section, weight, result, _red in some if result in WORTH) / whole, 1) if whole else None

        score = points(ticks)
        grade = next((key for key in GRADES if score is not None and score >= rules.from_score[key]), None)
        if grade and any(red and result == "fail" for _section, _weight, result, red in ticks):
            grade = max(grade, rules.cap, key=GRADES.index)
        return score, grade, {code: points([one for one in ticks if one[0] == code]) for code in {one[0] for one in ticks}}


@pytest.fixture(params=range(6))
def made(app, request):
    with app.app_context(), scope.everything(db.session()):
        found = Made(db.session(), request.param)
        db.session.commit()
        yield found


def drawn(page):
    """The tables of a page of results."""
    return page[page.index("<table"):page.rindex("</table>")]


def word(grade):
    return codes.GRADE[grade] if grade else "—"


def points(score):
    return f"{score:.1f}" if score is not None else "—"


def test_every_place_tells_the_same(made, client_for):
    client, campaign = client_for("county"), made.row.id
    results = client.get(f"/campaign/results/{campaign}").text
    book = load_workbook(io.BytesIO(client.get(f"/campaign/results/{campaign}.xlsx").data)).worksheets[0]
    head, *rows = book.iter_rows(min_row=3, values_only=True)
    sheet = {row[head.index("学校")]: dict(zip(head, row, strict=True)) for row in rows}
    with asking(made.session, "county"):
        closing.close(made.session, made.session.get_one(Campaign, campaign), "没有剩下的")
        made.session.commit()
    assert drawn(client.get(f"/campaign/results/{campaign}").text) == drawn(results), "the same, kept"
    public = client.get(f"/campaign/public/{campaign}").text
    scores = sorted((one.came[0] for one in made.told.values() if one.came[0] is not None), reverse=True)
    for pk, one in made.told.items():
        score, grade, sections = one.came
        rank = scores.index(score) + 1 if score is not None else None
        cells = re.search(rf'href="/visit/{pk}/report">{one.school}</a></th>(.*?)</tr>', results, re.S)[1]
        shown = re.findall(r'data-label="([^"]*)">(?:<b class="[^"]*">)?([^<]*)<', cells)
        assert dict(shown[:3]) == {"名次": str(rank or "—"), "得分": points(score), "等级": word(grade)}
        heat = {code: f"{sections[code]:.0f}" if sections.get(code) is not None else "—" for code, _text in shown[3:]}
        assert len(heat) == 12 and dict(shown[3:]) == heat
        kept = sheet[one.school]
        assert (kept["名次"], kept["得分"], kept["等级"]) == (rank, score, word(grade) if grade else None)
        assert {key[0]: value for key, value in kept.items() if key[1] == " "} == {code: sections.get(code) for code in heat}
        assert re.search(rf'<th scope="row">{one.school}</th><td[^>]*>小学</td><td[^>]*>{word(grade)}</td>', public)
        if one.letter:
            letter = client.get(f"/opinion/letter/{one.letter}").text
            assert f"得分 {'—' if score is None else score}，等级{word(grade)}。" in letter
        report = client.get(f"/visit/{pk}/report").text
        ticked = re.search(r'<dd class="score">(\S+) <span>', report)[1]
        assert ticked == ("—" if one.first is None else str(one.first)), "as ticked"
        said = re.search(r'意见书得分 / 等级</dt><dd class="score">(\S+) <span>(\S+)</span>', report)
        assert (said[1], said[2]) == (str(score) if score is not None else "—", word(grade)) if one.letter else said is None
    least = campaign_public.LEAST
    average = round(sum(scores) / len(scores), 1) if len(scores) >= least else None
    assert (f"平均 {average} 分" in public) if average is not None else ("学校太少，不公布平均分" in public)


@pytest.mark.parametrize("seed", range(6, 9))
def test_the_statistics_add_up_what_the_letters_told(app, seed):
    with app.app_context(), scope.everything(db.session()):
        session = db.session()
        schools = session.scalars(select(School.id)).all()

        def counted():
            found = counting.count(session, schools, clock.today(), ["safety"])
            return {pk: found[pk]["scores"] if pk in found else 0.0 for pk in schools}

        before, made = counted(), Made(session, seed)
        gained = {pk: score - before[pk] for pk, score in counted().items()}
        sent = {one.inspection_id for one in session.scalars(select(Opinion)) if one.state in ("issued", "signed")}
        due = {one.row.school_id: (one.came[0] if pk in sent else one.first) or 0.0 for pk, one in made.told.items()}
        assert gained == pytest.approx(dict.fromkeys(schools, 0.0) | due, abs=1e-6)
        session.rollback()


def test_what_was_kept_for_the_statistics_follows_the_letter(app):
    with app.app_context(), scope.everything(db.session()):
        session = db.session()
        made = Made(session, 9)
        session.commit()
        one = next(one for one in made.told.values() if one.letter and one.first and session.get_one(Opinion, one.letter).state == "draft")
        with asking(session, "county"):
            before = statistics.report(session).total.sums["scores"]
            row = session.get_one(Opinion, one.letter)
            row.state, row.score = "issued", one.first - 1.0
            session.commit()
            assert statistics.report(session).total.sums["scores"] == pytest.approx(before - 1.0)
