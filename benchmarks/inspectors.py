"""Fifty inspectors and their inspections in a database to be measured: ``python -m benchmarks.inspectors <children> <url> <runs>``.

Prints one line of JSON: for each run, of each inspector the account, the member's id, the inspection's, and the items to tick.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app import create_app
from app.extensions import db
from app.models.inspection import ChecklistTemplate, Inspection
from app.models.org import Area, Member, School
from app.services import clock, inspection_sheet, scope
from benchmarks import data

INSPECTORS = 50
WARMING = 16  # more, who tick the same items of the first schools beforehand, so that no statement is written for the first time
HASH = "pbkdf2:sha256:1"  # a log-in is not what is measured
ITEMS = 60  # of each inspection: two messages of a phone's queue


def main(children: int, url: str, runs: int) -> None:
    data.settings(children, url)
    with create_app().app_context():
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        template_id = session.scalars(select(ChecklistTemplate.id).where(ChecklistTemplate.state == "published").order_by(ChecklistTemplate.id)).first()
        county = session.scalars(select(Area).where(Area.level == "county").order_by(Area.id)).first()
        assert county is not None and template_id is not None
        below = select(School.id).join(Area, Area.id == School.area_id).where(Area.path.startswith(county.path)).order_by(School.id)
        schools = session.scalars(below.limit(INSPECTORS)).all()
        members = _members(session, county.id)
        places = [schools[number % INSPECTORS % len(schools)] for number in range(len(members))]
        made = [[_visit(session, run, *pair, template_id) for pair in zip(members, places, strict=True)] for run in range(runs)]
        session.commit()
    print(json.dumps(made))


def _members(session: Session, county_id: int) -> list[Member]:
    hashed = generate_password_hash(data.PASSWORD, HASH)
    made = [Member(username=f"bench{number}", name=f"督导{number}", role="inspector", area_id=county_id, password=hashed)
            for number in range(INSPECTORS + WARMING)]
    session.add_all(made)
    session.flush()
    return made


def _visit(session: Session, run: int, member: Member, school_id: int, template_id: int) -> dict[str, Any]:
    row = Inspection(template_id=template_id, name=f"第{run + 1}轮", planned_on=clock.today(), inspector_id=member.id, school_id=school_id)
    session.add(row)
    session.flush()
    codes = inspection_sheet.open_sheet(session, row, live=()).missing[:ITEMS]
    return {"account": member.username, "who": member.id, "pk": row.id, "codes": codes}


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
