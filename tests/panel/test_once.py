"""A form or a request that is sent more than once: one row, and each answer tells of that row."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from app.models.safety import Hazard
from app.services import records
from tests.panel.test_editing import HAZARD
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
