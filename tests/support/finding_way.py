"""A finding of the hand-made school on its way, and everybody who may come by."""

import pytest

from app.models.audit import Attachment
from app.models.inspection import ChecklistItem, Inspection
from app.services import findings, opinion, records, scope
from app.services.scoring import rules_of
from seeds.checklist.load import load_template
from tests.services.evidence.school import DAY, ON, moment

ROLES = ("school", "county", "inspector", "township", "teacher", "superior", "admin")
SAID = {"text": "理由写清楚了", "way": "spot", "level": "general"}  # what any step takes, beside its day


class Way:
    """The county's inspection of the school, its draft opinion, its first finding."""

    def __init__(self, desk):
        self.desk, self.session = desk, desk.session
        self.template = load_template(self.session, ON - 90 * DAY)
        place = {"school_id": desk.school.id}
        self.people = {role: desk.member(role, desk.town if role in ("school", "teacher", "township") else desk.county,
                                         **(place if role in ("school", "teacher") else {})) for role in ROLES}
        self.people["teacher"].staff_id = desk.staff().id
        self.visit = self.inspected(ON)
        self.as_("inspector")
        self.opinion = opinion.draft(self.session, self.visit)
        self.row = self.found("A1")

    def inspected(self, day):
        return self.desk.add(Inspection, template_id=self.template.id, name="秋季督导", planned_on=day, inspector_id=self.people["inspector"].id,
                             state="submitted", submitted_at=moment(day), score=90.0)

    def as_(self, role):
        scope.bind(self.session, scope.asker_of(self.session, self.people[role]))

    def found(self, code, visit=None):
        self.as_("inspector")
        return findings.open_from(self.session, visit or self.visit, self.item(code), rules_of(self.template).days_to_fix)

    def item(self, code):
        return self.session.query(ChecklistItem).filter(ChecklistItem.code == code).one()

    def stand(self, state, **values):
        with scope.everything(self.session):
            for key, value in {"state": state, **values}.items():
                setattr(self.row, key, value)
            self.session.flush()

    def prove(self, **values):
        self.desk.add(Attachment, entity="Finding", row_id=self.row.id, name="整改后.jpg", media_type="image/jpeg", size=1, stored_as="00/a", sha256="0",
                      **values)

    def take(self, role, kind, **said):
        self.as_(role)
        day = ON if kind == "fix" else self.row.due_on + DAY
        return findings.take(self.session, self.row, kind, {**SAID, "day": day, **said})

    def around(self):
        return findings.around(self.session, self.row)

    def refused(self, role, kind, **said):
        """The fields that were refused."""
        with pytest.raises(records.Refused) as wrong:
            self.take(role, kind, **said)
        return wrong.value.errors
