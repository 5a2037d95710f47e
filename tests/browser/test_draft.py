"""What was sent after the session ended waits in the tab for the same member, without secrets, until it is saved or the log-out."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models.campaign import Campaign
from app.models.children import Child
from tests.services.test_attachments import PDF
from tests.support import settings
from tests.support.browser import end_session, enter
from tests.support.visiting import one

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


def take_back(page: Page, field: str, text: str) -> None:
    """The draft is offered, and brings back what was typed."""
    expect(page.locator(".draft")).to_contain_text("上次没有保存的内容还在")
    page.get_by_role("button", name="取回").click()
    expect(page.locator(field)).to_have_value(text)


def again(page: Page, account: str) -> None:
    """Log in once more, from the page that says that the session is over."""
    page.get_by_role("link", name="重新登录").click()
    enter(page, account, settings.PASSWORD)


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
    again(page, "school")
    take_back(page, "#journey", "步行二十分钟，过桥")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".say.success")).to_be_visible()
    none_left(page)


def test_a_draft_is_neither_another_members_nor_outlasts_the_log_out(page_for, watch):
    watch.expect("status of 40")
    page = page_for("school", "desk")
    sent_too_late(page)
    again(page, "township")
    none_left(page)
    assert page.locator(".draft").count() == 0
    second = page_for("school", "desk")
    sent_too_late(second)
    third = second.context.new_page()
    third.goto("/logout/")
    none_left(second)


def test_a_page_that_tells_of_a_refusal_wipes_no_draft(app, page_for):
    page, pk = page_for("county", "desk"), one(app, select(Campaign.id).where(Campaign.state == "closed"))
    page.goto("/campaign/add")
    page.fill("#name", "春季督导")
    page.evaluate(f"document.querySelector('form[data-keep]').action = '/campaign/step/{pk}/close'")  # refused: led to the record
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".say.danger")).to_contain_text("可以结束")
    assert "春季督导" in page.evaluate(DRAFTS)
    page.goto("/campaign/add")
    take_back(page, "#name", "春季督导")


def test_a_typed_reason_outlives_the_session_and_goes_when_it_was_taken(app, page_for, watch):
    watch.expect("status of 400")
    page, pk = page_for("county", "desk"), one(app, select(Child.id).where(Child.id_number_enc.is_not(None)).order_by(Child.id))
    page.goto(f"/child/reveal/{pk}/id_number")
    page.fill("#reason", "联系监护人核实外出情况")
    end_session(page)
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".fault")).to_contain_text("回到那一页就能取回")
    again(page, "county")
    take_back(page, "#reason", "联系监护人核实外出情况")
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".shown")).to_be_visible()
    none_left(page)


def test_a_covered_paper_can_be_taken_again_without_a_reload(app, page_for):
    school, county = page_for("school", "desk"), page_for("county", "desk")
    school.goto("/child/list/")
    school.locator("tbody th a").first.click()
    school.locator("#files input[type=file]").set_input_files({"name": "证明.pdf", "mimeType": "application/pdf", "buffer": PDF})
    school.get_by_role("button", name="上传").click()
    expect(school.locator("#files")).to_contain_text("证明.pdf")
    county.goto(school.get_by_role("link", name="证明.pdf", exact=True).get_attribute("href"))
    county.fill("#reason", "联系监护人核实外出情况")
    button = county.get_by_role("button", name="查看")
    for _turn in range(2):
        with county.expect_download() as told:
            button.click()
        assert told.value.suggested_filename == "证明.pdf"
        expect(button).not_to_have_attribute("aria-disabled", "true")
    county.get_by_role("link", name="取消").click()  # nothing asks whether to leave
    expect(county.locator("#files")).to_be_visible()
