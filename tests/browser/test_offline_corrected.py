"""A colleague puts a number right while a change of the remark waits on a phone whose page was ended: it is asked about, as on a page that is open still."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.test_offline_own import free, ticked_by_colleague
from tests.browser.test_offline_told import held_back, killed, let_go
from tests.support.offline import GOT, KEPT, cut, kept, opened, opened_note, remark, says, stored
from tests.support.phones import op
from tests.support.visiting import second_inspector, sync

OLD, NEW = "家长电话13812345678，已走访", "家长电话13987654321，已走访"
SHOWN = "家长电话••••••••，已走访"
STOPPED = "家长电话13812345678，停机"


@pytest.fixture
def corrected(app, phone, page_for, pk, client_for):
    """Leaves a change of a colleague's remark on the phone and has the number put right: (the page that sends, code)."""

    def made(section, typed, killing):
        code = free(phone, section, pk)
        ticked_by_colleague(app, page_for, pk, section, code, "partly", OLD)
        opened(phone, f"/visit/{pk}?section={section}")
        held_back(phone)
        remark(phone, code, typed)
        says(phone, code, KEPT)
        assert "13812345678" not in json.dumps(kept(phone), ensure_ascii=False)
        before = {"result": "partly", "remark": OLD, "reason": ""}
        other = sync(client_for(second_inspector(app)), op(pk, code, {"result": "partly", "remark": NEW}, before)).json["done"][0]
        assert other["state"] == "taken"
        page = killed(phone, f"/visit/{pk}?section={section}") if killing else phone
        if not killing:
            let_go(page)
        expect(page.locator(f"#{code} .clash")).to_contain_text(NEW)
        assert stored(app, pk, code) == ("partly", NEW)
        return page, code
    return made


@pytest.mark.parametrize("killing", [False, True])
@pytest.mark.parametrize(("section", "typed"), [("J", STOPPED), ("H", "已走访"), ("G", "家长电话13700000000，已走访")])
def test_nothing_of_it_is_written_unasked(app, pk, corrected, section, typed, killing):
    page, code = corrected(section, typed, killing)
    page.locator(f"#{code} .clash").get_by_role("button", name="用对方的").tap()
    says(page, code, GOT)
    expect(page.locator(f"#{code} [name=remark]")).to_have_value(NEW)
    assert stored(app, pk, code) == ("partly", NEW)


@pytest.mark.parametrize("reloaded", [False, True])
def test_words_round_the_old_number_are_not_set_round_the_new_one(app, pk, corrected, reloaded):
    page, code = corrected("F", STOPPED, True)
    if reloaded:
        page.reload()
    page.locator(f"#{code} .clash").get_by_role("button", name="用我的").tap()
    says(page, code, "分不清各是哪一处")
    assert stored(app, pk, code) == ("partly", NEW)


def test_the_own_words_count_whole_where_the_page_knows_them(app, pk, corrected):
    page, code = corrected("E", STOPPED, False)
    page.locator(f"#{code} .clash").get_by_role("button", name="用我的").tap()
    says(page, code, GOT)
    assert stored(app, pk, code) == ("partly", STOPPED)


def test_several_changes_that_wait_arrive_though_their_page_was_ended(app, phone, page_for, pk):
    """Each is told against the one before: what the inspector typed and what the server told stand side by side."""
    code = free(phone, "D", pk)
    ticked_by_colleague(app, page_for, pk, "D", code, "partly", OLD)
    opened(phone, f"/visit/{pk}?section=D")
    held_back(phone)
    texts = [f"{OLD}，门卫13700000000", f"{OLD}，门卫13700000000，再访", f"已核实：{OLD}，门卫13700000000，再访"]
    for text in texts:
        remark(phone, code, text)
        says(phone, code, KEPT)
    assert len(kept(phone)) == len(texts)
    page = killed(phone, f"/visit/{pk}?section=D")
    says(page, code, GOT)
    assert stored(app, pk, code) == ("partly", texts[-1])
    opened_note(page, code)
    held_back(page)
    remark(page, code, texts[-1] + "，完")
    says(page, code, KEPT)
    page = killed(page, f"/visit/{pk}?section=D")
    says(page, code, GOT)
    assert stored(app, pk, code) == ("partly", texts[-1] + "，完")


@pytest.mark.parametrize("again", [False, True])
def test_a_phone_without_a_network_writes_round_the_number_that_it_was_told(app, phone, page_for, pk, client_for, again):
    """It was given the new number's digest; where a colleague changes that one too, the two are shown."""
    code = free(phone, "J", pk)
    ticked_by_colleague(app, page_for, pk, "J", code, "partly", OLD)
    colleague, texts = client_for(second_inspector(app)), [OLD, NEW, NEW.replace("13987654321", "13700000001")]

    def corrects(was, now, result="partly"):
        change = op(pk, code, {"result": result, "remark": now}, {"result": result, "remark": was, "reason": ""})
        assert sync(colleague, change).json["done"][0]["state"] == "taken"
    corrects(*texts[:2])
    opened(phone, f"/visit/{pk}?section=J")
    phone.locator(f"#{code} .tick.pass").tap()
    says(phone, code, GOT)
    phone.goto("/visit/")
    cut(phone)
    opened(phone, f"/visit/{pk}?section=J")
    remark(phone, code, f"{SHOWN}，停机")
    says(phone, code, KEPT)
    opened(phone, f"/visit/{pk}?section=J")
    remark(phone, code, f"{SHOWN}，停机，再访")
    says(phone, code, KEPT)
    if again:
        corrects(*texts[1:], "pass")
    cut(phone, False)
    if again:
        expect(phone.locator(f"#{code} .clash")).to_contain_text(texts[2])
    else:
        says(phone, code, GOT)
    assert stored(app, pk, code) == ("pass", texts[2] if again else f"{NEW}，停机，再访")


KEPT_WITH = """async (typed) => {
    const { Cover } = await import("/static/js/offline/cover.js");
    const cover = new Cover();
    const tick = (remark, remarks = "a") => ({ result: "pass", remark, reason: "", digests: { remark: remarks, reason: "" } });
    const first = tick("爸爸••••••••，妈妈13912345678");
    if (typed) cover.told(1, "A1", tick("爸爸13812345678，妈妈13912345678", "a b"));
    return cover.laid({ id: "1", pk: 1, code: "A1", base: first, values: { ...first, remark: first.remark + "，已问" } }, first).base; }"""


@pytest.mark.parametrize(("received", "remark", "digests"), [
    (False, "爸爸••••••••，妈妈13912345678", "a"),
    (True, "爸爸••••••••，妈妈••••••••", "a b"),
])
def test_a_number_of_the_own_gets_its_digest_once_it_was_received(phone, received, remark, digests):
    found = phone.evaluate(KEPT_WITH, received)
    assert (found["remark"], found["digests"]["remark"]) == (remark, digests)
