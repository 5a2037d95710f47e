"""A phone that goes on without a network: what the browser tests of it share."""

import re
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.extensions import db
from app.models.inspection import Answer, ChecklistItem
from app.services import scope
from tests.support import settings
from tests.support.browser import enter

KEPT, GOT = "已存在这部手机，待上传", re.compile(r"已收到 \d\d:\d\d")
# Items that no tick of this visit has yet and whose records speak neither against a pass nor against a half one, whatever day it is.
UNASKED = '[data-item][data-result=""]:not([data-against~="pass"]):not([data-against~="partly"])'
WORKS = "navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))"


def take_along(page: Page) -> None:
    page.goto("/visit/")
    expect(page.locator("[data-along]")).to_have_attribute("data-along", "done", timeout=30_000)
    for _try in range(100):
        if page.evaluate(WORKS):
            return
        page.wait_for_timeout(100)
    raise AssertionError("no service worker")


def opened(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("[data-ready]")).to_be_attached()


def cut(page: Page, off: bool = True) -> None:
    page.context.set_offline(off)


def says(page: Page, code: str, text) -> None:
    expect(page.locator(f"#{code} .sent")).to_contain_text(text)


def opened_note(page: Page, code: str) -> None:
    note = page.locator(f"#{code} details.note")
    if note.get_attribute("open") is None:
        note.locator("summary").click()


def remark(page: Page, code: str, text: str) -> None:
    opened_note(page, code)
    page.fill(f"#{code} [name=remark]", text)
    page.locator(f"#{code} [name=remark]").blur()


def kept(page: Page) -> list[dict[str, Any]]:
    """What waits on the phone, as whoever opens its store finds it: nothing of it from the memory of a page."""
    return page.evaluate("""async () => { const {Store} = await import('/static/js/offline/store.js');
        const who = document.body.dataset.who ?? localStorage.getItem('visit-who');
        return (await Store.open(Number(who))).ops(); }""")


def kept_at_last(page: Page, count: int) -> None:
    """Wait until so many wait on the phone."""
    for _try in range(100):
        if len(kept(page)) == count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(kept(page))


def stored(app, pk: int, code: str):
    with app.app_context(), scope.everything(db.session()):
        query = select(Answer.result, Answer.remark).join(ChecklistItem, ChecklistItem.id == Answer.item_id)
        return db.session.execute(query.where(Answer.inspection_id == pk, ChecklistItem.code == code)).one_or_none()


def log_in(page: Page, account: str) -> None:
    page.goto("/login/")
    enter(page, account, settings.PASSWORD)
    page.wait_for_url(lambda url: "/login" not in url)


def log_in_as(page_for, account: str) -> Page:
    page = page_for(None, "desk")
    log_in(page, account)
    return page
