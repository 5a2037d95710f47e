"""The ways into an inspection on the spot: its pages, and what a phone takes along and sends (see matrix_pages.py)."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.matrix_case import READ, REFUSED, SENT_ON, Case
from tests.support.matrix_ways import each, may, sees
from tests.support.matrix_world import World

PageWay = Callable[[World, str], Iterator[Case]]
WIDE = frozenset({200, 302, 403, 404, 409, 422})


def visit(rest: str, entity: str, verb: str, method: str = "GET", data: Any = None, statuses: frozenset[int] = WIDE) -> PageWay:
    """A page of one inspection: 200, or 302 to the report once it is submitted; 404 out of scope."""

    def cases(world: World, account: str) -> Iterator[Case]:
        able = may(world, account, verb, entity)
        for place in world.places("Inspection"):
            pk, granted = world.rows["Inspection", place], able and sees(world, account, "Inspection", place)
            yield Case(f"visit {rest} {place}", f"/visit/{pk}{rest}", granted, statuses if granted else REFUSED, method, data, aim=("Inspection", pk),
                       grows="Answer")

    return cases


def visit_index(world: World, account: str) -> Iterator[Case]:
    able = may(world, account, "write", "Answer")
    yield Case("visit", "/visit/", able, READ if able else REFUSED)


def phone(path: str) -> PageWay:
    """What bears nobody's name."""

    def cases(world: World, account: str) -> Iterator[Case]:
        able = may(world, account, "write", "Answer")
        yield Case(f"phone {path}", f"/visit/{path}", able, READ if able else REFUSED)

    return cases


def along(world: World, account: str) -> Iterator[Case]:
    """The day's schools, and one whole: not out of scope, not once it is submitted."""
    able = may(world, account, "write", "Answer")
    yield Case("along", "/visit/along", able, READ if able else REFUSED)
    for place in world.places("Inspection"):
        pk, granted = world.rows["Inspection", place], able and sees(world, account, "Inspection", place)
        yield Case(f"along {place}", f"/visit/along?pk={pk}", granted, READ | REFUSED if granted else REFUSED, aim=("Inspection", pk))


def sync(world: World, account: str) -> Iterator[Case]:
    """Ticks from a phone, of each inspection; what is out of scope is refused in the answer and written nowhere."""
    able, empty = may(world, account, "write", "Answer"), {"result": "", "remark": "", "reason": ""}
    for place in world.places("Inspection"):
        pk, granted = world.rows["Inspection", place], able and sees(world, account, "Inspection", place)
        op = {"id": str(uuid.uuid4()), "pk": pk, "code": "A2", "base": empty, "values": {**empty, "result": "pass"}, "at": 1}
        body = {"who": world.sights[account].member_id, "now": 1, "ops": [op]}
        yield Case(f"sync {place}", "/visit/sync", granted, READ if able else REFUSED, "POST", json=body, aim=("Inspection", pk), grows="Answer")
        yield Case(f"sync another's {place}", "/visit/sync", False, frozenset({409}) if able else REFUSED, "POST", json={**body, "who": 0},
                   aim=("Inspection", pk), grows="Answer")


VISIT_WAYS: dict[str, PageWay] = {
    "Visit.schools": visit_index,
    "Visit.sheet": visit("", "Answer", "write"), "Visit.submit": visit("/submit", "Answer", "write"),
    "Visit.answer": each(visit("/answer/A2", "Answer", "write", "POST", {"result": "pass"}),
                         visit("/answer/A2?section=A", "Answer", "write", statuses=SENT_ON)),
    "Visit.evidence": visit("/evidence/B1", "Answer", "read"),
    "VisitReport.report": visit("/report", "Inspection", "read"), "VisitReport.workbook": visit("/report.xlsx", "Inspection", "export"),
    "VisitPhone.shell": phone("phone"), "VisitPhone.worker": phone("worker.js"), "VisitPhone.along": along, "VisitPhone.sync": sync}
