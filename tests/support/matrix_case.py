"""One way in, tried by one account: what is sent, what may come back, and the judge of the answer."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app import roles
from app.models import entities
from app.models.base import OfChild
from app.models.children import Child
from app.services import transactions
from tests.support.client import DeskClient
from tests.support.matrix_world import TOKEN, Plant, World, put_back, snapshot

REFUSED = frozenset({403, 404})
READ = frozenset({200})
SENT_ON = frozenset({302})
ASKED_AGAIN = frozenset({200, 302, 400, 403, 404, 409, 422})  # what a writing request may end in, granted or not
LAST_FOUR = re.compile("••••••••(?!qz)[0-9A-Za-z]")  # a token may look like a number itself, and is covered but for its ends
LINK = re.compile(r"/([a-z_]+)/(?:show|edit|history|delete|visit)/(\d+)")


@dataclass
class Case:
    """What is sent. ``may``: whether this account may do it; if not, nothing may have changed after it.

    ``aim`` is the row that it is about (entity, id), ``grows`` the entity of which a row may come.
    """

    way: str
    path: str
    may: bool
    statuses: frozenset[int]
    method: str = "GET"
    data: Any = None
    json: Any = None
    aim: tuple[str, int] | None = None
    grows: str = ""
    sent: frozenset[str] = frozenset()  # tokens that were sent, and so may be echoed
    reveals: bool = False  # an allowed look behind the mask
    trash: bool = False  # deleted rows may show
    ids_of: str = ""  # entity of the ids in a JSON answer
    headers: dict[str, str] = field(default_factory=dict)
    follow: Callable[[Any], "Case | None"] | None = None  # what to try with the answer


class Trial:
    """Sends cases as one account and collects what was wrong."""

    def __init__(self, app: Flask, world: World, account: str, client: DeskClient) -> None:
        self.app, self.world, self.account, self.client = app, world, account, client
        self.wrong: list[str] = []
        self.done: set[str] = set()  # ways that got through, so that a test that proves nothing is seen
        self.tokens_seen = 0
        self.tables = {model.__tablename__: name for name, model in entities().items()}
        self.deleted = {(entity, row_id) for (entity, _), row_id in world.dead.items()}
        self.signer, self.cookie = app.session_interface.get_signing_serializer(app), app.config["SESSION_COOKIE_NAME"]

    def run(self, case: Case) -> None:
        before = self._state(case) if case.method != "GET" else None
        answer = self.client.open(case.path, method=case.method, data=case.data, json=case.json, headers=case.headers)
        told = f"{self.account} {case.way} {case.method} {case.path} → {answer.status_code}"
        if answer.status_code not in case.statuses:
            self.wrong.append(f"{told}: expected one of {sorted(case.statuses)}, may={case.may}")
        cookies = [*self._cookies(answer)]
        self._judge(case, answer, cookies, told)
        if before is not None:
            self._compare(case, before, told)
            if case.may and answer.status_code in (200, 201, 204, 302):
                self.done.add(f"{case.way} {answer.status_code}")
        following = case.follow(answer) if case.follow else None
        answer.close()
        self._forget_messages(cookies)
        if following is not None:
            self.run(following)

    def _forget_messages(self, cookies: list[str]) -> None:
        """What is to be told on the next page was judged where it was written; it belongs to this case, whichever comes next."""
        if any("_flashes" in text for text in cookies):
            with self.client.session_transaction() as session:
                session.pop("_flashes", None)

    # What came back -------------------------------------------------------------------
    def _judge(self, case: Case, answer: Any, cookies: list[str], told: str) -> None:
        if answer.status_code >= 500:
            self.wrong.append(f"{told}: server error")
        whole = "\n".join((str(answer.headers), *cookies, *self._body(answer)))
        for token in {one.lower() for one in TOKEN.findall(whole)} - case.sent:
            self.tokens_seen += 1
            why = self._leak(case, self.world.plants.get(token))
            if why:
                self.wrong.append(f"{told}: LEAK {why}")
        role = self.world.sights[self.account].role
        if roles.MASK[role] == "hidden" and LAST_FOUR.search(whole):
            self.wrong.append(f"{told}: LEAK four digits of a hidden text")
        self.wrong += [f"{told}: LEAK of the id of {entity} {row_id}" for entity, row_id in self._ids(case, answer, whole)
                       if not self.world.shows(self.account, entity, row_id)]

    def _body(self, answer: Any) -> Iterator[str]:
        """Its text; of a workbook all its parts."""
        body = answer.get_data()
        if body[:2] == b"PK":
            yield from _parts(body)
        else:
            yield body.decode("utf-8", "replace")
            if answer.mimetype == "application/json" and body:
                yield json.dumps(json.loads(body), ensure_ascii=False)

    def _cookies(self, answer: Any) -> Iterator[str]:
        """The session's cookie in clear."""
        name = self.cookie
        for line in answer.headers.getlist("Set-Cookie"):
            if line.startswith(f"{name}=") and len(line.split(";")[0]) > len(name) + 1:
                yield str(self.signer.loads(line.split(";")[0].partition("=")[2].strip('"')))

    def _leak(self, case: Case, plant: Plant | None) -> str:
        """Why this token may not stand there; "" where it may."""
        if plant is None:
            return "a token that nobody planted"
        if not self.world.shows(self.account, plant.entity, plant.row_id):
            if self.world.tells(self.account, plant):
                return ""
            return f"{plant} lies outside the scope"
        one, model = self.world.sights[self.account], entities()[plant.entity]
        # Deleted files and ticks stand in the history of what they hang on; any other deleted row is seen by who may take it back.
        back = case.trash and (plant.entity in ("Attachment", "Answer") or one.may("delete", plant.entity))
        if (plant.entity, plant.row_id) in self.deleted and not back:
            return f"{plant} is deleted"
        if plant.secret and roles.MASK[one.role] != "whole" and not case.reveals:
            return f"{plant} is masked for this role"
        if plant.personal and one.role == "superior":
            return f"{plant} may name somebody, and this role sees counts only"
        if plant.entity == "Change":
            return ""  # who changed a row stands in that row's history
        if plant.entity == "ImportBatch":
            return "" if one.may("read", "Talk") else f"{plant} tells of what this role may not read"  # the planted batches are of talks
        if one.may("read", plant.entity) or not (model is Child or issubclass(model, OfChild)) and plant.key == model.__title__:
            return ""  # what a row is called stands where it is linked to; but a child is nowhere named
        return f"{plant} is not for this role to read"

    def _ids(self, case: Case, answer: Any, whole: str) -> Iterator[tuple[str, int]]:
        tables = self.tables
        for table, row_id in set(LINK.findall(whole)):
            if table in tables and f"/{table}/" not in case.path.replace(f"/{table}/list", ""):
                yield tables[table], int(row_id)
        if "/list/" in case.path:
            table = case.path.split("/")[1]
            yield from ((tables[table], int(row_id)) for row_id in re.findall(rf'(?:name=row value="?|/{table}/show/)(\d+)', whole))
        if case.ids_of and answer.status_code == 200 and answer.mimetype == "application/json":
            body = answer.get_json()
            rows = next((body[key] for key in ("results", "result") if isinstance(body.get(key), list)), [body])
            yield from ((case.ids_of, int(row["id"])) for row in rows if "id" in row)

    # What was changed -----------------------------------------------------------------
    def _state(self, case: Case) -> tuple[Any, int]:
        with transactions.reading(), self.world.engine.connect() as connection:
            row = snapshot(connection, entities()[case.aim[0]], case.aim[1]) if case.aim else None
            return row, connection.scalar(_number(case.grows)) if case.grows else 0

    def _compare(self, case: Case, before: tuple[Any, int], told: str) -> None:
        after = self._state(case)
        if not case.may and after[1] != before[1]:
            self.wrong.append(f"{told}: WRITTEN a row of {case.grows}")
        if after[0] == before[0]:
            return
        if not case.may:
            self.wrong.append(f"{told}: CHANGED {case.aim}")
        with self.world.engine.begin() as connection:
            put_back(connection, entities()[case.aim[0]], before[0], after[0])


@cache
def _number(entity: str) -> Any:
    return select(func.count()).select_from(entities()[entity].__table__)


def _parts(data: bytes) -> Iterator[str]:
    """The texts of a workbook, or of all workbooks of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            part = package.read(name)
            yield from [name, *_parts(part)] if part[:2] == b"PK" else [part.decode("utf-8", "replace")]
