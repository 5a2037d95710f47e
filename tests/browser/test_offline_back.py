"""Who goes back on a tick finds the page as if the detour had not been: nothing asked for, nothing left unsaid, nothing typed lost."""

import pytest
from playwright.sync_api import expect

from tests.support.offline import GOT, opened, says, stored

LEAVES = "window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"
SEEN = "现场见到破损"


@pytest.fixture
def against(phone, pk):
    """Finds an item that no tick has yet and whose records speak against these results alone."""

    def found(results, section_from="B"):
        for section in "BCDEFGHIJKL"["BCDEFGHIJKL".index(section_from):]:
            opened(phone, f"/visit/{pk}?section={section}")
            cards = phone.locator(f'[data-item][data-result=""][data-against="{results}"]')
            if cards.count():
                return cards.first.get_attribute("data-item")
        raise AssertionError(f"no item is held against {results}")

    return found


def test_a_reason_that_nothing_asks_for_any_more_keeps_nobody_on_the_page(app, phone, pk, against):
    code = against("fail")
    reason = phone.locator(f"#{code} [name=reason]")
    phone.locator(f"#{code} .tick.fail").tap()
    reason.fill(SEEN)
    assert phone.evaluate(LEAVES) is False, "a reason that nothing has kept yet is asked about"
    phone.locator(f"#{code} [data-keep-reason]").tap()
    says(phone, code, GOT)
    phone.locator(f"#{code} .tick.pass").tap()
    expect(phone.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
    expect(reason).to_be_hidden()
    assert stored(app, pk, code) == ("pass", None)
    assert phone.evaluate(LEAVES) is True, "all is received"
    phone.locator(f"#{code} .tick.fail").tap()
    expect(phone.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
    expect(reason).to_have_value(SEEN)
    assert stored(app, pk, code) == ("fail", None)


def test_back_on_the_tick_that_was_received_the_line_says_so_again(app, phone, pk, against):
    code = against("pass partly na")
    phone.locator(f"#{code} .tick.fail").tap()
    says(phone, code, GOT)
    said = phone.locator(f"#{code} .sent").inner_text()
    for half in ("", "现场"):
        phone.locator(f"#{code} .tick.pass").tap()
        says(phone, code, "写明理由后才能保存")
        phone.locator(f"#{code} [name=reason]").press_sequentially(half)
        phone.locator(f"#{code} .tick.fail").tap()
        if half:
            says(phone, code, GOT)
        else:
            expect(phone.locator(f"#{code} .sent")).to_have_text(said)
        expect(phone.locator(f"#{code} .tick.fail")).to_have_attribute("aria-pressed", "true")
        expect(phone.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
        assert phone.evaluate(LEAVES) is True
    assert stored(app, pk, code) == ("fail", None)
