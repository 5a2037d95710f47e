"""One click settles a conflict on a visit's card, though what was typed before is on its way to the phone's store or to the server."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_offline_own import free, ticked_by_colleague
from tests.support.offline import GOT, cut, opened_note, says, stored

THEIRS = "消防队来看过"


@pytest.fixture
def desk(page_for, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED|Failed to load resource")
    return page_for("inspector", "desk")


@pytest.fixture
def asked(app, desk, page_for, pk):
    """An item whose conflict is in sight on the desk, with the cursor in its remark, where more was typed."""
    code = free(desk, "J", pk)
    ticked_by_colleague(app, page_for, pk, "J", code, "partly", THEIRS)
    opened_note(desk, code)
    desk.locator(f"#{code} [name=remark]").fill("灭火器过期两具")
    desk.locator(f"#{code} .tick.pass").click()
    expect(desk.locator(f"#{code} .clash div")).to_have_count(2)
    desk.locator(f"#{code} [name=remark]").press("End")
    desk.locator(f"#{code} [name=remark]").press_sequentially("，已换")
    return code


def pressed(page, code, label):
    """The button of a conflict, with the mouse held down on it."""
    button = page.locator(f"#{code} .clash").get_by_role("button", name=label)
    button.hover()
    page.mouse.down()


def settled(page, code, stands):
    says(page, code, GOT)
    expect(page.locator(f"#{code} .clash")).to_have_count(0)
    expect(page.locator(f"#{code} [name=remark]")).to_have_value(stands[1])
    expect(page.locator(f"#{code}")).not_to_have_attribute("data-unsaved", "")
    expect(page.locator("[data-state].waits, [data-state].bad")).to_have_count(0)


@pytest.mark.parametrize(("label", "stands"), [("用我的", ("pass", "灭火器过期两具，已换")), ("用对方的", ("partly", THEIRS))])
def test_a_slow_click_settles_though_the_answer_to_what_was_typed_comes_first(app, desk, pk, asked, label, stands):
    with desk.expect_response("**/sync"):
        pressed(desk, asked, label)
    expect(desk.locator(f"#{asked} .clash div").last).to_contain_text("灭火器过期两具，已换")
    desk.mouse.up()
    settled(desk, asked, stands)
    assert stored(app, pk, asked) == stands


@pytest.mark.parametrize(("label", "stands"), [("用我的", ("pass", "灭火器过期两具，已换")), ("用对方的", ("partly", THEIRS))])
def test_a_slow_click_settles_what_waits_for_the_network(app, desk, pk, asked, label, stands):
    cut(desk)
    pressed(desk, asked, label)
    expect(desk.locator("[data-state]").first).to_have_text("1 条存在这部手机，待上传")
    expect(desk.locator(f"#{asked} .clash div").last).to_contain_text("灭火器过期两具，已换")
    desk.mouse.up()
    expect(desk.locator(f"#{asked} .clash")).to_have_count(0)
    cut(desk, False)
    settled(desk, asked, stands)
    assert stored(app, pk, asked) == stands


def test_a_question_that_what_was_said_since_answers_goes_by_itself(app, desk, pk, asked):
    mine = desk.locator(f"#{asked} .clash div").last
    desk.locator(f"#{asked} .tick.partly").click()
    expect(mine).to_contain_text(re.compile("部分.*，已换"))
    expect(desk.locator("[data-state]").first).to_have_text("1 条有冲突，请核对")
    desk.locator(f"#{asked} [name=remark]").fill(THEIRS)
    desk.locator(f"#{asked} [name=remark]").blur()
    settled(desk, asked, ("partly", THEIRS))
    assert stored(app, pk, asked) == ("partly", THEIRS)
