"""Words edited round dots: what these stand for is put back where it is clear which is which, and asked about where it is not."""

import pytest

from app.services import free_text, masks
from app.services.masks import DOTS
from app.services.uncovered import uncovered


def told(base, mine, theirs):
    """The remark with what its dots stand for; None where that is not clear."""
    found = uncovered(*({"result": "pass", "remark": text, "reason": ""} for text in (base, mine, theirs)), lambda _key, _pieces: True)
    assert found.base["remark"] == theirs and found.unclear <= {"remark"}
    return None if found.unclear else found.values["remark"]


@pytest.mark.parametrize("text", ["奶奶电话13812345678，住石坝村3组12号，已走访", "奶奶电话13812345678，已走访"])
@pytest.mark.parametrize("dots", [1, 4, 7, 9])
def test_dots_that_became_more_or_fewer_are_asked_about(text, dots):
    shown = masks.without_numbers(text)
    assert told(shown, shown.replace(DOTS, "•" * dots), text) is None


@pytest.mark.parametrize(("text", "mine"), [
    ("爸爸13812345678，妈妈13912345678", f"妈妈{DOTS}，爸爸{DOTS}"),
    ("爸爸13812345678，妈妈13912345678", f"妈妈{DOTS}，爸爸另有{DOTS}"),
    ("爸爸13812345678，妈妈13912345678", f"妈妈{DOTS}，奶奶{DOTS}"),
    ("爸爸的电话13812345678，妈妈的电话13912345678", f"妈妈的电话{DOTS}，爸爸的电话{DOTS}"),
    ("爸爸，电话13812345678，妈妈，电话13912345678", f"妈妈，电话{DOTS}，爸爸，电话{DOTS}"),
    ("13812345678是爸爸的，13912345678是妈妈的", f"{DOTS}是妈妈的，{DOTS}是爸爸的"),
    ("手机13812345678是爸爸的，座机13912345678是妈妈的", f"手机{DOTS}是妈妈的，座机{DOTS}是爸爸的"),
    ("电话13812345678打不通，电话13912345678", f"电话{DOTS}，电话{DOTS}打不通"),
    ("爸爸13812345678、13912345678妈妈", f"妈妈{DOTS}、{DOTS}爸爸"),
    ("住石坝村3组12号，电话13812345678", f"电话{DOTS}，{DOTS}"),
])
def test_a_number_that_may_have_changed_its_owner_is_asked_about(text, mine):
    assert told(masks.without_numbers(text), mine, text) is None


@pytest.mark.parametrize(("text", "was", "now"), [
    ("爸爸13812345678，妈妈13912345678", "，", "打不通，"),
    ("到户2次，爸爸13812345678打不通，妈妈13912345678", "打不通", "已接通"),
    ("到户2次，爸爸13812345678，妈妈13912345678", "2次", "3次"),
    ("爸爸13812345678，妈妈13912345678", "爸爸", "已问：爸爸"),
    ("爸爸13812345678妈妈13912345678。已问", "妈妈", "，妈妈"),
    ("电话13812345678，电话13912345678，已走访", "已走访", "未走访"),
    ("爸爸电话13812345678", "爸爸", "奶奶"),
    ("• 到户2次\n• 爸爸13812345678，妈妈13912345678", "2次", "3次"),
    ("•13812345678家长\n•已走访", "已走访", "未走访"),
    ("•石坝村3组，已走访", "已走访", "未走访"),
    ("••13812345678，已走访", "已走访", "未走访"),
    ("•13812345678•13912345678，已走访", "已走访", "未走访"),
    ("13812345678•\n住石坝村3组12号••，已走访", "已走访", "未走访"),
    (f"{DOTS}13812345678，已走访", "已走访", "未走访"),
])
def test_words_beside_the_dots_may_change_while_it_is_clear_which_is_which(text, was, now):
    shown = masks.without_numbers(text)
    assert told(shown, shown.replace(was, now), text) == text.replace(was, now) != text


@pytest.mark.parametrize(("text", "mine"), [
    ("•13812345678家长\n•已走访", "•家长\n•已走访"),
    ("•13812345678•家长", "••家长"),
    ("家长13812345678\n•已走访", "家长\n•已走访"),
])
def test_all_that_is_covered_may_be_deleted_beside_the_dots_of_a_list(text, mine):
    assert told(masks.without_numbers(text), mine, text) == mine


@pytest.mark.parametrize("typed", ["家{0}", "{0}501室", "家{0}501室"])
def test_what_became_part_of_a_piece_behind_the_dot_of_a_list_is_the_same_text(typed):
    text, base = typed.format("石坝村3组12号"), typed.format(DOTS)
    assert told(f"•{base}，已走访", f"•{base}，未走访", f"•{text}，已走访") == f"•{text}，未走访"


@pytest.mark.parametrize(("text", "pieces"), [
    ("奶奶电话13812345678，住石坝村3组12号，已走访", ["13812345678", "住石坝村3组12号"]), ("已走访", []),
    ("住石坝村3组，电话13812345678、13912345678", ["住石坝村3组", "13812345678", "13912345678"]),
    ("电话8231234，住石坝村3组", ["8231234", "住石坝村3组"]),
    (f"{DOTS}，住石坝村3组，\"13812345678\"，住石坝村5组", ["住石坝村3组", "13812345678", "住石坝村5组"]),
])
def test_pieces_come_in_the_order_of_the_text(text, pieces):
    spans = free_text.spans(text, DOTS)
    assert [text[start:end] for start, end in spans] == pieces
    around = [text[before:after] for before, after in zip([0, *(end for _start, end in spans)], [*(start for start, _end in spans), len(text)], strict=True)]
    assert DOTS.join(around) == masks.without_numbers(text)
