"""Addresses in remarks are covered, what inspectors write of schools, roads, counts and distances is not; docs/inspection.md says which."""

import pytest

from app.services import free_text, masks
from tests.support.addresses import HOMES, OTHER_NUMBERS, PLAIN, TELEPHONES
from tests.support.regex_steps import Steps


@pytest.mark.parametrize("remark", [*PLAIN, *OTHER_NUMBERS])
def test_a_remark_on_a_school_or_a_road_stays(remark):
    assert masks.without_numbers(remark) == remark


@pytest.mark.parametrize(("address", "covered"), [*HOMES, *TELEPHONES])
def test_an_address_is_covered_and_a_telephone_without_its_area(address, covered):
    assert masks.without_numbers(address) == covered.replace("•", masks.DOTS)


def test_a_drawn_page_is_covered_as_its_words_are():
    """Tags and quotes part the words: looked at between them, the same is found as on the whole page."""
    texts = [*PLAIN, *(said for said, _covered in (*HOMES, *TELEPHONES))]
    page = "".join(f'<p title="{text}" data-n="12">{text}</p>\n' for text in texts)
    whole = free_text.NUMBERS.sub(lambda found: (found[1] or found[2] or "") + masks.DOTS, page)
    whole = free_text.HOMES.sub(lambda found: found[1] or masks.DOTS, whole)
    assert masks.without_numbers(page) == whole != page


@pytest.mark.parametrize("piece", [
    "村", "一", "甲", "路3", "里3-3-", "小区 3 - 3 - ", "城A区", "石坝村大坪",
    "公寓3号楼3号楼", "路甲1甲-甲1甲-甲1甲", "人民路12号3栋2单元", "老湾子组", "绿洲2栋1", "小区（ 第 3 、 ", "旁边校里面", "园3街\n3街",
    "红星组1", "绿洲1-1-10", "路5号饭店", "家住人民路5号", "住校路5", "路5号饭店（奶奶"])
def test_the_work_grows_with_the_text_and_no_faster(piece):
    taken = []
    for length in (70, 140):
        steps, text = Steps(free_text.HOMES.pattern), (piece * length)[:length]
        assert [*steps.search_all(text)] == [found.span() for found in free_text.HOMES.finditer(text)]
        taken.append(steps.taken)
    assert taken[1] <= 2.2 * taken[0]
    assert Steps(free_text.HOMES.pattern).tree.getwidth()[1] < 500, "repeats without an end"


@pytest.mark.parametrize("piece", ["电话", "电话：", "电话（奶奶", "电话82", "电话823-1234、", "8231234或", "电话8231234、爸爸", "138 1234 5", "0851-", "..."])
def test_numbers_are_looked_for_in_steps_that_grow_with_the_text(piece):
    taken = []
    for length in (70, 140):
        steps, text = Steps(free_text.NUMBERS.pattern), (piece * length)[:length]
        assert [*steps.search_all(text)] == [found.span() for found in free_text.NUMBERS.finditer(text)]
        taken.append(steps.taken)
    assert taken[1] <= 2.2 * taken[0]


def test_the_counter_of_steps_sees_what_grows_faster():
    counts = []
    for length in (8, 16):
        steps = Steps("(?:一{1,40}){1,40}二")
        assert [*steps.search_all("一" * length)] == []
        counts.append(steps.taken)
    assert counts[1] > 10 * counts[0]
