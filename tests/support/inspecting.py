"""An inspection of the hand-made school, ticked by its inspector."""

from datetime import date

import pytest
from sqlalchemy import select

from app.models.inspection import Answer, Inspection
from app.services import inspection, scope
from seeds.checklist.load import load_template
from tests.services.evidence.school import ON, Builder
from tests.support.filling import fill


class Visit:
    """An inspection of the hand-made school, asked by its inspector."""

    def __init__(self, desk: Builder) -> None:
        self.desk, self.session = desk, desk.session
        self.template = load_template(self.session, date(2026, 8, 1))
        self.inspector = desk.member("inspector", desk.county)
        self.row = desk.add(Inspection, template_id=self.template.id, name="秋季督导", planned_on=ON, inspector_id=self.inspector.id)
        self.as_(self.inspector)

    def as_(self, member: object) -> None:
        scope.bind(self.session, scope.asker_of(self.session, member))

    def tick(self, code: str, result: str = "pass", **said: object) -> Answer:
        return inspection.save_answer(self.session, self.row, code, result=result, **said)

    def tick_all(self, **results: str) -> None:
        """Every item that applies, "pass" unless said otherwise, with a reason throughout."""
        fill(self.session, self.row, results, "见照片")

    def count(self, model: type) -> int:
        return len(self.session.scalars(select(model.id)).all())


@pytest.fixture
def visit(desk: Builder) -> Visit:
    return Visit(desk)
