"""The pages of a campaign and of a school's self-check: few statements, and nothing of others' by any way."""

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import Campaign, CampaignMember, CampaignSchool, DrawnChild, Recusal, SelfAnswer
from app.models.inspection import Inspection
from app.models.org import Member, School
from app.services import clock, scope
from tests.support import visiting
from tests.support.sheets import workbook
from tests.support.statements import sent
from tests.support.visiting import one, photo

MOST = 12


def own(account):
    return select(Member.school_id).where(Member.username == account).scalar_subquery()


@pytest.fixture(scope="module")
def running(app) -> int:
    return one(app, select(Campaign.id).where(Campaign.state == "running"))


@pytest.fixture(scope="module")
def closed(app) -> int:
    return one(app, select(Campaign.id).where(Campaign.state == "closed"))


@pytest.fixture(scope="module")
def place(app, running) -> int:
    """The demo school's place in the running campaign; its self-check is open."""
    return one(app, select(CampaignSchool.id).where(CampaignSchool.campaign_id == running, CampaignSchool.school_id == own("school")))


@pytest.fixture(scope="module")
def other(app, running, place) -> int:
    """Another school's place in it."""
    return one(app, select(CampaignSchool.id).where(CampaignSchool.campaign_id == running, CampaignSchool.id != place))


@pytest.mark.parametrize(("account", "page"), [
    ("county", "/campaign/list/"), ("county", "/campaign/show/{running}"), ("county", "/campaign/show/{running}?tab=CampaignSchool"),
    ("county", "/campaign/show/{running}?tab=CampaignMember"), ("county", "/campaign/redraw/{running}"), ("county", "/campaign/notice/{running}"),
    ("county", "/campaign/edit/{running}"), ("county", "/campaign_school/list/?m=late"), ("county", "/campaign_school/show/{place}"),
    ("county", "/drawn_child/list/"), ("county", "/recusal/list/"), ("inspector", "/campaign/show/{running}"), ("school", "/campaign_school/list/"),
    ("school", "/campaign_school/notice/{place}"), ("school", "/self_check/{place}"), ("school", "/self_check/{place}/submit"),
    ("superior", "/campaign/show/{running}"), ("superior", "/campaign/results/{closed}"), ("county", "/campaign/results/{closed}"),
    ("county", "/campaign/public/{closed}")])
def test_a_page_sends_few_statements(app, client_for, running, closed, place, account, page):
    address, client = page.format(running=running, place=place, closed=closed), client_for(account)
    assert client.get(address).status_code == 200
    statements = sent(app, client, address)
    assert len(statements) <= MOST, "\n".join(statements)


def test_results_beside_those_of_the_campaign_before_send_few_statements(app, client_for, running):
    client = client_for("county")
    assert client.get(f"/campaign/results/{running}").status_code == 200
    statements = sent(app, client, f"/campaign/results/{running}")
    assert len(statements) <= MOST + 3, "\n".join(statements)  # four of them are of the campaign before


def test_results_are_told_by_page_and_workbook(app, client_for, closed):
    page = client_for("county").get(f"/campaign/results/{closed}").text
    score = one(app, select(Inspection.score).join(CampaignSchool, CampaignSchool.inspection_id == Inspection.id).where(CampaignSchool.campaign_id == closed))
    assert f'data-label="得分">{score:.1f}<' in page and "自查偏高" in page and "问题最多的条目" in page
    above = client_for("superior").get(f"/campaign/results/{closed}").text
    assert f'data-label="得分">{score:.1f}<' in above and "自查偏高" not in above
    book = load_workbook(io.BytesIO(client_for("county").get(f"/campaign/results/{closed}.xlsx").data))
    assert book.sheetnames == ["各校得分", "问题最多的条目", "与上次相比"] and score in [row[3].value for row in book["各校得分"]]
    for account in ("school", "teacher", "township"):
        for rest in (f"results/{closed}", f"results/{closed}.xlsx"):
            assert client_for(account).get(f"/campaign/{rest}").status_code == 403, account


def test_the_redraw_of_the_demo_agrees(client_for, running):
    page = client_for("county").get(f"/campaign/redraw/{running}").text
    assert "结果一致" in page and "结果不一致" not in page


def test_the_workbook_holds_schools_and_lots(client_for, running):
    answer = client_for("county").get(f"/campaign/book/{running}")
    assert answer.status_code == 200 and answer.get_data()[:2] == b"PK"


def test_the_county_lists_who_is_late(app, client_for, running):
    with app.app_context(), scope.everything(db.session()):
        names = set(db.session.scalars(select(School.name).join(CampaignSchool, CampaignSchool.school_id == School.id).where(
            CampaignSchool.campaign_id == running, CampaignSchool.self_submitted_at.is_(None), CampaignSchool.self_due_on < clock.today())))
    assert names
    page = client_for("county").get("/campaign_school/list/?m=late").text
    assert all(name in page for name in names) and "自查逾期" in client_for("county").get(f"/campaign/show/{running}").text


def test_the_school_sees_what_it_is_told(client_for, place):
    home = client_for("school").get("/").text
    assert "提交自查" in home and f"/self_check/{place}" in home
    notice = client_for("school").get(f"/campaign_school/notice/{place}").text
    assert "督导检查通知书" in notice and "（组长）" in notice


# The self-check ------------------------------------------------------------------------------
def tick(client, place, code, result, **said):
    return client.post(f"/self_check/{place}/answer/{code}", json={"result": result, **said})


def test_ticks_are_kept_changed_and_taken_back(app, client_for, place):
    client = client_for("school")
    first = tick(client, place, "A1", "pass", remark="有方案").json
    assert (first["result"], first["remark"], first["sections"]["A"][0], first["answered"]) == ("pass", "有方案", 1, 1)
    assert tick(client, place, "A1", "pass", remark="有方案").json["version"] == first["version"]
    taken = tick(client, place, "A1", "fail")
    assert taken.status_code == 409 and (taken.json["label"], taken.json["remark"], taken.json["fields"]) == ("合格", "有方案", ["result"])
    second = tick(client, place, "A1", "fail", remark="有方案", base=first).json
    assert (second["fails"], second["remark"]) == (1, "有方案")
    assert tick(client, place, "A1", "clear", base=second).json["answered"] == 0


@pytest.mark.parametrize(("code", "said"), [("Z9", {"result": "pass"}), ("A2", {"result": "good"}), ("F9", {"result": "pass"}),
                                            ("A2", {"result": "pass", "remark": "长" * 1001})])
def test_what_is_no_tick_is_refused(client_for, place, code, said):
    assert client_for("school").post(f"/self_check/{place}/answer/{code}", json=said).status_code == 422


def test_a_file_hangs_on_a_tick(client_for, place):
    client = client_for("school")
    url = tick(client, place, "A3", "pass").json["upload_url"]
    kept = client.post(url, data={"file": (photo(), "分工表.jpg")}, headers={"Accept": "application/json"})
    assert kept.status_code == 200
    assert client_for("county").get(kept.json["url"], buffered=True).status_code == 200
    for account in ("school2", "teacher", "township", "superior"):
        assert client_for(account).get(kept.json["url"]).status_code in (403, 404)
    assert client_for("inspector").post(url, data={"file": (photo(), "假.jpg")}).status_code in (403, 404)


def test_an_open_self_check_is_not_sent_half_done(app, client_for, place):
    answer = client_for("school").post(f"/self_check/{place}/submit")
    assert re.search(r"还有 \d+ 条没有填<", answer.text)
    assert one(app, select(CampaignSchool.self_submitted_at).where(CampaignSchool.id == place)) is None


def test_what_was_sent_stays_and_stands_beside_the_inspectors_tick(app, client_for, place):
    client = client_for("school")
    page = client.get(f"/self_check/{place}/submit").text
    for code in re.findall(r'title="[^"]*">([A-L]\d+)</a>', page):
        assert tick(client, place, code, "pass").status_code == 200
    assert client.post(f"/self_check/{place}/submit").status_code == 302
    assert one(app, select(CampaignSchool.self_submitted_at).where(CampaignSchool.id == place)) is not None
    assert tick(client, place, "A2", "fail").status_code == 422
    assert "已提交" in client.get(f"/self_check/{place}").text
    pk = one(app, select(CampaignSchool.inspection_id).where(CampaignSchool.id == place))
    inspector = client_for("inspector")
    assert visiting.tick(inspector, pk, "A2", "fail")["state"] == "taken"
    sheet = inspector.get(f"/visit/{pk}?section=A").text
    assert "学校自查：" in sheet and sheet.count("与自查不同") == 1
    report = inspector.get(f"/visit/{pk}/report").text
    assert "不同</span>" in report
    assert one(app, select(Campaign.state).join(CampaignSchool, CampaignSchool.campaign_id == Campaign.id).where(CampaignSchool.id == place)) == "running"


# Attacks -------------------------------------------------------------------------------------
def test_no_page_of_another_school_opens(client_for, other):
    client = client_for("school")
    for address in ("/campaign_school/show/{0}", "/campaign_school/notice/{0}", "/campaign_school/history/{0}", "/self_check/{0}", "/self_check/{0}/submit",
                    "/api/v1/campaign_school/{0}", "/campaign_school/edit/{0}"):
        assert client.get(address.format(other)).status_code in (403, 404), address
    assert tick(client, other, "A1", "pass").status_code == 404
    assert client.post(f"/self_check/{other}/submit").status_code == 404


def test_a_school_writes_nothing_of_the_campaign(app, client_for, running, place):
    client = client_for("school")
    version = one(app, select(CampaignSchool.version).where(CampaignSchool.id == place))
    tries = [client.put(f"/api/v1/campaign_school/{place}", json={"version": version, "self_due_on": "2027-12-31"}),
             client.post(f"/campaign_school/edit/{place}", data={"self_due_on": "2027-12-31", "_version": str(version)}),
             client.post(f"/campaign_school/delete/{place}"), client.post("/campaign_school/add", data={"campaign": running, "how": "left", "reason": "不查"}),
             client.post(f"/campaign/step/{running}/close"), client.get(f"/campaign/show/{running}"), client.get(f"/campaign/redraw/{running}"),
             client.get("/drawn_child/list/"), client.get("/api/v1/drawn_child/"), client.get("/recusal/list/"), client.get("/campaign_member/list/")]
    assert {answer.status_code for answer in tries} <= {403, 404}
    assert one(app, select(CampaignSchool.version).where(CampaignSchool.id == place)) == version


@pytest.mark.parametrize("account", ["school", "teacher", "township", "superior"])
def test_drawn_files_are_told_to_nobody_but_those_who_inspect(app, client_for, account):
    pk = one(app, select(DrawnChild.id))
    client = client_for(account)
    for address in (f"/drawn_child/show/{pk}", f"/api/v1/drawn_child/{pk}", f"/drawn_child/history/{pk}", "/sheets/drawn_child/export.xlsx",
                    "/lookup/DrawnChild"):
        assert client.get(address).status_code in (403, 404), address


@pytest.mark.parametrize("table", ["drawn_child", "self_answer", "campaign", "campaign_school", "campaign_member", "recusal"])
@pytest.mark.parametrize("account", ["county", "school"])
def test_nothing_of_it_comes_in_by_a_sheet(client_for, account, table):
    sheet = {"file": (io.BytesIO(workbook([["学校"], ["某校"]])), "a.xlsx")}
    assert client_for(account).post(f"/sheets/{table}/import", data=sheet).status_code in (403, 404)


@pytest.mark.parametrize("table", ["drawn_child", "self_answer"])
def test_what_the_panel_makes_is_made_by_no_form(client_for, table):
    for method, address in (("POST", f"/{table}/add"), ("POST", f"/api/v1/{table}/"), ("PUT", f"/api/v1/{table}/1"), ("POST", f"/{table}/edit/1"),
                            ("DELETE", f"/api/v1/{table}/1"), ("POST", f"/{table}/delete/1")):
        assert client_for("county").open(address, method=method, json={"version": 1}).status_code in (400, 403, 404, 405), (method, address)


def test_a_foreign_county_touches_nothing(app, client_for, running):
    """An office's steps end at its border: another county's campaign is not there for it."""
    foreign = one(app, select(Member.area_id).where(Member.username == "school3"))
    with app.app_context(), scope.everything(db.session()):
        session, mine = db.session(), db.session.get_one(Campaign, running)
        row = Campaign(name="别县督导", area_id=foreign, starts_on=mine.starts_on, ends_on=mine.ends_on, self_due_on=mine.self_due_on,
                       template_id=mine.template_id, unit="county", kindergarten=1, primary=1, junior=1, senior=1, files=1)
        session.add(row)
        session.commit()
        pk = row.id
    county = client_for("county")
    for what in ("draw", "announce"):
        assert county.post(f"/campaign/step/{pk}/{what}").status_code == 404
    assert county.get(f"/campaign/show/{pk}").status_code == 404
    person = one(app, select(Member.id).where(Member.username == "inspector2"))
    added = county.post("/api/v1/campaign_member/", json={"campaign": pk, "member": person, "team": 1, "leader": False})
    assert added.status_code == 422
    assert one(app, select(CampaignMember.id).where(CampaignMember.campaign_id == pk)) is None
    place = {"campaign": pk, "school": one(app, select(Member.school_id).where(Member.username == "school")), "how": "must", "reason": "投诉较多"}
    assert county.post("/api/v1/campaign_school/", json=place).status_code == 422


def test_what_the_notice_fixed_is_told_beside_its_field(app, client_for, running):
    version = one(app, select(Campaign.version).where(Campaign.id == running))
    answer = client_for("county").put(f"/api/v1/campaign/{running}", json={"version": version, "seed": "123", "files": 9})
    assert answer.status_code == 422 and set(answer.json["errors"]) == {"seed", "files"}


def test_a_recusal_breaks_no_team_behind_its_back(app, client_for, place):
    school = one(app, select(CampaignSchool.school_id).where(CampaignSchool.id == place))
    person = one(app, select(Member.id).where(Member.username == "inspector2"))
    answer = client_for("county").post("/api/v1/recusal/", json={"member": person, "school": school, "why": "曾在该校任职"})
    assert answer.status_code == 422 and "member" in answer.json["errors"]
    assert one(app, select(Recusal.id).where(Recusal.member_id == person, Recusal.school_id == school)) is None


def test_no_self_answer_reaches_another_inspection(app, client_for, place, other):
    """The database itself refuses an answer of one school at another's inspection."""
    foreign = one(app, select(CampaignSchool.inspection_id).where(CampaignSchool.id == other))
    before = one(app, select(SelfAnswer.version).where(SelfAnswer.inspection_id == foreign))
    assert client_for("school").post(f"/self_check/{foreign}/answer/A2", json={"result": "fail"}).status_code in (404, 422)
    assert one(app, select(SelfAnswer.version).where(SelfAnswer.inspection_id == foreign)) == before
    assert one(app, select(Inspection.state).where(Inspection.id == foreign)) == "planned"


def test_the_look_up_for_a_team_offers_who_may_be_in_one(app, client_for):
    name = one(app, select(Member.name).where(Member.username == "inspector"))
    found = client_for("county").get("/lookup/Member", query_string={"of": "CampaignMember.member", "q": name}).json["results"]
    assert [row["text"] for row in found] == [name]
    everybody = {row["text"] for row in client_for("county").get("/lookup/Member?of=CampaignMember.member").json["results"]}
    assert not everybody & {one(app, select(Member.name).where(Member.username == account)) for account in ("admin", "superior", "teacher")}
