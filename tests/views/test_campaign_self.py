"""Self-checks before the visits: late ones first, how far each is, one school's beside its records; nothing for who need not know."""

import io
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import Campaign, CampaignSchool, SelfAnswer
from app.models.inspection import ChecklistItem, Inspection
from app.models.org import School
from app.services import clock, inspection, scope, self_check, self_check_states
from tests.support.asking import asking
from tests.support.statements import sent
from tests.support.visiting import one


@pytest.fixture(scope="module")
def running(app) -> int:
    return one(app, select(Campaign.id).where(Campaign.state == "running"))


@pytest.fixture(scope="module")
def three(app, running) -> dict[str, int]:
    """Places of schools: one late, one begun, one that has sent its own; no tick at the others."""
    with app.app_context(), scope.everything(db.session()):
        session = db.session()
        rows = session.scalars(select(CampaignSchool).where(CampaignSchool.campaign_id == running, CampaignSchool.inspection_id.is_not(None))
                               .order_by(CampaignSchool.id)).all()
        assert len(rows) >= 4
        for row in rows:
            row.self_due_on, row.self_submitted_at = clock.today() + timedelta(5), None
            for tick in session.scalars(select(SelfAnswer).where(SelfAnswer.inspection_id == row.inspection_id)):
                tick.deleted_at = clock.now()
        found = dict(zip(("late", "begun", "sent", "none"), rows, strict=False))
        found["late"].self_due_on, found["sent"].self_submitted_at = clock.today() - timedelta(3), clock.now()
        session.flush()
        items = {item.code: item.id for item in session.scalars(select(ChecklistItem).join(
            Inspection, Inspection.id == found["begun"].inspection_id).where(ChecklistItem.section.has(template_id=Inspection.template_id)))}
        for code, result in (("A1", "pass"), ("A2", "fail")):
            session.add(SelfAnswer(school_id=found["begun"].school_id, inspection_id=found["begun"].inspection_id, item_id=items[code], result=result,
                                   remark="自己写的说明", answered_at=clock.now()))
        session.commit()
        return {key: row.id for key, row in found.items()}


def told(app, running):
    with app.app_context():
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        with asking(session, "county"):
            return self_check_states.states(session, session.get_one(Campaign, running))


def test_late_ones_stand_first_and_each_says_how_far_it_is(app, running, three):
    found = told(app, running)
    by_place = {one.place_id: one for one in found}
    assert (found[0].place_id, found[0].state, found[0].days) == (three["late"], "late", 3)
    assert [by_place[three[key]].state for key in three] == [*three]
    order = [one.state for one in found]
    assert order == sorted(order, key=("late", "none", "begun", "sent").index)
    with app.app_context(), scope.everything(db.session()):
        session = db.session()
        place = session.get_one(CampaignSchool, three["begun"])
        sheet = self_check.opened(session, place, session.get_one(Inspection, place.inspection_id), session.get_one(School, place.school_id)).sheet
        assert (by_place[three["begun"]].answered, by_place[three["begun"]].total) == (sheet.answered, sheet.total) == (2, sheet.total)


def test_the_page_and_its_workbook_say_the_same(app, client_for, running, three):
    page = client_for("county").get(f"/campaign/self_checks/{running}").text
    found = told(app, running)
    assert [page.index(f">{one.name}</a>") for one in found] == sorted(page.index(f">{one.name}</a>") for one in found)
    begun = next(one for one in found if one.place_id == three["begun"])
    assert f"2 / {begun.total}" in page and "逾期 3 天" in page and "已提交" in page
    book = load_workbook(io.BytesIO(client_for("county").get(f"/campaign/self_checks/{running}.xlsx").data)).worksheets[0]
    rows = [row for row in book.iter_rows(values_only=True) if row[0] in {one.name for one in found}]
    assert [row[0] for row in rows] == [one.name for one in found]
    late = rows[0]
    assert (late[1], late[5]) == ("自查逾期", 3) and isinstance(late[4], date)


def test_one_school_beside_its_records(app, client_for, three):
    page = client_for("county").get(f"/campaign_school/self_check/{three['begun']}").text
    assert "自己写的说明" in page and "未提交" in page
    with app.app_context():
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        with asking(session, "county"):
            place = session.get_one(CampaignSchool, three["begun"])
            sheet = inspection.open_sheet(session, session.get_one(Inspection, place.inspection_id))
            figures = [line.evidence.sentence for part in sheet.parts for line in part.lines if line.applies and line.evidence is not None]
    assert len(figures) > 50 and [text for text in figures if text in page] == figures
    assert "name=\"result\"" not in page, "nothing to tick"


@pytest.mark.parametrize(("account", "status"), [("county", 200), ("inspector", 200), ("school", 403), ("township", 403), ("superior", 403), ("teacher", 403)])
def test_who_may_look(client_for, running, account, status):
    assert client_for(account).get(f"/campaign/self_checks/{running}").status_code == status
    assert client_for(account).get(f"/campaign/self_checks/{running}.xlsx").status_code == (200 if account == "county" else 403)


def test_a_school_reads_its_own_and_no_other(app, client_for, three, running):
    own = one(app, select(CampaignSchool.id).where(CampaignSchool.campaign_id == running, CampaignSchool.school_id == one(
        app, select(School.id).join(CampaignSchool, CampaignSchool.school_id == School.id).where(CampaignSchool.id == three["begun"]))))
    assert client_for("township").get(f"/campaign_school/self_check/{own}").status_code == 403
    statuses = {client_for("school").get(f"/campaign_school/self_check/{pk}").status_code for pk in three.values()}
    assert statuses <= {200, 404} and 404 in statuses


def test_few_statements_whatever_the_number_of_schools(app, client_for, running, three):
    client = client_for("county")
    for address, most in ((f"/campaign/self_checks/{running}", 9), (f"/campaign_school/self_check/{three['begun']}", 12)):
        client.get(address)
        statements = sent(app, client, address)
        assert len(statements) <= most, "\n".join(statements)
