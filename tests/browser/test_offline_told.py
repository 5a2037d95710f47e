"""A number or address that the server told is not kept on the phone, whatever is done with it, and none is lost or put where it was not."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.test_offline_own import free, ticked_by_colleague
from tests.support.offline import GOT, KEPT, cut, kept, opened, remark, says, stored
from tests.support.phones import op
from tests.support.visiting import second_inspector, sync

NUMBER, HOME, OWN = "13812345678", "住石坝村3组12号", "13912345678"
TEXT, TURNED = f"家长电话{NUMBER}，{HOME}", f"{HOME}，家长电话{NUMBER}"
DOTS, UNCLEAR = "••••••••", "••••?••••"
SHOWN = f"家长电话{DOTS}，{DOTS}"


@pytest.fixture
def told(app, phone, page_for, pk):
    """Finds an item of a section on which a colleague has written a number and an address."""

    def found(section):
        code = free(phone, section, pk)
        ticked_by_colleague(app, page_for, pk, section, code, "partly", TEXT)
        return code

    return found


HOLD = """() => { const real = window.fetch;
    window.fetch = (url, asked) => String(url).endsWith('/sync') ? Promise.reject(new TypeError('held back')) : real(url, asked);
    window.letGo = () => { window.fetch = real; dispatchEvent(new Event('online')); } }"""


def held_back(page):
    """No message leaves the page. In the page itself: what a route holds may still go out when its tab ends."""
    page.evaluate(HOLD)


def let_go(page):
    page.evaluate("window.letGo()")


def words(page):
    """All that waits on the phone, of which nothing that the server told finds a person."""
    found = json.dumps(kept(page), ensure_ascii=False)
    assert NUMBER not in found and "石坝村" not in found
    return found


def killed(page, path):
    """Ended, as the system does with a tab in the background, and another is opened."""
    context = page.context
    page.close()
    made = context.new_page()
    opened(made, path)
    return made


@pytest.mark.parametrize("killing", [False, True])
def test_after_use_mine_no_number_is_kept_and_none_lost(app, phone, pk, told, killing):
    code, page = told("J"), phone
    page.locator(f"#{code} .tick.pass").tap()
    clash = page.locator(f"#{code} .clash")
    expect(clash).to_contain_text(TEXT)
    words(page)
    cut(page)
    clash.get_by_role("button", name="用我的").tap()
    says(page, code, KEPT)
    expect(page.locator(f"#{code} [name=remark]")).to_have_value(TEXT)
    assert SHOWN in words(page)
    if killing:
        page = killed(page, f"/visit/{pk}?section=J")
        expect(page.locator(f"#{code} [name=remark]")).to_have_value(SHOWN)
    cut(page, False)
    says(page, code, GOT)
    expect(page.locator(f"#{code} [name=remark]")).to_have_value(TEXT)
    assert stored(app, pk, code) == ("pass", TEXT)


@pytest.mark.parametrize(("typed", "arrives"), [(f"家长电话{NUMBER}，在家{HOME}501室", True), (f"电话{NUMBER}，石坝村3组", False)])
def test_what_is_left_of_a_piece_or_written_at_its_side_is_none_of_the_own_words(app, phone, pk, told, typed, arrives):
    code = told("D")
    opened(phone, f"/visit/{pk}?section=D")
    held_back(phone)
    remark(phone, code, typed)
    says(phone, code, KEPT)
    words(phone)
    page = killed(phone, f"/visit/{pk}?section=D")
    says(page, code, GOT if arrives else "分不清各是哪一处")
    assert stored(app, pk, code) == ("partly", typed if arrives else TEXT)


@pytest.mark.parametrize("killing", [False, True])
def test_words_written_round_a_colleagues_are_kept_without_its_number(app, phone, pk, told, killing):
    code, page = told("H"), phone
    opened(page, f"/visit/{pk}?section=H")
    held_back(page)
    page.locator(f"#{code} .tick.pass").tap()
    remark(page, code, f"{TEXT}，门卫{OWN}")
    remark(page, code, f"已核实：{TEXT}，门卫{OWN}")
    says(page, code, KEPT)
    assert f"已核实：{SHOWN}，门卫{OWN}" in words(page), "what the inspector typed waits as it was typed"
    page = killed(page, f"/visit/{pk}?section=H") if killing else page
    if not killing:
        let_go(page)
    says(page, code, GOT)
    expect(page.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
    assert stored(app, pk, code) == ("pass", f"已核实：{TEXT}，门卫{OWN}")
    expect(page.locator(f"#{code} [name=remark]")).to_have_value(f"已核实：{TEXT}，门卫{OWN}")
    expect(page.locator("[data-state]").first).to_have_text(GOT)
    assert kept(page) == []


def test_pieces_in_another_order_arrive_so_from_the_page_that_knows_them(app, phone, pk, told):
    code = told("G")
    opened(phone, f"/visit/{pk}?section=G")
    held_back(phone)
    remark(phone, code, TURNED)
    says(phone, code, KEPT)
    assert f"{UNCLEAR}，家长电话{UNCLEAR}" in words(phone)
    let_go(phone)
    says(phone, code, GOT)
    assert stored(app, pk, code) == ("partly", TURNED)


def test_pieces_in_another_order_are_asked_about_once_the_page_is_gone(app, phone, pk, told, look):
    code = told("G")
    opened(phone, f"/visit/{pk}?section=G")
    held_back(phone)
    remark(phone, code, TURNED)
    remark(phone, code, TEXT + "；资料齐全")
    says(phone, code, KEPT)
    words(phone)
    page = killed(phone, f"/visit/{pk}?section=G")
    says(page, code, "分不清各是哪一处")
    look(page, "offline-unclear-phone")
    assert stored(app, pk, code) == ("partly", TEXT)
    with page.expect_response("**/sync"):
        remark(page, code, f"{UNCLEAR}；资料齐全")
    says(page, code, "分不清各是哪一处")
    assert stored(app, pk, code) == ("partly", TEXT)
    remark(page, code, "资料齐全")
    says(page, code, GOT)
    assert stored(app, pk, code) == ("partly", "资料齐全")


def test_dots_are_never_filled_with_what_a_colleague_wrote_since(app, phone, pk, told, client_for):
    code = told("F")
    opened(phone, f"/visit/{pk}?section=F")
    held_back(phone)
    remark(phone, code, TEXT + "；资料齐全")
    says(phone, code, KEPT)
    context = phone.context
    phone.close()
    since = "爷爷电话13712345678，住马家屯5号"
    before = {"result": "partly", "remark": TEXT, "reason": ""}
    other = sync(client_for(second_inspector(app)), op(pk, code, {"result": "partly", "remark": since}, before)).json["done"][0]
    assert other["state"] == "taken"
    page = context.new_page()
    opened(page, f"/visit/{pk}?section=F")
    expect(page.locator(f"#{code} .clash")).to_contain_text(since)
    page.reload()
    page.locator(f"#{code} .clash").get_by_role("button", name="用我的").tap()
    says(page, code, "分不清各是哪一处")
    assert stored(app, pk, code) == ("partly", since)


@pytest.mark.parametrize("sender", [0, 1])
def test_two_tabs_know_that_it_was_received_whichever_sends(app, phone, pk, told, sender):
    """The one that made the tick has all of its text, the other what the phone keeps of it."""
    code, pages = told("E"), (phone, phone.context.new_page())
    for page in pages:
        opened(page, f"/visit/{pk}?section=E")
        held_back(page)
    phone.locator(f"#{code} .tick.pass").tap()
    for page in pages:
        says(page, code, KEPT)
    let_go(pages[sender])
    for page in pages:
        says(page, code, GOT)
        expect(page.locator(f"#{code} [name=remark]")).to_have_value(TEXT)
        expect(page.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
    assert stored(app, pk, code) == ("pass", TEXT)
