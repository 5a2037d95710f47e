"""Dots stand for what the phone was told, and for nothing that a colleague has put in its place since."""

import pytest

from app.services.masks import DOTS, without_numbers
from tests.support.phones import given_of, op, texts_of
from tests.support.visiting import planned, second_inspector, sync, tick, tick_of, unticked
from tests.views.test_visit_covered import UNCLEAR, ticked  # noqa: F401

OLD, NEW = "家长电话13812345678，已走访", "家长电话13987654321，已走访"
SHOWN = f"家长电话{DOTS}，已走访"
TYPED = [f"家长电话{DOTS}，停机", "已走访", "家长电话13700000000，已走访"]


@pytest.fixture
def corrected(app, client_for, ticked):  # noqa: F811
    """(inspection, code, what the phone was given, what it would be given now): a colleague has put the number right."""
    pk, code, given = ticked(OLD)
    assert given["remark"] == SHOWN
    done = tick(client_for(second_inspector(app)), pk, code, "pass", base={"result": "pass", "remark": OLD}, remark=NEW)
    assert done["state"] == "taken"
    return pk, code, given, without_numbers(given_of(done["answer"]))


def without_digests(base):
    """As a phone kept it that was told none."""
    return texts_of(base)


@pytest.mark.parametrize("kept", [dict, without_digests])
@pytest.mark.parametrize("mine", TYPED)
def test_a_number_that_a_colleague_put_right_is_a_conflict(app, client_for, corrected, kept, mine):
    pk, code, given, now = corrected
    assert given["remark"] == now["remark"] and given["digests"] != now["digests"]
    done = tick(client_for("inspector"), pk, code, "pass", base=kept(given), remark=mine)
    assert (done["state"], done["fields"], done["answer"]["remark"]) == ("conflict", ["remark"], NEW)
    assert tick_of(app, pk, code)["remark"] == NEW


@pytest.mark.parametrize(("mine", "stands"), [(TYPED[0], "家长电话13987654321，停机"), *((one, one) for one in TYPED[1:])])
def test_who_was_told_the_new_number_writes_round_it(client_for, corrected, mine, stands):
    pk, code, _given, now = corrected
    done = tick(client_for("inspector"), pk, code, "pass", base=now, remark=mine)
    assert (done["state"], done["answer"]["remark"]) == ("taken", stands)


@pytest.mark.parametrize("kept", [dict, without_digests])
def test_a_result_alone_is_no_conflict_with_a_new_number(client_for, corrected, kept):
    pk, code, given, _now = corrected
    done = tick(client_for("inspector"), pk, code, "partly", base=kept(given), remark=SHOWN)
    assert (done["state"], done["answer"]["result"], done["answer"]["remark"]) == ("taken", "partly", NEW)


@pytest.mark.parametrize(("mine", "stands"), [
    (f"外公电话{DOTS}，停机", "外公电话13612345678，停机"),
    ("已走访", "已走访"),
    ("外公电话13700000000，已问", "外公电话13700000000，已问"),
])
def test_a_phone_that_was_told_no_digests_writes_round_a_number_that_never_was_another(client_for, ticked, mine, stands):  # noqa: F811
    pk, code, given = ticked("外公电话13612345678，已走访")
    done = tick(client_for("inspector"), pk, code, "pass", base=without_digests(given), remark=mine)
    assert (done["state"], done["answer"]["remark"]) == ("taken", stands)


def test_a_second_change_that_waits_is_told_against_what_the_first_becomes(client_for, ticked):  # noqa: F811
    pk, code, given = ticked(OLD)
    changes = [SHOWN, f"{SHOWN}，门卫13700000000", f"{SHOWN}，门卫13700000000，再访"]
    ops = [op(pk, code, {"result": "pass", "remark": now}, {**given, "remark": was}) for was, now in zip(changes, changes[1:], strict=False)]
    done = sync(client_for("inspector"), *ops).json["done"]
    assert [one["state"] for one in done] == ["taken", "taken"]
    assert done[-1]["answer"]["remark"] == f"{OLD}，门卫13700000000，再访"


def test_a_colleagues_number_between_two_changes_that_wait_is_a_conflict(app, client_for, ticked):  # noqa: F811
    pk, code, given = ticked(OLD)
    me, first = client_for("inspector"), f"{SHOWN}，已问"
    assert tick(me, pk, code, "pass", base=given, remark=first)["state"] == "taken"
    whole = {"result": "pass", "remark": f"{OLD}，已问"}
    assert tick(client_for(second_inspector(app)), pk, code, "pass", base=whole, remark=f"{NEW}，已问")["state"] == "taken"
    done = tick(me, pk, code, "pass", base={**given, "remark": first}, remark=f"{first}，停机")
    assert (done["state"], done["answer"]["remark"]) == ("conflict", f"{NEW}，已问")


def test_dots_set_against_another_number_are_asked_about(client_for, corrected):
    pk, code, _given, now = corrected
    done = tick(client_for("inspector"), pk, code, "pass", base=now, remark=f"家长电话{UNCLEAR}，停机")
    assert done["state"] == "refused" and done["answer"]["remark"] == NEW


def test_a_digest_tells_nothing_without_the_servers_key(app, client_for, ticked):  # noqa: F811
    pk, code, given = ticked(OLD)
    digest = given["digests"]["remark"]
    assert digest.isalpha() and len(digest) == 16 and given["digests"]["reason"] == ""
    other = unticked(app, pk)
    done = tick(client_for("inspector"), pk, other, "pass", remark=OLD)
    assert done["answer"]["digests"]["remark"] not in ("", digest), "two remarks do not show that they name the same number"
    assert tick(client_for("inspector"), pk, other, "", base=done["answer"])["state"] == "taken"


@pytest.mark.parametrize("digests", ["abc", [1], {"remark": ["abc"]}, {"reason": 7}])
def test_digests_that_no_phone_of_ours_sends_are_refused(app, client_for, digests):
    pk = planned(app)
    base = {"result": "", "remark": "", "reason": "", "digests": digests}
    assert sync(client_for("inspector"), op(pk, "A6", {"result": "pass"}, base)).status_code == 400
