"""The form on which a record of the trash comes back with its days put right, on a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from app.models.cases import CaseFile
from tests.panel.test_trash_day import TWO, in_the_trash
from tests.services.test_births import DAY
from tests.support.pages import press, suits_a_phone


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_days_are_put_right_one_after_the_other(app, page_for, look, device):
    row_id, born = in_the_trash(app, CaseFile, "opened_on", {"kind": "absent"}, TWO[CaseFile])
    page = page_for("school", device)
    page.goto("/case_file/trash/")
    page.locator(f'button[name=row][value="{row_id}"]').click()
    expect(page.locator("#opened_on")).to_be_focused()
    look(page, f"trash-day-{device}")
    page.locator("#opened_on").fill(str(born + DAY))
    press(page, "恢复")
    expect(page.locator("#closed_on-err")).to_contain_text("办结日期不能早于发现日期")
    expect(page.locator("#opened_on")).to_have_value(str(born + DAY))
    if device == "phone":
        suits_a_phone(page)
    look(page, f"trash-day-again-{device}")
    for key in TWO[CaseFile]:
        page.locator(f"#{key}").fill(str(born + 2 * DAY))
    press(page, "恢复")
    expect(page.locator(".say.success")).to_contain_text("已恢复。")
    expect(page.locator(".none")).to_contain_text("回收站是空的")
