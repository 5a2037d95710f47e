"""The way of a finding by its people: the inspector submits on the phone, the school objects, the county decides, the letter, the photo, the closing."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models.inspection import Finding, Opinion
from tests.browser.test_inspection import suits_a_phone
from tests.support.visiting import fill_the_rest, one, planned


def press(page: Page, name: str) -> None:
    page.locator(".save").get_by_role("button", name=name).click()


@pytest.fixture
def record(app):
    """record(page, pk): the page of a finding."""
    return lambda page, pk: page.goto(f"/finding/show/{pk}")


def test_from_the_submission_to_the_closing(app, page_for, look, record, tmp_path):
    pk = planned(app)
    fill_the_rest(app, pk, ("A2", "H2"))
    inspector = page_for("inspector", "phone")
    inspector.goto(f"/visit/{pk}/submit")
    inspector.get_by_role("button", name="提交检查").tap()
    inspector.locator("dialog .pri").tap()
    inspector.wait_for_url(f"**/visit/{pk}/report")
    inspector.get_by_role("link", name="督导意见书").tap()
    expect(inspector.locator(".head .pill")).to_have_text("初步意见")
    suits_a_phone(inspector)
    look(inspector, "opinion-draft-phone")

    school = page_for("school", "phone")
    school.goto("/")
    school.locator(".todo li", has_text="初步督导意见待答复").get_by_role("link").tap()
    expect(school.locator(".notice")).to_contain_text("请在")
    suits_a_phone(school)
    school.get_by_role("link", name=re.compile("^A2 ")).tap()
    expect(school.locator(".head .pill").first).to_have_text("待整改")
    suits_a_phone(school)
    look(school, "finding-phone")
    school.get_by_role("link", name="申辩", exact=True).tap()
    expect(school.locator("h1")).to_have_text("申辩")
    suits_a_phone(school)
    press(school, "申辩")
    expect(school.locator("#text-err")).to_contain_text("请填写申辩理由")
    look(school, "finding-object-phone")
    school.locator("#text").fill("分工文件当天在校长室，检查时没有取到")
    press(school, "申辩")
    expect(school.locator(".head .pill").first).to_have_text("申辩待裁决")

    county = page_for("county", "desk")
    county.goto("/")
    look(county, "home-findings-desk")
    county.locator(".todo li", has_text="申辩待裁决").get_by_role("link").first.click()
    expect(county.locator(".head .pill").first).to_have_text("申辩待裁决")
    look(county, "finding-desk")
    county.get_by_role("link", name="撤销问题").click()
    expect(county.locator(".facts")).to_contain_text("分工文件当天在校长室")
    county.locator("#text").fill("文件核对属实，予以撤销")
    look(county, "finding-withdraw-desk")
    press(county, "撤销问题")
    expect(county.locator(".head .pill").first).to_have_text("已撤销")

    letter = one(app, select(Opinion.id).where(Opinion.inspection_id == pk))
    school.goto(f"/opinion/letter/{letter}")
    school.get_by_role("link", name="答复无异议").tap()
    press(school, "答复无异议")
    county.goto(f"/opinion/letter/{letter}")
    county.get_by_role("link", name="发出意见书").click()
    press(county, "发出意见书")
    expect(county.locator(".notice .no")).to_have_text(re.compile(r".+教督〔\d{4}〕\d+号"))
    expect(county.locator(".notice")).to_contain_text("文件核对属实")
    look(county, "opinion-letter-desk")
    county.emulate_media(media="print")
    look(county, "opinion-letter-print")
    county.emulate_media(media="screen")
    school.goto(f"/opinion/letter/{letter}")
    school.get_by_role("link", name="签收").tap()
    school.locator("#reason").fill("某校长")
    press(school, "签收")
    expect(school.locator(".notice")).to_contain_text("某校长 于")
    look(school, "opinion-letter-phone")

    finding = one(app, select(Finding.id).where(Finding.inspection_id == pk, Finding.state == "open"))
    record(school, finding)
    school.get_by_role("link", name="报告整改").tap()
    school.locator("#text").fill("已请鉴定单位鉴定，结论为B级")
    picture = tmp_path / "整改后.png"
    school.screenshot(path=picture)
    school.locator("#files").set_input_files(picture)
    suits_a_phone(school)
    look(school, "finding-fix-phone")
    press(school, "报告整改")
    expect(school.locator(".head .pill").first).to_have_text("已整改待复查")
    expect(school.locator("#files .shots li")).to_have_count(1)

    inspector.goto("/")
    expect(inspector.locator(".todo")).to_contain_text("整改复查")
    record(inspector, finding)
    inspector.get_by_role("link", name="复查销号").tap()
    inspector.locator("#way").select_option("spot")
    inspector.locator("#text").fill("现场看过鉴定报告")
    suits_a_phone(inspector)
    look(inspector, "finding-close-phone")
    press(inspector, "复查销号")
    expect(inspector.locator(".head .pill").first).to_have_text("已销号")
    expect(inspector.locator("main")).to_contain_text("现场看过鉴定报告")
    look(inspector, "finding-closed-phone")


@pytest.mark.parametrize(("account", "device", "path"), [
    ("county", "desk", "/finding/list/?m=overdue"), ("township", "phone", "/finding/list/?m=overdue"), ("county", "desk", "/opinion/list/"),
    ("school", "phone", "/opinion/list/"), ("township", "desk", "/"), ("superior", "desk", "/finding/list/")])
def test_lists_of_what_is_left_to_do(page_for, look, account, device, path):
    page = page_for(account, device)
    page.goto(path)
    look(page, f"{account}{path.replace('/', '-').partition('?')[0].rstrip('-')}-{device}")
