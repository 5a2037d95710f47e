"""A phone left to chance beside a colleague: nothing is lost, nothing written over unseen, and nobody asked about the own words.

``PHONES=50`` plays so many sequences; a few are played at each run of the tests. tests/test_offline.py plays more of them with a phone written in Python.
"""

import os
import random

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.models.org import Member
from tests.support.offline import opened, opened_note, stored
from tests.support.phones import EMPTY, op
from tests.support.visiting import one, second_inspector, sync

SEQUENCES = int(os.environ.get("PHONES", "2"))
STEPS = 16
FREE = '[data-item]:not([data-against~="pass"]):not([data-against~="partly"])'
WORDS = ("楼道", "食堂", "操场")


class Phone:
    """The page of one visit, what happens on it, and the colleague's remarks that nobody has seen yet."""

    def __init__(self, app, page, pk, colleague, own_name, chance):
        self.app, self.page, self.pk, self.colleague, self.own_name, self.chance = app, page, pk, colleague, own_name, chance
        self.network, self.unseen, self.told, self.done = "up", {}, [], []
        page.route("**/sync", self._through)
        page.on("dialog", lambda dialog: dialog.accept())
        self.codes = [card.get_attribute("data-item") for card in page.locator(FREE).all()[:3]]

    def _through(self, route):
        if self.network == "lost":
            route.fetch()  # it arrives, and the answer is lost
        if self.network == "up":
            route.continue_()
        else:
            route.abort()

    def move(self):
        step, code = self.chance.choice(STEPS_OF), self.chance.choice(self.codes)
        self.done.append((step.__name__, code))
        self.look()
        step(self, code)
        self.look()
        for text, place in self.unseen.items():
            assert text in (stored(self.app, self.pk, place).remark or ""), f"{text} on {place} is gone unseen: {self.done}"

    def look(self):
        """What stands in sight counts as seen, and no question is about the own words."""
        for code in self.codes:
            card = self.page.locator(f"#{code}")
            field, said = card.locator("[name=remark]"), card.locator(".sent").inner_text()
            assert self.own_name not in said, (said, self.done)
            sight = (field.input_value() if field.is_visible() else "") + said
            self.unseen = {text: place for text, place in self.unseen.items() if place != code or text not in sight}

    def passes(self, code):
        self.page.locator(f"#{code} .tick.pass").tap()

    def half(self, code):
        self.page.locator(f"#{code} .tick.partly").tap()

    def clear(self, code):
        self._tap(self.page.locator(f"#{code} [data-clear]"))

    def types(self, code):
        opened_note(self.page, code)
        self.look()
        self.page.locator(f"#{code} [name=remark]").press_sequentially(f"{self.chance.choice(WORDS)}{self.chance.randrange(99)}")

    def remarks(self, code):
        self.types(code)
        self.leaves(code)

    def phrase(self, code):
        opened_note(self.page, code)
        self.look()
        self.page.locator(f"#{code} .phrases button").nth(self.chance.randrange(3)).tap()

    def passes_all(self, _code):
        self.page.locator("[data-all]").tap()

    def undoes(self, _code):
        self._tap(self.page.get_by_role("button", name="撤销"))

    def leaves(self, _code):
        self.page.evaluate("document.activeElement?.blur()")

    def waits(self, _code):
        self.page.wait_for_timeout(self.chance.choice([50, 300, 700]))

    def network_turns(self, _code, state=None):
        self.network = state or self.chance.choice(["up", "away", "lost"])
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def reloads(self, code):
        self.leaves(code)
        self.page.wait_for_timeout(300)
        self.page.reload()
        expect(self.page.locator("[data-ready]")).to_be_attached()

    def colleague_writes(self, code):
        have = stored(self.app, self.pk, code)
        base = {**EMPTY, "result": have.result or "", "remark": have.remark or ""} if have else EMPTY
        text = f"同事{len(self.done):03d}号"
        sent = op(self.pk, code, {"result": self.chance.choice(["pass", "partly"]), "remark": text}, base)
        if sync(self.colleague, sent).json["done"][0]["state"] == "taken":
            self.told.append(code)
            self.unseen = {**{other: place for other, place in self.unseen.items() if place != code}, text: code}

    def settles(self, _code):
        buttons = self.page.locator(".clash button")
        if buttons.count():
            self.look()
            buttons.nth(self.chance.randrange(buttons.count())).tap()

    def end(self):
        """The network is back and every question is answered: what is shown is what is stored."""
        self.leaves("")
        self.network_turns("", "up")
        for _turn in range(30):
            self.page.wait_for_timeout(300)
            self.settles("")
            if not self.page.locator(".clash, [data-state].waits, [data-state].bad, [data-unsaved]").count():
                break
        self.look()
        assert not self.page.locator(".clash, [data-unsaved]").count(), self.done
        for code in {*self.codes} - {*self.told}:  # what a colleague wrote last is not known here
            card, have = self.page.locator(f"#{code}"), stored(self.app, self.pk, code)
            result, remark = card.get_attribute("data-result"), card.locator("[name=remark]").input_value().strip()
            assert result == ((have.result or "") if have else ""), (code, self.done)
            assert not result or remark == (have.remark or ""), (code, self.done)

    def _tap(self, button):
        if button.is_visible():
            button.tap()


STEPS_OF = (Phone.passes, Phone.half, Phone.clear, Phone.types, Phone.remarks, Phone.phrase, Phone.passes_all, Phone.undoes, Phone.leaves, Phone.waits,
            Phone.network_turns, Phone.network_turns, Phone.reloads, Phone.colleague_writes, Phone.colleague_writes, Phone.settles)


@pytest.mark.parametrize("number", range(SEQUENCES))
def test_whatever_comes_nothing_is_lost_or_written_over_unseen(app, phone, pk, client_for, number):
    colleague = client_for(second_inspector(app))
    own_name = one(app, select(Member.name).where(Member.username == "inspector"))
    opened(phone, f"/visit/{pk}?section={'AEGH'[number % 4]}")
    played = Phone(app, phone, pk, colleague, own_name, random.Random(number))
    for _step in range(STEPS):
        played.move()
    played.end()
