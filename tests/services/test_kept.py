"""A report of a child in danger (强制报告) neither goes nor turns into something else."""

import pytest
from sqlalchemy import select

from app.models.cases import CaseFile
from app.models.children import Child
from app.services import clock, history, records
from tests.support.intake import plan_of, told
from tests.support.sheets import asked_by, exported

WHY = "强制报告的线索不能删除，也不能改成别的类别；登记有误请在措施里写明并办结"


def case(session, kind):
    child = session.scalars(select(Child).order_by(Child.id)).first()
    return records.add(session, CaseFile, {"child": child.id, "kind": kind, "opened_on": clock.today()})


def refused(call):
    with pytest.raises(records.Refused) as caught:
        call()
    return [(key, error.message) for key, error in caught.value.errors.items()] == [("", WHY)]


def test_nobody_deletes_a_report_not_even_with_its_child(session):
    report = case(session, "report")
    assert refused(lambda: records.delete(session, report))
    assert refused(lambda: records.delete(session, session.get_one(Child, report.child_id)))
    assert report.deleted_at is None
    records.delete(session, other := case(session, "absent"))
    assert other.deleted_at is not None


def test_a_report_stays_one(session):
    report = case(session, "absent")
    records.edit(session, report, {"kind": "report"})
    assert refused(lambda: records.edit(session, report, {"kind": "absent"}))
    change = history.of_row(session, report, limit=1)[0]
    assert refused(lambda: records.revert(session, report, change))
    records.edit(session, report, {"kind": "report", "followed_on": clock.today(), "closed_on": clock.today()})
    assert (report.kind, report.closed_on) == ("report", clock.today())


def test_an_upload_turns_no_report_into_something_else(app):
    with asked_by(app, "school") as session:
        report = case(session, "report")
        rows = exported(session, "CaseFile")
        head = rows[2]
        line = next(row for row in rows[3:] if row[0] == report.id)
        line[head.index("类别")] = "未到校"
        assert WHY in str(told(plan_of(session, "CaseFile", [*rows[:3], line])))
        line[head.index("类别")] = "强制报告线索"
        assert told(plan_of(session, "CaseFile", [*rows[:3], line])) == []
