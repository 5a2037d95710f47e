"""The API asked as its own document says: every answer is held against it, by status, body and what was sent."""

import json
import re
from typing import Any

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker
from werkzeug.test import TestResponse

from tests.support.client import DeskClient
from tests.support.rest import url

REFERENCE = re.compile(r'"#/components/(\w+)/(\w+)"')


class Contract:
    """A client with the document that its account is given."""

    def __init__(self, client: DeskClient) -> None:
        self.client, self.document = client, client.get("/api/v1/openapi.json").json
        self.came: set[tuple[str, str]] = set()  # operation and status of all answers
        self._validators: dict[tuple[Any, int], Any] = {}

    def tables(self) -> list[str]:
        return [path.split("/")[3] for path in self.document["paths"] if path.endswith("/_info")]

    def statuses(self, table: str) -> set[tuple[str, str]]:
        """Operation and status of all that the document tells of a table."""
        items = [item for path, item in self.document["paths"].items() if path.startswith(url(table))]
        return {(one["operationId"], status) for item in items for method, one in item.items() if method != "parameters" for status in one["responses"]}

    def operation(self, method: str, table: str, pk: Any = "") -> Any:
        """What the document says of a method on the list, on ``_info``, on a row; nothing where it knows none."""
        path = url(table, pk if pk in ("", "_info") else "{pk}")
        return self.document["paths"].get(path, {}).get(method.lower())

    def body(self, method: str, table: str, pk: Any = "") -> dict[str, Any]:
        """The schema of what is sent."""
        name = self.operation(method, table, pk)["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        return self.document["components"]["schemas"][name]

    def ask(self, method: str, table: str, pk: Any = "", query: str = "", client: Any = None, **said: Any) -> TestResponse:
        """The answer, held against the document; what was taken is held against the schema of the body."""
        answer = (client or self.client).open(url(table, pk, query), method=method, **said)
        self.hold(answer, method, table, pk)
        if "json" in said and answer.status_code in (200, 201):
            assert self.refuses(method, table, pk, said["json"]) == [], (method, table, "takes what the document refuses")
        return answer

    def hold(self, answer: TestResponse, method: str, table: str, pk: Any = "") -> None:
        operation, status = self.operation(method, table, pk), str(answer.status_code)
        self.came.add((operation["operationId"], status))
        told = operation["responses"].get(status)
        told = self.document["components"]["responses"][told["$ref"].rpartition("/")[2]] if told and "$ref" in told else told
        assert told, f"{method} {table} {pk} answers {answer.status_code}, which the document does not know: {answer.get_data(as_text=True)[:300]}"
        if "content" not in told:
            assert answer.data == b""
            return
        wrong = self._wrong(OAS30ReadValidator, told["content"]["application/json"]["schema"], answer.json)
        assert not wrong, (method, table, pk, answer.status_code, wrong)

    def refuses(self, method: str, table: str, pk: Any, body: Any) -> list[str]:
        """What the document finds wrong in a body."""
        return self._wrong(OAS30WriteValidator, self.body(method, table, pk), body)

    def _wrong(self, kind: Any, schema: dict[str, Any], value: Any) -> list[str]:
        """References are looked up in the schema itself, so the shared ones stand in it. A validator is made once a schema, which lives as long as this."""
        key = (kind, id(schema))
        if key not in self._validators:
            self._validators[key] = kind({**schema, "components": self.document["components"]}, format_checker=oas30_format_checker)
        return [f"{[*one.path]}: {one.message[:160]}" for one in self._validators[key].iter_errors(value)][:5]


def laid_together(documents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One document with all that those of several roles say: what differs from the first that said it stands beside it, under the role's name."""
    whole: dict[str, Any] = {}
    known: dict[str, list[Any]] = {}

    def place(name: str, said: Any, role: str) -> str:
        """The role where something else stands under the name already; "" where nothing does. Of what is said once more: where it stands."""
        others = known.setdefault(name, [])
        if said not in [one for one, _role in others]:
            others.append((said, role if others else ""))
        return next(where for one, where in others if one == said)

    for role, document in documents.items():
        whole = whole or {**document, "paths": {}, "components": {**document["components"], "schemas": {}}}
        for name, schema in document["components"]["schemas"].items():
            apart = place(name, schema, role)
            whole["components"]["schemas"][f"{name}_{apart}" if apart else name] = schema
        for path, method, one in ((path, method, one) for path, item in document["paths"].items() for method, one in item.items()):
            apart = place(f"{method} {path}", one, role)
            told = one if method == "parameters" or not apart else {**one, "operationId": f"{one['operationId']}_{apart}"}
            whole["paths"].setdefault(f"/{apart}{path}" if apart else path, {"parameters": document["paths"][path].get("parameters", [])})[method] = told
    return whole


def dangling(document: dict[str, Any]) -> set[str]:
    """References of a document to what it does not hold."""
    asked = set(REFERENCE.findall(json.dumps(document)))
    return {f"{kind}/{name}" for kind, name in asked if name not in document["components"][kind]}
