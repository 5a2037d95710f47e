"""The forms on a desk and on a phone: readable, reachable, nothing beyond the edge."""

import pytest


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_the_forms_fit_and_lead_to_the_children(page_for, axe, shot, device):
    page = page_for("county", device)
    page.goto("/forms/")
    assert axe(page) == []
    shot(page, f"forms-{device}")
    page.get_by_role("button", name="查看 农村留守儿童情况汇总表").click()
    assert "/forms/summary/" in page.url and axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shot(page, f"summary-{device}")
    page.locator('a[href*="/child/list/?m=c1&"]').first.click()
    assert page.get_by_text("留守儿童总数").first.is_visible()
