"""A tick from a page whose script did not load: what was typed comes back, and every button there does something."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages import suits_a_phone
from tests.support.visiting import second_inspector, tick

MINE, OTHERS = "灭火器过期两具，当场拍了照片", "消防队来看过，记录在门卫室"


@pytest.fixture
def plain(page_for, watch):
    """plain(account, device): a page on which no script of a checklist runs."""
    watch.expect("Failed to load resource|ERR_FAILED")

    def made(account: str, device: str) -> Page:
        page = page_for(account, device)
        page.route("**/static/js/*", lambda route: route.abort())
        return page

    return made


def written(page: Page, code: str, result: str, remark: str) -> None:
    page.locator(f"#{code} details.note summary").click()
    page.locator(f"#{code} [name=remark]").fill(remark)
    page.locator(f"#{code} .tick.{result}").click()


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_both_texts_stand_on_the_card(app, plain, client_for, pk, look, device):
    page, other = plain("inspector", device), client_for(second_inspector(app))
    page.goto(f"/visit/{pk}?section=G")
    code = page.locator('[data-item][data-result=""][data-against=""]').first.get_attribute("data-item")
    assert tick(other, pk, code, "pass", remark=OTHERS)["state"] == "taken"
    written(page, code, "fail", MINE)
    sides = page.locator(f"#{code} .clash > div")
    expect(sides.first).to_contain_text(OTHERS)
    expect(sides.last).to_contain_text(MINE)
    expect(page.locator("[data-all], .shoot, .why:visible")).to_have_count(0)
    if device == "phone":
        suits_a_phone(page)
    look(page, f"plain-form-clash-{device}")
    page.locator(f"#{code} .tick.fail").click()
    expect(page.locator(f"#{code}")).to_have_attribute("data-result", "fail")
    expect(page.locator(f"#{code} .clash")).to_have_count(0)


def test_the_reason_is_kept_by_the_button_beside_it(plain, pk, look):
    page = plain("inspector", "phone")
    against = page.locator('[data-item][data-result=""]:is([data-against~="fail"], [data-against~="pass"])')
    for section in "BCDEFGHIJ":
        page.goto(f"/visit/{pk}?section={section}")
        if against.count():
            break
    code = against.first.get_attribute("data-item")
    result = "fail" if "fail" in against.first.get_attribute("data-against") else "pass"
    page.locator(f"#{code} .tick.{result}").tap()
    expect(page.locator(f"#{code} [role=alert]")).to_contain_text("请写明理由")
    look(page, "plain-form-reason-phone")
    page.locator(f"#{code} [name=reason]").fill("现场核对过纸质材料")
    page.locator(f"#{code}").get_by_role("button", name="保存理由").tap()
    expect(page.locator(f"#{code}")).to_have_attribute("data-result", result)
    expect(page.locator(f"#{code} [name=reason]")).to_have_value("现场核对过纸质材料")
    version = page.locator(f"#{code}").get_attribute("data-version")
    page.locator(f"#{code} [name=reason]").fill("另写一个理由")  # on the sheet itself it sends the tick that stands
    page.locator(f"#{code}").get_by_role("button", name="保存理由").tap()
    expect(page.locator(f"#{code}")).not_to_have_attribute("data-version", version or "")
    expect(page.locator(f"#{code}")).to_have_attribute("data-result", result)
    expect(page.locator(f"#{code} [name=reason]")).to_have_value("另写一个理由")
