"""The visit without a network: what the phone keeps and sends, whoever else inspects, whatever its clock says."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.models.org import Member
from tests.support import visiting
from tests.support.browser import end_session
from tests.support.offline import GOT, KEPT, UNASKED, cut, kept, kept_at_last, log_in, log_in_as, opened, opened_note, remark, says, stored, take_along
from tests.support.visiting import second_inspector


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
    end_session(phone)
    phone.locator("#F1 .tick.partly").tap()
    says(phone, "F1", KEPT)
    expect(phone.locator("[data-trouble]")).to_contain_text("请重新登录，已填的还在这台手机上")
    look(phone, "offline-expired-phone")
    log_in(phone, second_inspector(app))
    phone.goto("/visit/")
    expect(phone.locator("[data-along]")).to_have_attribute("data-along", "done")  # of the same team: the team's schools are taken along
    opened(phone, f"/visit/{pk}?section=F")
    expect(phone.locator("#F1 .tick[aria-pressed=true]")).to_have_count(0)
    assert stored(app, pk, "F1") is None
    end_session(phone)
    log_in(phone, "inspector")
    phone.goto("/visit/")
    expect(phone.locator("[data-state]").first).to_have_text(GOT)
    assert stored(app, pk, "F1") == ("partly", None)


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
    says(page, code, KEPT)
    page.reload()
    expect(page.locator("[data-ready]")).to_be_attached()
    says(page, code, KEPT)
    cut(page, False)
    says(page, code, GOT)
    assert stored(app, pk, code).result == "partly"


def test_a_clock_that_jumps_while_it_waits_loses_nothing(app, phone, pk):
    opened(phone, f"/visit/{pk}?section=J")
    cut(phone)
    phone.locator("#J4 .tick.fail").tap()
    says(phone, "J4", KEPT)
    phone.close()
    again = phone.context.new_page()
    again.add_init_script("const right = Date.now; Date.now = () => right() + 800 * 86400000")
    again.goto("/visit/")  # what is too old by this clock is not shown; the server's time will tell
    expect(again.locator(".none[data-empty]")).to_be_visible()
    cut(again, False)
    take_along(again)
    expect(again.locator("[data-state]").first).to_have_text(GOT)
    assert stored(app, pk, "J4").result == "fail"


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


def test_a_remark_that_was_not_seen_is_not_written_over(app, phone, page_for, pk):
    other = log_in_as(page_for, second_inspector(app))
    opened(phone, f"/visit/{pk}?section=G")
    opened(other, f"/visit/{pk}?section=G")
    other.locator("#G4 .tick.pass").click()
    remark(other, "G4", "对方写的")
    says(other, "G4", GOT)
    expect(other.locator("#G4")).not_to_have_attribute("data-unsaved", "")
    opened_note(phone, "G4")
    waiting = []
    phone.route("**/sync", lambda route: waiting.append(route), times=1)
    with phone.expect_request("**/sync"):
        phone.locator("#G4 .tick.pass").tap()
    field = phone.locator("#G4 [name=remark]")
    field.press_sequentially("我写的")  # while the tick is on its way
    waiting[0].continue_()
    says(phone, "G4", GOT)
    field.blur()
    expect(phone.locator("#G4 .clash")).to_contain_text("对方写的")
    assert stored(app, pk, "G4") == ("pass", "对方写的")
    phone.locator("#G4 .clash").get_by_role("button", name="用我的").tap()
    says(phone, "G4", GOT)
    assert stored(app, pk, "G4") == ("pass", "我写的")


def test_what_the_server_refuses_can_be_let_go(app, phone, pk):
    opened(phone, f"/visit/{pk}?section=H")
    code = phone.locator(UNASKED).first.get_attribute("data-item")
    cut(phone)
    phone.locator(f"#{code} details.note summary").tap()
    phone.evaluate(f"document.querySelector('#{code} [name=remark]').maxLength = 3000")
    phone.locator(f"#{code} .tick.partly").tap()
    remark(phone, code, "长" * 2001)
    cut(phone, False)
    says(phone, code, "最多 2000 个字")
    phone.locator(f"#{code} .sent button").tap()
    expect(phone.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
    expect(phone.locator(f"#{code} [name=remark]")).to_have_value("")
    assert stored(app, pk, code) == ("partly", None), "the tick before it was taken"


def test_what_was_put_right_before_the_refusal_came_goes_up_by_itself(app, phone, pk):
    opened(phone, f"/visit/{pk}?section=I")
    code = phone.locator(UNASKED).first.get_attribute("data-item")
    phone.locator(f"#{code} .tick.partly").tap()
    says(phone, code, GOT)
    opened_note(phone, code)
    phone.evaluate(f"document.querySelector('#{code} [name=remark]').maxLength = 3000")
    waiting = []
    phone.route("**/sync", lambda route: waiting.append(route), times=1)
    with phone.expect_request("**/sync"):
        remark(phone, code, "长" * 2001)
    remark(phone, code, "短")  # while the long one is on its way
    kept_at_last(phone, 2)
    waiting[0].continue_()
    says(phone, code, GOT)
    expect(phone.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
    assert (stored(app, pk, code), kept(phone)) == (("partly", "短"), [])
