"""A report of a child in danger (强制报告) neither goes nor turns into something else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models.cases import CaseFile
from app.models.children import Child
from app.services import clock, history, records
from app.services.exchange import undo
from tests.support.intake import commit, plan_of, told
from tests.support.sheets import asked_by, exported

WHY = "强制报告的线索不能删除，儿童、类别、发现日期不能改；登记有误请在措施里写明并办结"
WORDS = "强制报告已写的内容不能删改，请保留原文，在下面补写"
SAID = "身上有伤，疑似家暴，\n已报警"


def case(session, kind):
    child = session.scalars(select(Child).order_by(Child.id)).first()
    return records.add(session, CaseFile, {"child": child.id, "kind": kind, "opened_on": clock.today()})


def refused(call, why=WHY, beside=""):
    with pytest.raises(records.Refused) as caught:
        call()
    return [(key, error.message) for key, error in caught.value.errors.items()] == [(beside, why)]


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


@pytest.mark.parametrize("change", ["child", "opened_on"])
def test_whom_a_report_is_about_and_since_when_stays(session, change):
    report = case(session, "report")
    other = session.scalars(select(Child.id).where(Child.id != report.child_id).order_by(Child.id)).first()
    wrong = {"child": other, "opened_on": clock.today() - timedelta(300)}[change]
    assert refused(lambda: records.edit(session, report, {change: wrong}))


@pytest.mark.parametrize("less", [None, "", "。", "身上有伤", "身上有伤，已报警", "身上有伤，不是家暴，疑似家暴，已报警"])
def test_what_a_report_says_stays(session, less):
    report = case(session, "report")
    records.edit(session, report, {"plan": SAID})
    assert refused(lambda: records.edit(session, report, {"plan": less}), WORDS, "plan") and report.plan == SAID
    assert refused(lambda: records.revert(session, report, history.of_row(session, report, limit=1)[0]), WORDS, "plan") and report.plan == SAID


@pytest.mark.parametrize("more", [f"{SAID}\n10 月 8 日复核", f"登记有误：{SAID}", "身上有伤， 疑似家暴，已报警", f"{SAID}。"])
def test_a_report_says_more_as_it_goes_on(session, more):
    report = case(session, "report")
    records.edit(session, report, {"plan": SAID})
    records.edit(session, report, {"plan": more})
    assert report.plan == more


def test_undoing_an_upload_keeps_its_report(app):
    with asked_by(app, "school") as session:
        rows = exported(session, "CaseFile")
        head, lines = rows[2], [[None, *row[1:], *[None] * (len(rows[2]) - len(row))] for row in rows[3:5]]
        for line, kind in zip(lines, ("强制报告线索", "未到校"), strict=True):
            line[head.index("类别")], line[head.index("发现日期")] = kind, clock.today().isoformat()
            line[head.index("最近跟进")] = line[head.index("办结日期")] = None
        batch = commit(session, "CaseFile", plan_of(session, "CaseFile", [*rows[:3], *lines]))
        done = undo.undo(session, batch)
        assert (done.rows, len(done.left)) == (1, 1)
        today = session.scalars(select(CaseFile.kind).where(CaseFile.opened_on == clock.today(), CaseFile.kind.in_(("report", "absent")))).all()
        assert "report" in today


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


def test_an_upload_and_a_machine_take_nothing_from_what_a_report_says(app, client_for):
    with asked_by(app, "school") as session:
        report = case(session, "report")
        records.edit(session, report, {"plan": SAID})
        session.commit()
        pk, version, rows = report.id, report.version, exported(session, "CaseFile")
        line = next(row for row in rows[3:] if row[0] == pk)
        line[rows[2].index("方案或措施")] = "。"
        assert WORDS in str(told(plan_of(session, "CaseFile", [*rows[:3], line])))
        line[rows[2].index("方案或措施")] = f"{SAID}；已走访"
        assert told(plan_of(session, "CaseFile", [*rows[:3], line])) == []
    client = client_for("school")
    answer = client.patch(f"/api/v1/case_file/{pk}", json={"version": version, "plan": "。"})
    assert answer.status_code == 422 and answer.json["errors"] == {"plan": WORDS}


def test_the_form_of_a_report_says_beside_the_text_that_it_stays(app, client_for):
    with asked_by(app, "school") as session:
        report = case(session, "report")
        records.edit(session, report, {"plan": SAID})
        session.commit()
        data = {"child": report.child_id, "kind": "report", "opened_on": report.opened_on, "plan": "改写", "_version": report.version}
        page = client_for("school").post(f"/case_file/edit/{report.id}", data=data).get_data(as_text=True)
    assert WORDS in page.split('id="plan-err">')[1].split("</p>")[0] and "改写</textarea>" in page
