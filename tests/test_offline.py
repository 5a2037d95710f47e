"""Phones without a network against the real server: in scripted mishaps no answer is lost, none doubled.

Two inspectors tick the same items of one school. Messages get lost on the way there or back, come late or twice, phones
are killed; in the end the network is back. A small model beside takes each operation once, at the moment it first arrives.
"""

import itertools
import os
from random import Random

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.audit import Change
from app.models.inspection import Answer, ChecklistItem, Inspection
from app.models.org import Member
from app.models.visit_op import VISIT_OP
from app.services import checklist, scope
from tests.support.phones import EMPTY, FIELDS, Phone, texts_of
from tests.support.visiting import one, planned, second_inspector

SEQUENCES = int(os.environ.get("SEQUENCES", "200"))
STEPS = 14
REMARKS = ("", "资料齐全", "资料不全", "当场整改")


class Model:
    """What the server ought to have: field by field, each operation once."""

    def __init__(self, state):
        self.state, self.taken, self.changes = {code: dict(values) for code, values in state.items()}, {}, 0

    def arrive(self, message):
        """What the server must say to each operation of a message."""
        waiting, told = set(), []
        for op in message["ops"]:
            state = "taken" if op["id"] in self.taken else "held" if op["code"] in waiting else self._first(op)
            if state != "taken":
                waiting.add(op["code"])
            told.append(state)
        return told

    def _first(self, op):
        have, want, base = self.state[op["code"]], op["values"], op["base"]
        made = {key: want[key] if want[key] != base[key] else have[key] for key in FIELDS}
        both = [key for key in FIELDS if want[key] != base[key] and have[key] != base[key] and want[key] != have[key]]
        if both or (made["remark"] and not made["result"]):
            return "conflict"
        self.changes += made != have
        self.taken[op["id"]] = self.state[op["code"]] = made
        return "taken"


class County:
    """The inspection, its items without figures, and two clients."""

    def __init__(self, app, client_for):
        self.app, self.pk = app, planned(app)
        accounts = ("inspector", second_inspector(app))
        self.clients = [(client_for(account), one(app, select(Member.id).where(Member.username == account))) for account in accounts]
        with app.app_context(), scope.everything(db.session()):
            row = db.session.get(Inspection, self.pk)
            self.codes = [item.code for item in checklist.items_of(db.session(), row.template_id) if not item.evidence and not item.applies_when]

    def answers(self):
        """Item → its tick in the database; one row an item at most."""
        with self.app.app_context(), scope.everything(db.session()):
            query = select(ChecklistItem.code, Answer.result, Answer.remark, Answer.reason).join(Answer, Answer.item_id == ChecklistItem.id)
            rows = db.session.execute(query.where(Answer.inspection_id == self.pk)).all()
        assert len({row.code for row in rows}) == len(rows)
        return dict.fromkeys(self.codes, EMPTY) | {row.code: texts_of(row._asdict()) for row in rows}

    def told(self):
        """How many changes of ticks the history tells."""
        with self.app.app_context(), scope.everything(db.session()):
            return len(db.session.scalars(select(Change.id).where(Change.entity == "Answer")).all())

    def names(self, ids):
        """How often the server keeps each name."""
        with self.app.app_context():
            scope.bind(db.session(), scope.SYSTEM)
            return sorted(db.session.scalars(select(VISIT_OP.c.op_id).where(VISIT_OP.c.op_id.in_(ids))))


@pytest.fixture(scope="module")
def county(app, client_for):
    return County(app, client_for)


def wanted(dice, phone, code):
    """Another tick than the one that is shown, or the same with another remark, or none any more."""
    shown, chance = phone.shown(code), dice.random()
    if chance < 0.12:
        return dict(EMPTY)
    if chance < 0.4 and shown["result"]:
        return {**shown, "remark": dice.choice(REMARKS)}
    return {**shown, "result": dice.choice(("pass", "partly", "fail", "na")), "reason": ""}


class Play:
    """One script: two phones, what is on the line, and the model."""

    def __init__(self, county, seed):
        self.dice, state = Random(seed), county.answers()
        self.codes, self.model = self.dice.sample(county.codes, 2), Model(state)
        self.phones = [Phone(client, who, county.pk, {code: dict(state[code]) for code in self.codes}) for client, who in county.clients]
        self.late, self.names = [], set()

    def deliver(self, phone, message, heard):
        """A message arrives; the model says what must come back. ``heard``: whether the answer finds its way."""
        told = phone.send(message)
        assert [one["state"] for one in told["done"]] == self.model.arrive(message)
        if heard:
            phone.hear(told)

    def step(self):
        phone = self.dice.choice(self.phones)
        happens = self.dice.choices((self.tick, self.settle, self.late_comes, self.lost, self.sent, self.silent, self.delayed), (8, 2, 2, 1, 4, 2, 1))[0]
        happens(phone)
        self.names |= {op["id"] for one in self.phones for op in one.ops}

    def tick(self, phone):
        code = self.dice.choice(self.codes)
        phone.tick(code, wanted(self.dice, phone, code))

    def settle(self, phone):
        if phone.conflicts:
            phone.settle(phone.conflicts[0], self.dice.random() < 0.5)

    def late_comes(self, _phone):
        """A message that was long on the way; nobody waits for its answer any more."""
        if self.late:
            self.deliver(*self.late.pop(self.dice.randrange(len(self.late))), heard=False)

    def lost(self, phone):
        """Sent, and gone: as if it had never been."""
        phone.message(60)

    def sent(self, phone):
        if self.some(phone)["ops"]:
            self.deliver(phone, self.some(phone), heard=True)

    def silent(self, phone):
        """Taken, but the answer got lost, or the phone was killed before it came."""
        if self.some(phone)["ops"]:
            self.deliver(phone, self.some(phone), heard=False)

    def delayed(self, phone):
        if self.some(phone)["ops"]:
            self.late.append((phone, self.some(phone)))

    def some(self, phone):
        return phone.message(self.dice.choice((1, 2, 60)))

    def end(self):
        """The network is back, and everybody settles what is in conflict."""
        while self.late:
            self.late_comes(None)
        for phone in itertools.islice(itertools.cycle(self.phones), 20):
            while phone.message(60)["ops"]:
                self.deliver(phone, phone.message(60), heard=True)
            self.settle(phone)
            self.names |= {op["id"] for op in phone.ops}


@pytest.mark.parametrize("block", range(10))
def test_no_answer_is_lost_and_none_doubled(county, block):
    for seed in range(block, SEQUENCES, 10):
        before = county.told()
        script = Play(county, seed)
        for _step in range(STEPS):
            script.step()
        script.end()
        model, phones, names = script.model, script.phones, script.names
        assert not any(phone.ops for phone in phones), f"seed {seed}: something still waits"
        assert county.answers() == model.state, f"seed {seed}"
        assert county.told() - before == model.changes, f"seed {seed}: the history tells each change once"
        assert county.names(names) == sorted(model.taken), f"seed {seed}: each name once"
        settled = {name for phone in phones for name in phone.dropped}
        assert names == {name for phone in phones for name in phone.heard} | settled, f"seed {seed}: all was taken or settled"
