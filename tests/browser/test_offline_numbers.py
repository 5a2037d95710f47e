"""A remark is no place for an ID number, a telephone or an address: it is said while typing, and not kept on the phone once it was sent."""

from playwright.sync_api import expect

from app.services import free_text, masks
from tests.support.addresses import HOMES, OTHER_NUMBERS, PLAIN, TELEPHONES
from tests.support.offline import GOT, cut, opened, opened_note, says, stored

SAID = "家长13812345678，住石坝村3组12号"
WARNED = "不要在备注里写身份证号、电话、住址"


def test_a_number_in_a_remark_is_warned_of_and_not_kept_once_it_was_sent(app, phone, pk, look):
    opened(phone, f"/visit/{pk}?section=E")
    opened_note(phone, "E1")
    warning = phone.locator("#E1 details.note .numbers")
    phone.fill("#E1 [name=remark]", "2026-11-23 已核实")
    expect(warning).to_be_hidden()
    phone.fill("#E1 [name=remark]", "奶奶家在石坝村3组")
    expect(warning).to_have_text(WARNED)
    phone.fill("#E1 [name=remark]", SAID)
    expect(warning).to_have_text(WARNED)
    look(phone, "remark-number-phone")
    phone.locator("#E1 .tick.partly").tap()
    says(phone, "E1", GOT)
    assert stored(app, pk, "E1") == ("partly", SAID), "nobody's words are changed"
    phone.goto("/visit/")
    cut(phone)
    opened(phone, f"/visit/{pk}?section=E")
    expect(phone.locator("#E1 [name=remark]")).to_have_value("家长••••••••，••••••••")
    phone.locator("#E1 .tick.fail").tap()
    says(phone, "E1", "待上传")
    cut(phone, False)
    says(phone, "E1", GOT)
    assert stored(app, pk, "E1") == ("fail", SAID), "the covered remark is not written over it"


def test_a_dot_that_is_deleted_with_the_word_behind_it_takes_no_number_along(app, phone, pk, look):
    opened(phone, f"/visit/{pk}?section=E")
    opened_note(phone, "E2")
    phone.fill("#E2 [name=remark]", "奶奶电话13812345678，已走访")
    phone.locator("#E2 .tick.partly").tap()
    says(phone, "E2", GOT)
    phone.goto("/visit/")
    cut(phone)
    opened(phone, f"/visit/{pk}?section=E")
    opened_note(phone, "E2")
    remark = phone.locator("#E2 [name=remark]")
    remark.evaluate("(one) => { one.focus(); one.setSelectionRange(13, 13); }")
    phone.keyboard.press("Backspace")
    phone.keyboard.press("Backspace")
    phone.keyboard.type("；")
    remark.blur()
    expect(remark).to_have_value("奶奶电话•••••••；已走访")
    says(phone, "E2", "待上传")
    cut(phone, False)
    expect(phone.locator("#E2")).to_contain_text("请全部保留或全部删去")
    look(phone, "remark-dot-phone")
    assert stored(app, pk, "E2") == ("partly", "奶奶电话13812345678，已走访")


def test_the_phone_covers_what_the_server_covers(phone):
    plain, private = [*PLAIN, *OTHER_NUMBERS], [*HOMES, *TELEPHONES]
    phone.goto("/login/")
    told = phone.evaluate("""async (texts) => {
        const { holdsNumber, sources, withoutNumbers } = await import("/static/js/offline/numbers.js");
        return { sources: sources(), covered: texts.map(withoutNumbers), holds: texts.map(holdsNumber) };
    }""", [*plain, *(said for said, _covered in private)])
    assert told["covered"] == [*plain, *(covered.replace("•", masks.DOTS) for _said, covered in private)]
    assert told["holds"] == [False] * len(plain) + [True] * len(private)
    assert told["sources"] == [free_text.NUMBERS.pattern, free_text.HOMES.pattern], "the same rule, so that nothing else differs either"
