"""Nothing is taken back, written over or asked about that the inspector had no hand in; nothing typed is lost between sections."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.test_offline_extras import SLOW
from tests.browser.test_offline_room import FULL
from tests.support.offline import GOT, KEPT, UNASKED, cut, kept, log_in_as, opened, opened_note, remark, says, stored
from tests.support.visiting import second_inspector

# A store that takes its time, and refuses as often as it is told.
FULL_FOR = """
const [seal, add] = [SubtleCrypto.prototype.encrypt, IDBObjectStore.prototype.add];
window.failing = 0;
SubtleCrypto.prototype.encrypt = async function (...args) {
  await new Promise((done) => setTimeout(done, 300));
  return seal.apply(this, args);
};
IDBObjectStore.prototype.add = function (...args) {
  if (this.name === "ops" && window.failing > 0) { window.failing -= 1; throw new DOMException("full", "QuotaExceededError"); }
  return add.apply(this, args);
};
"""


def free(page, section, pk):
    opened(page, f"/visit/{pk}?section={section}")
    return page.locator(UNASKED).first.get_attribute("data-item")


def ticked_by_colleague(app, page_for, pk, section, code, result, text):
    page = log_in_as(page_for, second_inspector(app))
    opened(page, f"/visit/{pk}?section={section}")
    page.locator(f"#{code} .tick.{result}").click()
    remark(page, code, text)
    expect(page.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")


def all_pass(page, code):
    page.locator("[data-all]").tap()
    says(page, code, GOT)
    expect(page.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")


def test_the_undo_of_a_section_leaves_what_a_colleague_ticked(app, phone, page_for, pk):
    code = free(phone, "F", pk)
    own = phone.locator(UNASKED).nth(1).get_attribute("data-item")
    ticked_by_colleague(app, page_for, pk, "F", code, "pass", "查了一上午的记录")
    all_pass(phone, code)
    says(phone, own, GOT)
    phone.get_by_role("button", name="撤销").tap()
    says(phone, own, "已清除")
    assert stored(app, pk, own) == (None, None)
    assert stored(app, pk, code) == ("pass", "查了一上午的记录")
    expect(phone.locator(f"#{code} .tick.pass")).to_have_attribute("aria-pressed", "true")


def test_the_undo_of_a_section_leaves_a_colleagues_tick_on_which_one_wrote(app, phone, page_for, pk):
    code = free(phone, "F", pk)
    ticked_by_colleague(app, page_for, pk, "F", code, "pass", "")
    remark(phone, code, "先写的")
    all_pass(phone, code)
    assert stored(app, pk, code) == ("pass", "先写的")
    phone.get_by_role("button", name="撤销").tap()
    says(phone, code, "另一位督导员也填了这一条，没有撤销")
    assert stored(app, pk, code) == ("pass", "先写的")
    remark(phone, code, "后写的")
    says(phone, code, GOT)
    assert stored(app, pk, code) == ("pass", "后写的"), "nobody is asked about the own words"


def test_the_undo_of_a_section_that_waits_leaves_a_colleagues_tick_too(app, phone, page_for, pk):
    code = free(phone, "E", pk)
    ticked_by_colleague(app, page_for, pk, "E", code, "pass", "")
    cut(phone)
    phone.locator("[data-all]").tap()
    says(phone, code, KEPT)
    phone.get_by_role("button", name="撤销").tap()
    expect(phone.locator(f"#{code} .tick[aria-pressed=true]")).to_have_count(0)
    cut(phone, False)
    expect(phone.locator(f"#{code} .tick.pass")).to_have_attribute("aria-pressed", "true")
    assert stored(app, pk, code) == ("pass", None)


def test_the_undo_of_a_section_leaves_texts_of_before_and_after(app, phone, pk):
    before = free(phone, "G", pk)
    after = phone.locator(UNASKED).nth(1).get_attribute("data-item")
    remark(phone, before, "先写的")
    all_pass(phone, before)
    assert stored(app, pk, before) == ("pass", "先写的")
    remark(phone, after, "后写的")
    expect(phone.locator(f"#{after}")).not_to_have_attribute("data-unsaved", "")
    phone.get_by_role("button", name="撤销").tap()
    says(phone, before, "已清除")
    assert stored(app, pk, before) == (None, None)
    expect(phone.locator(f"#{before} [name=remark]")).to_have_value("先写的")
    assert stored(app, pk, after) == ("pass", "后写的")


def test_a_colleagues_remark_comes_in_sight_before_it_can_be_cleared(app, phone, page_for, pk):
    code = free(phone, "K", pk)
    ticked_by_colleague(app, page_for, pk, "K", code, "pass", "对方写的")
    expect(phone.locator(f"#{code} [name=remark]")).to_be_hidden()
    phone.locator(f"#{code} .tick.pass").tap()
    says(phone, code, GOT)
    expect(phone.locator(f"#{code} [name=remark]")).to_be_visible()
    expect(phone.locator(f"#{code} [name=remark]")).to_have_value("对方写的")


def test_a_second_tab_with_its_cursor_in_the_remark_is_no_other_inspector(app, phone, pk):
    code = free(phone, "H", pk)
    two = phone.context.new_page()
    opened(two, f"/visit/{pk}?section=H")
    opened_note(two, code)
    two.locator(f"#{code} [name=remark]").focus()
    phone.locator(f"#{code} .tick.pass").tap()
    says(phone, code, GOT)
    expect(two.locator(f"#{code} .tick.pass")).to_have_attribute("aria-pressed", "true")
    remark(two, code, "第二页写的")
    expect(two.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
    assert stored(app, pk, code) == ("pass", "第二页写的")
    two.locator(f"#{code} .tick.partly").tap()
    expect(two.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
    assert stored(app, pk, code) == ("partly", "第二页写的")


def test_a_tap_before_the_phone_has_read_what_waits_comes_after_it(app, phone, pk):
    code = free(phone, "I", pk)
    phone.route("**/sync", lambda route: route.abort())
    phone.locator(f"#{code} .tick.pass").tap()
    remark(phone, code, "存着的")
    expect(phone.locator("[data-state]").first).to_have_text("1 条存在这部手机，待上传")
    phone.add_init_script(SLOW)
    phone.reload(wait_until="domcontentloaded")
    phone.locator(f"#{code} .tick.partly").tap()
    expect(phone.locator("[data-ready]")).to_be_attached()
    phone.unroute("**/sync")
    phone.evaluate("dispatchEvent(new Event('online'))")
    says(phone, code, GOT)
    assert stored(app, pk, code) == ("partly", "存着的")


@pytest.mark.parametrize(("section", "failing"), [("A", 1), ("B", 2)])
def test_what_the_phone_could_not_keep_is_kept_with_the_next_tap(app, phone, pk, section, failing):
    phone.add_init_script(FULL_FOR)
    code = free(phone, section, pk)
    opened_note(phone, code)
    phone.locator(f"#{code} .phrases").wait_for()
    phone.evaluate(f"window.failing = {failing}")
    phone.evaluate(f"""() => {{ document.querySelector('#{code} .tick.pass').click();
        setTimeout(() => document.querySelector('#{code} .phrases button').click(), 100); }}""")
    if failing == 2:
        says(phone, code, "没有保存")
        while phone.evaluate("window.failing"):
            phone.wait_for_timeout(50)
        phone.locator(f"#{code} .tick.pass").tap()
    says(phone, code, GOT)
    expect(phone.locator(f"#{code} .clash")).to_have_count(0)
    assert stored(app, pk, code) == ("pass", "现场核实无误")


def test_a_conflict_leaves_no_number_on_the_phone_and_takes_the_answer_at_once(app, phone, page_for, pk):
    code = free(phone, "J", pk)
    ticked_by_colleague(app, page_for, pk, "J", code, "partly", "家长电话13812345678")
    phone.locator(f"#{code} .tick.pass").tap()
    clash = phone.locator(f"#{code} .clash")
    expect(clash).to_be_visible()
    waiting = kept(phone)
    assert len(waiting) == 1 and "13812345678" not in json.dumps(waiting)
    opened_note(phone, code)
    phone.locator(f"#{code} [name=remark]").press_sequentially("正在写")
    clash.get_by_role("button", name="用我的").tap()
    says(phone, code, GOT)
    assert stored(app, pk, code) == ("pass", "正在写")


def test_what_is_in_hand_on_the_page_without_a_network_outlives_a_look_at_another_section(app, phone, pk, tmp_path):
    cut(phone)
    opened(phone, f"/visit/{pk}?section=D")
    photo = tmp_path / "食堂.png"
    phone.screenshot(path=photo)
    chip = phone.locator("[data-section]")
    against = phone.locator('[data-item][data-result=""][data-against~="pass"]').first.get_attribute("data-item")
    code = phone.locator('[data-item][data-result=""]').last.get_attribute("data-item")
    assert against != code
    phone.locator(f"#{against} .tick.pass").tap()
    remark(phone, code, "走廊灯坏了两盏")
    phone.evaluate(FULL)
    phone.locator(f"#{code} input[type=file]").set_input_files(photo)
    expect(phone.locator(f"#{code} .lost")).to_be_visible()
    chip.filter(has_text="E ").first.tap()
    expect(phone.locator(f"#{code}")).to_have_count(0)
    chip.filter(has_text="D ").first.tap()
    expect(phone.locator(f"#{code} [name=remark]")).to_have_value("走廊灯坏了两盏")
    expect(phone.locator(f"#{code} .lost")).to_contain_text("食堂.png")
    expect(phone.locator(f"#{against} .tick.pass")).to_have_attribute("aria-pressed", "true")
    assert phone.evaluate("window.dispatchEvent(new Event('beforeunload', {cancelable: true}))") is False, "who leaves the page is asked"
