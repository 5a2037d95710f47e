"""The visit without a network: what the phone keeps, what it sends, and what nobody else ever sees."""

import json
import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.extensions import db
from app.models.inspection import Answer, ChecklistItem
from app.models.org import Member
from app.services import scope
from tests.support import settings, visiting
from tests.support.visiting import planned, second_inspector

KEPT, GOT = "已存在这部手机，待上传", re.compile(r"已收到 \d\d:\d\d")
WORKS = "navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))"
NAMES = "indexedDB.databases().then((all) => all.map((one) => one.name))"
DUMP = """async () => {
  const found = [], plain = (bytes) => [...new Uint8Array(bytes ?? [])];
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise((yes) => { const request = indexedDB.open(name); request.onsuccess = () => yes(request.result); });
    for (const place of base.objectStoreNames) {
      const rows = await new Promise((yes) => { const all = base.transaction(place).objectStore(place).getAll(); all.onsuccess = () => yes(all.result); });
      for (const row of rows) {
        if (row instanceof CryptoKey) found.push({ place, key: row.extractable, out: await crypto.subtle.exportKey("raw", row).then(() => true, () => false) });
        else found.push({ place, ...row, iv: undefined, bytes: plain(row.bytes), photo: row.photo && plain(row.photo.bytes) });
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


def test_a_session_that_ended_keeps_what_was_filled_in_for_its_member_alone(app, phone, pk, look):
    opened(phone, f"/visit/{pk}?section=F")
    phone.wait_for_load_state("networkidle")  # else an answer under way brings the session back
    phone.context.clear_cookies()
    phone.locator("#F1 .tick.partly").tap()
    says(phone, "F1", KEPT)
    expect(phone.locator("[data-trouble]")).to_contain_text("请重新登录，已填的还在这台手机上")
    look(phone, "offline-expired-phone")
    log_in(phone, second_inspector(app))
    phone.goto("/visit/")
    expect(phone.locator("[data-along]")).to_have_attribute("data-along", "none")
    opened(phone, f"/visit/{pk}?section=F")
    expect(phone.locator("#F1 .tick[aria-pressed=true]")).to_have_count(0)
    assert stored(app, pk, "F1") is None
    phone.context.clear_cookies()
    log_in(phone, "inspector")
    phone.goto("/visit/")
    expect(phone.locator("[data-state]").first).to_have_text(GOT)
    assert stored(app, pk, "F1") == ("partly", None)


def log_in(page: Page, account: str) -> None:
    page.goto("/login/")
    page.fill("#username", account)
    page.fill("#password", settings.PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.mark.parametrize("days", [-4000, 800])
def test_a_clock_that_is_wrong_changes_nothing(app, page_for, watch, pk, days):
    watch.expect("ERR_INTERNET_DISCONNECTED|Failed to load resource")
    page = page_for("inspector", "phone")
    page.add_init_script(f"const right = Date.now; Date.now = () => right() + {days} * 86400000")
    take_along(page)
    cut(page)
    code = "J1" if days < 0 else "J2"
    opened(page, f"/visit/{pk}?section=J")
    page.locator(f"#{code} .tick.partly").tap()
    page.reload()
    expect(page.locator("[data-ready]")).to_be_attached()
    says(page, code, KEPT)
    cut(page, False)
    says(page, code, GOT)
    assert stored(app, pk, code).result == "partly"


def test_a_clock_that_jumps_while_it_waits_loses_nothing(app, phone, pk):
    opened(phone, f"/visit/{pk}?section=J")
    cut(phone)
    phone.locator("#J4 .tick.partly").tap()
    says(phone, "J4", KEPT)
    phone.close()
    again = phone.context.new_page()
    again.add_init_script("const right = Date.now; Date.now = () => right() + 800 * 86400000")
    again.goto("/visit/")  # what is too old by this clock is not shown; the server's time will tell
    expect(again.locator(".none[data-empty]")).to_be_visible()
    cut(again, False)
    take_along(again)
    expect(again.locator("[data-state]").first).to_have_text(GOT)
    assert stored(app, pk, "J4").result == "partly"


def test_two_inspectors_merge_and_are_asked_only_where_both_changed_the_same(app, phone, page_for, pk, look):
    other = log_in_as(page_for, second_inspector(app))
    opened(phone, f"/visit/{pk}?section=G")
    cut(phone)
    phone.locator("#G2 .tick.pass").tap()
    phone.locator("#G3 .tick.pass").tap()
    remark(phone, "G2", "门口有公示")
    says(phone, "G2", KEPT)
    opened(other, f"/visit/{pk}?section=G")
    other.locator("#G2 .tick.fail").click()
    other.locator("#G3 .tick.pass").click()
    for code in ("G2", "G3"):
        says(other, code, GOT)
    cut(phone, False)
    says(phone, "G3", GOT)  # the same value is no conflict
    clash = phone.locator("#G2 .clash")
    expect(clash).to_contain_text("有冲突，请核对")
    expect(clash).to_contain_text(visiting.one(app, select(Member.name).where(Member.username == "inspector2")))
    expect(phone.locator("[data-state]").first).to_have_text("1 条有冲突，请核对")
    look(phone, "offline-conflict-phone")
    phone.reload()
    expect(clash).to_contain_text("不合格")
    clash.get_by_role("button", name="用对方的").tap()
    says(phone, "G2", GOT)
    assert stored(app, pk, "G2") == ("fail", "门口有公示"), "the remark was mine alone, the result is theirs"


def log_in_as(page_for, account: str) -> Page:
    page = page_for(None, "desk")
    log_in(page, account)
    return page


def test_logging_out_asks_and_wipes(phone, pk):
    opened(phone, f"/visit/{pk}?section=K")
    cut(phone)
    phone.locator("#K3 .tick.partly").tap()
    says(phone, "K3", KEPT)
    cut(phone, False)
    phone.route("**/visit/sync", lambda route: route.abort())  # the server is away, the log-out is not
    phone.goto("/me/")
    phone.locator("details.me summary").click()
    phone.get_by_role("link", name="退出登录").click()
    expect(phone.locator("dialog")).to_contain_text("还有 1 条没有上传")
    phone.locator("dialog .btn:not(.pri)").click()
    assert phone.evaluate(NAMES) != []
    phone.locator("details.me summary").click()
    phone.get_by_role("link", name="退出登录").click()
    phone.locator("dialog .pri").click()
    expect(phone.locator(".door")).to_be_visible()
    gone(phone)


def gone(page: Page) -> None:
    for _try in range(100):
        if page.evaluate(NAMES) == [] and page.evaluate("localStorage.length + sessionStorage.length") == 0:
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.evaluate(NAMES))


def test_a_foreign_way_to_the_log_out_takes_the_schools_but_not_what_was_filled_in(app, phone, pk):
    opened(phone, f"/visit/{pk}?section=L")
    cut(phone)
    phone.locator("#L1 .tick.partly").tap()
    says(phone, "L1", KEPT)
    cut(phone, False)
    phone.route("**/visit/sync", lambda route: route.abort())
    phone.goto("/logout/")
    expect(phone.locator(".door")).to_be_visible()
    phone.unroute("**/visit/sync")
    log_in(phone, "inspector")
    phone.goto("/visit/")
    expect(phone.locator("[data-state]").first).to_have_text(GOT)
    assert stored(app, pk, "L1").result == "partly"


def test_nothing_can_be_read_in_what_the_phone_keeps(phone, pk, tmp_path):
    opened(phone, f"/visit/{pk}?section=B")
    cut(phone)
    phone.locator("#B1 .tick.na").tap()
    remark(phone, "B1", "只写在手机上的备注")
    photo = tmp_path / "a.png"
    phone.screenshot(path=photo)
    phone.locator("#B1 input[type=file]").set_input_files(photo)
    expect(phone.locator("[data-state]").first).to_have_text("2 条存在这部手机，待上传")
    dump = json.loads(phone.evaluate(DUMP))
    kept = {one["place"] for one in dump["found"]}
    assert kept == {"own", "visits", "ops"} and any(one.get("photo") for one in dump["found"])
    assert [(one["key"], one["out"]) for one in dump["found"] if "key" in one] == [(False, False)]
    for one in dump["found"]:
        held = bytes(one.get("bytes") or []) + bytes(one.get("photo") or [])
        for word in ("只写在手机上的备注", "留守", "result", "JFIF"):
            assert word.encode() not in held and word.encode("utf-16-le") not in held, one["place"]
        assert set(one) <= {"place", "key", "out", "at", "seq", "bytes", "photo"}
    assert "备注" not in json.dumps([dump["session"], dump["local"]], ensure_ascii=False)


def test_what_the_server_refuses_can_be_let_go(app, phone, pk):
    opened(phone, f"/visit/{pk}?section=H")
    cut(phone)
    phone.locator("#H1 details.note summary").tap()
    phone.evaluate("document.querySelector('#H1 [name=remark]').maxLength = 3000")
    phone.locator("#H1 .tick.partly").tap()
    remark(phone, "H1", "长" * 2001)
    cut(phone, False)
    says(phone, "H1", "最多 2000 个字")
    phone.locator("#H1 .sent button").tap()
    expect(phone.locator("#H1")).not_to_have_attribute("data-unsaved", "")
    expect(phone.locator("#H1 [name=remark]")).to_have_value("")
    assert stored(app, pk, "H1") == ("partly", None), "the tick before it was taken"


def test_photos_wait_and_go_up_once(app, phone, pk, tmp_path):
    photo = tmp_path / "现场.png"
    opened(phone, f"/visit/{pk}?section=F")
    phone.screenshot(path=photo)
    cut(phone)
    phone.locator("#F7 input[type=file]").set_input_files(photo)
    says(phone, "F7", "照片等选了结果后一起上传")
    phone.locator("#F7 .tick.partly").tap()
    says(phone, "F7", KEPT)
    phone.close()
    page = phone.context.new_page()
    opened(page, f"/visit/{pk}?section=F")
    page.route("**/file/Answer/*", lambda route: (route.fetch(), route.abort()), times=1)  # it arrives, and the answer is lost
    cut(page, False)
    says(page, "F7", "照片已存在这部手机，待上传")
    says(page, "F7", "照片 ✓")
    expect(page.locator("[data-state]").first).to_have_text(GOT)
    page.goto(f"/visit/{pk}?section=F")
    expect(page.locator("#F7 .shots img")).to_have_count(1)


def test_a_whole_section_passes_with_one_tap_and_back_with_another(phone, pk, look):
    opened(phone, f"/visit/{pk}?section=C")
    cards = phone.locator("[data-item]").count()
    against = phone.locator('[data-item][data-against~="pass"]').count()
    phone.locator("[data-all]").tap()
    expect(phone.locator("[data-passed]")).to_contain_text(f"已填 {cards - against} 条合格")
    expect(phone.locator(".tick.pass[aria-pressed=true]")).to_have_count(cards - against)
    expect(phone.locator("[data-section=C] b")).to_have_text(f"{cards - against}/{cards}")
    look(phone, "offline-passed-phone")
    phone.get_by_role("button", name="撤销").tap()
    expect(phone.locator("[data-section=C] b")).to_have_text(f"0/{cards}")
    expect(phone.locator(".tick[aria-pressed=true]")).to_have_count(0)


def test_a_phrase_is_one_tap(app, phone, pk):
    opened(phone, f"/visit/{pk}?section=A")
    phone.locator("#A2 .tick.pass").tap()
    phone.locator("#A2 details.note summary").tap()
    for phrase in ("资料齐全", "当场整改到位"):
        phone.get_by_role("button", name=phrase).tap()
    expect(phone.locator("#A2 [name=remark]")).to_have_value("资料齐全；当场整改到位")
    expect(phone.locator("#A2")).not_to_have_attribute("data-unsaved", "")
    says(phone, "A2", GOT)
    assert stored(app, pk, "A2") == ("pass", "资料齐全；当场整改到位")


def test_the_head_signs_with_a_finger(phone, pk, look):
    phone.goto(f"/visit/{pk}/submit")
    box = phone.locator("[data-sign] canvas")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    phone.mouse.move(place["x"] + 40, place["y"] + 120)
    phone.mouse.down()
    for across, down in ((90, 40), (140, 130), (190, 60), (260, 110)):
        phone.mouse.move(place["x"] + across, place["y"] + down, steps=4)
    phone.mouse.up()
    phone.get_by_role("button", name="保存签字").tap()
    expect(phone.locator("[data-sign] [data-told]")).to_have_text("签字已收到")
    expect(phone.locator("[data-sign] img")).to_be_visible()
    look(phone, "offline-signature-phone")
    phone.goto(f"/visit/{pk}/report")
    expect(phone.locator(".sign img")).to_have_attribute("src", re.compile(r"/file/\d+"))
