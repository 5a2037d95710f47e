"""A hand-made school in a database in memory, a line a row, for figures with known answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.models import Entity, clock
from app.models.bus import Bus, BusDriver, BusRun
from app.models.canteen import Canteen, MealRecord
from app.models.children import Child, Guardian, ParentSpell
from app.models.org import Area, Member, School, Staff
from app.models.safety import Hazard, ResponsibilityLetter
from app.models.term import Term
from app.services import derived, evidence, scope
from tests.support import memory

assert derived  # keeps what follows from other rows, as in the app
ON = date(2026, 11, 30)  # the last day of a month in the first term
SPELL = date(2025, 1, 1)
DAY = timedelta(1)


class Builder:
    """Makes rows of one school with what they need to stand."""

    def __init__(self, session: Session) -> None:
        self.session, self.number = session, count(1)
        self.county = self.add(Area, code="990101", name="石泉县", level="county")
        self.other_county = self.add(Area, code="990102", name="云岭县", level="county")
        self.town = self.add(Area, code="990101001", name="河口乡", level="township", parent_id=self.county.id)
        self.add(Term, name="第一学期", school_year="2026—2027学年", number=1, starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 28))
        self.school = self.add(School, code="2152000001", name="河口小学", type="primary", area_id=self.town.id,
                               has_canteen=True, has_bus=True)
        self.other_school = self.add(School, code="2152000002", name="新街小学", type="primary", area_id=self.town.id)

    def add(self, model: type[Entity], **values: Any) -> Any:
        if issubclass(model, scope.OfSchool) and "school_id" not in values and "child_id" not in values:
            values["school_id"] = self.school.id
        row = model()
        for key, value in values.items():
            setattr(row, key, value)
        with scope.everything(self.session):  # whoever asks in the test
            self.session.add(row)
            self.session.flush()
        return row

    def child(self, away: str = "fm", **values: Any) -> Child:
        """A child of ten on file; ``away``: which parents are (f, m); the others are at home."""
        given = {"name": f"孩子{next(self.number)}", "sex": "m", "birth_date": date(2016, 5, 1), "stage": "primary", **values}
        child = self.add(Child, **given)
        for letter, parent in (("f", "father"), ("m", "mother")):
            self.spell(child, parent, "away" if letter in away else "home")
        return child

    def spell(self, child: Child, parent: str, state: str, since: date = SPELL, **values: Any) -> ParentSpell:
        return self.add(ParentSpell, child_id=child.id, parent=parent, state=state, since=since, **values)

    def guardian(self, child: Child, **values: Any) -> Guardian:
        given = {"name": "王奶奶", "rank": "second", "relation": "grandmother", **values}
        return self.add(Guardian, child_id=child.id, **given)

    def staff(self, **values: Any) -> Staff:
        return self.add(Staff, **{"name": f"教师{next(self.number)}", "sex": "f", "post": "teacher", **values})

    def letter(self, level: str, child: Child | None = None, **values: Any) -> ResponsibilityLetter:
        given = {"signer": "签订人", "school_year": "2026—2027学年", "signed_on": date(2026, 9, 5),
                 "expires_on": date(2027, 8, 31), **values}
        return self.add(ResponsibilityLetter, level=level, child_id=child and child.id, school_id=self.school.id, **given)

    def hazard(self, **values: Any) -> Hazard:
        return self.add(Hazard, **{"what": "围墙开裂", "where": "操场", "kind": "fire", "found_on": ON - 20 * DAY, "due_on": ON, **values})

    def canteen(self, **values: Any) -> Canteen:
        return self.add(Canteen, **{"name": "食堂", **values})

    def meal(self, canteen: Canteen, **values: Any) -> MealRecord:
        return self.add(MealRecord, canteen_id=canteen.id, **{"served_on": ON, "meal": "lunch", "dish": "土豆丝", **values})

    def bus(self, **values: Any) -> Bus:
        return self.add(Bus, **{"plate": f"示A{next(self.number):05}", "seats": 30, **values})

    def driver(self, **values: Any) -> BusDriver:
        given = {"name": f"师傅{next(self.number)}", "birth_date": date(1985, 1, 1), "permit_no": "校驾1", "reviewed_on": ON, **values}
        return self.add(BusDriver, **given)

    def run(self, bus: Bus, driver: BusDriver, **values: Any) -> BusRun:
        return self.add(BusRun, bus_id=bus.id, driver_id=driver.id,
                        **{"ran_on": ON, "direction": "home", "boarded": 20, "alighted": 20, "attendant": "李姐", **values})

    def member(self, role: str, area: Area, **values: Any) -> Member:
        return self.add(Member, username=f"{role}{next(self.number)}", name=role, role=role, area_id=area.id, **values)

    def ask(self, name: str, on: date = ON, **params: Any) -> evidence.Evidence:
        """One figure of the school."""
        return evidence.compute(self.session, self.school, name, on, params)

    def behind(self, made: evidence.Evidence) -> set[int]:
        """Ids behind a figure; their number must be the one it tells."""
        found = set(evidence.ids_of(self.session, made))
        assert made.rows is None or made.rows.total == len(found)
        return found


def moment(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.SHANGHAI)


@pytest.fixture
def desk() -> Iterator[Builder]:
    session = memory.database()
    with clock.freeze(ON):
        yield Builder(session)
    session.close()


Check = Callable[[evidence.Evidence], bool]


def said(made: evidence.Evidence) -> tuple[Any, ...]:
    """(numerator, denominator, suggestion), and the sentence must hold together."""
    assert made.sentence and "%(" not in made.sentence + made.rule
    return made.numerator, made.denominator, made.suggestion
