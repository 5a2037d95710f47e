"""What was sent after the session ended waits in the tab for the same member, without secrets, until it is saved or the log-out."""

from playwright.sync_api import Page, expect

from tests.support import settings
from tests.support.browser import end_session, enter

DRAFTS = "JSON.stringify(Object.entries(sessionStorage).filter(([key]) => key.startsWith('draft:')))"


def sent_too_late(page: Page) -> None:
    """A child's form filled, the session over, saved."""
    page.goto("/child/list/")
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name="修改", exact=True).click()
    page.fill("#journey", "步行二十分钟，过桥")
    page.fill("#id_number", "990101201501010018")
    end_session(page)
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".fault")).to_contain_text("回到那一页就能取回")


def none_left(page: Page) -> None:
    """Drafts go when the page's script has run; the page's policy forbids the browser's own waiting for an expression."""
    for _try in range(100):
        if page.evaluate(DRAFTS) == "[]":
            return
        page.wait_for_timeout(100)
    assert page.evaluate(DRAFTS) == "[]"


def test_a_draft_comes_back_after_the_log_in_and_goes_with_the_save(page_for, watch):
    watch.expect("status of 400")
    page = page_for("school", "desk")
    sent_too_late(page)
    assert "步行二十分钟" in page.evaluate(DRAFTS) and "990101201501010018" not in page.evaluate(DRAFTS)
    page.get_by_role("link", name="重新登录").click()
    enter(page, "school", settings.PASSWORD)
    expect(page.locator(".draft")).to_contain_text("上次没有保存的内容还在")
    page.get_by_role("button", name="取回").click()
    expect(page.locator("#journey")).to_have_value("步行二十分钟，过桥")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".say.success")).to_be_visible()
    none_left(page)


def test_a_draft_is_neither_another_members_nor_outlasts_the_log_out(page_for, watch):
    watch.expect("status of 40")
    page = page_for("school", "desk")
    sent_too_late(page)
    page.get_by_role("link", name="重新登录").click()
    enter(page, "township", settings.PASSWORD)
    none_left(page)
    assert page.locator(".draft").count() == 0
    second = page_for("school", "desk")
    sent_too_late(second)
    third = second.context.new_page()
    third.goto("/logout/")
    none_left(second)
