"""The pages of an inspection: who may open them, what a tick answers, the report, the files."""

import io
import re
import zipfile

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models.audit import AccessLog, Attachment
from app.models.inspection import Answer, Finding, Inspection
from app.models.org import Member, School
from app.services import attachments, inspection, scope
from tests.support.asking import asking
from tests.support.phones import EMPTY, op, texts_of
from tests.support.visiting import one, planned, submitted, sync, tick


@pytest.mark.parametrize("account", ["admin", "county", "township", "school", "teacher", "superior"])
def test_only_inspectors_tick(app, client_for, account):
    pk, client = planned(app), client_for(account)
    for path in ("/visit/", f"/visit/{pk}", f"/visit/{pk}/submit"):
        assert client.get(path).status_code == 403 and "data-item" not in client.get(path).get_data(as_text=True), path
    assert sync(client, op(pk, "A1", {"result": "pass"})).status_code == 403
    assert client.post(f"/visit/{pk}/answer/A1", data={"result": "pass"}).status_code == 403
    assert client.post(f"/visit/{pk}/submit").status_code == 403


def test_a_school_reads_an_inspection_once_it_is_submitted(app, client_for):
    with app.app_context(), scope.everything(db.session()):
        session = db.session()
        answer = session.scalars(select(Answer).join(Inspection, Inspection.id == Answer.inspection_id).join(Member, Member.school_id == Inspection.school_id)
                                 .where(Member.username == "school", Inspection.state == "submitted").order_by(Answer.id)).first()
        pk, row = answer.inspection_id, session.get(Inspection, answer.inspection_id)
        made = {"entity": "Answer", "row_id": answer.id, "name": "现场.jpg", "media_type": "image/jpeg", "size": 1, "stored_as": "00/none", "sha256": "0" * 64}
        file = Attachment(school_id=row.school_id, **made)
        session.add(file)
        session.commit()
        file_id, report = file.id, f"/visit/{pk}/report"
        assert attachments.find(session, file_id) is not None
    assert client_for("school").get(report).status_code == 200
    with app.app_context(), scope.everything(db.session()):
        db.session.execute(update(Inspection.__table__).where(Inspection.__table__.c.id == pk).values(state="open"))
        db.session.commit()
    try:
        rows = re.search(rf"/visit/{pk}/evidence/\w+", client_for("inspector").get(f"/visit/{pk}?section=D").text)[0]
        assert [client_for("county").get(path).status_code for path in (rows, report)] == [200, 200]
        assert [client_for("school").get(path).status_code for path in (rows, report, f"/file/{file_id}")] == [404] * 3
        with app.app_context():
            scope.bind(db.session(), scope.SYSTEM)
            for account, seen in (("school", False), ("county", True)):
                with asking(db.session(), account):
                    assert (attachments.find(db.session(), file_id) is not None) is seen, account
    finally:
        with app.app_context(), scope.everything(db.session()):
            db.session.execute(update(Inspection.__table__).where(Inspection.__table__.c.id == pk).values(state="submitted"))
            db.session.commit()


def test_nobody_ticks_in_another_county(app, client_for):
    pk = planned(app)
    with app.app_context(), scope.everything(db.session()):
        school = db.session.scalars(select(School).join(Member, Member.school_id == School.id).where(Member.username == "school3")).one()
        mine = db.session.get(Inspection, pk)
        row = Inspection(school_id=school.id, template_id=mine.template_id, name="外县", planned_on=mine.planned_on, inspector_id=mine.inspector_id)
        db.session.add(row)
        db.session.commit()
        other = row.id
    client = client_for("inspector")
    for path in (f"/visit/{other}", f"/visit/{other}/submit", f"/visit/{other}/report", f"/visit/{other}/report.xlsx", f"/visit/{other}/evidence/D4"):
        assert client.get(path).status_code == 404, path
    assert client.post(f"/visit/{other}/answer/A1", data={"result": "pass"}).status_code == 404
    assert (tick(client, other, "A1", "pass")["state"], one(app, select(Answer.id).where(Answer.inspection_id == other))) == ("refused", None)
    assert "外县" not in client.get("/visit/").get_data(as_text=True)


def test_each_section_is_a_light_page(app, client_for):
    pk, client = planned(app), client_for("inspector")
    seen = set()
    for section in "ABCDEFGHIJKL":
        answer = client.get(f"/visit/{pk}?section={section}")
        assert (answer.status_code, len(answer.data) < 150_000) == (200, True)
        codes = set(re.findall(r'data-item="(\w+)"', answer.text))
        assert codes and {code[0] for code in codes} == {section}
        seen |= codes
    assert len(seen) == len(inspection_lines(app, pk))


def inspection_lines(app, pk: int) -> list[str]:
    with app.app_context(), scope.everything(db.session()):
        sheet = inspection.open_sheet(db.session(), db.session.get(Inspection, pk), live=())
        return [line.item.code for part in sheet.parts for line in part.lines if line.applies]


def test_a_search_finds_items_of_all_sections(app, client_for):
    page = client_for("inspector").get(f"/visit/{planned(app)}?q=谈心").text
    found = re.findall(r'data-item="(\w+)"', page)
    assert "D4" in found and len(found) < 20
    assert re.findall(r'data-item="(\w+)"', client_for("inspector").get(f"/visit/{planned(app)}?q=d4").text) == ["D4"]
    assert "没有找到" in client_for("inspector").get(f"/visit/{planned(app)}?q=%25%27<x>").text


def test_a_tick_is_told_with_the_progress(app, client_for):
    pk, client = planned(app), client_for("inspector")
    told = sync(client, op(pk, "K1", {"result": "pass", "remark": "有台账"})).json
    first, progress = told["done"][0], told["progress"][0]
    assert first["state"] == "taken" and re.fullmatch(r"\d\d:\d\d", first["at"]) and progress["sections"]["K"][0] == 1
    assert tick(client, pk, "K1", "pass", remark="有台账")["answer"]["version"] == first["answer"]["version"]
    changed = tick(client, pk, "K1", "fail", first["answer"])
    assert changed["answer"]["result"] == "fail"
    assert 'data-item="K1" data-result="fail"' in client.get(f"/visit/{pk}?section=K").text
    assert 'data-item="K1"' not in client.get(f"/visit/{pk}?section=K&only=open").text
    cleared = sync(client, op(pk, "K1", {}, texts_of(changed["answer"]))).json
    assert (cleared["done"][0]["answer"]["result"], cleared["progress"][0]["answered"]) == ("", progress["answered"] - 1)


def test_a_tick_against_the_records_asks_for_a_reason(app, client_for):
    pk, client = planned(app), client_for("inspector")
    code, result = next((found[0], found[1].split()[0]) for section in "BCDGHIJ"
                        for found in re.findall(r'data-item="(\w+)" data-result="" data-version="" data-against="([^"]+)"',
                                                client.get(f"/visit/{pk}?section={section}").text))
    told = tick(client, pk, code, result)
    assert (told["state"], list(told["errors"])) == ("refused", ["reason"])
    assert tick(client, pk, code, result, reason="现场核对过纸质材料")["state"] == "taken"


@pytest.mark.parametrize(("code", "result", "field"), [("A1", "good", "result"), ("Z9", "pass", "item")])
def test_what_is_no_tick_is_refused(app, client_for, code, result, field):
    told = tick(client_for("inspector"), planned(app), code, result)
    assert (told["state"], list(told["errors"])) == ("refused", [field])


def test_without_a_script_the_form_goes_back_to_its_card(app, client_for):
    pk, client = planned(app), client_for("inspector")

    def sent(result, version="", remark=""):
        answer = client.post(f"/visit/{pk}/answer/E1?section=E", data={"result": result, "version": version, "remark": remark})
        if answer.status_code == 302:
            assert answer.location.endswith("?section=E#E1")
            answer = client.get(answer.location)
        page = answer.text
        return re.search(r'data-item="E1" data-result="(\w*)" data-version="(\d+)"', page).groups(), page

    (result, version), page = sent("pass", remark="有制度")
    assert result == "pass" and "有制度" in page
    (kept, _version), page = sent("fail")
    assert kept == "pass" and "另一位督导员刚刚填了这一条" in page
    (kept, _version), page = sent("good", version)
    assert kept == "pass" and "请从列表中选择" in page
    (changed, version), _page = sent("fail", version)
    assert changed == "fail"
    assert sent("clear", version)[0][0] == ""


def test_no_tick_without_the_token(app, client_for):
    for path in (f"/visit/{planned(app)}/answer/A1", "/visit/sync"):
        assert client_for("inspector").post(path, data={"result": "pass"}, headers={"X-CSRFToken": ""}).status_code == 400, path


def test_the_rows_behind_each_figure_are_one_tap_away(app, client_for):
    pk, client = planned(app), client_for("inspector")
    links = {link for section in "ABCDEFGHIJKL" for link in re.findall(rf'"(/visit/{pk}/evidence/\w+)"', client.get(f"/visit/{pk}?section={section}").text)}
    assert len(links) >= 10
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200 and "<table" in answer.text, link
    assert client.get(f"/visit/{pk}/evidence/A2").status_code == 404 and client.get(f"/visit/{pk}/evidence/Z9").status_code == 404


def test_rows_that_were_not_kept_with_a_tick_are_told(app, client_for):
    pk = submitted(app)
    with app.app_context(), scope.everything(db.session()):
        found = db.session.scalars(select(Answer).where(Answer.inspection_id == pk).order_by(Answer.id))
        answer = next(one for one in found if one.frozen and one.frozen["entity"] == "Child" and one.frozen["row_ids"])
        code, ids = answer.item.code, answer.frozen["row_ids"]
        page = client_for("inspector").get(f"/visit/{pk}/evidence/{code}").text
        assert "留存了前" not in page and "<table" in page
        answer.frozen = {**answer.frozen, "rows": 345}
        db.session.commit()
    page = client_for("inspector").get(f"/visit/{pk}/evidence/{code}").text
    assert f"打勾时共 345 条，留存了前 {len(ids)} 条" in page


def test_submitting_needs_every_item(app, client_for):
    pk, client = planned(app), client_for("inspector")
    page = client.post(f"/visit/{pk}/submit", data={"summary": "写到一半的评价"}).text
    assert "还有" in page and "写到一半的评价" in page
    assert one(app, select(Inspection.state).where(Inspection.id == pk)) == "open"


@pytest.mark.parametrize(("account", "report", "workbook", "answers"), [
    ("inspector", 200, 200, True), ("county", 200, 200, True), ("school", 200, 403, True), ("township", 200, 403, False),
    ("superior", 200, 200, False), ("school2", 404, 403, False), ("teacher", 403, 403, False), ("admin", 403, 403, False),
])
def test_who_reads_the_report_of_a_submitted_inspection(app, client_for, account, report, workbook, answers):
    pk, client = submitted(app), client_for(account)
    page = client.get(f"/visit/{pk}/report")
    assert page.status_code == report
    assert (report == 200) is ("校园督导检查报告" in page.text) and answers is ('id="A1"' in page.text)
    assert client.get(f"/visit/{pk}/report.xlsx").status_code == workbook


def test_a_school_waits_for_the_end_of_its_inspection(app, client_for):
    pk = planned(app)
    for account in ("school", "township", "superior"):
        assert client_for(account).get(f"/visit/{pk}/report").status_code == 404, account
    assert client_for("county").get(f"/visit/{pk}/report").status_code == 200


def test_the_workbook_has_its_three_sheets_and_a_line_in_the_log(app, client_for):
    pk = submitted(app)
    answer = client_for("inspector").get(f"/visit/{pk}/report.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
        names = re.findall(r'<sheet name="([^"]+)"', package.read("xl/workbook.xml").decode())
        cells = package.read("xl/worksheets/sheet3.xml").decode()
    assert names == ["汇总", "问题", "检查结果"]
    assert ">A1<" in cells and ">L6<" in cells and "<f>" not in cells
    assert one(app, select(AccessLog.rows).where(AccessLog.action == "export", AccessLog.entity == "Inspection", AccessLog.row_id == pk)) == 120


def test_a_submitted_inspection_is_read_and_no_more_ticked(app, client_for):
    pk, client = submitted(app), client_for("inspector")
    assert client.get(f"/visit/{pk}").location.endswith(f"/visit/{pk}/report")
    assert tick(client, pk, "A1", "fail", EMPTY)["state"] == "refused"
    assert client.get(f"/visit/{pk}/submit").status_code == 302


def test_the_record_of_an_inspection_leads_to_its_pages(app, client_for):
    assert f'href="/visit/{planned(app)}"' in client_for("inspector").get(f"/inspection/show/{planned(app)}").text
    assert f'href="/visit/{planned(app)}"' not in client_for("county").get(f"/inspection/show/{planned(app)}").text
    assert f'href="/visit/{submitted(app)}/report"' in client_for("school").get(f"/inspection/show/{submitted(app)}").text


def test_ticks_stand_in_the_history_of_their_inspection(app, client_for):
    pk, client = planned(app), client_for("inspector")
    first = tick(client, pk, "H3", "fail", remark="册子不全")["answer"]
    assert tick(client, pk, "H3", "pass", first)["state"] == "taken"
    page = client.get(f"/inspection/history/{pk}").text
    assert re.search(r"<b>修改</b><span>H3 [^<]+</span>", page) and "<del>不合格</del> → <ins>合格</ins>" in page and "<ins>册子不全</ins>" in page
    assert "<span>H3 " in client_for("county").get(f"/inspection/history/{pk}").text
    for account in ("school", "superior"):
        told = client_for(account).get(f"/inspection/history/{pk}")
        assert "<span>H3 " not in told.text and "册子不全" not in told.text, account  # a nonce may hold "H3"


def test_findings_that_a_school_works_on_stand_in_its_report(app, client_for):
    pk = submitted(app)
    finding = one(app, select(Finding.id).where(Finding.inspection_id == pk))
    assert f"/finding/show/{finding}" in client_for("school").get(f"/visit/{pk}/report").text
    assert one(app, select(Answer.id).where(Answer.inspection_id == pk, Answer.result == "fail")) is not None
