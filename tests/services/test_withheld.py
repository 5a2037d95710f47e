"""What no bulk export takes beyond the school, though its page shows it."""

import pytest
from sqlalchemy import select

from app.models.care import Talk
from app.models.cases import CaseFile
from app.models.children import Child
from app.models.org import Staff
from app.services import clock, exporting, records
from tests.support.sheets import asked_by, exported, records_of

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


@pytest.mark.parametrize("model", [Talk, CaseFile])
@pytest.mark.parametrize(("account", "leaves"), [("school", True), ("township", False), ("county", False)])
def test_what_is_of_the_mind_leaves_with_its_own_school_alone(app, kept_close, model, account, leaves):
    with asked_by(app, account) as session:
        assert session.get(model, kept_close[model]) is not None
        sheet = exported(session, model.__name__)
        ids = {row["系统编号"] for row in records_of(sheet)}
        assert (kept_close[model] in ids) is leaves and (MARK in str(sheet)) is leaves
        assert exporting.count(session, model, ()) == len(ids)
        assert ("不含" in str(sheet[:2])) is not leaves


def test_nothing_else_is_left_out(app, kept_close):
    with asked_by(app, "county") as session:
        ids = {row["系统编号"] for row in records_of(exported(session, "Talk"))}
        assert ids == set(session.scalars(select(Talk.id).where(Talk.kind != "psychological")))
