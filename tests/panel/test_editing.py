"""Forms give back what was typed, one form makes one row, and of two who change one record nobody loses anything."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select

from app.models.audit import AccessLog
from app.models.care import Talk
from app.models.children import Child
from app.models.org import Member, Staff
from app.models.rules import RuleError
from app.models.safety import Hazard
from app.panel import trash
from app.services import clock, pinyin, records

HAZARD = {"what": "护栏松动", "where": "二楼", "kind": "building", "level": "general", "found_on": "2026-01-05", "due_on": "2026-02-05"}


def value_of(page, name):
    """The hidden field's value."""
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def form_of(client, address):
    page = client.get(address).get_data(as_text=True)
    return page, {"_version": value_of(page, "_version"), "_token": value_of(page, "_token")}


@pytest.fixture
def school(client_for):
    return client_for("school")


@pytest.fixture
def hazard(school, look):
    """Id of a new hazard of the school."""
    answer = school.post("/hazard/add", data=HAZARD)
    assert answer.status_code == 302
    return int(answer.location.rstrip("/").split("/")[-1])


def stored(look, row_id):
    return look(lambda session: session.execute(select(Hazard.what, Hazard.where).where(Hazard.id == row_id)).mappings().one())


def said_beside(page, label):
    """The error that stands in the row of the field with this label."""
    row = next(part for part in page.split('<div class="f ')[1:] if f">{label}" in part)
    found = re.search(r'class="err"[^>]*>(?:<svg.*?</svg>)?([^<]+)', row)
    return found and found[1].strip()


# Refused saves -----------------------------------------------------------------------------
def test_a_refused_save_gives_the_typed_text_back_with_the_reason_beside_the_field(school, look):
    typed = {**HAZARD, "what": "", "where": "三楼 <东> & \"侧\"", "found_on": "2099-01-01", "fix": "准备加固"}
    before = look(lambda session: session.scalar(select(func.count(Hazard.id))))
    page = school.post("/hazard/add", data=typed).get_data(as_text=True)
    assert said_beside(page, "隐患内容") == "请填写隐患内容"
    assert said_beside(page, "查出日期") == "日期不能晚于今天"
    assert said_beside(page, "部位") is None
    assert 'value="三楼 &lt;东&gt; &amp; &#34;侧&#34;"' in page and 'value="准备加固"' in page and 'value="2099-01-01"' in page
    assert look(lambda session: session.scalar(select(func.count(Hazard.id)))) == before


@pytest.mark.parametrize(("typed", "label"), [
    ({"found_on": "昨天"}, "查出日期"), ({"due_on": "2026-02-31"}, "整改期限"), ({"kind": "nothing"}, "类别"), ({"responsible__text": "没有这个人"}, "责任人")])
def test_what_cannot_be_read_is_told_beside_its_field(school, typed, label):
    page = school.post("/hazard/add", data={**HAZARD, **typed})
    assert page.status_code == 200
    assert said_beside(page.get_data(as_text=True), label)


def test_a_refused_edit_keeps_text_and_version(school, hazard, look):
    page, hidden = form_of(school, f"/hazard/edit/{hazard}")
    answer = school.post(f"/hazard/edit/{hazard}", data={**HAZARD, **hidden, "what": "新的", "due_on": ""}).get_data(as_text=True)
    assert 'value="新的"' in answer and said_beside(answer, "整改期限") == "请填写整改期限"
    assert value_of(answer, "_version") == hidden["_version"]
    assert stored(look, hazard)["what"] == "护栏松动"


# Once is once ------------------------------------------------------------------------------
def test_a_form_posted_twice_makes_one_row(school, look):
    _page, hidden = form_of(school, "/hazard/add")
    first = school.post("/hazard/add", data={**HAZARD, **hidden, "what": "只要一条"})
    second = school.post("/hazard/add", data={**HAZARD, **hidden, "what": "只要一条"})
    assert first.status_code == second.status_code == 302 and first.location == second.location
    assert look(lambda session: session.scalar(select(func.count(Hazard.id)).where(Hazard.what == "只要一条"))) == 1


def test_every_new_form_has_its_own_token(school):
    assert form_of(school, "/hazard/add")[1]["_token"] != form_of(school, "/hazard/add")[1]["_token"]


# Two people --------------------------------------------------------------------------------
def test_the_second_of_two_sees_both_texts_and_loses_nothing(school, hazard, look):
    _page, mine = form_of(school, f"/hazard/edit/{hazard}")
    other = dict(mine)
    assert school.post(f"/hazard/edit/{hazard}", data={**HAZARD, **other, "what": "对方写的", "where": "对方的部位"}).status_code == 302
    page = school.post(f"/hazard/edit/{hazard}", data={**HAZARD, **mine, "what": "我写的"}).get_data(as_text=True)
    assert all(text in page for text in ("护栏松动", "对方写的", "我写的", "对方的部位", "两人都改了"))
    assert stored(look, hazard)["what"] == "对方写的"
    settled = {**HAZARD, "what": "我写的", "_version": value_of(page, "_version"), "_take_what": "mine", "_take_where": "theirs"}
    assert school.post(f"/hazard/edit/{hazard}", data=settled).status_code == 302
    assert {key: stored(look, hazard)[key] for key in ("what", "where")} == {"what": "我写的", "where": "对方的部位"}


def test_a_third_save_meanwhile_is_a_conflict_again(school, hazard):
    _page, mine = form_of(school, f"/hazard/edit/{hazard}")
    for text in ("一", "二"):
        _page, other = form_of(school, f"/hazard/edit/{hazard}")
        assert school.post(f"/hazard/edit/{hazard}", data={**HAZARD, **other, "what": text}).status_code == 302
    page = school.post(f"/hazard/edit/{hazard}", data={**HAZARD, **mine, "what": "三"}).get_data(as_text=True)
    assert "二" in page and "三" in page and 'name="_take_what"' in page


@pytest.mark.parametrize("version", ["", "abc", "0", "999"])
def test_a_save_without_the_right_version_never_overwrites(school, hazard, look, version):
    answer = school.post(f"/hazard/edit/{hazard}", data={**HAZARD, "what": "抢先", "_version": version})
    assert answer.status_code < 500
    assert stored(look, hazard)["what"] == "护栏松动"


# Masks -------------------------------------------------------------------------------------
def secret_child(look):
    return look(lambda session: session.execute(select(Child.id, Child.version).where(
        Child.school_id == select(Member.school_id).where(Member.username == "school").scalar_subquery(), Child.id_number_enc.is_not(None)).limit(1)).one())


def test_a_covered_number_that_comes_back_unchanged_is_kept(client_for, look):
    """The county edits staff; their numbers are covered for it."""
    client = client_for("county")
    from_list = re.search(r"/staff/show/(\d+)", client.get("/staff/list/").get_data(as_text=True))[1]
    page, hidden = form_of(client, f"/staff/edit/{from_list}")
    assert "••••" in value_of_input(page, "id_number")
    fields = dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', page))
    number = look(lambda session: staff_number(session, int(from_list)))
    data = {**{key: unescape(text) for key, text in fields.items()}, **hidden, "sex": "f", "post": "teacher"}
    answer = client.post(f"/staff/edit/{from_list}", data=data)
    assert answer.status_code == 302, answer.get_data(as_text=True)[:3000]
    assert look(lambda session: staff_number(session, int(from_list))) == number


def staff_number(session, row_id):
    return session.get(Staff, row_id).id_number


def value_of_input(page, name):
    tag = next(tag for tag in re.findall(r"<input[^>]*>", page) if f'name="{name}"' in tag)
    return unescape(re.search(r'value="([^"]*)"', tag)[1])


def test_a_look_behind_the_mask_needs_a_reason_and_leaves_a_line(client_for, look):
    client, row = client_for("township"), secret_child(look)
    number = look(lambda session: session.get(Child, row.id).id_number)
    assert number not in client.get(f"/child/show/{row.id}").get_data(as_text=True)
    address = f"/child/reveal/{row.id}/id_number"
    assert number not in client.get(address).get_data(as_text=True)
    for empty in ("看", "....", "1234", "aaaa", "看看看看", "核 . 实 ."):
        answer = client.post(address, data={"reason": empty}).get_data(as_text=True)
        assert number not in answer and "请写明理由" in answer, empty
    before = look(lambda session: session.scalar(select(func.count(AccessLog.id)).where(AccessLog.action == "reveal")))
    assert number in client.post(address, data={"reason": "联系监护人核实"}).get_data(as_text=True)
    after = look(lambda session: session.scalar(select(func.count(AccessLog.id)).where(AccessLog.action == "reveal")))
    assert after == before + 1


# Trash -------------------------------------------------------------------------------------
def test_delete_asks_and_can_be_taken_back(school, hazard):
    asked = school.get(f"/hazard/delete/{hazard}").get_data(as_text=True)
    assert "护栏松动" in asked and "30 天" in asked
    assert school.get(f"/hazard/show/{hazard}").status_code == 200, "asking deletes nothing"
    assert school.post(f"/hazard/delete/{hazard}").status_code == 302
    assert school.get(f"/hazard/show/{hazard}").status_code == 404
    assert f'value="{hazard}"' in school.get("/hazard/trash/").get_data(as_text=True)
    assert school.post("/hazard/trash/", data={"row": hazard}).status_code == 302
    assert school.get(f"/hazard/show/{hazard}").status_code == 200


def test_deleting_many_asks_once_and_names_them(school, look):
    ids = []
    for what in ("甲处", "乙处"):
        ids.append(int(school.post("/hazard/add", data={**HAZARD, "what": what}).location.rstrip("/").split("/")[-1]))
    page = school.post("/hazard/bulk", data={"action": "delete", "row": ids}).get_data(as_text=True)
    assert "甲处" in page and "乙处" in page
    assert school.get(f"/hazard/show/{ids[0]}").status_code == 200
    assert school.post("/hazard/bulk", data={"action": "delete", "row": ids, "_sure": "1"}).status_code == 302
    assert look(lambda session: session.scalar(select(func.count(Hazard.id)).where(Hazard.id.in_(ids)))) == 0


def put_into_the_trash(look, days, count=1, what="旧隐患"):
    """Ids of hazards of the school that were deleted so many days ago."""
    def work(session):
        school = session.scalar(select(Member.school_id).where(Member.username == "school"))
        made = [Hazard(school_id=school, what=what, where="二楼", kind="building", found_on=clock.today(), due_on=clock.today(),
                       deleted_at=clock.now() - timedelta(days=days, minutes=-1)) for _ in range(count)]
        session.add_all(made)
        session.flush()
        return [one.id for one in made]

    return look(work)


def test_what_was_deleted_too_long_ago_is_gone_though_nobody_purged(app, school, look):
    days = app.config["TRASH_DAYS"]
    (still,), (gone,) = put_into_the_trash(look, days), put_into_the_trash(look, days + 1)
    page = school.get("/hazard/trash/").get_data(as_text=True)
    assert f'value="{still}"' in page and f'value="{gone}"' not in page
    assert school.post("/hazard/trash/", data={"row": gone}).status_code == 404
    assert school.get(f"/hazard/show/{gone}").status_code == 404
    assert school.post("/hazard/trash/", data={"row": still}).status_code == 302
    assert school.get(f"/hazard/show/{still}").status_code == 200


def test_a_full_trash_is_turned_over_page_by_page_and_searched(school, look, monkeypatch):
    monkeypatch.setattr(trash, "PAGE", 3)
    table, long_ago = Hazard.__table__, clock.now() - timedelta(days=900)
    look(lambda session: session.execute(table.update().where(table.c.deleted_at.is_not(None)).values(deleted_at=long_ago)))
    (oldest,), (named,) = put_into_the_trash(look, 5), put_into_the_trash(look, 4, what="围墙开裂")
    newer = put_into_the_trash(look, 2, count=3)
    first, second = (school.get(f"/hazard/trash/{page}").get_data(as_text=True) for page in ("", "?page=2"))
    assert all(f'value="{one}"' in first for one in newer) and f'value="{oldest}"' not in first and "page=2" in first
    assert f'value="{oldest}"' in second and f'value="{named}"' in second and "5 条" in second
    found = school.get("/hazard/trash/?q=围墙").get_data(as_text=True)
    assert f'value="{named}"' in found and f'value="{oldest}"' not in found and "pager" not in found
    assert "没有符合条件的记录" in school.get("/hazard/trash/?q=没有这种").get_data(as_text=True)
    for row in (named, oldest):  # the last page is empty then, and the first one is shown
        answer = school.post("/hazard/trash/?page=2", data={"row": row})
        assert answer.status_code == 302 and answer.location.endswith("/hazard/trash/?page=2")
    assert f'value="{newer[0]}"' in school.get(answer.location).get_data(as_text=True)


def test_a_deleted_child_is_found_in_the_trash_by_its_initials(school, look):
    pk, name = look(lambda session: session.execute(select(Child.id, Child.name).where(
        Child.school_id == session.scalar(select(Member.school_id).where(Member.username == "school"))).limit(1)).one())
    assert school.post(f"/child/delete/{pk}", data={"_sure": "1"}).status_code == 302
    for text in (name, pinyin.full(name), pinyin.initials(name)):
        assert f'value="{pk}"' in school.get(f"/child/trash/?q={text}").get_data(as_text=True), text
    assert f'value="{pk}"' not in school.get("/child/trash/?q=zzzz").get_data(as_text=True)


# Error pages -------------------------------------------------------------------------------
def test_a_refusal_without_a_form_says_that_nothing_was_saved_and_why(app):
    with app.test_request_context("/hazard/delete/1", method="POST"):
        page, status = app.handle_user_exception(records.Refused({"": RuleError("还有记录与它相连")}))
        assert status == 409 and "<h1>没有保存</h1>" in page and "还有记录与它相连" in page and "刚刚改过" not in page
    with app.test_request_context("/hazard/delete/1", method="POST"):
        page, status = app.handle_user_exception(records.Conflict())
        assert status == 409 and "<h1>别人刚刚改过</h1>" in page


# History -----------------------------------------------------------------------------------
def test_an_earlier_state_is_set_back_from_the_history(school, hazard, look):
    _page, hidden = form_of(school, f"/hazard/edit/{hazard}")
    school.post(f"/hazard/edit/{hazard}", data={**HAZARD, **hidden, "what": "改错了"})
    page = school.get(f"/hazard/history/{hazard}").get_data(as_text=True)
    assert "护栏松动" in page and "改错了" in page and "隐患内容" in page
    address = re.search(rf'href="(/hazard/history/{hazard}/\d+)"', page)[1]
    asked = school.get(address).get_data(as_text=True)
    assert f'action="{address}"' in asked and stored(look, hazard)["what"] == "改错了", "asking changes nothing"
    assert school.post(address).status_code == 302
    assert stored(look, hazard)["what"] == "护栏松动"


# Prefill -----------------------------------------------------------------------------------
def test_a_form_from_a_childs_page_knows_the_child_and_the_usual(client_for, look):
    row = secret_child(look)
    page = client_for("school").get(f"/talk/add?child={row.id}").get_data(as_text=True)
    assert value_of(page, "child") == str(row.id)
    client_for("school").post("/talk/add", data={"child": row.id, "talked_on": clock.today().isoformat(), "kind": "regular", "content": "聊得好",
                                                 "teacher": look(lambda session: session.scalar(select(Talk.teacher_id).where(Talk.child_id == row.id)))})
    assert look(lambda session: session.get(Child, row.id).last_talk_on) == clock.today()
