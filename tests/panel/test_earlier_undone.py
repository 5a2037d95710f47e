"""What an undone import had brought comes back from the history; what has no way back there says why."""

import io
import re

from sqlalchemy import select

from app.models.audit import Change
from app.models.base import fields_of
from app.models.children import Child
from app.models.org import Member
from app.models.safety import Hazard
from app.services import clock, moving
from tests.panel.test_earlier import set_back
from tests.panel.test_editing import HAZARD
from tests.support.asking import asking
from tests.support.sheets import workbook


def what_of(look, pk):
    return look(lambda session: session.get(Hazard, pk).what)


def test_the_state_of_an_undone_import_is_set_back_and_forth(client_for, look):
    client = client_for("school")
    pk = int(client.post("/hazard/add", data={**HAZARD, "what": "导入之前"}).location.rsplit("/", 1)[1])
    sent = {"file": (io.BytesIO(workbook([["系统编号", "隐患内容"], [pk, "导入改过"]])), "a.xlsx")}
    token = re.search(r'name="token" value="([^"]+)"', client.post("/sheets/hazard/import", data=sent, content_type="multipart/form-data").text)[1]
    client.post("/sheets/hazard/import/commit", data={"token": token})
    batch = re.search(r"/sheets/batches/(\d+)/undo", client.get("/sheets/batches").text)[1]
    client.post(f"/sheets/batches/{batch}/undo")
    changes = look(lambda session: session.execute(
        select(Change.action, Change.id).where(Change.entity == "Hazard", Change.row_id == pk).order_by(Change.id)).all())
    assert [one.action for one in changes] == ["add", "import", "undo"] and what_of(look, pk) == "导入之前"
    assert f'href="/hazard/history/{pk}/{changes[-1].id}"' in client.get(f"/hazard/history/{pk}").text
    asked, told = set_back(client, "hazard", pk, changes[-1].id)
    assert "恢复到" in asked and "已恢复到此前的内容。" in told and what_of(look, pk) == "导入改过"
    set_back(client, "hazard", pk, changes[1].id)
    assert what_of(look, pk) == "导入之前"


def test_the_import_that_added_a_row_offers_no_state_before_it(client_for, look):
    client, fields = client_for("school"), fields_of(Hazard)
    said = {**HAZARD, "what": "导入新增的"}
    rows = [[fields[key].label for key in said], [str(dict(fields[key].choices or {}).get(value, value)) for key, value in said.items()]]
    sent = {"file": (io.BytesIO(workbook(rows)), "a.xlsx")}
    token = re.search(r'name="token" value="([^"]+)"', client.post("/sheets/hazard/import", data=sent, content_type="multipart/form-data").text)[1]
    client.post("/sheets/hazard/import/commit", data={"token": token})
    pk = look(lambda session: session.scalar(select(Hazard.id).where(Hazard.what == "导入新增的")))
    added = look(lambda session: session.scalar(select(Change.id).where(Change.entity == "Hazard", Change.row_id == pk, Change.action == "import")))
    page = client.get(f"/hazard/history/{pk}").text
    assert "<b>导入</b>" in page and f"/hazard/history/{pk}/{added}" not in page
    assert client.get(f"/hazard/history/{pk}/{added}").status_code == client.post(f"/hazard/history/{pk}/{added}").status_code == 404


def test_a_move_says_why_it_is_not_set_back_here(client_for, look):
    def move(session):
        here = session.scalar(select(Member.school_id).where(Member.username == "school2"))
        child = session.scalars(select(Child).where(Child.school_id == here).order_by(Child.id)).first()
        there = session.scalar(select(Member.school_id).where(Member.username == "school"))
        with asking(session, "county"):
            moving.move(session, child, {"school": there, "moved_on": clock.today(), "reason": "随父母居住"}, child.version)
        return child.id

    pk = look(move)
    page = client_for("county").get(f"/child/history/{pk}").text
    line = next(one for one in page.split("<li>") if "<b>转学</b>" in one)
    assert "转学不能在这里恢复" in line and "/child/history/" not in line
    assert page.count("转学不能在这里恢复") == 1
