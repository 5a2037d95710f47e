"""What is typed over the dots of a remark while a tick is on its way is the inspector's own, and stays."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_offline_own import free, ticked_by_colleague
from tests.browser.test_offline_told import held_back, let_go
from tests.support.offline import GOT, KEPT, opened, opened_note, remark, says, stored

TEXT, TYPED = "家长电话13812345678，已走访", "家长电话13700000000，已走访"
SHOWN = "家长电话••••••••，已走访"
# The first message waits until it is let go, whatever the page does by itself as it is opened.
GATE = """(() => { const real = window.fetch; let go; const gate = new Promise((yes) => (go = yes)); window.letGo = () => go();
    window.fetch = async (url, asked) => { if (String(url).endsWith('/sync')) await gate; return real(url, asked); }; })()"""


@pytest.fixture
def covered(app, phone, page_for, pk):
    """Opens, in a tab that does not know a colleague's remark whole, an item with a tick that is on its way: (the tab, code)."""

    def made(section):
        code = free(phone, section, pk)
        ticked_by_colleague(app, page_for, pk, section, code, "partly", TEXT)
        opened(phone, f"/visit/{pk}?section={section}")
        held_back(phone)
        phone.locator(f"#{code} .tick.pass").tap()
        says(phone, code, KEPT)
        context = phone.context
        phone.close()
        page = context.new_page()
        page.add_init_script(GATE)
        opened(page, f"/visit/{pk}?section={section}")
        opened_note(page, code)
        expect(page.locator(f"#{code} [name=remark]")).to_have_value(SHOWN)
        return page, code
    return made


def test_what_stands_in_the_field_is_not_written_over_when_the_answer_comes(app, pk, covered):
    page, code = covered("J")
    field = page.locator(f"#{code} [name=remark]")
    field.fill(TYPED)
    with page.expect_response("**/sync"):
        let_go(page)
    expect(page.locator(f"#{code} .tick.pass")).to_have_attribute("aria-pressed", "true")
    says(page, code, GOT)
    expect(field).to_have_value(TYPED)
    field.blur()
    expect(page.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
    assert stored(app, pk, code) == ("pass", TYPED)


def test_what_was_kept_since_is_not_written_over_when_the_answer_comes(app, pk, covered):
    page, code = covered("H")
    remark(page, code, TYPED)
    says(page, code, KEPT)
    let_go(page)
    says(page, code, GOT)
    expect(page.locator(f"#{code} [name=remark]")).to_have_value(TYPED)
    expect(page.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
    assert stored(app, pk, code) == ("pass", TYPED)
