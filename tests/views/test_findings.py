"""From the submission to the closing, by the pages: the draft, the objection, the letter, the report with a photo, the look again."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models.audit import Attachment
from app.models.inspection import Answer, ChecklistItem, Finding, FindingStep, Inspection, Opinion
from app.models.org import Member
from app.services import clock, scope
from tests.support.client import logged_in
from tests.support.settings import PASSWORD
from tests.support.visiting import fill_the_rest, one, photo, planned


@pytest.fixture(scope="module")
def visit(app, client_for):
    """Id of an inspection that was just submitted: H2 (a red line), A2 and A3 failed."""
    pk = planned(app)
    fill_the_rest(app, pk, ("H2", "A2", "A3"))
    assert client_for("inspector").post(f"/visit/{pk}/submit", data={"summary": "总体较好"}).status_code == 302
    return pk


@pytest.fixture
def finding(app, visit):
    """finding("A2"): its id."""
    return lambda code: one(app, select(Finding.id).join(Finding.item).where(Finding.inspection_id == visit, ChecklistItem.code == code))


def stand(app, pk):
    return one(app, select(Finding.state).where(Finding.id == pk))


def take(client, pk, kind, **data):
    """The page that the step leads to."""
    assert client.get(f"/finding/step/{pk}/{kind}").status_code == 200, kind
    return client.post(f"/finding/step/{pk}/{kind}", data=data, follow_redirects=True).text


def test_a_submission_sends_the_draft_to_its_school(app, client_for, visit):
    row = one(app, select(Opinion).where(Opinion.inspection_id == visit))
    assert (row.state, row.objection_due_on) == ("draft", clock.today() + timedelta(7))
    letter = client_for("school").get(f"/opinion/letter/{row.id}").text
    assert "现将初步意见告知你校" in letter and "总体较好" in letter
    assert f"/opinion/step/{row.id}/agree" in letter and f"/opinion/step/{row.id}/issue" not in letter
    assert "初步督导意见待答复" in client_for("school").get("/").text
    assert client_for("school2").get(f"/opinion/letter/{row.id}").status_code == 404
    assert client_for("superior").get(f"/opinion/letter/{row.id}").status_code == 403


def test_the_whole_way(app, client_for, visit, finding):
    school, county, inspector = (client_for(account) for account in ("school", "county", "inspector"))
    pk, letter = finding("A2"), one(app, select(Opinion.id).where(Opinion.inspection_id == visit))
    assert "已办理：申辩。" in take(school, pk, "object", text="分工表已经换新，当天没有带来")
    assert "申辩待裁决" in county.get("/").text
    assert "还有 1 个问题的申辩没有裁决" in school.post(f"/opinion/step/{letter}/agree", follow_redirects=True).text
    assert "分工表已经换新" in county.get(f"/finding/step/{pk}/withdraw").text
    take(county, pk, "withdraw", text="核对属实，撤销")
    school.post(f"/opinion/step/{letter}/agree")
    assert "意见书已发出" in county.post(f"/opinion/step/{letter}/issue", follow_redirects=True).text
    page = school.get(f"/opinion/letter/{letter}").text
    assert re.search(r"县教督〔\d{4}〕\d+号", page) and "核对属实，撤销" in page and "撤销的问题不算不合格" in page
    assert f'/finding/show/{pk}"' not in page and f"/finding/show/{finding('A3')}" in page
    assert "请填写签收人姓名" in school.post(f"/opinion/step/{letter}/sign", data={"reason": " "}).text
    assert "某校长 于" in school.post(f"/opinion/step/{letter}/sign", data={"reason": "某校长"}, follow_redirects=True).text
    kept, now = one(app, select(Inspection.score).where(Inspection.id == visit)), one(app, select(Opinion.score).where(Opinion.id == letter))
    assert kept < now

    for path in (f"/api/v1/opinion/{letter}", f"/opinion/show/{letter}", f"/opinion/history/{letter}", "/opinion/list/"):
        answer = county.get(path)
        assert answer.status_code == 200 and not any(words in answer.text for words in ("分工表已经换新", "总体较好", "first_score")), path

    pk = finding("H2")
    assert "提级督办" in inspector.get(f"/finding/show/{pk}").text
    asked = one(app, select(Finding.due_on).where(Finding.id == pk)) + timedelta(10)
    take(school, pk, "ask", text="鉴定单位下周才来", day=asked.isoformat())
    assert "延期待批" in county.get("/").text and f'value="{asked}"' in county.get(f"/finding/step/{pk}/grant").text
    before = one(app, select(Finding.due_on).where(Finding.id == pk))
    assert "现在的期限" not in school.get(f"/opinion/letter/{letter}").text
    take(county, pk, "grant", day=asked.isoformat())
    page = school.get(f"/opinion/letter/{letter}").text
    assert f'>{before} <span class="dim off-paper">现在的期限 {asked}</span>' in page and f"/finding/show/{pk}" in page
    refused = school.post(f"/finding/step/{pk}/fix", data={"text": "已鉴定为B级", "day": clock.today().isoformat()}).text
    assert "请附上整改后的照片或材料" in refused and "已鉴定为B级" in refused and stand(app, pk) == "extended"
    take(school, pk, "fix", text="已鉴定为B级", day=clock.today().isoformat(), files=(photo(), "整改后.jpg"))
    assert one(app, select(Attachment.name).where(Attachment.entity == "Finding", Attachment.row_id == pk)) == "整改后.jpg"
    assert "整改复查" in inspector.get("/").text
    assert "整改后.jpg" in inspector.get(f"/finding/step/{pk}/close").text
    take(inspector, pk, "close", way="spot", text="现场看过")
    assert stand(app, pk) == "closed"
    assert f'>{before} <span class="dim off-paper">已销号</span>' in school.get(f"/opinion/letter/{letter}").text
    record = school.get(f"/finding/show/{pk}").text
    assert all(f" {step} · " in record for step in ("申请延期", "批准延期", "报告整改", "复查销号")) and "现场看过" in record
    assert school.post(f"/file/Finding/{pk}", data={"file": (photo(), "晚到.jpg")}).status_code == 403
    superior = client_for("superior").get(f"/finding/show/{pk}").text
    assert "已销号" in superior and "现场看过" not in superior and "B级" not in superior


def test_photos_of_the_tick_stand_on_the_finding(app, client_for, visit, finding):
    pk = finding("A3")
    with app.app_context(), scope.everything(db.session()):
        row = db.session.get(Finding, pk)
        ticked = db.session.scalars(select(Answer.id).where(Answer.inspection_id == visit, Answer.item_id == row.item_id)).one()
        db.session.add(Attachment(entity="Answer", row_id=ticked, school_id=row.school_id, name="现场.jpg", media_type="image/jpeg", size=1,
                                  stored_as="aa/现场", sha256="0"))
        db.session.commit()
    for account, sees in (("school", True), ("inspector", True), ("township", False), ("superior", False)):
        assert ("现场.jpg" in client_for(account).get(f"/finding/show/{pk}").text) is sees, account


def test_a_photo_stays_when_the_words_are_refused(app, client_for, visit, finding):
    pk, client = finding("A3"), client_for("school")
    page = client.post(f"/finding/step/{pk}/fix", data={"text": "", "day": clock.today().isoformat(), "files": (photo(), "先到.jpg")}).text
    assert "请填写整改措施" in page and "先到.jpg" in page and stand(app, pk) == "open"


def test_a_step_on_a_finding_that_changed_meanwhile_gives_back_what_was_typed(app, client_for, visit, finding):
    pk, client, text = finding("A3"), client_for("county"), "群众反映强烈" * 150
    page = f"/finding/step/{pk}/escalate"
    before = one(app, select(Finding.version).where(Finding.id == pk))
    answer = client.post(page, data={"text": text, "_version": "99", "_token": "t" * 30})
    assert one(app, select(FindingStep.id).where(FindingStep.finding_id == pk)) is None and stand(app, pk) == "open"
    assert answer.status_code == 200 and "有人刚刚改了这条记录" in answer.text and text in answer.text and "data-dirty" in answer.text
    assert f'name="_version" value="{before}"' in answer.text and f'name="_token" value="{"t" * 30}"' in answer.text
    refused = client.post(page, data={"text": " ", "_version": "99"}).text
    assert "请填写督办的理由" in refused and 'name="_version" value="99"' in refused, "a version that nobody was told of"
    assert client.post(page, data={"text": text, "_version": str(before), "_token": "t" * 30}).status_code == 302
    assert stand(app, pk) == "open" and one(app, select(FindingStep.text).where(FindingStep.finding_id == pk)) == text


def test_a_step_that_comes_again_with_other_words_leads_to_the_one_that_was_taken(app, client_for, visit, finding):
    pk, client = finding("A3"), client_for("county")
    page, told = f"/finding/step/{pk}/escalate", select(FindingStep.text).where(FindingStep.finding_id == pk).order_by(FindingStep.id.desc())
    typed = {"text": "先写的督办理由", "_version": one(app, select(Finding.version).where(Finding.id == pk)), "_token": "w" * 30}
    assert client.post(page, data=typed).status_code == 302
    answer = client.post(page, data={**typed, "text": "后写的督办理由"})
    assert answer.status_code == 200 and "这一份已经保存过，内容与这次的不同" in answer.text and "后写的督办理由" in answer.text
    assert f'<a href="/finding/show/{pk}">打开已保存的那一条</a>' in answer.text and one(app, told) == "先写的督办理由"
    version, token = (re.search(f'name="{name}" value="([^"]+)"', answer.text)[1] for name in ("_version", "_token"))
    assert "请再点一次“提级督办”" in answer.text and token != typed["_token"]
    assert client.post(page, data={"text": "后写的督办理由", "_version": version, "_token": token}).status_code == 302
    assert one(app, told) == "后写的督办理由"


def test_overdue_ones_are_told_to_county_and_township(app, client_for, visit, finding):
    pk = finding("A3")
    with app.app_context(), scope.everything(db.session()):
        day = clock.today() - timedelta(40)
        db.session.execute(update(Finding.__table__).where(Finding.__table__.c.id == pk).values(due_on=day, escalates_on=day + timedelta(15)))
        db.session.commit()
    for account in ("county", "township"):
        assert f"/finding/show/{pk}" in client_for(account).get("/").text
        for mark in ("overdue", "escalated", "open"):
            assert f"/finding/show/{pk}" in client_for(account).get(f"/finding/list/?m={mark}&size=100").text
    assert "逾期的督导问题" not in client_for("superior").get("/").text


def test_two_letters_at_once_get_two_numbers(app, client_for):
    with app.app_context(), scope.everything(db.session()):
        session = db.session()
        last = session.scalars(select(Inspection).where(Inspection.state == "submitted").order_by(Inspection.id)).first()
        made = [Inspection(name="并发督导", school_id=last.school_id, template_id=last.template_id, inspector_id=last.inspector_id, planned_on=clock.today(),
                           state="submitted", submitted_at=clock.now()) for _turn in range(6)]
        session.add_all(made)
        session.flush()
        rows = [Opinion(inspection_id=one.id, school_id=one.school_id, objection_due_on=clock.today(), state="agreed") for one in made]
        session.add_all(rows)
        session.commit()
        ids = [row.id for row in rows]
    clients = [logged_in(app, "county", PASSWORD) for _pk in ids]
    with ThreadPoolExecutor(len(ids)) as pool:
        answers = list(pool.map(lambda pair: pair[0].post(f"/opinion/step/{pair[1]}/issue").status_code, zip(clients, ids, strict=True)))
    assert answers == [302] * len(ids)
    with app.app_context(), scope.everything(db.session()):
        office = select(Member.area_id).where(Member.username == "county").scalar_subquery()
        of_year = (Opinion.office_id == office, Opinion.year == clock.today().year)
        serials = list(db.session.scalars(select(Opinion.serial).where(*of_year).order_by(Opinion.serial)))
        assert set(db.session.scalars(select(Opinion.state).where(Opinion.id.in_(ids)))) == {"issued"}
    assert serials == list(range(1, len(serials) + 1)) and len(serials) >= len(ids)
