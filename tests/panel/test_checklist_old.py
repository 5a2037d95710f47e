"""An inspection reads as it did, with its own version, after a newer one was published that asks otherwise."""

import html
import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.models.inspection import Answer, ChecklistItem, ChecklistTemplate, Inspection
from app.services import checklist, checklist_order, records
from tests.support.visiting import planned, submitted


def newer(session, old_id):
    """A version with texts, parameters, order and grades changed, an item and a section deleted, one item added."""
    draft = checklist.new_version(session, session.get(ChecklistTemplate, old_id))
    sections, items = checklist.outline(session, draft.id)
    by_code = {item.code: item for item in items}
    for code in ("A2", "B1", "D1"):
        records.edit(session, by_code[code], {"text": f"{code} 换了说法。", "critical": not by_code[code].critical, "weight": 9})
    records.edit(session, by_code["I9"], {"parameters": {"min_grams": 4000}})
    checklist_order.move(session, sections[1], sections[1].version, sections[0].id)
    records.delete(session, by_code["A3"])
    records.delete(session, sections[-1])
    records.add(session, ChecklistItem, {"section": sections[0].id, "code": "A9", "text": "新加的一条。", "position": 99, "methods": "查"})
    records.edit(session, draft, {"excellent_from": 99, "good_from": 98, "fair_from": 97, "cap": "poor", "critical_days": 1})
    checklist.publish(session, draft)


def read(client, path):
    """The page in words, without the time of day that live figures bear."""
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\d\d:\d\d 的系统记录", "", " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text.split("<main")[1])).split()))


def cells(client, pk):
    """The workbook of the report, all sheets."""
    book = load_workbook(io.BytesIO(client.get(f"/visit/{pk}/report.xlsx").data))
    return [[cell for row in sheet.iter_rows(values_only=True) for cell in row] for sheet in book.worksheets]


@pytest.mark.parametrize("account", ["county", "inspector"])
def test_old_inspections_read_as_before(app, client_for, look, account):
    client, pk = client_for(account), submitted(app)
    code, version = look(lambda session: session.execute(select(ChecklistItem.code, Inspection.template_id).join(
        Answer, Answer.item_id == ChecklistItem.id).join(Inspection, Inspection.id == Answer.inspection_id).where(
        Inspection.id == pk, ChecklistItem.code == "A2")).one())
    report, book, shown = read(client, f"/visit/{pk}/report"), cells(client, pk), read(client, f"/inspection/show/{pk}")
    assert code in report and "学校成立关爱工作领导小组" in report
    look(lambda session: newer(session, version))
    assert read(client, f"/visit/{pk}/report") == report and "换了说法" not in report
    assert (cells(client, pk), read(client, f"/inspection/show/{pk}")) == (book, shown)


def test_one_that_goes_on_is_ticked_with_its_own_version(app, client_for, look):
    client, pk = client_for("inspector"), planned(app)
    before = read(client, f"/visit/{pk}?section=A")
    look(lambda session: newer(session, session.get(Inspection, pk).template_id))
    assert read(client, f"/visit/{pk}?section=A") == before
    client.post(f"/visit/{pk}/answer/A3", data={"result": "pass", "version": "", "section": "A"})
    ticked = look(lambda session: session.execute(select(ChecklistItem.text, Answer.result).join(Answer, Answer.item_id == ChecklistItem.id).where(
        Answer.inspection_id == pk, ChecklistItem.code == "A3")).all())
    assert len(ticked) == 1 and ticked[0].result == "pass"
    assert client.post(f"/visit/{pk}/answer/A9", data={"result": "pass", "version": "", "section": "A"}).status_code == 302
    assert not look(lambda session: session.scalar(select(Answer.id).join(ChecklistItem, ChecklistItem.id == Answer.item_id).where(
        Answer.inspection_id == pk, ChecklistItem.code == "A9"))), "its version has no such item"
