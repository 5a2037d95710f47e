"""Fifty phones on the wire: each logs in once, then sends its ticks as its program would, a connection a request as behind a proxy."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from benchmarks import data
from benchmarks.desk import loop
from benchmarks.wire import TOKEN

Visit = dict[str, Any]  # see inspectors.py
RESULTS = ("pass", "partly", "pass", "na")
BATCH = 30  # ticks in one message: app/static/js/offline/queue.js
EMPTY = {"result": "", "remark": "", "reason": ""}


@dataclass
class Told:
    """What came of it: of each tick the seconds until it was known to be stored, how many messages, what went wrong, how long all took by the clock,
    the fixed loop before and after."""

    seconds: list[float] = field(default_factory=list)
    messages: int = 0
    wrong: list[str] = field(default_factory=list)
    lasted: float = 0.0
    loops: tuple[float, ...] = ()

    def at(self, part: float) -> float:
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(len(self.seconds) * part))]

    @property
    def speed(self) -> float:
        """Ticks a second."""
        return len(self.seconds) / self.lasted


def said(visit: Visit, number: int) -> dict[str, str]:
    """What an inspector ticks; by it the answers are known again."""
    return {"result": RESULTS[number % len(RESULTS)], "remark": f"{visit['account']} {visit['codes'][number]}", "reason": "现场核实"}


class Phone:
    """One inspector's; ``ask`` raises nothing and returns the status and the body."""

    def __init__(self, port: int, visit: Visit) -> None:
        self.visit, self._port, self._cookies = visit, port, dict[str, str]()
        _status, page = self.ask("GET", "/login/")
        fields = {**dict(TOKEN.findall(page)), "username": visit["account"], "password": data.PASSWORD}
        status, page = self.ask("POST", "/login/", urlencode(fields), "application/x-www-form-urlencoded")
        if status != 302:
            raise RuntimeError(f"{visit['account']} could not log in: {status} {page[:300]}")
        self.csrf = json.loads(self.ask("GET", "/visit/along")[1])["csrf"]

    def ask(self, method: str, path: str, body: str = "", kind: str = "application/json") -> tuple[int, str]:
        headers = {"Content-Type": kind, "Cookie": "; ".join(f"{key}={value}" for key, value in self._cookies.items()), "Accept-Language": "zh"}
        if hasattr(self, "csrf"):
            headers["X-CSRFToken"] = self.csrf
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            page = answer.read().decode()
        finally:
            line.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return answer.status, page


def queue_message(phone: Phone, numbers: Sequence[int]) -> str:
    """Ticks as the phone's queue sends them; "" when all were taken, else what was wrong."""
    visit = phone.visit
    ops = [{**_op(visit, number), "pk": visit["pk"]} for number in numbers]
    status, page = phone.ask("POST", "/visit/sync", json.dumps({"who": visit["who"], "now": int(time.time() * 1000), "ops": ops}))
    if status != 200:
        return f"{status} {page[:200]}"
    return "; ".join(str(one) for one in json.loads(page)["done"] if one["state"] != "taken")


def one_tick(phone: Phone, numbers: Sequence[int]) -> str:
    """The same to the handler of same_work.py, which takes one."""
    return _answered(phone, _op(phone.visit, *numbers))


def row(phone: Phone, numbers: Sequence[int]) -> str:
    """The same to the handler of row_by_row.py, which takes one and asks for less."""
    (number,) = numbers
    return _answered(phone, {"code": phone.visit["codes"][number], **said(phone.visit, number)})


def _op(visit: Visit, number: int) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "code": visit["codes"][number], "base": EMPTY, "values": said(visit, number), "at": int(time.time() * 1000)}


def _answered(phone: Phone, body: dict[str, Any]) -> str:
    status, page = phone.ask("POST", f"/visit/{phone.visit['pk']}/answer", json.dumps(body))
    return "" if status == 200 else f"{status} {page[:200]}"


def send(phones: Sequence[Phone], message: Callable[[Phone, Sequence[int]], str], items: int, size: int, pace: float) -> Told:
    """All at once: each phone sends its ``items``, the next message when the answer is there.

    ``pace``: seconds from tick to tick; a message takes along what was ticked meanwhile, ``size`` at most. Without a pace each is full, and its ticks
    are made when it is sent.
    """
    told, before, begin = Told(), loop(), threading.Barrier(len(phones) + 1)

    def work(order: int, phone: Phone) -> None:
        begin.wait()
        start = time.monotonic() + pace * order / len(phones)  # not all in the same moment, where there is a pace
        first = 0
        while first < items:
            time.sleep(max(0.0, start + pace * first - time.monotonic()) if pace else 0)
            now = time.monotonic()
            ready = int((now - start) / pace) + 1 if pace else items
            numbers = range(first, max(first + 1, min(first + size, ready, items)))
            try:
                wrong = message(phone, numbers)
            except OSError as broken:
                wrong = repr(broken)
            done, first = time.monotonic(), numbers.stop
            told.seconds.extend(done - (start + pace * number if pace else now) for number in numbers)
            told.messages += 1
            if wrong:
                told.wrong.append(wrong)

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(phones)]
    for thread in threads:
        thread.start()
    begin.wait()
    start = time.monotonic()
    for thread in threads:
        thread.join()
    told.lasted, told.loops = time.monotonic() - start, (before, loop())
    return told
