"""The list stays as it was: filter, order and page outlast a look, an edit, a delete, and nothing outlasts the log-out."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import until

LIST = "/child/list/?f.boarder=0&o=birth_date&d=desc&size=5"


def names(page: Page) -> list[str]:
    return page.locator("tbody th").all_inner_texts()


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def back(page: Page) -> None:
    """By the page's own link, once its script has told it where the list stood."""
    page.wait_for_load_state()
    page.locator("a.back").click()


def second_page(page: Page) -> tuple[str, list[str]]:
    """The list, filtered, in order, on its second page: its address and the names on it."""
    page.goto(LIST)
    first = names(page)
    page.get_by_role("link", name="下一页").click()
    page.wait_for_url(re.compile(r"[?&]a=\d"))
    assert len(first) == 5 and names(page) and set(names(page)) != set(first)
    assert {"f.boarder", "o", "d", "size"} < set(asked(page))
    return page.url, names(page)


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_filter_order_and_page_survive_an_edit(page_for, device):
    page = page_for("school", device)
    address, shown = second_page(page)
    page.locator("tbody th a").nth(2).click()
    page.wait_for_url("**/show/**")
    page.get_by_role("link", name="修改", exact=True).click()
    page.wait_for_url("**/edit/**")
    page.fill("#journey", f"步行十分钟 {device}")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".say.success")).to_be_visible()
    back(page)
    page.wait_for_url(address)
    assert names(page) == shown


def test_they_survive_a_tab_and_the_history_of_the_record(page_for):
    page = page_for("school", "desk")
    address, shown = second_page(page)
    page.locator("tbody th a").first.click()
    page.wait_for_url("**/show/**")
    page.locator(".tabs a", has_text="谈心记录").click()
    page.wait_for_url("**tab=**")
    page.locator(".tabs a", has_text="修改历史").click()
    page.wait_for_url("**/history/**")
    back(page)
    page.wait_for_url(address)
    assert names(page) == shown


def test_a_delete_leads_back_to_the_filtered_list(page_for):
    page = page_for("school", "desk")
    _address, shown = second_page(page)
    page.locator("tbody th a").first.click()
    page.wait_for_url("**/show/**")
    page.get_by_role("link", name="删除", exact=True).click()
    page.wait_for_url("**/delete/**")
    page.get_by_role("button", name="删除", exact=True).click()
    expect(page.locator(".say.success")).to_contain_text("回收站")
    assert {key: asked(page)[key] for key in ("f.boarder", "o", "d", "size")} == {"f.boarder": ["0"], "o": ["birth_date"], "d": ["desc"], "size": ["5"]}
    assert shown[0] not in names(page)


def test_each_list_keeps_its_own_and_the_log_out_forgets_all(page_for):
    page = page_for("school", "desk")
    second_page(page)
    page.goto("/talk/list/")
    page.locator("tbody th a").first.click()
    page.wait_for_url("**/show/**")
    back(page)
    page.wait_for_url("**/talk/list/")
    assert not asked(page)
    page.goto("/logout/")
    until(page, "Object.keys(sessionStorage).every((key) => !key.startsWith('list:'))")
