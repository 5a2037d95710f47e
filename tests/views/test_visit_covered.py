"""A remark that a phone was given with dots: what they stand for stays, whatever is written around them."""

import pytest

from app.services.masks import DOTS, without_numbers
from tests.support.phones import given_of
from tests.support.visiting import planned, second_inspector, tick, tick_of, unticked

UNCLEAR = "••••?••••"  # static/js/offline/cover.js
TEXT = "奶奶电话13812345678，住石坝村3组12号，已走访"
WHOLE = {"result": "pass", "remark": TEXT, "reason": ""}
SHOWN = f"奶奶电话{DOTS}，{DOTS}，已走访"


@pytest.fixture
def ticked(app, client_for):
    """Makes a tick with this remark: (inspection, code, what the phone is given of it)."""
    pk, me = planned(app), client_for("inspector")
    code = unticked(app, pk)

    def make(text):
        done = tick(me, pk, code, "pass", remark=text)
        assert done["state"] == "taken"
        return pk, code, without_numbers(given_of(done["answer"]))
    yield make
    assert tick(me, pk, code, "", base=tick_of(app, pk, code))["state"] == "taken"


@pytest.fixture
def kept(ticked):
    """(inspection, code, what the phone is given of its tick): the remark holds a telephone and an address."""
    made = ticked(TEXT)
    assert made[2]["remark"] == SHOWN
    return made


def test_a_phone_is_given_the_tick_so(client_for, kept):
    pk, code, given = kept
    sections = client_for("inspector").get(f"/visit/along?pk={pk}").json["visit"]["sections"]
    assert next(given_of(item["answer"]) for part in sections for item in part["items"] if item["code"] == code) == given


@pytest.mark.parametrize(("mine", "stands"), [
    (SHOWN + "；资料齐全", TEXT + "；资料齐全"),
    ("补记：" + SHOWN.replace("已走访", "已两次走访"), "补记：" + TEXT.replace("已走访", "已两次走访")),
    ("已走访", "已走访"),
    ("", ""),
    (SHOWN, TEXT),
])
def test_what_the_dots_stand_for_stays(client_for, kept, mine, stands):
    pk, code, given = kept
    done = tick(client_for("inspector"), pk, code, "partly", base=given, remark=mine)
    assert (done["state"], done["answer"]["remark"] or "") == ("taken", stands)


@pytest.mark.parametrize("mine", [f"奶奶{DOTS}已走访", SHOWN + DOTS, f"{DOTS}，{DOTS}，{DOTS}"])
def test_dots_that_may_stand_for_one_or_another_are_asked_about(client_for, kept, mine):
    pk, code, given = kept
    done = tick(client_for("inspector"), pk, code, "pass", base=given, remark=mine)
    assert done["state"] == "refused" and "全部保留或全部删去" in done["errors"]["remark"] and done["answer"]["remark"] == TEXT


def test_what_was_typed_on_the_phone_stands_whole_beside_dots(client_for, kept):
    pk, code, given = kept
    base = given | {"remark": TEXT.replace("13812345678", DOTS), "digests": {"remark": given["digests"]["remark"].split()[0]}}
    done = tick(client_for("inspector"), pk, code, "partly", base=base, remark=base["remark"] + "；资料齐全")
    assert (done["state"], done["answer"]["remark"]) == ("taken", TEXT + "；资料齐全")


@pytest.mark.parametrize("typed", ["家{0}", "{0}501室", "家{0}501室"])
def test_what_was_written_at_the_side_of_dots_makes_no_conflict_with_oneself(client_for, kept, typed):
    """It becomes part of the address that the dots stand for."""
    pk, code, given = kept
    me, words = client_for("inspector"), SHOWN.replace(f"，{DOTS}", "，" + typed.format(DOTS))
    stands = words
    for piece in ("13812345678", "住石坝村3组12号"):
        stands = stands.replace(DOTS, piece, 1)
    first = tick(me, pk, code, "pass", base=given, remark=words)
    assert (first["state"], first["answer"]["remark"]) == ("taken", stands)
    done = tick(me, pk, code, "pass", base=given | {"remark": words}, remark=words + "；资料齐全")
    assert (done["state"], done["answer"]["remark"]) == ("taken", stands + "；资料齐全")


@pytest.mark.parametrize("base", [SHOWN, TEXT, ""])
@pytest.mark.parametrize("mine", ["{0}，电话{0}", "{0}{0}", "{0}"])
def test_what_the_phone_itself_is_not_clear_about_is_asked(client_for, kept, base, mine):
    pk, code, given = kept
    me, mine = client_for("inspector"), mine.format(UNCLEAR)
    done = tick(me, pk, code, "pass", base=given | {"remark": base}, remark=mine)
    if not base:
        assert done["state"] == "conflict"
        done = tick(me, pk, code, "pass", base=done["answer"], remark=mine)
    assert done["state"] == "refused" and "全部保留或全部删去" in done["errors"]["remark"] and done["answer"]["remark"] == TEXT


def test_no_dots_are_written_over_a_colleagues_words(app, client_for, kept):
    pk, code, given = kept
    me, other = client_for("inspector"), client_for(second_inspector(app))
    assert tick(other, pk, code, "pass", base=WHOLE, remark="换了号码13912345678")["state"] == "taken"
    done = tick(me, pk, code, "pass", base=given, remark=SHOWN + "；资料齐全")
    assert done["state"] == "conflict"
    mine = tick(me, pk, code, "pass", base=done["answer"], remark=SHOWN + "；资料齐全")
    assert mine["state"] == "refused" and mine["answer"]["remark"] == "换了号码13912345678"


def test_a_text_that_was_never_given_gets_no_dots(client_for, kept):
    pk, code, _given = kept
    done = tick(client_for("inspector"), pk, code, "pass", base=WHOLE, remark=f"{DOTS}已走访")
    assert done["state"] == "refused" and done["answer"]["remark"] == TEXT


@pytest.mark.parametrize(("text", "mine"), [
    ("奶奶电话13812345678，已走访", "奶奶电话•••••••；已走访"),
    ("爸爸13812345678，妈妈13912345678", f"妈妈{DOTS}，爸爸{DOTS}"),
])
def test_a_number_is_neither_lost_with_a_dot_nor_given_to_somebody_else(app, client_for, ticked, text, mine):
    pk, code, given = ticked(text)
    done = tick(client_for("inspector"), pk, code, "partly", base=given, remark=mine)
    assert done["state"] == "refused" and "全部保留或全部删去" in done["errors"]["remark"] and done["answer"]["remark"] == text
    assert tick_of(app, pk, code) == {"result": "pass", "remark": text, "reason": ""}, "nothing of it is written"


def test_the_dots_of_a_list_stay_where_all_numbers_are_deleted(client_for, ticked):
    pk, code, given = ticked("• 已走访\n• 电话13812345678")
    done = tick(client_for("inspector"), pk, code, "pass", base=given, remark="• 已走访\n• 电话无人接")
    assert (done["state"], done["answer"]["remark"]) == ("taken", "• 已走访\n• 电话无人接")
    more = tick(client_for("inspector"), pk, code, "pass", base=done["answer"], remark="• 已走访\n• 电话无人接\n• 再访")
    assert (more["state"], more["answer"]["remark"]) == ("taken", "• 已走访\n• 电话无人接\n• 再访")


def test_the_dot_of_a_list_directly_before_a_number_makes_no_conflict_with_oneself(client_for, ticked):
    pk, code, given = ticked("•13812345678家长\n•已走访")
    done = tick(client_for("inspector"), pk, code, "pass", base=given, remark=given["remark"] + "，资料齐全")
    assert (done["state"], done["answer"]["remark"]) == ("taken", "•13812345678家长\n•已走访，资料齐全")


def test_a_number_typed_beside_dots_is_changed_before_the_phone_knows_it_covered(client_for, ticked):
    """Two changes of one remark wait on the phone: the second is told against the first, half of it in dots."""
    pk, code, given = ticked("爸爸13812345678")
    first = {**given, "remark": f"爸爸{DOTS}，妈妈13912345678"}
    assert tick(client_for("inspector"), pk, code, "pass", base=given, remark=first["remark"])["state"] == "taken"
    done = tick(client_for("inspector"), pk, code, "pass", base=first, remark=first["remark"] + "，已问")
    assert (done["state"], done["answer"]["remark"]) == ("taken", "爸爸13812345678，妈妈13912345678，已问")
