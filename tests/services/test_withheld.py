"""What no bulk export takes beyond the school, though its page shows it."""

import pytest
from sqlalchemy import select

from app.models.care import Talk
from app.models.cases import CaseFile
from app.services import exporting
from tests.support.sheets import asked_by, exported, records_of
from tests.support.withheld import MARK, kept_close

assert kept_close  # pytest finds it here by its name


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
