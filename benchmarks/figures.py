"""All figures beside the checklist of the largest schools, as an inspector is shown them: ``python -m benchmarks --parts figures``.

Run as a module it is the side that is measured: ``python -m benchmarks.figures <children> <url>``.
"""

from __future__ import annotations

import sys

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app import create_app
from app.extensions import db
from app.models.children import Child
from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.models.org import Member, School
from app.services import clock, evidence, scope, transactions
from benchmarks import data
from benchmarks.contender import Result, in_rounds
from benchmarks.desk import serve
from benchmarks.lists import own
from benchmarks.ours import server_time
from benchmarks.report import calibration, table

SCHOOLS = 3


def measure(children: int, url: str, engine: str, rounds: int) -> None:
    """Print the table of one engine: schools, the largest first, each after one time that warms up."""
    contender = own("figures", children, url)
    try:
        found = in_rounds([(contender, name) for name in sorted(contender.operations)], rounds)
    finally:
        contender.close()
    lines = [_line(one) for one in found]
    print(table(f"{engine}, {children:,} children: every figure of a school's checklist",
                ["school", "figures", "statements", "CPU ms", "of it the server's"], lines))
    print(calibration(found))


def _line(one: Result) -> list[str]:
    return [one.operation, f"{one.last['bytes']:.0f}", f"{one.last['queries']:.0f}", f"{one.ms:.0f}", f"{one.server_ms:.0f}"]


def main(children: int, url: str) -> None:
    data.settings(children, url)
    app, counted = create_app(), [0]
    with app.app_context():
        elsewhere = server_time(db.engine)
        event.listen(db.engine, "before_cursor_execute", lambda *_: counted.__setitem__(0, counted[0] + 1))
        session = db.session()
        transactions.read_only(True)
        _inspector(session)
        items = _items(session)
        schools = [session.get_one(School, pk) for pk in session.scalars(
            select(Child.school_id).group_by(Child.school_id).order_by(func.count().desc(), Child.school_id).limit(SCHOOLS))]
        serve({f"{number}": lambda school=school: bytes(len(evidence.assess(session, school, items, clock.today())))
               for number, school in enumerate(schools, 1)}, lambda: counted[0], elsewhere)


def _inspector(session: Session) -> None:
    with scope.everything(session):
        member = session.scalars(select(Member).where(Member.username == "inspector")).one()
    scope.bind(session, scope.asker_of(session, member))


def _items(session: Session) -> list[ChecklistItem]:
    """Of the newest published checklist."""
    newest = select(ChecklistTemplate.id).where(ChecklistTemplate.state == "published").order_by(ChecklistTemplate.id.desc()).limit(1).scalar_subquery()
    return list(session.scalars(select(ChecklistItem).join(ChecklistSection).where(ChecklistSection.template_id == newest)))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
