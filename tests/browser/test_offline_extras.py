"""What makes a visit on the phone shorter: photos that wait, a section at once, a phrase."""

import pytest
from playwright.sync_api import expect

from tests.support.offline import GOT, KEPT, UNASKED, cut, opened, opened_note, says, stored

# Every second reading of what waits comes late: a phone is slow when it likes.
SLOW = """
const all = IDBObjectStore.prototype.getAll;
let turn = 0;
IDBObjectStore.prototype.getAll = function (...args) {
  const request = all.apply(this, args);
  const late = this.name === "ops" && turn++ % 2 === 0 ? 700 : 0;
  return {
    get result() { return request.result; },
    set onsuccess(told) { request.onsuccess = () => setTimeout(told, late); },
    set onerror(told) { request.onerror = told; },
  };
};
"""


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


# What has gone up leaves the phone's store late: what is written meanwhile waits for its turn.
LATE = """
const drop = IDBObjectStore.prototype.delete;
const ended = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "oncomplete");
const late = new WeakSet();
IDBObjectStore.prototype.delete = function (...args) {
  if (this.name === "ops") late.add(this.transaction);
  return drop.apply(this, args);
};
Object.defineProperty(IDBTransaction.prototype, "oncomplete", {
  ...ended,
  set(told) { ended.set.call(this, (event) => setTimeout(() => told(event), late.has(this) ? 700 : 0)); },
});
"""


@pytest.mark.parametrize(("section", "slow"), [("C", SLOW), ("D", LATE)], ids=["reading", "leaving"])
def test_no_older_state_is_laid_over_what_was_just_written(app, phone, pk, section, slow):
    phone.add_init_script(slow)
    for pause in (0, 150, 400, 800):
        opened(phone, f"/visit/{pk}?section={section}")
        code = phone.locator(UNASKED).first.get_attribute("data-item")
        opened_note(phone, code)
        phone.locator(f"#{code} .tick.pass").tap()
        for phrase in ("资料齐全", "当场整改到位"):
            phone.wait_for_timeout(pause)
            phone.locator(f"#{code}").get_by_role("button", name=phrase).tap()
        says(phone, code, GOT)
        expect(phone.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
        expect(phone.locator("[data-state]").first).to_have_text(GOT)
        expect(phone.locator(f"#{code} [name=remark]")).to_have_value("资料齐全；当场整改到位")
        assert stored(app, pk, code) == ("pass", "资料齐全；当场整改到位"), pause
    opened(phone, f"/visit/{pk}?section={section}")
    expect(phone.locator(f"#{code}").get_by_role("button", name="资料齐全")).to_be_visible()  # a note that comes open has its phrases
