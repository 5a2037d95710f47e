"""What takes long though it is small is left to the worker."""

import pytest

from app.panel import intake_jobs, taking
from app.services import importing
from app.services.sheet import read
from app.services.sheet.package import Limits
from tests.support.intake_jobs import commit, large, led, newest, unheard
from tests.support.sending import book_of, chosen, count, page, plain, room, send, tallies, token_of
from tests.support.sheets import workbook

assert large and room and unheard  # pytest finds them here by their names


@pytest.fixture
def slow(monkeypatch, tmp_path):
    """Small files go at once; the reader is one that sleeps for so many seconds before it reads."""
    monkeypatch.setattr(intake_jobs, "LARGE", 1 << 20)
    monkeypatch.setattr(taking, "PATIENCE", 0.3)

    def sleeping(seconds):
        child = tmp_path / "child.py"
        child.write_text(f"import runpy, time\ntime.sleep({seconds})\nrunpy.run_path({str(read._CHILD)!r}, run_name='__main__')\n")
        monkeypatch.setattr(read, "_CHILD", child)

    return sleeping


@pytest.fixture
def late(monkeypatch):
    """Small files go at once, but their check comes when the time is over."""
    monkeypatch.setattr(intake_jobs, "LARGE", 1 << 20)
    now, read_plan = [0.0], importing.read_plan

    def read_late(*given):
        now[0] += 5
        return read_plan(*given)

    monkeypatch.setattr(taking, "monotonic", lambda: now[0])
    monkeypatch.setattr(importing, "read_plan", read_late)


def test_a_file_that_nobody_can_read_in_time_is_left_to_the_worker_who_tells_it(client_for, look, unheard, room, slow, monkeypatch):
    slow(60)
    monkeypatch.setattr(taking, "LIMITS", Limits(wall=0.5))
    client = client_for("school")
    sent = send(client, workbook(plain(room, "慢甲")), "慢.xlsx")
    waits = page(client.get(sent.location))
    assert newest(look).state == "queued" and "慢.xlsx" in waits and "progress" in waits
    unheard()
    assert newest(look).state == "failed" and "没能读完" in page(client.get(sent.location))


def test_a_file_that_only_takes_longer_is_read_by_the_worker(client_for, look, room, slow):
    slow(0.6)
    text = page(led(client_for("school"), send(client_for("school"), workbook(plain(room, "慢乙")))))
    assert tallies(text) == [1, 0, 0, 0]


def test_a_long_check_is_left_to_the_worker_at_each_step(client_for, look, room, late):
    client = client_for("school")
    rows = plain(room, "慢丙", "慢丁")
    rows[2][1] = "某"
    text = page(led(client, send(client, workbook(rows))))
    assert tallies(text) == [1, 0, 0, 1]
    url = f"/sheets/child/errors/{token_of(text)}.xlsx"
    assert client.post(url).location == "/downloads/" and newest(look).kind == "import_errors"
    columns = page(send(client, book_of(一年级=plain(room, "慢戊"), 二年级=plain(room, "慢己"))))
    text = page(led(client, client.post("/sheets/child/import/columns", data={"token": token_of(columns), **chosen(columns)})))
    assert led(client, commit(client, text)).location == "/sheets/batches" and count(look, "慢戊") == 1


def test_a_check_that_is_long_only_when_it_is_to_be_written_is_left_to_the_worker_then(client_for, look, room, late, monkeypatch):
    client = client_for("school")
    monkeypatch.setattr(taking, "PATIENCE", 1e9)
    text = page(send(client, workbook(plain(room, "慢庚"))))
    monkeypatch.setattr(taking, "PATIENCE", 3)
    assert newest(look) is None and led(client, commit(client, text)).location == "/sheets/batches"
    assert newest(look).kind == "import_commit" and count(look, "慢庚") == 1
