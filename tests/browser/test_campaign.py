"""A school checks itself on the phone, and the inspector sees it; the pages of a campaign at the desk and on the phone."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.models.campaign import Campaign, CampaignSchool
from app.models.org import Member
from tests.support.pages import suits_a_phone
from tests.support.visiting import one


def test_a_school_checks_itself_on_the_phone(page_for, look, app):
    page = page_for("school", "phone")
    page.goto("/")
    page.locator(".todo li", has_text="提交自查").get_by_role("link").first.tap()
    expect(page.locator("h1")).to_have_text("自查")
    suits_a_phone(page)
    page.locator("#A2 .tick.pass").tap()
    expect(page.locator("#A2 .sent")).to_contain_text(re.compile(r"已收到 \d\d:\d\d"))
    page.locator("#A3 .tick.fail").tap()
    expect(page.locator("#A3 .sent")).to_contain_text("已收到")
    page.locator("#A3 summary.btn").tap()
    page.locator("#A3 [name=remark]").fill("岗位刚调整")
    page.locator("#A3 [name=remark]").blur()
    expect(page.locator("#A3")).not_to_have_attribute("data-unsaved", "")
    expect(page.locator("[data-section=A] b")).to_have_text("2/6")
    look(page, "self-check-phone")
    page.get_by_role("navigation", name="自查").get_by_role("link", name="通知书").tap()
    expect(page.locator(".notice")).to_contain_text("到你校检查的日期")
    suits_a_phone(page)
    look(page, "notice-phone")
    page.go_back()
    page.get_by_role("navigation", name="自查").get_by_role("link", name="提交").tap()
    page.get_by_role("button", name="提交自查").tap()
    expect(page.get_by_role("alert")).to_contain_text("条没有填")
    suits_a_phone(page)
    look(page, "self-check-submit-phone")
    page.reload()
    page.goto(page.locator("a.back").get_attribute("href"))
    school = select(Member.school_id).where(Member.username == "school").scalar_subquery()
    running = select(Campaign.id).where(Campaign.state == "running").scalar_subquery()
    pk = one(app, select(CampaignSchool.inspection_id).where(CampaignSchool.campaign_id == running, CampaignSchool.school_id == school))
    inspector = page_for("inspector", "phone")
    inspector.goto(f"/visit/{pk}?section=A")
    expect(inspector.locator("#A3 .own")).to_contain_text("不合格 岗位刚调整")
    look(inspector, "visit-own-phone")


def test_results_are_read_at_the_desk_and_on_the_phone(app, page_for, look):
    closed = one(app, select(Campaign.id).where(Campaign.state == "closed"))
    for device in ("desk", "phone"):
        page = page_for("county", device)
        page.goto(f"/campaign/show/{closed}")
        page.get_by_role("link", name="督导结果").click()
        expect(page.get_by_role("table", name="各校各类得分")).to_be_visible()
        look(page, f"campaign-results-{device}")
    suits_a_phone(page)


@pytest.mark.parametrize("path", ["/campaign/list/", "/campaign/show/{0}", "/campaign/show/{0}?tab=CampaignSchool", "/campaign/redraw/{0}",
                                  "/campaign/notice/{0}", "/campaign/self_checks/{0}", "/campaign_school/list/?m=late", "/drawn_child/list/"])
def test_a_campaigns_pages_suit_a_phone_too(app, page_for, look, path):
    page = page_for("county", "phone")
    page.goto(path.format(one(app, select(Campaign.id).where(Campaign.state == "running"))))
    look(page, "phone" + path.replace("{0}", "").replace("/", "-").partition("?")[0].rstrip("-"))


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_the_draw_of_files_is_looked_at_again(app, page_for, look, device):
    place = one(app, select(CampaignSchool.id).where(CampaignSchool.files_hash.is_not(None)).order_by(CampaignSchool.id))
    page = page_for("inspector", device)
    page.goto(f"/campaign_school/show/{place}")
    page.get_by_role("link", name="复核抽档案").click()
    expect(page.get_by_text("结果一致", exact=True)).to_be_visible()
    look(page, f"campaign-files-{device}")
    if device == "phone":
        suits_a_phone(page)


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_self_checks_are_read_before_the_visits(app, page_for, look, device):
    running = one(app, select(Campaign.id).where(Campaign.state == "running"))
    page = page_for("county", device)
    page.goto(f"/campaign/self_checks/{running}")
    expect(page.get_by_role("table", name="各校自查")).to_be_visible()
    look(page, f"self-checks-{device}")
    page.get_by_role("table", name="各校自查").get_by_role("link").first.click()
    expect(page.locator("td[data-label=学校的记录]").first).to_be_visible()
    look(page, f"self-check-records-{device}")
    if device == "phone":
        suits_a_phone(page)
