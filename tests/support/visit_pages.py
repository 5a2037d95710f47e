"""An inspector's steps on the phone, and the same cards ticked by a school: what the browser tests of both share."""

import re
from collections.abc import Sequence

from playwright.sync_api import Page, expect

from tests.support.offline import opened
from tests.support.pages import sure

OPEN = """[...document.querySelectorAll("[data-item]")].filter((one) => !one.querySelector('.tick[aria-pressed="true"]'))
  .map((one) => [one.dataset.item, one.dataset.against.split(" ")])"""
PASS = "document.querySelectorAll('[data-item]:not(:has(.tick[aria-pressed=true])) .tick.pass').forEach((tick) => tick.click())"
WHOLE = re.compile(r"^(\d+)/\1$")


def received(page: Page, code: str) -> None:
    expect(page.locator(f"#{code} .sent")).to_contain_text(re.compile(r"已收到 \d\d:\d\d"))


def ticked_against(page: Page, code: str, result: str, reason: str) -> None:
    """A tick that the school's records speak against: it is not taken without a reason."""
    page.locator(f"#{code} .tick.{result}").tap()
    expect(page.locator(f"#{code} .sent")).to_contain_text("写明理由")
    expect(page.locator(f"#{code}")).to_have_attribute("data-unsaved", "")
    page.locator(f"#{code} [name=reason]").fill(reason)
    page.locator(f"#{code} [data-keep-reason]").tap()
    received(page, code)


def sections(page: Page) -> list[str]:
    """Codes of the sections that apply to the school whose sheet is open."""
    return page.locator(".strip [data-section]:not([data-empty])").evaluate_all("(chips) => chips.map((one) => one.dataset.section)")


def whole(page: Page, section: str) -> None:
    """Every item of the section is ticked, and the server has each."""
    expect(page.locator(f"[data-section={section}] b")).to_have_text(WHOLE)
    expect(page.locator("[data-unsaved]")).to_have_count(0)


def ticked_through(page: Page, pk: int, codes: Sequence[str]) -> None:
    """What is open in these sections: passed at one tap; where the school's records speak against that, as they suggest."""
    for section in codes:
        opened(page, f"/visit/{pk}?section={section}")
        page.locator("[data-all]").tap()
        for code, against in page.evaluate(OPEN):
            page.locator(f"#{code} .tick.{'fail' if 'partly' in against else 'partly'}").tap()
        whole(page, section)


def self_checked(page: Page, codes: Sequence[str]) -> None:
    """The school passes whatever is open in these sections, as fast as one can click."""
    for section in codes:
        page.locator(f".strip [data-section={section}]").click()
        expect(page.locator(f".strip [data-section={section}][aria-current]")).to_be_visible()
        expect(page.locator("[data-ready]")).to_be_attached()
        page.evaluate(PASS)
        whole(page, section)


def signed(page: Page, pk: int) -> None:
    """The head of the school signs on the inspector's phone, with a finger."""
    page.goto(f"/visit/{pk}/submit")
    box = page.locator("[data-sign] canvas")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place
    page.mouse.move(place["x"] + 40, place["y"] + 120)
    page.mouse.down()
    for across, down in ((90, 40), (140, 130), (190, 60), (260, 110)):
        page.mouse.move(place["x"] + across, place["y"] + down, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="保存签字").tap()
    expect(page.locator("[data-sign] [data-told]")).to_have_text("签字已收到")
    expect(page.locator("[data-sign] img")).to_be_visible()


def submitted(page: Page, pk: int, summary: str = "") -> None:
    page.goto(f"/visit/{pk}/submit")
    page.locator("#summary").fill(summary)
    page.get_by_role("button", name="提交检查").tap()
    sure(page)
    page.wait_for_url(f"**/visit/{pk}/report")
