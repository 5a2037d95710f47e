"""The look-up offers what a form's link may point at, and is no way round a row: files are told by the row that they hang on."""

import io
import re

import pytest
from sqlalchemy import select

from app.models.audit import Attachment
from app.models.children import Child
from app.panel.views_by_entity import VIEWS
from tests.support.asking import asking
from tests.support.matrix_world import ACCOUNTS

NAME, PDF = "心理咨询诊断书", b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def unseen(client_for, look):
    """Id of a child of the school that the teacher does not see, with a file on it; the file goes for good."""
    def other(session):
        with asking(session, "teacher"):
            seen = session.scalars(select(Child.id)).all()
        with asking(session, "school"):
            return session.scalars(select(Child.id).where(Child.id.not_in(seen)).order_by(Child.id.desc())).first()
    pk = look(other)
    answer = client_for("school").post(f"/file/Child/{pk}", data={"file": (io.BytesIO(PDF), f"{NAME}.pdf")})
    assert answer.status_code == 302
    yield pk
    look(lambda session: [session.delete(one) for one in session.scalars(select(Attachment).where(Attachment.name.startswith(NAME)))])


@pytest.mark.parametrize("deleted", [False, True])
def test_no_file_is_told_but_by_its_record(client_for, unseen, deleted):
    assert client_for("teacher").get(f"/api/v1/child/{unseen}").status_code == 404
    assert NAME in client_for("school").get(f"/child/show/{unseen}").text
    if deleted:
        assert client_for("school").post(f"/child/delete/{unseen}", data={"_sure": "1"}).status_code == 302
    for account in ACCOUNTS:
        for query in ("", f"?q={NAME}", f"?q={NAME[:2]}&of=Attachment.school", "?of=Hazard.child"):
            answer = client_for(account).get(f"/lookup/Attachment{query}")
            assert (answer.status_code, NAME in answer.text) == (404, False), (account, query)
    if deleted:
        client_for("school").post("/child/trash/", data={"row": str(unseen)})


@pytest.mark.parametrize("entity", ["Guardian", "Hazard", "Inspection", "ImportBatch", "Job", "Change", "Nothing"])
def test_what_no_form_points_at_is_not_looked_up(client_for, entity):
    assert {client_for(account).get(f"/lookup/{entity}").status_code for account in ACCOUNTS} == {404}


@pytest.mark.parametrize("account", ["admin", "county", "inspector", "school", "teacher"])
def test_every_look_up_of_a_form_answers(client_for, account):
    client, asked = client_for(account), set()
    for view in VIEWS.values():
        page = client.get(f"{view.route_base}/add")
        asked |= set(re.findall(r'data-lookup-url="([^"]+)"', page.text)) if page.status_code == 200 else set()
    assert asked and {client.get(url).status_code for url in asked} == {200}
