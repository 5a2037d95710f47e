"""A form or a request that is sent more than once: one row, and each answer tells of that row."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from app.models.audit import Change
from app.models.org import Member, Staff
from app.models.safety import Hazard
from app.services import records
from tests.panel.test_editing import HAZARD, form_of
from tests.support.client import logged_in
from tests.support.settings import PASSWORD

TIMES = 4


@pytest.fixture
def meet(monkeypatch):
    """Whoever comes to hold values against the rules waits for the others, as many as come at all."""
    gate, check = threading.Barrier(TIMES), records.check

    def checked(*given, **named):
        with suppress(threading.BrokenBarrierError):
            gate.wait(timeout=3)
        return check(*given, **named)

    monkeypatch.setattr(records, "check", checked)


def number(look, what):
    return look(lambda session: session.scalar(select(func.count(Hazard.id)).where(Hazard.what == what)))


@pytest.mark.usefixtures("meet")
def test_a_form_posted_four_times_at_once_makes_one_row_and_leads_each_time_to_it(app, look):
    clients = [logged_in(app, "school", PASSWORD) for _ in range(TIMES)]
    typed = {**HAZARD, "what": "同时四次", "_token": "four-at-once"}
    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(lambda client: client.post("/hazard/add", data=typed), clients))
    assert [answer.status_code for answer in answers] == [302] * TIMES
    assert len({answer.location for answer in answers}) == 1 and number(look, "同时四次") == 1


# Changes -----------------------------------------------------------------------------------
@pytest.fixture
def hazard(client_for):
    """Id of a new hazard of the school."""
    return int(client_for("school").post("/hazard/add", data=HAZARD).location.rstrip("/").split("/")[-1])


def edits(look, row_id):
    return look(lambda session: session.scalar(select(func.count(Change.id)).where(
        Change.entity == "Hazard", Change.row_id == row_id, Change.action == "edit")))


def test_an_edit_that_is_posted_twice_is_saved_and_nobody_changed_it_meanwhile(client_for, look, hazard):
    client = client_for("school")
    _page, hidden = form_of(client, f"/hazard/edit/{hazard}")
    typed = {**HAZARD, **hidden, "what": " 改一次，发两次 "}
    first, second = (client.post(f"/hazard/edit/{hazard}", data=typed) for _ in range(2))
    assert [first.status_code, second.status_code] == [302, 302] and first.location == second.location
    assert edits(look, hazard) == 1
    other = client.post(f"/hazard/edit/{hazard}", data={**typed, "where": "别处"})
    assert other.status_code == 200 and "已被别人修改" in other.get_data(as_text=True), "what is not there is a conflict still"


def test_a_form_that_is_posted_twice_is_held_against_what_its_page_makes_of_it(client_for, look):
    """The area of an account of a school is left empty, as the form says: it is the school's."""
    client, row_id = client_for("county"), look(lambda session: session.scalar(select(Member.id).where(Member.username == "teacher")))
    member = client.get(f"/api/v1/member/{row_id}").json
    filled = {key: value for key, value in member.items() if value not in (None, False) and key not in ("id", "area")}
    typed = {key: value["id"] if isinstance(value, dict) else value for key, value in filled.items()}
    typed |= {"name": "两次的", "area": "", "area__text": "", **form_of(client, f"/member/edit/{row_id}")[1]}
    first, second = (client.post(f"/member/edit/{row_id}", data=typed) for _ in range(2))
    assert [first.status_code, second.status_code] == [302, 302] and first.location == second.location
    assert look(lambda session: session.get(Member, row_id).name) == "两次的"
    assert client.post(f"/member/edit/{row_id}", data={**typed, "name": "另一个"}).status_code == 200, "what is not there is a conflict still"


@pytest.mark.usefixtures("meet")
def test_an_edit_that_is_posted_four_times_at_once_is_saved_each_time(app, look, hazard):
    clients = [logged_in(app, "school", PASSWORD) for _ in range(TIMES)]
    _page, hidden = form_of(clients[0], f"/hazard/edit/{hazard}")
    typed = {**HAZARD, **hidden, "what": "同时改四次"}
    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(lambda client: client.post(f"/hazard/edit/{hazard}", data=typed), clients))
    assert [answer.status_code for answer in answers] == [302] * TIMES and edits(look, hazard) == 1


def test_a_change_by_rest_that_is_sent_twice_answers_with_the_row_as_it_stands(client_for, look, hazard):
    client, address = client_for("school"), f"/api/v1/hazard/{hazard}"
    body = {"version": client.get(address).json["version"], "what": "接口改的"}
    first, second = (client.patch(address, json=body) for _ in range(2))
    assert [first.status_code, second.status_code] == [200, 200] and first.json == second.json and edits(look, hazard) == 1
    assert client.patch(address, json={**body, "where": "别处"}).status_code == 409
    assert client.patch(address, json={"version": body["version"]}).status_code == 409, "of no values nothing is known"


def test_of_a_covered_number_no_answer_tells_a_good_guess_from_a_bad_one(client_for, look):
    """The county edits staff; their numbers are covered for it."""
    client = client_for("county")
    row = next(one for one in client.get("/api/v1/staff/?size=50").json["result"] if one["id_number"])
    number = look(lambda session: session.get(Staff, row["id"]).id_number)
    assert number not in str(row)
    guess = client.patch(f"/api/v1/staff/{row['id']}", json={"version": row["version"] + 7, "id_number": number})
    assert guess.status_code == 409 and number not in guess.get_data(as_text=True)
