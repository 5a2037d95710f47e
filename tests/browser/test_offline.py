"""The visit without a network: what the phone keeps, what it sends, and what nobody else ever sees."""

import json
import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.extensions import db
from app.models.inspection import Answer, ChecklistItem
from app.services import scope
from tests.support import settings
from tests.support.visiting import planned, second_inspector

KEPT, GOT = "已存在这部手机，待上传", re.compile(r"已收到 \d\d:\d\d")
WORKS = "navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))"
NAMES = "indexedDB.databases().then((all) => all.map((one) => one.name))"
DUMP = """async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise((yes) => { const request = indexedDB.open(name); request.onsuccess = () => yes(request.result); });
    for (const place of base.objectStoreNames) {
      const rows = await new Promise((yes) => { const all = base.transaction(place).objectStore(place).getAll(); all.onsuccess = () => yes(all.result); });
      for (const row of rows) {
        if (row instanceof CryptoKey) found.push({ place, key: row.extractable, out: await crypto.subtle.exportKey("raw", row).then(() => true, () => false) });
        else found.push({ place, ...row, iv: undefined, bytes: [...new Uint8Array(row.bytes ?? [])], photo: row.photo && [...new Uint8Array(row.photo.bytes)] });
      }
    }
    base.close();
  }
  return JSON.stringify({ found, session: { ...sessionStorage }, local: { ...localStorage } });
}"""


@pytest.fixture
def pk(app) -> int:
    return planned(app)


@pytest.fixture
def phone(page_for, watch) -> Page:
    """An inspector's phone that has taken the day's schools along."""
    watch.expect("ERR_INTERNET_DISCONNECTED|Failed to load resource")
    page = page_for("inspector", "phone")
    take_along(page)
    return page


def take_along(page: Page) -> None:
    page.goto("/visit/")
    expect(page.locator("[data-along]")).to_have_attribute("data-along", "done")
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


def remark(page: Page, code: str, text: str) -> None:
    note = page.locator(f"#{code} details.note")
    if note.get_attribute("open") is None:
        note.locator("summary").click()
    page.fill(f"#{code} [name=remark]", text)
    page.locator(f"#{code} [name=remark]").blur()


def stored(app, pk: int, code: str):
    with app.app_context(), scope.everything(db.session()):
        query = select(Answer.result, Answer.remark).join(ChecklistItem, ChecklistItem.id == Answer.item_id)
        return db.session.execute(query.where(Answer.inspection_id == pk, ChecklistItem.code == code)).one_or_none()


def test_a_visit_goes_on_without_a_network(app, phone, pk, look):
    look(phone, "offline-along-phone")
    cut(phone)
    opened(phone, f"/visit/{pk}?section=E")
    expect(phone.locator(".no-line")).to_contain_text("没有网络，照常检查")
    phone.locator("#E1 .tick.pass").tap()
    says(phone, "E1", KEPT)
    remark(phone, "E1", "看了名册")
    expect(phone.locator("[data-state]").first).to_have_text("1 条存在这部手机，待上传")
    look(phone, "offline-kept-phone")
    assert stored(app, pk, "E1") is None
    phone.close()  # as the system does with a tab in the background
    again = phone.context.new_page()
    opened(again, f"/visit/{pk}?section=E")
    expect(again.locator("#E1 .tick.pass")).to_have_attribute("aria-pressed", "true")
    expect(again.locator("#E1 [name=remark]")).to_have_value("看了名册")
    says(again, "E1", KEPT)
    cut(again, False)
    says(again, "E1", GOT)
    assert stored(app, pk, "E1") == ("pass", "看了名册")
    look(again, "offline-received-phone")
    again.goto("/visit/")
    expect(again.locator("h1")).to_have_text("督导检查")
