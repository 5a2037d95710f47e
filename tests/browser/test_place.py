"""Where a photo is taken: asked once, kept sealed on the phone without a network, told in the report; a no is a no."""

import io
import re
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.extensions import db
from app.models.audit import Attachment
from app.services import scope
from tests.support.offline import GOT, cut, opened, says, take_along


def picture(colour: str) -> dict:
    written = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(written, "JPEG")
    return {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


def shoot(page: Page, code: str, answer: str = "", colour: str = "green", seen: Callable[[], None] = lambda: None) -> None:
    """Tap the camera, answer what is asked first, and take a picture."""
    with page.expect_file_chooser() as chooser:
        page.locator(f"#{code} .shoot").tap()
        if answer:
            expect(page.get_by_role("dialog")).to_contain_text("只有督导员和县里看得到")
            seen()
            page.get_by_role("dialog").get_by_role("button", name=answer).tap()
    chooser.value.set_files(picture(colour))


def places(app, pk: int) -> list:
    with app.app_context(), scope.everything(db.session()):
        return list(db.session.execute(select(Attachment.latitude, Attachment.longitude, Attachment.within).order_by(Attachment.id.desc()).limit(2)))


def test_a_place_is_asked_for_once_and_outlasts_a_missing_network(app, phone, pk, shot):
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 26.58, "longitude": 106.71, "accuracy": 15})
    take_along(phone)
    opened(phone, f"/visit/{pk}?section=K")
    phone.locator("#K1 .tick.pass").tap()
    says(phone, "K1", GOT)
    cut(phone)
    shoot(phone, "K1", "确定", seen=lambda: shot(phone, "visit-place-phone"))
    expect(phone.locator("#K1 .sent")).to_contain_text("照片已存在这部手机")
    assert phone.evaluate("localStorage.getItem(Object.keys(localStorage).find((key) => key.startsWith('visit-place')))") == "yes"
    cut(phone, False)
    expect(phone.locator("#K1 .shots img")).to_have_count(1)
    shoot(phone, "K1", colour="red")
    expect(phone.locator("#K1 .shots img")).to_have_count(2)
    assert places(app, pk) == [(26.58, 106.71, 15)] * 2
    phone.goto(f"/visit/{pk}/report")
    expect(phone.locator("#K1 .taken").first).to_have_text(re.compile(r"\d\d-\d\d \d\d:\d\d 北纬、东经 26.58000, 106.71000（±15 米）"))
    shot(phone, "visit-report-place-phone")


def test_who_says_no_takes_photos_all_the_same_and_may_think_again(app, phone, pk):
    phone.context.clear_permissions()
    opened(phone, f"/visit/{pk}?section=K")
    phone.locator("#K6 .tick.pass").tap()
    says(phone, "K6", GOT)
    shoot(phone, "K6", "取消")
    expect(phone.locator("#K6 .shots img")).to_have_count(1)
    assert places(app, pk)[0] == (None, None, None)
    phone.goto("/visit/")
    button = phone.locator("[data-place]")
    expect(button).to_have_text("拍照记下地点：否")
    button.tap()
    expect(button).to_have_text("拍照记下地点：是")
    phone.reload()
    expect(button).to_have_text("拍照记下地点：是")
