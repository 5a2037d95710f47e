"""A phone as app/static/js/offline/queue.js works, in a few lines: what waits, in order, and what may go wrong on the way."""

import uuid
from dataclasses import dataclass, field
from typing import Any

FIELDS = ("result", "remark", "reason")
EMPTY = dict.fromkeys(FIELDS, "")


def op(pk: int, code: str, values: dict[str, Any], base: dict[str, str] = EMPTY, **more: Any) -> dict[str, Any]:
    """One tick as it is sent; ``base``: what the phone had before."""
    return {"id": str(uuid.uuid4()), "pk": pk, "code": code, "base": base, "values": {**EMPTY, **values}, "at": 1_600_000_000_000, **more}


def message(told_by: int, *ops: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a member's phone sends; ``more`` says something else in its place."""
    return {"who": told_by, "now": 1_600_000_000_000, "ops": list(ops), **more}


def texts_of(answer: dict[str, Any]) -> dict[str, str]:
    return {key: answer.get(key) or "" for key in FIELDS}


def given_of(answer: dict[str, Any]) -> dict[str, Any]:
    """The texts of an answer, and the digests that a phone keeps with the dots in them, where it was told any."""
    return texts_of(answer) | {key: answer[key] for key in ("digests",) if key in answer}


@dataclass
class Phone:
    """``saved`` is what the server had, ``ops`` what waits; both outlast a kill, what is on the line does not."""

    client: Any
    who: int
    pk: int
    saved: dict[str, dict[str, str]]
    ops: list[dict[str, Any]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)  # names of operations that the server said it has
    dropped: list[str] = field(default_factory=list)  # and of those that the inspector let go in a conflict

    def of(self, code: str) -> list[dict[str, Any]]:
        return [op for op in self.ops if op["code"] == code]

    def shown(self, code: str) -> dict[str, str]:
        mine = self.of(code)
        return dict(mine[-1]["values"] if mine else self.saved.get(code, EMPTY))

    def tick(self, code: str, values: dict[str, str]) -> None:
        """Keep a tick; one that waits for the inspector is replaced."""
        mine = self.of(code)
        stuck = any("stuck" in op for op in mine)
        base = mine[0]["base"] if stuck else self.shown(code)
        if stuck:
            self._drop(mine)
        if base != values:
            self.ops.append(op(self.pk, code, values, base))

    def _drop(self, ops: list[dict[str, Any]]) -> None:
        self.dropped += [op["id"] for op in ops]
        self.ops = [op for op in self.ops if op not in ops]

    def message(self, most: int) -> dict[str, Any]:
        stuck = {op["code"] for op in self.ops if "stuck" in op}
        ready = [op for op in self.ops if op["code"] not in stuck][:most]
        return message(self.who, *({key: op[key] for key in ("id", "pk", "code", "base", "values", "at")} for op in ready))

    def send(self, message: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post("/visit/sync", json=message)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
        return answer.get_json()

    def hear(self, told: dict[str, Any]) -> None:
        """What the server said; a phone that was killed before never hears it."""
        for one in told["done"]:
            op = next((op for op in self.ops if op["id"] == one["id"]), None)
            if op is None or one["state"] == "held":
                continue
            if one["state"] == "taken":
                self.ops.remove(op)
                self.heard.append(op["id"])
                self.saved[op["code"]] = texts_of(one["answer"])
            else:
                assert one["state"] == "conflict", one
                op["stuck"] = one

    def settle(self, code: str, mine: bool) -> None:
        ops = self.of(code)
        first = next(op for op in ops if "stuck" in op)
        theirs, values, fields = texts_of(first["stuck"]["answer"]), ops[-1]["values"], first["stuck"]["fields"]
        chosen = {key: values[key] if mine and key in fields or key not in fields and values[key] != first["base"][key] else theirs[key] for key in FIELDS}
        if not mine and not theirs["result"]:
            chosen = dict(EMPTY)
        self._drop(ops)
        self.saved[code] = theirs
        if chosen != theirs:
            self.ops.append(op(self.pk, code, chosen, theirs))

    @property
    def conflicts(self) -> list[str]:
        return [op["code"] for op in self.ops if "stuck" in op]
