"""All that one request changed stands on one page, and its histories lead there; of what the asker may not read nothing does."""

import io
import re
from html import unescape

import pytest
from sqlalchemy import select

from app.models.audit import AccessLog, Attachment, Change
from app.models.care import Pairing, Talk
from app.models.children import Child
from app.models.inspection import Answer, ChecklistItem, Inspection
from app.models.org import Member, SchoolClass, Staff
from app.models.safety import Hazard
from app.services import clock, history, records
from tests.panel.test_listing import MOST_STATEMENTS
from tests.support.statements import sent

LINK, NEXT = re.compile(r'href="(/request/[0-9a-z]+)"'), re.compile(r'href="(/request/[^"?]+\?[^"]+)">后面')
RECORD = re.compile(r'</span><a href="(/\w+/(?:show/\d+|trash/))">')


def school_of(session, account):
    return session.scalar(select(Member.school_id).where(Member.username == account))


def edit_all(look, ids, request_id, model=Child, **values):
    """Change these rows in one request, as the desk itself."""

    def work(session):
        with history.told_as(session, "edit", request_id):
            for row in session.scalars(select(model).where(model.id.in_(ids)).order_by(model.id)):
                records.edit(session, row, {key: value(row) if callable(value) else value for key, value in values.items()})

    look(work)


@pytest.fixture
def classes(look, client_for):
    """Ids of two children of the teacher's class, and of two of the school whom the teacher does not see."""
    seen = [row["id"] for row in client_for("teacher").get("/api/v1/child/?size=200").json["result"]]

    def ids(session):
        teacher = session.scalars(select(Member).where(Member.username == "teacher")).one()
        own, query = select(SchoolClass.id).where(SchoolClass.teacher_id == teacher.staff_id), select(Child.id).where(Child.school_id == teacher.school_id)
        conditions = (Child.school_class_id.in_(own), Child.id.not_in(seen))
        found = [session.scalars(query.where(condition).order_by(Child.id).limit(2)).all() for condition in conditions]
        assert [len(some) for some in found] == [2, 2]
        return [list(some) for some in found]

    return look(ids)


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.get_data(as_text=True)


def shown(client, address):
    """The addresses of the records that a page and those after it show."""
    found = []
    while address:
        text = page(client, address)
        found += RECORD.findall(text)
        address = unescape(following[1]) if (following := NEXT.search(text)) else None
    return found


def test_a_move_tells_what_it_took_along(client_for, look):
    def ids(session):
        here, there = school_of(session, "school"), school_of(session, "school2")
        child = session.scalars(select(Child).where(Child.school_id == here, Child.id.in_(
            select(Pairing.child_id).where(Pairing.ended_on.is_(None), Pairing.staff_id.is_not(None)))).order_by(Child.id.desc())).first()
        into = session.scalar(select(SchoolClass.id).where(SchoolClass.school_id == there))
        return child.id, child.version, there, into, session.scalars(select(Pairing.id).where(Pairing.child_id == child.id)).all()

    child, version, there, into, pairings = look(ids)
    answer = client_for("county").post(f"/child/move/{child}", data={
        "school": there, "school_class": into, "moved_on": clock.today().isoformat(), "reason": "随父母居住", "_version": version})
    assert answer.status_code == 302
    client = client_for("school2")
    text = page(client, LINK.search(page(client, f"/child/history/{child}"))[1])
    assert "随父母居住" in text and text.count("转学") > 1
    told = RECORD.findall(text)
    ended = [pk for pk in pairings if f"/pairing/show/{pk}" in told]
    assert told[0] == f"/child/show/{child}" and ended, "the child first, then what ended with its leaving"
    assert LINK.search(page(client, f"/pairing/history/{ended[0]}")), "the way is there from each record"


def test_a_request_that_changed_one_record_has_no_page_to_lead_to(client_for, classes, look):
    (first, _second), _others = classes
    edit_all(look, [first], "alone", character="换了眼镜")
    text = page(client_for("school"), f"/child/history/{first}")
    assert "换了眼镜" in text and "/request/alone" not in text


def test_a_teacher_is_told_of_the_own_class_and_not_that_there_is_more(client_for, classes, look):
    mine, others = classes
    edit_all(look, [mine[0], *others], "mixed", character=lambda row: f"查体{row.id}")
    assert shown(client_for("school"), "/request/mixed") == [f"/child/show/{pk}" for pk in sorted([mine[0], *others])]
    teacher = client_for("teacher")
    assert "/request/mixed" not in page(teacher, f"/child/history/{mine[0]}")
    text = page(teacher, "/request/mixed")
    assert RECORD.findall(text) == [f"/child/show/{mine[0]}"] and not any(f"查体{pk}" in text for pk in others)
    assert client_for("school2").get("/request/mixed").status_code == client_for("school2").get("/request/nothing").status_code == 404
    edit_all(look, mine, "two", character="二人")
    assert "/request/two" in page(teacher, f"/child/history/{mine[1]}")


def test_a_link_tells_of_no_row_out_of_sight_whatever_kinds_the_operations_changed(client_for, classes, look):
    """Two kinds on one page of history: each is asked for in the reader's scope, as one alone is."""
    mine, others = classes
    own, talk = (look(lambda session, who=who: session.scalars(select(Talk.id).where(Talk.school_id == school_of(session, who))).first())
                 for who in ("school", "school2"))
    edit_all(look, [mine[0], others[0]], "kinds1", character="一")
    edit_all(look, [mine[0]], "kinds2", character="二")
    edit_all(look, [talk], "kinds2", Talk, follow_up="外校再谈")
    edit_all(look, [mine[0]], "kinds3", character="三")
    edit_all(look, [own], "kinds3", Talk, follow_up="本校再谈")

    def led_to(account):
        return {address for address in LINK.findall(page(client_for(account), f"/child/history/{mine[0]}")) if "kinds" in address}

    assert led_to("school") == {"/request/kinds1", "/request/kinds3"}
    assert led_to("county") == {"/request/kinds1", "/request/kinds2", "/request/kinds3"}
    assert "/request/kinds1" not in led_to("teacher") and "/request/kinds2" not in led_to("teacher")


def test_numbers_are_covered_as_in_the_history(client_for, classes, look):
    mine, _others = classes
    edit_all(look, mine, "numbers", residence=lambda row: f"清水镇柳河村{row.id}号")
    for account, whole in (("school", True), ("township", False), ("county", False)):
        text = page(client_for(account), "/request/numbers")
        assert (f"柳河村{mine[0]}号" in text) is whole and len(RECORD.findall(text)) == 2
        assert whole or "••••" in text


def test_who_reads_from_above_the_school_leaves_a_line_a_record_and_day(client_for, classes, look):
    mine, others = classes
    edit_all(look, [*mine, *others], "read", character="复查")
    look(lambda session: session.execute(AccessLog.__table__.delete()))
    for _again in range(2):
        for account in ("county", "school", "superior", "teacher"):
            client_for(account).get("/request/read")

    def lines(session):
        return session.execute(select(AccessLog.action, AccessLog.entity, AccessLog.row_id).where(AccessLog.action != "login").order_by(AccessLog.row_id)).all()

    assert look(lines) == [("read", "Child", pk) for pk in sorted([*mine, *others])]


def test_what_was_deleted_together_is_told_to_who_may_take_it_back(client_for, look):
    school = client_for("school")
    made = [look(lambda session, at=at: records.add(session, Hazard, {
        "school": school_of(session, "school"), "what": f"护栏松动{at}", "where": "二楼", "kind": "building", "found_on": clock.today(),
        "due_on": clock.today()}).id) for at in range(3)]
    school.post("/hazard/bulk", data={"action": "delete", "row": [str(pk) for pk in made], "_sure": "1"})
    address = "/request/" + look(lambda session: session.scalar(select(Change.request_id).where(Change.entity == "Hazard", Change.action == "delete").order_by(
        Change.id.desc()).limit(1)))
    text = page(school, address)
    assert all(f"护栏松动{at}" in text for at in range(3)) and RECORD.findall(text) == ["/hazard/trash/"] * 3 and text.count(">已删除<") == 3
    assert client_for("county").get(address).status_code == 404, "it reads hazards, and sees no trash of them"


def test_files_and_ticks_stand_with_what_they_hang_on(client_for, classes, look):
    (child, _second), _others = classes
    made = client_for("school").post(f"/file/Child/{child}", data={"file": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "hukou.pdf")},
                                     headers={"Accept": "application/json"}, content_type="multipart/form-data").json["id"]

    def gather(session):
        file = session.get(Attachment, made)
        visit = session.scalars(select(Inspection).where(Inspection.school_id == file.school_id)).first()
        visit.state = "submitted"
        item = session.scalars(select(ChecklistItem)).first()
        tick = session.scalars(select(Answer).where(Answer.inspection_id == visit.id)).first()
        if tick is None:
            session.add(tick := Answer(school_id=file.school_id, inspection_id=visit.id, item_id=item.id, result="pass"))
        session.flush()
        with history.told_as(session, "edit", "hung"):
            file.deleted_at, tick.remark = clock.now(), "齐全"
            session.flush()
        item = session.get(ChecklistItem, tick.item_id)
        return visit.id, f"{item.code} {item.text}"

    visit, called = look(gather)
    text = unescape(page(client_for("school"), "/request/hung"))
    assert set(RECORD.findall(text)) == {f"/child/show/{child}", f"/inspection/show/{visit}"} and called in text and "齐全" in text and "hukou.pdf" in text
    for record in (f"/inspection/history/{visit}", f"/child/history/{child}"):
        assert "/request/hung" in page(client_for("school"), record)
    teacher = page(client_for("teacher"), "/request/hung")
    assert RECORD.findall(teacher) == [f"/child/show/{child}"] and "齐全" not in teacher


def test_many_changes_come_a_page_at_a_time_by_as_few_statements(app, client_for, look):
    ids = look(lambda session: session.scalars(select(Child.id).where(Child.school_id == school_of(session, "school")).order_by(Child.id)).all())
    assert len(ids) > 50
    talks = look(lambda session: session.scalars(select(Talk.id).where(Talk.child_id.in_(ids)).order_by(Talk.id).limit(60)).all())
    edit_all(look, ids, "many", character="体检")
    edit_all(look, talks, "many", Talk, follow_up="再谈")
    edit_all(look, ids[:2], "few", character="复检")
    wanted = [f"/child/show/{pk}" for pk in ids] + [f"/talk/show/{pk}" for pk in talks]
    for account in ("school", "county"):
        client = client_for(account)
        assert shown(client, "/request/many") == wanted
        few, many = (sent(app, client, f"/request/{name}") for name in ("few", "many"))
        last = sent(app, client, f"/request/many?entity=Child&record={ids[-3]}&line=1")
        assert max(len(few), len(many), len(last)) <= MOST_STATEMENTS, "\n".join(last)
        assert len(many) <= len(few) + 1, "the trash, files or ticks may be asked for once more"


def test_a_history_asks_as_much_for_many_lines_as_for_one(app, client_for, classes, look):
    (first, second), _others = classes
    talk, staff = look(lambda session: (
        session.scalars(select(Talk.id).where(Talk.school_id == school_of(session, "school")).order_by(Talk.id)).first(),
        session.scalars(select(Staff.id).where(Staff.school_id == school_of(session, "school")).order_by(Staff.id)).all()))
    for at in range(12):
        edit_all(look, [first, second], f"turn{at}", character=f"第{at}次")
        edit_all(look, [talk], f"turn{at}", Talk, teacher=staff[at % len(staff)])
    client = client_for("county")
    for address in (f"/child/history/{first}", f"/talk/history/{talk}"):
        page(client, address)
        one, many = (sent(app, client, f"{address}{rest}") for rest in ("?before=2", ""))
        assert len(many) <= MOST_STATEMENTS, "\n".join(many)
        assert page(client, address).count("/request/turn") == 12
        assert len(many) - len(one) <= 4, "kinds, records and names are each asked for at once"


@pytest.mark.parametrize("odd", ["entity=Child", "entity=Nothing&record=1&line=1", "record=x&line=y", "entity=Child&record=99999999999999&line=-1",
                                 "entity=%00&record=1&line=1"])
def test_an_odd_place_to_go_on_from_is_no_error(client_for, classes, look, odd):
    mine, _others = classes
    edit_all(look, mine, "odd", character="查")
    assert client_for("school").get(f"/request/odd?{odd}").status_code == 200
    assert client_for("school").get("/request/" + "0" * 500).status_code == 404
