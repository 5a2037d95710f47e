"""An inspector's main job on a phone: tick, give a reason, lose the line, submit, read the report."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.extensions import db
from app.models.children import Child
from app.models.org import Member
from app.services import scope
from tests.support.pages import suits_a_phone
from tests.support.visit_pages import received, submitted
from tests.support.visiting import fill_the_rest


@pytest.fixture
def phone(page_for) -> Page:
    return page_for("inspector", "phone")


def against(page: Page) -> tuple[str, str]:
    """An item of the page that is not ticked, and a result that goes against what the records say."""
    card = page.locator('[data-item][data-result=""][data-against]:not([data-against=""])').first
    return card.get_attribute("data-item"), card.get_attribute("data-against").split()[0]


def test_ticks_are_kept_and_a_reason_is_asked_for(phone, pk, axe, shot):
    phone.goto("/visit/")
    suits_a_phone(phone)
    phone.locator(f'a[href="/visit/{pk}"]').tap()
    phone.get_by_role("link", name=re.compile("^D ")).tap()
    expect(phone.locator("[data-section=D]")).to_have_attribute("aria-current", "true")
    suits_a_phone(phone)
    assert axe(phone) == []

    phone.locator("#D10 .tick.pass").tap()
    received(phone, "D10")
    phone.locator("#D7 .tick.partly").dblclick()
    received(phone, "D7")
    expect(phone.locator("[data-section=D] b")).to_have_text(re.compile(r"^2/"))
    expect(phone.locator("[data-state]")).to_contain_text("已收到")

    code, result = against(phone)
    phone.locator(f"#{code} .tick.{result}").tap()
    expect(phone.locator(f"#{code} .sent")).to_contain_text("写明理由")
    expect(phone.locator(f"#{code}")).to_have_attribute("data-unsaved", "")
    shot(phone, "visit-reason-phone")
    phone.locator(f"#{code} [name=reason]").fill("代课教师的纸质记录齐全")
    phone.locator(f"#{code} [data-keep-reason]").tap()
    received(phone, code)
    phone.locator("#D10 summary.btn").tap()
    phone.locator("#D10 [name=remark]").fill("查看了三份计划")
    phone.locator("#D10 [name=remark]").blur()
    expect(phone.locator("#D10")).not_to_have_attribute("data-unsaved", "")
    received(phone, "D10")

    phone.reload()
    for one, chosen in (("D10", "pass"), ("D7", "partly"), (code, result)):
        expect(phone.locator(f"#{one} .tick.{chosen}")).to_have_attribute("aria-pressed", "true")
    expect(phone.locator(f"#{code} [name=reason]")).to_have_value("代课教师的纸质记录齐全")
    expect(phone.locator("#D10 [name=remark]")).to_have_value("查看了三份计划")
    shot(phone, "visit-phone")


def test_a_photo_goes_up_small_and_comes_down_again(phone, pk, tmp_path):
    photo = tmp_path / "现场.png"
    phone.goto(f"/visit/{pk}?section=F")
    phone.screenshot(path=photo)
    phone.locator("#F7 input[type=file]").set_input_files(photo)
    expect(phone.locator("#F7 .sent")).to_contain_text("选了结果后一起上传")
    phone.locator("#F7 .tick.pass").tap()
    picture = phone.locator("#F7 .shots img")
    expect(picture).to_be_visible()
    expect(phone.locator("#F7 [data-count]")).to_have_text("1")
    assert phone.request.get(picture.get_attribute("src")).headers["content-type"] == "image/jpeg"
    suits_a_phone(phone)
    phone.locator("#F7 [data-remove]").tap()
    phone.locator("dialog .pri").tap()
    expect(picture).to_have_count(0)


def test_the_next_open_item_is_one_tap_away(phone, pk):
    phone.goto(f"/visit/{pk}?section=K")
    phone.locator("#K1 .tick.pass").tap()
    received(phone, "K1")
    phone.locator("[data-next]").tap()
    expect(phone.locator("#K1")).not_to_be_in_viewport(ratio=0.9)
    phone.goto(f"/visit/{pk}?section=K&only=open")
    expect(phone.locator("#K1")).to_have_count(0)
    expect(phone.locator("#K2")).to_be_visible()


def test_submitting_waits_for_every_item_and_ends_in_a_report(phone, app, pk, axe, shot):
    phone.goto(f"/visit/{pk}/submit")
    suits_a_phone(phone)
    assert axe(phone) == []
    phone.locator("#summary").fill("记录较完整")
    phone.get_by_role("button", name="提交", exact=True).tap()
    expect(phone.get_by_role("alert")).to_contain_text("没有填写")
    expect(phone.locator("#summary")).to_have_value("记录较完整")
    fill_the_rest(app, pk)
    phone.goto(f"/visit/{pk}/submit")
    shot(phone, "visit-submit-phone")
    submitted(phone, pk, "记录较完整，一处隐患要尽快处理")
    expect(phone.locator(".report")).to_contain_text("记录较完整，一处隐患要尽快处理")
    expect(phone.locator("#H2")).to_contain_text("不合格")
    assert axe(phone) == []
    suits_a_phone(phone)


@pytest.mark.parametrize("path", ["/visit/", "/inspection/list/", "/finding/list/", "/child/list/", "/hazard/list/"])
def test_what_an_inspector_opens_from_the_menu_suits_a_phone(phone, axe, path):
    phone.goto(path)
    suits_a_phone(phone)
    assert axe(phone) == []


@pytest.mark.parametrize("path", ["/hazard/trash/", "/child/history/{child}", "/sheets/talk/import", "/child/list/", "/talk/list/", "/statistics/"])
def test_what_a_school_opens_is_clean(app, page_for, axe, path):
    with app.app_context(), scope.everything(db.session()):
        school = select(Member.school_id).where(Member.username == "school").scalar_subquery()
        child = db.session.scalars(select(Child.id).where(Child.school_id == school)).first()
    page = page_for("school", "phone")
    page.goto(path.format(child=child))
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
