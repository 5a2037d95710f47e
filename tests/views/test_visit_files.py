"""Files of records and of ticks: sent, shown, logged, taken away and back."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.extensions import db
from app.models.audit import AccessLog, Attachment, Change
from app.models.care import HomeVisit
from app.models.org import Member
from app.services import clock, scope
from tests.services.harm_pictures import HARMFUL
from tests.support.visiting import JSON, one, photo, planned, tick


def age(app, statement) -> None:
    with app.app_context(), scope.everything(db.session()):
        db.session.execute(statement)
        db.session.commit()


def send(client, entity: str, pk: int, name: str = "a.jpg", data: io.BytesIO | None = None):
    return client.post(f"/file/{entity}/{pk}", data={"file": (data or photo(), name)}, headers=JSON, content_type="multipart/form-data")


def test_a_photo_of_an_answer_is_sent_shown_and_taken_away(app, client_for):
    pk, client = planned(app), client_for("inspector")
    upload_url = tick(client, pk, "E2", "pass")["answer"]["upload_url"]
    made = client.post(upload_url, data={"file": (photo(), "现场.png")}, headers=JSON, content_type="multipart/form-data").get_json()
    assert (made["name"], made["photo"]) == ("现场.jpg", True)
    page = client.get(made["url"], buffered=True)
    assert (page.mimetype, page.headers["X-Content-Type-Options"], page.headers["Cache-Control"]) == ("image/jpeg", "nosniff", "no-store, private")
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert made["url"] in client.get(f"/visit/{pk}?section=E").text
    for account, status in (("school", 404), ("school2", 404), ("teacher", 404), ("county", 200), ("township", 404), ("superior", 403)):
        assert client_for(account).get(made["url"], buffered=True).status_code == status, account
    assert client_for("county").post(made["delete_url"], headers=JSON).status_code == 403
    assert client.post(made["delete_url"], headers=JSON).get_json() == {"removed": made["id"]}
    assert client.get(made["url"]).status_code == 404


def visit_of_school(app) -> int:
    school = select(Member.school_id).where(Member.username == "school").scalar_subquery()
    return one(app, select(HomeVisit.id).where(HomeVisit.school_id == school))


def test_a_file_hangs_on_a_record_and_its_reading_is_logged(app, client_for):
    pk, client = visit_of_school(app), client_for("school")
    assert "附件" in client.get(f"/home_visit/show/{pk}").text
    answer = client.post(f"/file/HomeVisit/{pk}", data={"file": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "../记录.exe")}, content_type="multipart/form-data")
    assert answer.location.endswith(f"/home_visit/show/{pk}#files")
    made = one(app, select(Attachment.id).where(Attachment.entity == "HomeVisit", Attachment.row_id == pk))
    page = client.get(f"/home_visit/show/{pk}").text
    assert "记录.pdf" in page and f"/file/{made}/delete" in page
    answer = client.get(f"/file/{made}", buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment") and answer.data.startswith(b"%PDF")
    log = select(AccessLog.who).where(AccessLog.action == "download", AccessLog.entity == "HomeVisit", AccessLog.row_id == pk)
    assert one(app, log) is None  # the school's own admin
    assert client_for("inspector").get(f"/file/{made}", buffered=True).status_code == 200
    assert one(app, log) == one(app, select(Member.name).where(Member.username == "inspector"))
    assert one(app, log.with_only_columns(AccessLog.columns)) == f"附件 #{made}", "the name of a file may be a child's"
    assert f"/file/{made}/delete" not in client_for("inspector").get(f"/home_visit/show/{pk}").text
    assert client_for("school2").get(f"/file/{made}").status_code == 404
    assert client_for("school2").post(f"/file/{made}/delete").status_code == 404


def test_a_deleted_file_stands_in_the_history_and_comes_back(app, client_for):
    pk, client = visit_of_school(app), client_for("school")
    made = send(client, "HomeVisit", pk, "门口.jpg").get_json()
    assert made["name"] in client.get(f"/home_visit/history/{pk}").text
    asked = client.get(made["delete_url"])
    assert asked.status_code == 200 and made["name"] in asked.text and f'action="{made["delete_url"]}"' in asked.text
    assert client.get(made["url"], buffered=True).status_code == 200, "asking deletes nothing"
    assert client.post(made["delete_url"]).location.endswith(f"/home_visit/show/{pk}#files")
    assert client.get(made["url"]).status_code == 404
    way_back = f"/file/{made['id']}/restore"
    page = client.get(f"/home_visit/history/{pk}").text
    assert f'action="{way_back}"' in page and f"<del>{made['name']}</del>" in page
    assert way_back not in client_for("inspector").get(f"/home_visit/history/{pk}").text
    assert [client_for(account).post(way_back).status_code for account in ("inspector", "school2", "county")] == [404, 404, 403]
    moved = update(Attachment.__table__).where(Attachment.__table__.c.id == made["id"])
    for days, status in ((31, 404), (29, 302)):
        age(app, moved.values(deleted_at=clock.now() - timedelta(days=days)))
        assert client.post(way_back).status_code == status
    assert client.get(made["url"], buffered=True).data[:2] == b"\xff\xd8"
    assert client.post(way_back).status_code == 404, "it is back already"
    told = one(app, select(Change.action).where(Change.entity == "Attachment", Change.row_id == made["id"]).order_by(Change.id.desc()))
    assert told == "restore" and way_back not in client.get(f"/home_visit/history/{pk}").text


def test_a_photo_of_a_tick_comes_back_from_the_history_of_its_inspection(app, client_for):
    pk, client = planned(app), client_for("inspector")
    url = tick(client, pk, "E3", "pass")["answer"]["upload_url"]
    made = client.post(url, data={"file": (photo(), "食堂.jpg")}, headers=JSON, content_type="multipart/form-data").get_json()
    client.post(made["delete_url"], headers=JSON)
    assert f"/file/{made['id']}/restore" in client.get(f"/inspection/history/{pk}").text
    assert made["name"] not in client_for("school").get(f"/inspection/history/{pk}").text, "a school sees ticks once they are submitted"
    assert client.post(f"/file/{made['id']}/restore").location.endswith(f"/inspection/show/{pk}#files")
    assert client.get(made["url"], buffered=True).status_code == 200


def test_a_file_that_is_sent_twice_is_kept_once(app, client_for):
    pk, client = visit_of_school(app), client_for("school")
    counted = select(func.count(Attachment.id)).where(Attachment.entity == "HomeVisit", Attachment.row_id == pk)
    before = one(app, counted)
    first, again = (send(client, "HomeVisit", pk, "两次.jpg").get_json() for _ in range(2))
    assert first["id"] == again["id"] and one(app, counted) == before + 1
    assert send(client, "HomeVisit", pk, "另一张.jpg").get_json()["id"] != first["id"]
    token = re.search(r'name="_token" value="([^"]+)"', client.get(f"/home_visit/show/{pk}").text)[1]
    for name in ("表单.jpg", "表单改名.jpg"):
        client.post(f"/file/HomeVisit/{pk}", data={"file": (photo(), name), "_token": token}, content_type="multipart/form-data")
    assert one(app, counted) == before + 3


@pytest.mark.parametrize(("entity", "status"), [
    ("School", 403), ("Attachment", 403), ("Member", 403), ("Change", 404), ("Nothing", 404), ("AccessLog", 403), ("../HomeVisit", 404),
])
def test_files_hang_only_where_they_may(client_for, entity, status):
    assert send(client_for("school"), entity, 1).status_code in {status, 404}


def test_a_picture_that_means_harm_is_refused_beside_the_button(app, client_for):
    pk, client = visit_of_school(app), client_for("school")
    for name, words in (("a WebP that says 268 million pixels", "像素太多"), ("a WebP of 49 million pixels in 40 bytes", "请换一张")):
        answer = client.post(f"/file/HomeVisit/{pk}", data={"file": (io.BytesIO(HARMFUL[name]()), "a.webp")}, content_type="multipart/form-data")
        page = client.get(answer.location).text
        said = re.search(r'aria-describedby="file-err".*<p class="err" id="file-err">.*?</svg>([^<]+)', page)
        assert words in said[1] and page.count(said[1]) == 1
    assert "file-err" not in client.get(f"/home_visit/show/{pk}").text


def test_a_wrong_file_is_refused_in_words(app, client_for):
    answer = send(client_for("school"), "HomeVisit", visit_of_school(app), "a.jpg", io.BytesIO(b"<svg onload=alert(1)>"))
    assert answer.status_code == 422 and "只能传照片" in answer.get_json()["message"]
    assert client_for("school").post(f"/file/HomeVisit/{visit_of_school(app)}", headers=JSON).status_code == 422
    assert send(client_for("school2"), "HomeVisit", visit_of_school(app)).status_code == 404
