"""Records that no bulk way takes beyond the school, made for a test."""

import pytest
from sqlalchemy import select

from app.models.care import Talk
from app.models.cases import CaseFile
from app.models.children import Child
from app.models.org import Staff
from app.services import clock, records
from tests.support.sheets import asked_by

MARK = "说到自己时哭了"


@pytest.fixture
def kept_close(app):
    """A talk and a case of that kind at the school of the account "school"; their ids."""
    with asked_by(app, "school") as session:
        child, staff = session.scalars(select(Child).limit(1)).one(), session.scalars(select(Staff).limit(1)).one()
        talk = records.add(session, Talk, {"child": child.id, "talked_on": clock.today(), "teacher": staff.id, "kind": "psychological", "content": MARK})
        case = records.add(session, CaseFile, {"child": child.id, "kind": "mental", "opened_on": clock.today(), "plan": MARK})
        session.commit()
        made = {Talk: talk.id, CaseFile: case.id}
    yield made
    with asked_by(app, "school") as session:
        for model, row_id in made.items():
            records.delete(session, session.get_one(model, row_id))
        session.commit()
