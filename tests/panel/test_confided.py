"""What a child confided: the texts of psychological talks take a permission of their own, on every page and by REST."""

import pytest
from sqlalchemy import func, select

from app.models.audit import AccessLog
from app.models.care import Talk
from app.models.cases import CaseFile
from app.services import masks
from tests.support.rest import url
from tests.support.withheld import MARK, kept_close

assert kept_close  # pytest finds it here by its name
TEXTS = {Talk: "content", CaseFile: "plan"}
HIDDEN, WHOLE = ("township", "county", "inspector"), ("school",)


@pytest.mark.parametrize("model", list(TEXTS))
@pytest.mark.parametrize("account", [*HIDDEN, *WHOLE])
def test_a_confided_text_is_read_by_the_school_alone(client_for, kept_close, model, account):
    client, pk, table = client_for(account), kept_close[model], model.__tablename__
    whole = account in WHOLE
    for page in ("show", "history"):
        answer = client.get(f"/{table}/{page}/{pk}")
        text = answer.get_data(as_text=True)
        assert answer.status_code == 200 and (MARK in text) is whole and (masks.DOTS in text) is not whole, page
    found = client.get(url(table, pk)).json
    assert found["id"] == pk and found[TEXTS[model]] == (MARK if whole else masks.DOTS)


@pytest.mark.parametrize("account", HIDDEN)
def test_other_talks_stay_readable(client_for, look, account):
    pk, content = look(lambda session: session.execute(select(Talk.id, Talk.content).where(Talk.kind == "study").limit(1)).one())
    client = client_for("county" if account == "township" else account)  # the talk may be of another township
    assert content in client.get(f"/talk/show/{pk}").get_data(as_text=True)
    assert client.get(url("talk", pk)).json["content"] == content


def revealed(session):
    return session.scalar(select(func.count(AccessLog.id)).where(AccessLog.action == "reveal"))


def test_a_county_reads_it_against_a_reason_that_is_logged(client_for, look, kept_close):
    client, pk, before = client_for("county"), kept_close[Talk], look(revealed)
    assert f"/talk/reveal/{pk}/content" in client.get(f"/talk/show/{pk}").get_data(as_text=True)
    assert MARK not in client.post(f"/talk/reveal/{pk}/content", data={"reason": ""}).get_data(as_text=True)
    assert look(revealed) == before
    assert MARK in client.post(f"/talk/reveal/{pk}/content", data={"reason": "核实是否需要干预"}).get_data(as_text=True)
    assert look(revealed) == before + 1


def test_an_inspector_gets_it_against_no_reason(client_for, kept_close):
    answer = client_for("inspector").post(f"/talk/reveal/{kept_close[Talk]}/content", data={"reason": "核实是否需要干预"})
    assert answer.status_code == 404


def test_what_is_not_confided_has_no_reveal(client_for, look):
    pk = look(lambda session: session.scalar(select(Talk.id).where(Talk.kind == "study").limit(1)))
    assert client_for("county").post(f"/talk/reveal/{pk}/content", data={"reason": "核实是否需要干预"}).status_code == 404
