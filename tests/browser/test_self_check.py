"""Two of a school check the same item at once, and a remark that is typed and not sent: nothing is written over unseen, nothing is lost unasked."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import Campaign, CampaignSchool, SelfAnswer
from app.models.inspection import ChecklistItem
from app.models.org import Member
from app.services import scope
from tests.support.offline import opened_note, remark, says
from tests.support.pages import suits_a_phone, task
from tests.support.visit_pages import received

GATE = "消防队来看过，记录在门卫室"


@pytest.fixture
def two(page_for, watch) -> tuple[Page, Page]:
    """The same section at a desk and on a phone."""
    watch.expect("409|Failed to load resource")
    pages = page_for("school", "desk"), page_for("school", "phone")
    for page in pages:
        task(page, "提交自查").click()
        expect(page.locator("[data-ready]")).to_be_attached()
    return pages


@pytest.fixture
def code(two) -> str:
    """An item that nobody has ticked."""
    return two[0].locator('[data-item][data-result=""]').first.get_attribute("data-item")


def stands(app, code):
    school = select(Member.school_id).where(Member.username == "school").scalar_subquery()
    with app.app_context(), scope.everything(db.session()):
        query = select(SelfAnswer.result, SelfAnswer.remark).join(ChecklistItem, ChecklistItem.id == SelfAnswer.item_id)
        query = query.join(CampaignSchool, CampaignSchool.inspection_id == SelfAnswer.inspection_id).join(Campaign, Campaign.id == CampaignSchool.campaign_id)
        return db.session.execute(query.where(ChecklistItem.code == code, SelfAnswer.school_id == school, Campaign.state == "running")).one_or_none()


def ticked(page: Page, code: str, result: str) -> None:
    page.locator(f"#{code} .tick.{result}").click()


def settled(page: Page, code: str) -> None:
    expect(page.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
    received(page, code)


def both_wrote(first, second, code):
    """Each writes a remark and passes the item; the second is shown both."""
    for page, text in ((first, GATE), (second, "灭火器过期两具")):
        opened_note(page, code)
        page.locator(f"#{code} [name=remark]").fill(text)
    ticked(first, code, "pass")
    received(first, code)
    ticked(second, code, "pass")
    expect(second.locator(f"#{code} .clash div")).to_have_count(2)


@pytest.mark.parametrize(("choice", "result"), [("用我的", "partly"), ("用对方的", "pass")])
def test_a_colleagues_remark_is_shown_and_stays(app, two, code, look, choice, result):
    desk, phone = two
    ticked(desk, code, "pass")
    received(desk, code)
    remark(desk, code, GATE)
    settled(desk, code)
    ticked(phone, code, "partly")
    sides = phone.locator(f"#{code} .clash div")
    expect(sides).to_have_count(2)
    expect(sides.first).to_contain_text(re.compile(f"合格.*{GATE}"))
    expect(sides.last).to_contain_text("部分")
    suits_a_phone(phone)
    look(phone, "self-check-clash-phone")
    assert stands(app, code) == ("pass", GATE)
    sides.get_by_role("button", name=choice).tap()
    settled(phone, code)
    assert stands(app, code) == (result, GATE)
    expect(phone.locator(f"#{code} [name=remark]")).to_have_value(GATE)


def test_both_texts_are_shown_where_both_wrote(app, two, code):
    desk, phone = two
    both_wrote(desk, phone, code)
    sides = phone.locator(f"#{code} .clash div")
    expect(sides.first).to_contain_text(GATE)
    expect(sides.last).to_contain_text("灭火器过期两具")
    phone.locator(f"#{code} [name=remark]").fill("灭火器过期两具；" + GATE)  # both, put together by hand
    phone.locator(f"#{code} [name=remark]").blur()
    expect(sides.last).to_contain_text("灭火器过期两具；" + GATE)
    sides.last.get_by_role("button").tap()
    settled(phone, code)
    assert stands(app, code) == ("pass", "灭火器过期两具；" + GATE)


@pytest.mark.parametrize(("choice", "stays"), [("用我的", "灭火器过期两具，已换"), ("用对方的", GATE)])
def test_one_tap_settles_while_the_cursor_is_in_the_remark(app, two, code, choice, stays):
    desk, phone = two
    both_wrote(desk, phone, code)
    phone.locator(f"#{code} [name=remark]").press("End")
    phone.locator(f"#{code} [name=remark]").press_sequentially("，已换")
    phone.locator(f"#{code} .clash").get_by_role("button", name=choice).tap()
    settled(phone, code)
    expect(phone.locator(f"#{code} .clash")).to_have_count(0)
    assert stands(app, code) == ("pass", stays)
    expect(phone.locator(f"#{code} [name=remark]")).to_have_value(stays)


def test_a_slow_click_settles_though_the_answer_to_what_was_typed_comes_first(app, two, code):
    desk, phone = two
    both_wrote(phone, desk, code)
    desk.locator(f"#{code} [name=remark]").press("End")
    desk.locator(f"#{code} [name=remark]").press_sequentially("，已换")
    mine = desk.locator(f"#{code} .clash").get_by_role("button", name="用我的")
    mine.hover()
    with desk.expect_response("**/answer/**"):
        desk.mouse.down()
    expect(desk.locator(f"#{code} .clash div").last).to_contain_text("灭火器过期两具，已换")
    desk.mouse.up()
    settled(desk, code)
    assert stands(app, code) == ("pass", "灭火器过期两具，已换")


def written_on_after_both_ticked(desk, phone, code, result):
    """Both have ticked the same; then a remark came on the desk of which the phone knows nothing."""
    for page in (desk, phone):
        ticked(page, code, result)
        received(page, code)
    remark(desk, code, GATE)
    settled(desk, code)


def test_what_only_one_changed_is_merged(app, two, code):
    desk, phone = two
    written_on_after_both_ticked(desk, phone, code, "partly")
    ticked(phone, code, "fail")
    settled(phone, code)
    assert stands(app, code) == ("fail", GATE)
    expect(phone.locator(f"#{code} [name=remark]")).to_have_value(GATE)
    expect(phone.locator(f"#{code} [name=remark]")).to_be_visible()
    remark(desk, code, "")  # who takes the own text back takes back nothing of the colleague's
    settled(desk, code)
    assert stands(app, code) == ("fail", None)
    expect(desk.locator(f"#{code} .tick.fail")).to_have_attribute("aria-pressed", "true")


def test_a_text_typed_while_a_colleagues_comes_in_is_asked_about(app, two, code):
    desk, phone = two
    written_on_after_both_ticked(desk, phone, code, "pass")
    opened_note(phone, code)
    phone.route("**/answer/*", lambda route: (phone.locator(f"#{code} [name=remark]").fill("我的说明"), route.continue_())[1], times=1)
    ticked(phone, code, "partly")
    received(phone, code)
    assert stands(app, code) == ("partly", GATE)
    phone.locator(f"#{code} [name=remark]").blur()
    sides = phone.locator(f"#{code} .clash div")
    expect(sides.first).to_contain_text(GATE)
    expect(sides.last).to_contain_text("我的说明")
    assert stands(app, code) == ("partly", GATE)


def test_a_remark_without_a_tick_is_not_left_behind_unasked(app, two, code):
    _desk, phone = two
    asked = []
    phone.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    opened_note(phone, code)
    phone.locator(f"#{code} [name=remark]").press_sequentially("写了很久的说明")
    phone.locator(f"#{code} [name=remark]").blur()
    says(phone, code, "请先选结果")
    before = phone.url
    with phone.expect_event("dialog"):
        phone.locator(".strip [data-section]:not([aria-current])").first.tap(no_wait_after=True)
    assert (asked, phone.url) == (["beforeunload"], before)
    expect(phone.locator(f"#{code} [name=remark]")).to_have_value("写了很久的说明")
    ticked(phone, code, "fail")
    settled(phone, code)
    assert stands(app, code) == ("fail", "写了很久的说明")
    phone.locator(".strip [data-section]:not([aria-current])").first.tap()
    phone.wait_for_url(lambda url: url != before)
    assert asked == ["beforeunload"]


def test_a_page_kept_by_the_browser_takes_no_typed_text_for_a_saved_one(app, two, code):
    """Some browsers write what was typed back into the field when a page is loaded anew."""
    _desk, phone = two
    phone.add_init_script(f"document.addEventListener('DOMContentLoaded', () => (document.querySelector('#{code} [name=remark]').value = '打了一半'))")
    phone.reload()
    expect(phone.locator("[data-ready]")).to_be_attached()
    ticked(phone, code, "pass")
    settled(phone, code)
    assert stands(app, code) == ("pass", "打了一半")
