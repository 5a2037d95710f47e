"""An inspector who is related to a school is offered nothing of its inspection, and told why; a colleague is offered it as ever."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import Recusal
from app.models.inspection import Finding, Inspection
from app.models.org import Member, School
from app.services import scope
from tests.support.visiting import one, planned, second_inspector, submitted

WHY = "您与这所学校有关联，要回避"


@pytest.fixture(scope="module")
def related(app):
    """The account of an inspector who once taught at the school of the planned inspection, and at that of the submitted one."""
    account, visits = second_inspector(app), (planned(app), submitted(app))
    with app.app_context(), scope.everything(db.session()):
        session = db.session()
        member = session.scalars(select(Member).where(Member.username == account)).one()
        for pk in visits:
            school = session.get_one(Inspection, pk).school_id
            if session.scalar(select(Recusal.id).where(Recusal.member_id == member.id, Recusal.school_id == school)) is None:
                session.add(Recusal(member_id=member.id, school_id=school, why="曾在该校任教"))
        session.commit()
    return account


def card(page, name):
    """The card of a school on the list of inspections."""
    return next(part for part in page.split("<li class=\"card pad\">")[1:] if f"<h3>{name}</h3>" in part).split("</li>")[0]


def test_the_list_offers_no_button_and_says_why(app, client_for, related):
    pk = planned(app)
    name = one(app, select(School.name).join(Inspection, Inspection.school_id == School.id).where(Inspection.id == pk))
    mine, theirs = (card(client_for(account).get("/visit/").text, name) for account in (related, "inspector"))
    assert WHY in mine and f'href="/visit/{pk}"' not in mine
    assert WHY not in theirs and f'href="/visit/{pk}"' in theirs


@pytest.mark.parametrize("page", ["/visit/{0}", "/visit/{0}?section=B", "/visit/{0}/submit"])
def test_the_sheet_leads_to_the_report_and_says_why(app, client_for, related, page):
    pk, client = planned(app), client_for(related)
    answer = client.get(page.format(pk))
    assert answer.status_code == 302 and answer.location.endswith(f"/visit/{pk}/report")
    told = client.get(answer.location).text
    assert WHY in told and 'href="/visit/"' in told and f"/visit/{pk}/submit" not in told
    assert client_for("inspector").get(page.format(pk)).status_code == 200


def test_the_phone_takes_nothing_of_it_along(app, client_for, related):
    pk = planned(app)
    assert client_for(related).get(f"/visit/along?pk={pk}").status_code == 404
    assert pk not in {one["pk"] for one in client_for(related).get("/visit/along").json["visits"]}
    assert client_for("inspector").get(f"/visit/along?pk={pk}").status_code == 200


def test_the_record_offers_neither_visit_nor_file(app, client_for, related):
    pk = planned(app)
    mine, theirs = (client_for(account).get(f"/inspection/show/{pk}").text for account in (related, "inspector"))
    assert WHY in mine and f'href="/visit/{pk}"' not in mine and f"/file/Inspection/{pk}" not in mine
    assert WHY not in theirs and f'href="/visit/{pk}"' in theirs and f"/file/Inspection/{pk}" in theirs


def test_a_finding_offers_no_step_and_says_why(app, client_for, related):
    done = submitted(app)
    with app.app_context(), scope.everything(db.session()):
        session = db.session()
        row = session.get_one(Inspection, done)
        finding = session.scalars(select(Finding).where(Finding.inspection_id == row.id).order_by(Finding.id)).first()
        finding.state, row.inspector_id = "done", session.scalars(select(Member.id).where(Member.username == related)).one()
        session.commit()
        pk = finding.id
    client = client_for(related)
    page = client.get(f"/finding/show/{pk}").text
    assert WHY in page and f"/finding/step/{pk}/" not in page
    answer = client.get(f"/finding/step/{pk}/close")
    assert answer.status_code == 302 and WHY in client.get(answer.location).text
    assert client.post(f"/finding/step/{pk}/close", data={"way": "spot"}).status_code in (200, 302)
    assert one(app, select(Finding.state).where(Finding.id == pk)) == "done"
    with app.app_context(), scope.everything(db.session()):
        db.session().execute(Recusal.__table__.delete())
        db.session().commit()
    assert f"/finding/step/{pk}/close" in client.get(f"/finding/show/{pk}").text, "with nothing between them it is offered"
