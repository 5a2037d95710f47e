"""What two campaigns of 1,600 schools came to, this one and the one before: the page, its workbook, the report for the public.

``python -m benchmarks --parts results``. The answering side, ``python -m benchmarks.campaigns <children> <url>``, first puts the schools and all
that was ticked in them into the copy of a county that it is given.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from random import Random

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app import create_app
from app.extensions import db
from app.models.campaign import Campaign, CampaignSchool, SelfAnswer
from app.models.inspection import Answer, ChecklistItem, ChecklistSection, ChecklistTemplate, Finding, Inspection, Opinion
from app.models.org import Area, Member, School
from app.services import clock, draw, scope, upkeep
from benchmarks import data, lists
from benchmarks.contender import in_rounds
from benchmarks.desk import serve
from benchmarks.ours import server_time
from benchmarks.report import calibration, table
from benchmarks.wire import Browser
from seeds.bulk import Bulk, Row

COUNTY = 10_000  # children of the county that is copied
SCHOOLS = 1_600
TYPES = ("kindergarten", "primary", "primary", "nine_year", "junior", "senior", "vocational")
RESULTS, INSPECTED, OWN = ("pass", "partly", "fail", "na"), (80, 9, 5, 6), (88, 6, 2, 4)  # of a hundred ticks
GRADES = ("excellent", "good", "fair")
FROZEN = {"name": "talks", "version": 3, "value": 91.5, "numerator": 183, "denominator": 200, "suggestion": "pass", "text": "本月已谈心 183 人，应谈 200 人",
          "at": "2026-11-23T08:00:00+08:00", "row_ids": [*range(20)]}
PAGES = {"page": "/campaign/results/{0}", "workbook": "/campaign/results/{0}.xlsx", "public report": "/campaign/public/{0}",
         "self-checks": "/campaign/self_checks/{0}"}


def measure(made: Callable[[int], str], engine: str, rounds: int) -> None:
    """Print one line a page: CPU, the same in loops, of it the server's, statements, weight."""
    made(COUNTY)
    with data.copied(COUNTY, engine, "bench_results") as url:
        running = lists.own("campaigns", COUNTY, url)
        try:
            results = in_rounds([(running, page) for page in PAGES], rounds)
        finally:
            running.close()
    lines = [[one.operation, f"{one.ms:,.0f}", f"{one.loops:.0f}", f"{one.server_ms:,.0f}", f"{one.last['queries']:.0f}", f"{one.last['bytes'] / 1000:,.0f}"]
             for one in results]
    print(table(f"{engine}: results of a campaign of {SCHOOLS:,} schools, county account", ["what", "CPU ms", "in loops", "the server's", "statements", "KB"],
                lines))
    print(calibration(results))


class Filling:
    """Schools and campaigns, written by Core as the demo's are."""

    def __init__(self, session: Session) -> None:
        self.session, self.rng = session, Random(1)
        self.bulk = Bulk(session, self.rng, clock.now())
        area = session.scalars(select(Area).where(Area.level == "county").order_by(Area.id)).first()
        template = session.scalars(select(ChecklistTemplate.id).where(ChecklistTemplate.state == "published").order_by(ChecklistTemplate.id)).first()
        assert area is not None and template is not None
        self.county, self.template = area, template
        below = select(Area.id).where(Area.path.startswith(area.path), Area.level == "township")
        self.towns = session.scalars(below.order_by(Area.id)).all()
        self.inspector = session.scalars(select(Member.id).where(Member.username == "inspector")).one()
        items = select(ChecklistItem.id).join(ChecklistSection, ChecklistSection.id == ChecklistItem.section_id)
        self.items = session.scalars(items.where(ChecklistSection.template_id == template).order_by(ChecklistItem.id)).all()

    def both(self) -> int:
        """Both campaigns; the id of the later one."""
        schools = [self.bulk.add(School, area_id=self.towns[number % len(self.towns)], code=f"98{number:08d}", name=f"基准第{number:04d}学校",
                                 type=TYPES[number % len(TYPES)]) for number in range(SCHOOLS)]
        today = clock.today()
        self._campaign("基准春季督导", today - timedelta(days=200), schools, checked=False)
        later = self._campaign("基准秋季督导", today - timedelta(days=20), schools, checked=True)
        self.bulk.finish()
        self.session.commit()
        upkeep.refresh_statistics(self.session)
        return int(later["id"])

    def _campaign(self, name: str, day: date, schools: list[Row], *, checked: bool) -> Row:
        row = self.bulk.add(Campaign, area_id=self.county.id, template_id=self.template, name=name, starts_on=day, ends_on=day + timedelta(days=15),
                            self_due_on=day, announced_on=day, state="running")
        for school in schools:
            self._visit(row, school, day, checked)
            if self.bulk.waiting > data.CHUNK:
                self.bulk.flush()
        return row

    def _visit(self, campaign: Row, school: Row, day: date, checked: bool) -> None:
        at, score, grade = clock.now(), round(self.rng.uniform(55, 99), 1), self.rng.choice(GRADES)
        visit = self.bulk.add(Inspection, school_id=school["id"], template_id=self.template, inspector_id=self.inspector, name=campaign["name"],
                              planned_on=day, state="submitted", submitted_at=at, score=score, grade=grade)
        place = {"school_id": school["id"], "inspection_id": visit["id"]}
        self.bulk.add(CampaignSchool, **place, campaign_id=campaign["id"], how="drawn", stratum=draw.STRATUM_OF[school["type"]],
                      announced_on=day, self_due_on=day, self_submitted_at=at)
        self.bulk.add(Opinion, **place, state="issued", objection_due_on=day, score=score, grade=grade)
        for number, (item, result) in enumerate(zip(self.items, self.rng.choices(RESULTS, INSPECTED, k=len(self.items)), strict=True)):
            self.bulk.add(Answer, **place, item_id=item, result=result, answered_at=at, frozen=FROZEN if number % 2 else None)
            if result == "fail":
                state = self.rng.choice(("open", "open", "closed", "closed", "withdrawn"))
                self.bulk.add(Finding, **place, item_id=item, what="没有做到", due_on=day + timedelta(days=15), state=state)
        if checked:
            for item, result in zip(self.items, self.rng.choices(RESULTS, OWN, k=len(self.items)), strict=True):
                self.bulk.add(SelfAnswer, **place, item_id=item, result=result, answered_at=at)


def main(children: int, url: str) -> None:
    data.settings(children, url)
    app, counted = create_app({"RATELIMIT_ENABLED": False}), [0]
    with app.app_context():
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        campaign = Filling(session).both()
        db.session.remove()
        event.listen(db.engine, "before_cursor_execute", lambda *_: counted.__setitem__(0, counted[0] + 1))
        elsewhere = server_time(db.engine)
    browser = Browser(app.wsgi_app)
    browser.log_in("/login/", "county", data.PASSWORD)
    serve({name: partial(browser.get, address.format(campaign)) for name, address in PAGES.items()}, lambda: counted[0], elsewhere)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
