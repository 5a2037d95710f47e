"""The county office's way to a campaign at its desk: the form, the team, the schools, the draw, the notice."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from playwright.sync_api import Page, expect

from app.services import clock
from tests.support.pages import chosen, follow, press

Look = Callable[[Page, str], None]


def filled_in(page: Page, name: str, *, starts: int, ends: int, self_due: int, **sizes: int) -> None:
    """The form of a new campaign, its days counted from today; ``sizes``: how many schools of a stratum."""
    page.goto("/campaign/add")
    page.locator("#name").fill(name)
    for field, days in (("starts_on", starts), ("ends_on", ends), ("self_due_on", self_due)):
        page.locator(f"#{field}").fill((clock.today() + timedelta(days)).isoformat())
    chosen(page, "template", "县级督导检查清单")
    for stratum in ("kindergarten", "primary", "junior", "senior"):
        page.locator(f"#{stratum}").fill(str(sizes.get(stratum, 0)))


def _added(page: Page, tab: str, campaign: str, fill: Callable[[], None]) -> None:
    """One row more below a tab of the campaign, whose page is open again afterwards."""
    page.get_by_role("navigation", name="本档案").get_by_role("link", name=re.compile(tab)).click()
    follow(page, "新建")
    fill()
    press(page, "保存")
    page.locator("dd a", has_text=campaign).click()


def team(page: Page, campaign: str, names: Sequence[str]) -> None:
    """The first one leads."""
    for order, name in enumerate(names):
        def fill(name: str = name, leads: bool = order == 0) -> None:
            page.locator("#member").fill(name)  # as who types faster than the look-up answers
            if leads:
                page.locator("#leader").check()

        _added(page, "督导组成员", campaign, fill)


def must_visit(page: Page, campaign: str, school: str, reason: str) -> None:
    def fill() -> None:
        chosen(page, "school", school)
        page.locator("#how").select_option("must")
        page.locator("#reason").fill(reason)

    _added(page, "受检学校", campaign, fill)


def drawn(page: Page, look: Look) -> None:
    """Draw, and draw again: the same comes out."""
    follow(page, "抽签")
    look(page, "campaign-draw-desk")
    press(page, "抽签")
    expect(page.locator("tbody tr")).not_to_have_count(0)
    look(page, "campaign-schools-desk")
    follow(page, "复核抽签")
    expect(page.locator(".head .pill")).to_have_text("结果一致")
    look(page, "campaign-redraw-desk")
    page.go_back()


def announced(page: Page) -> None:
    follow(page, "发出通知")
    press(page, "发出通知")
    expect(page.locator(".say")).to_contain_text("通知已发出")
